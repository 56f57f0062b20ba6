"""`results`: labs, radiology, pathology and notes of one person."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import Format, chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.json_parts import (
    AlsoOutput,
    Instant,
    MissingOutput,
    PatientOutput,
    Recorded,
    UnreadableOutput,
    also_json,
    instant,
    missing_json,
    patient_json,
    recorded,
    unreadable_json,
)
from genesis_tui.cli.base.ledger import say_lacking
from genesis_tui.cli.base.options import open_option, server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_csv, print_table
from genesis_tui.cli.base.patient import chosen_person, patient_option, whose
from genesis_tui.cli.base.readings import ReadingOutput, reading_json
from genesis_tui.models.base import dates
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.results import result
from genesis_tui.models.results.result import Reading, Result, Results

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

Also = Callable[[Result], Iterable[AlsoRecorded]]
"""What else is recorded of a result."""
_HEADS = ("Date", "New", "Kind", "Title", "Value", "Flag", "Marks")

CSV_HEADS = (
    *("patient", "key", "kind", "title", "at", "status", "new", "corrected", "reviewed", "community"),
    *("test", "code", "value", "unit", "interpretation", "range", "conclusion", "asks_first"),
)


@click.command()
@patient_option
@click.option("--since", metavar="DATE", default="", help="Only results from this day on: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--code", metavar="CODE", default="", help="Only tests with this LOINC code, such as 4548-4.")
@open_option
@list_formats
@server_options
def results(*, patient: str, since: str, code: str, yes: bool, as_json: bool, server: str, profile: str) -> None:
    """Print results, newest first. Reading them here does not make them any less new in the app.

    A result of a kind that you asked to be asked about is listed without its value; --yes prints that too.

    JSON: see `genesis-tui schema results`. Times are as precise as they were recorded (`precision`: none, year, month,
    day, time; none gives null). The text of notes is not fetched here.

    CSV columns: patient, key, kind, title, at, status, new, corrected, reviewed, community, test, code, value, unit,
    interpretation, range, conclusion, asks_first
    """
    first_day = _first_day(since)

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "results")
        record = await portal.open(person)
        known = None
        async for page in record.results.load():
            known = page
        if known is None:
            return
        if yes:
            record.results.open_all()
            known = record.results.still_new(known)
        unknown = sum(1 for row in known.rows if code and row.asks)
        if unknown:
            say(f"Left out by --code: {counted(unknown, 'result')} that you asked to be asked about. --yes opens them.")
        _print(person, replace(known, rows=_filtered(known.rows, first_day, code)), record.results.also)
        if not tells_all():
            say_lacking(known.unreadable, known.missing)

    with_portal(server, profile, work, as_json=as_json)


def _print(person: "FamilyMember", known: "Results", also: Also) -> None:
    if chosen() is Format.CSV:
        print_csv(CSV_HEADS, csv_rows(person, known))
    elif chosen():
        print_list(tree(person, known, also), "results", ResultOutput)
    elif known.rows:
        note(whose(person))
        print_table(_HEADS, [table_row(row, known) for row in known.rows])
    else:
        say(f"No results of {person.name} match.")


def _first_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text)
    except ValueError:
        raise click.UsageError("--since takes YYYY, YYYY-MM or YYYY-MM-DD.") from None


def _filtered(rows: "tuple[Result, ...]", first_day: date | None, code: str) -> "tuple[Result, ...]":
    if first_day is not None:
        rows = tuple(row for row in rows if row.at.day >= first_day)
    if code:
        matching = (
            (row, tuple(r for r in row.readings if code in (r.code, r.code.rpartition("|")[2]))) for row in rows
        )
        rows = tuple(row._replace(readings=readings) for row, readings in matching if readings)
    return rows


def table_row(row: Result, known: Results) -> tuple[str, ...]:
    """Date, new, kind, title, main value, flag, marks in words."""
    marks = [
        "not reviewed" if row.reviewed is False else "",
        *(result.corrections(row) if row.corrected else ()),
        *row.missing,
        result.SAYS_MORE.lower() if result.is_modified(row) else "",
        f"from {row.community}" if row.community else "",
    ]
    return (
        dates.short_day(row.at),
        "new" if row.key in known.new else "",
        str(row.kind),
        row.title,
        result.main_value(row),
        f"{row.flag} {result.result_word(row)}".strip() if result.result_word(row) else "",
        ", ".join(m for m in marks if m),
    )


def csv_rows(person: FamilyMember, known: Results) -> Iterator[tuple[str, ...]]:
    """One line a reading; one line for a report without readings."""
    for row in known.rows:
        reviewed = "" if row.reviewed is None else _yes(row.reviewed)
        head = (person.name, row.key, str(row.kind), row.title, recorded(row.at) or "", row.status)
        marks = (_yes(row.key in known.new), _yes(row.corrected), reviewed, row.community)
        for reading in _flat(row):
            yield (*head, *marks, *_cells(reading), row.conclusion, "no")
        if not row.readings:
            yield (*head, *marks, "", "", "", "", "", "", row.conclusion, _yes(bool(row.asks)))


class ResultOutput(TypedDict):
    """A report with its readings, or a report or note with text. `kind_code` is lab, radiology, pathology or note;
    `reviewed` is null where the server does not say;
    `missing` names what it refers to and can't be had, `also` is what else is recorded of it.
    Where `asks_first` is true, nothing of what was found is here: --yes opens it."""

    key: str
    kind: str
    kind_code: str
    title: str
    at: Recorded | None
    precision: str
    until: Recorded | None
    issued: Recorded | None
    status: str
    corrected: bool
    reviewed: bool | None
    community: str
    imported: Instant | None
    new: bool
    asks_first: bool
    specimen: str
    performer: str
    author: str
    ordered_by: str
    read_by: str
    place: str
    conclusion: str
    text: str
    missing: list[str]
    modified: bool
    readings: list[ReadingOutput]
    also: list[AlsoOutput]


class ResultsOutput(TypedDict):
    """Results of one person, newest first; `missing` names the types that could not be had, or not whole."""

    patient: PatientOutput
    fetched: Instant | None
    unreadable: UnreadableOutput
    missing: list[MissingOutput]
    results: list[ResultOutput]


def tree(person: FamilyMember, known: Results, also: Also) -> ResultsOutput:
    """The whole answer."""
    return {
        "patient": patient_json(person),
        "fetched": instant(known.fetched),
        "unreadable": unreadable_json(known.unreadable.count, known.unreadable.reasons),
        "missing": [*map(missing_json, known.missing)],
        "results": [result_json(row, also(row), new=row.key in known.new) for row in known.rows],
    }


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _flat(row: Result) -> Iterator[Reading]:
    for reading in row.readings:
        if not (reading.parts and reading.joined):
            yield reading
        yield from reading.parts


def _cells(reading: Reading) -> tuple[str, ...]:
    code = reading.code.rpartition("|")[2]
    return (
        reading.name,
        code,
        reading.lines or reading.text,
        reading.unit,
        reading.word,
        result.range_text(reading.range),
    )


def result_json(row: Result, also: Iterable[AlsoRecorded], *, new: bool) -> ResultOutput:
    """All that is known of a result."""
    return {
        "key": row.key,
        "kind": str(row.kind),
        "kind_code": row.kind.name.lower(),
        "title": row.title,
        "at": recorded(row.at),
        "precision": str(row.at.precision),
        "until": recorded(row.until),
        "issued": recorded(row.issued),
        "status": row.status,
        "corrected": row.corrected,
        "reviewed": row.reviewed,
        "community": row.community,
        "imported": instant(row.imported),
        "new": new,
        "asks_first": bool(row.asks),
        "specimen": row.specimen,
        "performer": row.performer,
        "author": row.author,
        "ordered_by": row.orderer,
        "read_by": row.reader,
        "place": row.place,
        "conclusion": row.conclusion,
        "text": row.text,
        "missing": list(row.missing),
        "modified": row.modified,
        "readings": [reading_json(r) for r in row.readings],
        "also": [*map(also_json, also)],
    }
