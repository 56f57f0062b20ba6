"""`results`: labs, radiology, pathology and notes of one person."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_csv, print_json, print_table
from genesis_tui.cli.base.patient import WHO, chosen_person, whose

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.results.results import Result, Results
    from genesis_tui.session.portal import Portal

_HEADS = ("Date", "New", "Kind", "Title", "Value", "Flag", "Marks")


@click.command()
@click.option("--patient", metavar="WHO", default="", help=WHO)
@click.option("--since", metavar="DATE", default="", help="Only results from this day on: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--code", metavar="CODE", default="", help="Only tests with this LOINC code, such as 4548-4.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: one line a test, or a report.")
@server_options
def results(*, patient: str, since: str, code: str, as_json: bool, as_csv: bool, server: str, profile: str) -> None:
    """Print results, newest first. Reading them here does not make them any less new in the app.

    \b
    JSON: {"patient": {"id", "name", "relation"}, "fetched", "unreadable": {"count", "reasons"},
           "results": [{"key", "kind", "title", "at", "precision", "issued", "status", "corrected", "reviewed",
                        "community", "imported", "new", "specimen", "performer", "author", "conclusion", "text",
                        "readings": [{"id", "code", "name", "at", "value", "number", "comparator", "unit",
                                      "interpretation", "range": {"text", "low", "high"} or null, "note",
                                      "parts": [...]}]}]}
    `at` is ISO 8601, as precise as it was recorded (`precision`: none, year, month, day, time; none gives null).
    `reviewed` is null where the server does not say. The text of notes is not fetched here.

    \b
    CSV columns: patient, key, kind, title, at, status, new, corrected, reviewed, community, test, code, value, unit,
    interpretation, range, conclusion
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    first_day = _first_day(since)

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "results")
        record = await portal.open(person)
        known = None
        async for page in record.results():
            known = page
        if known is None:
            return
        chosen = replace(known, rows=_filtered(known.rows, first_day, code))
        _print(person, chosen, as_json=as_json, as_csv=as_csv)
        if known.unreadable.count and not as_json:
            count = counted(known.unreadable.count, "entry", "entries")
            say(f"{count} could not be read: {', '.join(known.unreadable.reasons)}")

    with_portal(server, profile, work, as_json=as_json)


def _print(person: "FamilyMember", known: "Results", *, as_json: bool, as_csv: bool) -> None:
    from genesis_tui.cli import results_shapes

    if as_json:
        print_json(results_shapes.tree(person, known))
    elif as_csv:
        print_csv(results_shapes.CSV_HEADS, results_shapes.csv_rows(person, known))
    elif known.rows:
        say(whose(person))
        print_table(_HEADS, [results_shapes.table_row(row, known) for row in known.rows])
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
        rows = tuple(replace(row, readings=readings) for row, readings in matching if readings)
    return rows
