"""`mock import`: FHIR records from elsewhere into the mock."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

import click

from genesis_tui.cli.base.diagnostics import EXIT_FAILED, say
from genesis_tui.cli.base.options import json_option
from genesis_tui.cli.base.output import counted, print_json, print_table
from genesis_tui.cli.testing.process import TOKEN_VARIABLE

if TYPE_CHECKING:
    from genesis_tui.mock_backend.imports.files import Batch


class PlaceOutput(TypedDict):
    """Where the first of those that were not taken stands."""

    file: str
    place: str


class NotTakenOutput(TypedDict):
    """How many were not taken for one reason, and where the first of them are."""

    reason: str
    words: str
    count: int
    first: list[PlaceOutput]


class TakenOutput(TypedDict):
    """What was taken of one FHIR type; `hidden` counts those that never show (preliminary, entered in error)."""

    type: str
    taken: int
    replaced: int
    hidden: int
    refused: list[NotTakenOutput]


class BrokenOutput(TypedDict):
    """A file of which nothing was taken."""

    file: str
    where: str
    why: str


class SourceOutput(TypedDict):
    """What was taken of one source; `whole` is false where a file or a line of it could not be read."""

    source: str
    namespace: str
    files: int
    people: int
    sign_ins: int
    seconds: float
    whole: bool
    broken: list[BrokenOutput]
    types: list[TakenOutput]


class ImportOutput(TypedDict):
    """What was taken of each source."""

    sources: list[SourceOutput]


_HEADS = ("Type", "Taken", "Replaced", "Never shown", "Not taken", "Why", "First at")


@click.command(name="import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--db", metavar="URL", default="", help="Import into this database; one that is empty gets a fresh world."
)
@click.option("--url", metavar="URL", default="", help="Import into a mock that runs, at the address it printed.")
@click.option(
    "--token", envvar=TOKEN_VARIABLE, default="", help=f"Its tester token; read from {TOKEN_VARIABLE} when not given."
)
@click.option("--source", metavar="NAME", default="", help="Name of the source; else each folder's or file's name.")
@click.option("--sign-ins", is_flag=True, help="Give everybody in it a DS Logon, listed by `mock personas`.")
@json_option
def import_command(
    *, paths: tuple[Path, ...], db: str, url: str, token: str, source: str, sign_ins: bool, as_json: bool
) -> None:
    """Take in FHIR R4 files and folders that anybody wrote: Bundles, single resources, NDJSON, gzip of each.

    Importing a source again replaces its records. Ends with 1 when a file or a line could not be read; what was
    sound is taken all the same.

    JSON: see `genesis-tui schema import`. A broken file counts for nothing.
    """
    if bool(db) == bool(url):
        raise click.UsageError("Say where to: --db URL or --url URL.")
    from genesis_tui.mock_backend.imports.files import batches_of

    batches = batches_of(paths, source)
    done = _into_a_mock(batches, url, token, sign_ins=sign_ins) if url else _into_a_file(batches, db, sign_ins=sign_ins)
    reports = []
    for report in done:
        reports.append(report)
        if not as_json:
            print_report(report)
    if as_json:
        print_json(ImportOutput(sources=reports))
    if not all(report["whole"] for report in reports):
        sys.exit(EXIT_FAILED)


def import_for_demo(paths: tuple[Path, ...], url: str, token: str) -> None:
    """Takes records into a demo's mock, with a sign-in for everybody; one line on stderr for each source.

    Raises click.ClickException.
    """
    from genesis_tui.mock_backend.imports.files import batches_of

    for report in _into_a_mock(batches_of(paths), url, token, sign_ins=True):
        _say_what_was_taken(report)


def _into_a_mock(batches: "list[Batch]", url: str, token: str, *, sign_ins: bool) -> Iterator[SourceOutput]:
    from genesis_tui.cli.testing.client import send_files

    for batch in batches:
        query = {"source": batch.source, "sign_ins": "true" if sign_ins else "false"}
        yield cast(
            SourceOutput,
            send_files(url, token, "/mock/v1/import", query, [(file.path, file.name) for file in batch.files]),
        )


def _into_a_file(batches: "list[Batch]", db: str, *, sign_ins: bool) -> Iterator[SourceOutput]:
    import sqlite3

    from sqlalchemy.exc import SQLAlchemyError

    from genesis_tui.mock_backend.imports.run import import_source
    from genesis_tui.mock_backend.mock import Mock

    try:
        mock = Mock.create(db)
        try:
            for batch in batches:
                yield cast(SourceOutput, import_source(mock, batch.source, batch.files, sign_ins=sign_ins).tree())
        finally:
            mock.close()
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise click.ClickException(f"The database can't be used: {str(error).partition(chr(10))[0]}") from None


def print_report(report: SourceOutput) -> None:
    """One source's report for people: what was taken on stdout, the rest on stderr."""
    print_table(_HEADS, [row for kind in report["types"] for row in _rows(kind)], right=frozenset({1, 2, 3, 4}))
    _say_what_was_taken(report)
    if report["sign_ins"]:
        say("`genesis-tui mock personas --url URL` lists the sign-ins once the mock runs.")


def _say_what_was_taken(report: SourceOutput) -> None:
    files, people = counted(report["files"], "file"), counted(report["people"], "new person", "new people")
    sign_ins = [counted(report["sign_ins"], "sign-in")] if report["sign_ins"] else []
    say(", ".join((f"{report['source']}: {files}", people, *sign_ins, f"{report['seconds']:.1f} s")))
    for broken in report["broken"]:
        where = f", {broken['where']}" if broken["where"] else ""
        say(f"Nothing was taken of {broken['file']}{where}: {broken['why']}")


def _rows(kind: TakenOutput) -> Iterator[tuple[str, ...]]:
    """A line a type, and one more for each further reason."""
    counts = (kind["type"], *(str(number or "") for number in (kind["taken"], kind["replaced"], kind["hidden"])))
    if not kind["refused"]:
        yield *counts, "", "", ""
    for place, refused in enumerate(kind["refused"]):
        first = refused["first"][0]
        where = ", ".join(filter(None, (first["file"], first["place"])))
        yield *(("", "", "", "") if place else counts), str(refused["count"]), refused["words"], where
