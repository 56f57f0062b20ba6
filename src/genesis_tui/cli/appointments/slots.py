"""`appointments slots`: visit types, clinics that take one, and what is free there (APPT-2, APPT-3, APPT-11)."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.appointments import finding
from genesis_tui.cli.appointments.finding import At
from genesis_tui.cli.appointments.options import day_of
from genesis_tui.cli.appointments.output import SlotOutput, VisitTypeOutput, slots_tree, way_line
from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list
from genesis_tui.cli.base.options import server_options, with_portal
from genesis_tui.cli.base.output import print_table
from genesis_tui.cli.base.patient import patient_option, whose
from genesis_tui.models.appointments.booking import BOOKS, first_free_text, slot_text, viewer_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genesis_tui.models.appointments.booking import Clinic, Slots
    from genesis_tui.session.portal import Portal

_USUAL = timedelta(days=13)
_MOST = 30
_TYPE_HEADS = ("Type", "Visit", "Minutes", "Booked at", "On request at")
_SLOT_HEADS = ("Slot", "When", "Your time", "Clinic")


@click.command()
@click.argument("visit_type", metavar="[TYPE]", default="")
@click.option("--clinic", metavar="CLINIC", default="", help="At this clinic alone: its id or name.")
@click.option("--from", "first", metavar="DATE", default="", help="From this day on, YYYY-MM-DD; else from today.")
@click.option("--to", "last", metavar="DATE", default="", help="Up to this day; 14 days if not given.")
@click.option(
    "--limit",
    metavar="N",
    default=_MOST,
    show_default=True,
    type=click.IntRange(min=0),
    help="Print a table of at most so many slots; 0 prints all. Programs get all.",
)
@patient_option
@list_formats
@server_options
def slots(
    *,
    visit_type: str,
    clinic: str,
    first: str,
    last: str,
    limit: int,
    patient: str,
    as_json: bool,
    server: str,
    profile: str,
) -> None:
    """List free slots for a visit of TYPE, by start; without TYPE the visit types that there are.

    JSON: see `genesis-tui schema slots`.

    Days of --from and --to are days at the clinic. Clinics that take the visit on request, or not at all, are named.
    """
    since, until = day_of(first, "--from"), day_of(last, "--to")
    if since and until and until < since:
        raise click.UsageError("--to comes before --from.")

    async def work(portal: "Portal") -> None:
        at = await finding.at(portal, patient)
        if visit_type:
            await _print_slots(at, visit_type, clinic, (since, until), limit)
        else:
            await _print_types(at)

    with_portal(server, profile, work, as_json=as_json)


async def _print_types(at: At) -> None:
    types = await at.record.appointments.visit_types()
    if chosen():
        print_list(slots_tree(at.person, types, at.zone), "visit_types", VisitTypeOutput)
        return
    note(whose(at.person))
    rows = [(one.code, one.title, str(one.minutes), str(one.books), str(one.requests)) for one in types]
    print_table(_TYPE_HEADS, rows, right=frozenset({2, 3, 4}))


async def _print_slots(at: At, word: str, where: str, days: tuple[date | None, date | None], limit: int) -> None:
    visit = await finding.visit_type(at, word)
    clinics: Sequence[Clinic] = await at.record.appointments.clinics(visit.code)
    if where:
        clinics = [await finding.clinic(at, visit, where)]
    begin, most = days[0] or at.today, at.record.appointments.limits.search_days
    end = days[1] or begin + min(_USUAL, timedelta(days=most - 1))
    if end >= begin + timedelta(days=most):
        raise click.UsageError(f"One search looks through at most {most} days: --to is further after --from.")
    found = await at.record.appointments.slots(visit.code, begin, end, clinics[0].id if where else "")
    if chosen():
        print_list(slots_tree(at.person, [visit], at.zone, visit.code, clinics, found), "slots", SlotOutput)
        return
    note(whose(at.person))
    _tell(at, clinics, found, limit)


def _tell(at: At, clinics: "Sequence[Clinic]", found: "Slots", limit: int) -> None:
    if found.rows:
        shown = found.rows[: limit or None]
        rows = [(one.id, slot_text(one), viewer_text(one.local, at.zone), one.clinic) for one in shown]
        print_table(_SLOT_HEADS, rows)
        if len(shown) < len(found.rows):
            more = len(found.rows) - len(shown)
            say(f"{more} more; --clinic and --to narrow them, --limit 0 prints all.")
    else:
        say("Nothing is free then.")
    for one in clinics:
        if one.way != BOOKS or not found.rows:
            free = first_free_text(one.first_free, one.zone) if one.way == BOOKS else ""
            say(" ".join(part for part in (f"{one.name} ({one.id}):", one.way_text, free) if part))
    for way in found.ways:
        say(way_line(way))
