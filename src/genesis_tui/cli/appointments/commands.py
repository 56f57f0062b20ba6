"""`appointments`: the agenda of one person."""

from typing import TYPE_CHECKING

import click

from genesis_tui.cli.appointments.acts import book, cancel, choose, move, request
from genesis_tui.cli.appointments.ics import ics
from genesis_tui.cli.appointments.options import day_of
from genesis_tui.cli.appointments.output import AppointmentOutput, tree, watch_line, your_start
from genesis_tui.cli.appointments.slots import slots
from genesis_tui.cli.appointments.watch import watch
from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.groups import ListGroup
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_table
from genesis_tui.cli.base.patient import chosen_person, patient_option, whose
from genesis_tui.models.appointments.appointment import Appointment, Appointments
from genesis_tui.models.appointments.wording import GROUPS, differs, long_text, preferred_text, status_text
from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.family import FamilyMember

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

_HEADS = ("When", "Your time", "What", "With", "Where", "How", "Status")


@click.group(cls=ListGroup)
def appointments() -> None:
    """List, book, ask for, move and cancel appointments. Without a command's name it is `appointments list`."""


for command in (slots, book, request, cancel, move, choose, ics, watch):
    appointments.add_command(command)


@appointments.command("list")
@patient_option
@click.option("--from", "first", metavar="DATE", default="", help="From this day on, YYYY-MM-DD; else 400 days back.")
@click.option("--to", "last", metavar="DATE", default="", help="Up to this day, itself included: YYYY-MM-DD.")
@list_formats
@server_options
def list_(*, patient: str, first: str, last: str, as_json: bool, server: str, profile: str) -> None:
    """Print appointments: upcoming and requested ones soonest first, then past ones newest first.

    JSON: see `genesis-tui schema appointments`.

    Days of --from and --to are days at the clinic.
    """
    since, until = day_of(first, "--from"), day_of(last, "--to")
    if since and until and until < since:
        raise click.UsageError("--to comes before --from.")

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "appointments")
        record = await portal.open(person)
        agenda = await record.appointments.load(since, until)
        _print(person, agenda, portal.sign_in.me.zone if portal.sign_in.me else "")

    with_portal(server, profile, work, as_json=as_json)


def _print(person: "FamilyMember", agenda: "Appointments", zone: str) -> None:
    if chosen():
        print_list(tree(person, agenda, zone), "appointments", AppointmentOutput)
    elif agenda.rows:
        note(whose(person))
        print_table(_HEADS, [table_row(row, zone) for row in agenda.rows])
    else:
        say(f"No appointments of {person.name} match.")
    if not chosen():
        for watched in agenda.watches:
            say(watch_line(watched))
    if agenda.unreadable and not tells_all():
        say(f"{counted(agenda.unreadable, 'appointment')} could not be read.")


def table_row(row: Appointment, zone: str) -> tuple[str, ...]:
    """When at the clinic, when for the viewer where that differs, what, with whom, where, how, status."""
    when = long_text(row) or " or ".join(preferred_text(row, one) for one in row.requested) or "no date"
    yours = your_start(row, zone)
    here = instant_text(yours) if yours is not None and differs(row, yours) else ""
    status = status_text(row) or GROUPS[row.group]
    return when, here, row.what, row.clinician, row.clinic, row.how_word, status
