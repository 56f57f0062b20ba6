"""`appointments book|request|cancel|move|choose`: a preview, a question, then the act (APPT-4 to APPT-8)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.appointments import finding
from genesis_tui.cli.appointments.finding import At, act_options
from genesis_tui.cli.appointments.output import document, way_line
from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import agreed, with_portal, yes_option
from genesis_tui.cli.base.output import print_json, put
from genesis_tui.cli.base.patient import about, whose
from genesis_tui.models.appointments.booking import (
    NotBooked,
    half_days_text,
    minutes_text,
    slot_text,
    viewer_text,
)
from genesis_tui.models.appointments.wording import long_text, one_line_text
from genesis_tui.models.base.errors import NotFound, Refused

if TYPE_CHECKING:
    from genesis_tui.models.appointments.appointment import Appointment
    from genesis_tui.models.appointments.booking import Slot
    from genesis_tui.models.base.permission import Permission
    from genesis_tui.session.portal import Portal

Lines = Sequence[tuple[str, str]]


@click.command()
@click.argument("visit_type", metavar="TYPE")
@click.argument("slot", metavar="SLOT")
@click.option("--reason", metavar="TEXT", default="", help="What it is about, for the clinic.")
@yes_option
@act_options
def book(
    *, visit_type: str, slot: str, reason: str, yes: bool, patient: str, as_json: bool, server: str, profile: str
) -> None:
    """Book the free slot called SLOT for a visit of TYPE; `appointments slots TYPE` lists both.

    The preview names the patient and the time; on a terminal it asks first, elsewhere it needs --yes. The id of the
    appointment is printed on stdout. A slot is booked once: where somebody was faster, the free ones near it are named.

    JSON: see `genesis-tui schema appointment`.
    """

    async def work(portal: "Portal") -> None:
        at = await finding.at(portal, patient)
        _not_too_long(at, reason)
        visit = await finding.visit_type(at, visit_type)
        free = await finding.slot(at, visit.code, slot)
        told = [("Visit", f"{visit.title}, {minutes_text(visit.minutes)}"), *_slot_lines(at, free), ("Reason", reason)]
        _show(at, told)
        agreed("Book it?", yes=yes)
        await _finish(at, lambda: at.record.appointments.book(free, visit.title, reason), "Booked", as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


@click.command()
@click.argument("visit_type", metavar="TYPE")
@click.argument("clinic", metavar="CLINIC")
@click.option("--on", "halves", metavar="HALF-DAY", multiple=True, help="Such as '2026-12-09 morning'; once for each.")
@click.option("--reason", metavar="TEXT", default="", help="Why; the clinic needs it.")
@yes_option
@act_options
def request(
    *,
    visit_type: str,
    clinic: str,
    halves: tuple[str, ...],
    reason: str,
    yes: bool,
    patient: str,
    as_json: bool,
    server: str,
    profile: str,
) -> None:
    """Ask a CLINIC for a time for a visit of TYPE, in one of several half-days.

    The clinic's scheduling team answers: it books a time, offers some to choose from, or says why not. The id
    of the request is printed on stdout.

    JSON: see `genesis-tui schema appointment`.
    """
    wanted = [finding.half_day(text) for text in halves]
    if not reason.strip():
        raise click.UsageError("The clinic needs a reason: --reason TEXT")

    async def work(portal: "Portal") -> None:
        at = await finding.at(portal, patient)
        limits = at.record.appointments.limits
        if not 1 <= len(wanted) <= limits.half_days:
            raise click.UsageError(f"Say {limits.half_days_words}: --on 'YYYY-MM-DD morning'.")
        _not_too_long(at, reason)
        visit = await finding.visit_type(at, visit_type)
        where = await finding.clinic(at, visit, clinic)
        _show(
            at,
            [
                ("Visit", f"{visit.title}, {minutes_text(visit.minutes)}"),
                ("Clinic", where.name),
                ("When", half_days_text(wanted)),
                ("Reason", reason),
            ],
        )
        agreed("Ask for it?", yes=yes)
        ask = lambda: at.record.appointments.request(visit, where, wanted, reason)  # noqa: E731
        await _finish(at, ask, "Asked for", as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


@click.command()
@click.argument("id", metavar="ID")
@click.option("--reason", metavar="REASON", default="", help="A code or words of the clinic's list.")
@click.option("--note", metavar="TEXT", default="", help="In your own words.")
@yes_option
@act_options
def cancel(
    *, id: str, reason: str, note: str, yes: bool, patient: str, as_json: bool, server: str, profile: str
) -> None:
    """Cancel the appointment called ID, or withdraw the request called so.

    Until it starts; the slot is free again at once. Without --reason the error names the reasons that there are.

    JSON: see `genesis-tui schema appointment`.
    """

    async def work(portal: "Portal") -> None:
        at = await finding.at(portal, patient)
        _not_too_long(at, note)
        row, agenda = await finding.appointment(at, id)
        _allowed(row.may("appointment.cancel"))
        why = finding.reason(agenda, reason)
        _show(at, [*_row_lines(row), ("Reason", why.title), ("Note", note)])
        done, question = ("Withdrawn", "Withdraw it?") if row.is_request else ("Cancelled", "Cancel it?")
        agreed(question, yes=yes)
        await _finish(at, lambda: at.record.appointments.cancel(row, why.code, note), done, as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


@click.command()
@click.argument("id", metavar="ID")
@click.argument("slot", metavar="SLOT")
@yes_option
@act_options
def move(*, id: str, slot: str, yes: bool, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Move the appointment called ID to the free slot called SLOT.

    Both happen in one step: where the new slot is gone, the old one stays yours.

    JSON: see `genesis-tui schema appointment`.
    """

    async def work(portal: "Portal") -> None:
        at = await finding.at(portal, patient)
        row, _ = await finding.appointment(at, id)
        _allowed(row.may("appointment.reschedule"))
        free = await finding.slot(at, row.visit_type, slot, row.clinic_id)
        _show(at, [("Visit", row.what), ("Now", long_text(row)), *_slot_lines(at, free)])
        say("If the new time is gone you keep the old one.")
        agreed("Move it?", yes=yes)
        await _finish(at, lambda: at.record.appointments.take(row, free), "Moved", as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


@click.command()
@click.argument("id", metavar="ID")
@click.argument("slot", metavar="SLOT")
@yes_option
@act_options
def choose(*, id: str, slot: str, yes: bool, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Take one of the slots that the clinic offers for the request called ID: SLOT is its id, or its number from 1 on.

    JSON: see `genesis-tui schema appointment`.
    """

    async def work(portal: "Portal") -> None:
        at = await finding.at(portal, patient)
        row, _ = await finding.appointment(at, id)
        if not row.offers:
            title = "The clinic offers no slot for it."
            raise Refused(title, next="See: genesis-tui appointments list", rule="APPT-6", reason="not-offered")
        _allowed(row.may("appointment.choose"))
        named = {**{str(n): one for n, one in enumerate(row.offers, 1)}, **{one.id: one for one in row.offers}}
        if slot not in named:
            listed = "; ".join(f"{n} {slot_text(one)}" for n, one in enumerate(row.offers, 1))
            raise NotFound(f"The clinic does not offer {slot!r}.", next=f"Choose one of: {listed}")
        _show(at, [("Visit", row.what), *_slot_lines(at, named[slot])])
        agreed("Take it?", yes=yes)
        await _finish(at, lambda: at.record.appointments.take(row, named[slot]), "Chosen", as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


def _not_too_long(at: At, text: str) -> None:
    most, long = at.record.appointments.limits.reason, len(text.strip())
    if long > most:
        raise click.UsageError(f"A reason has at most {most} characters; this one has {long}.")


def _allowed(can: "Permission") -> None:
    if not can.allowed:
        raise Refused(can.title, next=can.next, rule=can.rule, reason=can.reason)


def _slot_lines(at: At, slot: "Slot") -> Lines:
    return [
        ("Clinic", slot.clinic),
        ("When", slot_text(slot)),
        ("Your time", viewer_text(slot.local, at.zone)),
    ]


def _row_lines(row: "Appointment") -> Lines:
    if not row.is_request:
        return [("Visit", row.what), ("Clinic", row.clinic), ("When", long_text(row))]
    return [("Request", one_line_text(row)), ("Clinic", row.clinic)]


def _show(at: At, lines: Lines) -> None:
    """What will be done, with whose record."""
    say("\n".join(f"{label:<9} {text}" for label, text in [("Patient", whose(at.person)), *lines] if text))


async def _finish(at: At, act: "Callable[[], Awaitable[Appointment]]", done: str, *, as_json: bool) -> None:
    """Do it and tell it; of a slot that is gone the next ones."""
    try:
        row = await act()
    except NotBooked as refused:
        near = [f"{slot_text(one)}: {one.id}" for one in refused.nearest]
        ways = [way_line(way) for way in refused.ways]
        more = "\n".join([*(["Free near it:"] if near else []), *near, *(["Other ways:"] if ways else []), *ways])
        refused.next = "\n".join(part for part in (refused.next, more) if part)
        raise
    if as_json:
        print_json(document(at.person, row, at.zone))
        return
    say(f"✓ {done}: {one_line_text(row)}")
    if done == "Cancelled":
        say(f"Book another one with: {about(at.person, 'genesis-tui appointments slots')}")
    put(row.id)
