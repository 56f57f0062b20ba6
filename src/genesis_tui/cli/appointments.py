"""`appointments`: the agenda of one person."""

from datetime import date
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_json, print_table
from genesis_tui.cli.base.patient import WHO, chosen_person, whose

if TYPE_CHECKING:
    from genesis_tui.models.appointments import Agenda
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.portal import Portal

_HEADS = ("When", "Your time", "What", "With", "Where", "How", "Status")


@click.command()
@click.option("--patient", metavar="WHO", default="", help=WHO)
@click.option("--from", "first", metavar="DATE", default="", help="From this day on, YYYY-MM-DD; else 400 days back.")
@click.option("--to", "last", metavar="DATE", default="", help="Up to this day, itself included: YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def appointments(*, patient: str, first: str, last: str, as_json: bool, server: str, profile: str) -> None:
    """Print appointments: upcoming and requested ones soonest first, then past ones newest first.

    \b
    JSON: {"patient": {"id", "name", "relation"}, "from", "unreadable",
           "appointments": [{"id", "version", "group", "status", "status_word", "start", "end", "zone",
                             "your_start", "what", "clinician", "clinic", "facility", "address": [...], "phone",
                             "how", "instructions", "comment", "reason", "cancelled_because",
                             "requested": [{"start", "end"}], "history": [{"word", "at"}],
                             "can": [{"action", "allowed", "rule", "reason", "title", "next", "from"}]}]}
    `group` is upcoming, requested or past. `start` is in the clinic's zone, `your_start` in yours; both are null
    for requests, whose preferred times are `requested`. `zone` is empty where the clinic's is not known.
    Days of --from and --to are days at the clinic.
    """
    since, until = _day(first, "--from"), _day(last, "--to")
    if since and until and until < since:
        raise click.UsageError("--to comes before --from.")

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "appointments")
        record = await portal.open(person)
        agenda = await record.appointments(since, until)
        _print(person, agenda, portal.me.zone if portal.me else "", as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


def _print(person: "FamilyMember", agenda: "Agenda", zone: str, *, as_json: bool) -> None:
    from genesis_tui.cli import appointments_shapes as shapes

    if as_json:
        print_json(shapes.tree(person, agenda, zone))
        return
    if agenda.rows:
        say(whose(person))
        print_table(_HEADS, [shapes.table_row(row, zone) for row in agenda.rows])
    else:
        say(f"No appointments of {person.name} match.")
    if agenda.unreadable:
        say(f"{counted(agenda.unreadable, 'appointment')} could not be read.")


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.UsageError(f"{option} takes YYYY-MM-DD.") from None
