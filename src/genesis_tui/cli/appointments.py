"""`appointments`: the agenda of one person."""

from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.groups import ListGroup
from genesis_tui.cli.base.json_parts import (
    ActionOutput,
    Day,
    Instant,
    PatientOutput,
    UnreadableOutput,
    action_json,
    day,
    instant,
    patient_json,
    unreadable_json,
)
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_table
from genesis_tui.cli.base.patient import chosen_person, patient_option, whose
from genesis_tui.models.appointments import (
    GROUPS,
    Appointment,
    Appointments,
    differs,
    long_text,
    preferred_text,
    status_text,
)
from genesis_tui.models.base.dates import in_zone, instant_text
from genesis_tui.models.family import FamilyMember

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

_HEADS = ("When", "Your time", "What", "With", "Where", "How", "Status")


@click.group(cls=ListGroup)
def appointments() -> None:
    """Print appointments. Without a command's name it is `appointments list`."""


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
    since, until = _day(first, "--from"), _day(last, "--to")
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
    if agenda.unreadable and not tells_all():
        say(f"{counted(agenda.unreadable, 'appointment')} could not be read.")


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.UsageError(f"{option} takes YYYY-MM-DD.") from None


def table_row(row: Appointment, zone: str) -> tuple[str, ...]:
    """When at the clinic, when for the viewer where that differs, what, with whom, where, how, status."""
    when = long_text(row) or " or ".join(preferred_text(row, one) for one in row.requested) or "no date"
    yours = _yours(row, zone)
    here = instant_text(yours) if yours is not None and differs(row, yours) else ""
    status = status_text(row) or GROUPS[row.group]
    return when, here, row.what, row.clinician, row.clinic, row.how_word, status


class SpanOutput(TypedDict):
    """A stretch of time."""

    start: Instant
    end: Instant


class ChangeOutput(TypedDict):
    """A status in words, and from when it held."""

    word: str
    at: Instant


class AppointmentOutput(TypedDict):
    """An appointment, or a request for one: its `start` is null, and `requested` says which times are preferred.

    `group` is upcoming, requested or past. Instants are in the clinic's `zone`, which is empty where it is not known;
    `your_start` is in yours.
    """

    id: str
    version: int
    group: str
    status: str
    status_word: str
    start: Instant | None
    end: Instant | None
    zone: str
    your_start: Instant | None
    what: str
    clinician: str
    clinic: str
    facility: str
    address: list[str]
    phone: str
    how: str
    instructions: str
    comment: str
    reason: str
    cancelled_because: str
    requested: list[SpanOutput]
    history: list[ChangeOutput]
    can: list[ActionOutput]


_From = TypedDict("_From", {"from": Day | None})


class AppointmentsOutput(_From):
    """Appointments of one person; `from` is the first day that they tell of, null where the server does not say."""

    patient: PatientOutput
    unreadable: UnreadableOutput
    appointments: list[AppointmentOutput]


def tree(person: FamilyMember, agenda: Appointments, zone: str) -> AppointmentsOutput:
    """The whole answer."""
    return {
        "patient": patient_json(person),
        "from": day(agenda.since),
        "unreadable": unreadable_json(agenda.unreadable),
        "appointments": [_appointment(row, zone) for row in agenda.rows],
    }


def _appointment(row: Appointment, zone: str) -> AppointmentOutput:
    at = row.zone
    return {
        "id": row.id,
        "version": row.version,
        "group": str(row.group),
        "status": row.status,
        "status_word": row.status_word,
        "start": instant(row.start, at),
        "end": instant(row.end, at),
        "zone": at,
        "your_start": instant(_yours(row, zone)),
        "what": row.what,
        "clinician": row.clinician,
        "clinic": row.clinic,
        "facility": row.facility,
        "address": list(row.address),
        "phone": row.phone,
        "how": row.how,
        "instructions": row.instructions,
        "comment": row.comment,
        "reason": row.reason,
        "cancelled_because": row.cancelled_because,
        "requested": [{"start": instant(one.start, at), "end": instant(one.end, at)} for one in row.requested],
        "history": [{"word": change.word, "at": instant(change.at, at)} for change in row.history],
        "can": [action_json(can, at) for can in row.can],
    }


def _yours(row: Appointment, zone: str) -> datetime | None:
    return in_zone(row.start, zone) if row.start is not None and zone else None
