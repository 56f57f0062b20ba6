"""What the commands of `appointments` name: visit types, clinics, slots, appointments, reasons, half-days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from genesis_tui.cli.base.options import json_option, server_options, signed_in
from genesis_tui.cli.base.patient import about, chosen_person, patient_option
from genesis_tui.models.appointments.booking import AFTERNOON, MORNING, HalfDay, slot_text
from genesis_tui.models.base.errors import NotFound
from genesis_tui.models.base.search import folded

if TYPE_CHECKING:
    from genesis_tui.models.appointments.appointment import Appointment, Appointments
    from genesis_tui.models.appointments.booking import CancelReason, Clinic, Slot, VisitType
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal

T = TypeVar("T")
_NAMED = 3
"""As many slots are named where one is not free."""


@dataclass(frozen=True, slots=True)
class At:
    """Whose appointments a command is about."""

    portal: "Portal"
    person: "FamilyMember"
    record: "OpenRecord"

    @property
    def zone(self) -> str:
        """The viewer's zone; empty where it is not known."""
        me = self.portal.sign_in.me
        return me.zone if me else ""

    @property
    def now(self) -> datetime:
        """When the server said who is signed in."""
        me = self.portal.sign_in.me
        return me.server_now if me else datetime.now(UTC)

    @property
    def today(self) -> date:
        """The server's day."""
        return self.now.date()


async def at(portal: "Portal", patient: str) -> At:
    """Opens the record. Raises as `chosen_person`."""
    await signed_in(portal)
    person = await chosen_person(portal, patient, "appointments")
    return At(portal, person, await portal.open(person))


def act_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--patient`, `--json` and where."""
    return patient_option(json_option(server_options(command)))


async def visit_type(at: At, word: str) -> "VisitType":
    """The one that a code or its words mean."""
    known = await at.record.appointments.visit_types()
    return _one(known, word, "visit type", lambda one: (one.code, one.title))


async def clinic(at: At, visit: "VisitType", word: str) -> "Clinic":
    """The one that an id or a name means."""
    known = await at.record.appointments.clinics(visit.code)
    return _one(known, word, "clinic", lambda one: (one.id, one.name))


async def slot(at: At, visit: str, id: str, clinic_id: str = "") -> "Slot":
    """The free slot of that id; a clinic's alone where one is named.

    Raises:
        NotFound: it is taken by now, or there never was one; it names those that are free first.
    """
    free: list[Slot] = []
    first, span = at.today - timedelta(days=1), timedelta(days=at.record.appointments.limits.search_days)
    for _ in range(3):
        found = await at.record.appointments.slots(visit, first, first + span - timedelta(days=1), clinic_id)
        for one in found.rows:
            if one.id == id:
                return one
        free += found.rows[:_NAMED]
        first += span
    near = ["Free now:", *(f"{slot_text(one)}, {one.clinic}: {one.id}" for one in free[:_NAMED])] if free else []
    see = about(at.person, f"genesis-tui appointments slots {visit}")
    title = f"No free slot is called {id}: it was taken, or there never was one."
    raise NotFound(title, next="\n".join([*near, f"See: {see}"]))


async def appointment(at: At, id: str) -> "tuple[Appointment, Appointments]":
    """The appointment or request of that id, and all of them."""
    agenda = await at.record.appointments.load()
    row = next((row for row in agenda.rows if row.id == id), None)
    if row is None:
        title = f"{at.person.name} has no appointment {id}."
        raise NotFound(title, next="Ids are listed by: genesis-tui appointments --json")
    return row, agenda


def reason(agenda: "Appointments", word: str) -> "CancelReason":
    """The one that a code or its words mean."""
    return _one(agenda.reasons, word, "reason", lambda one: (one.code, one.title))


def half_day(text: str) -> HalfDay:
    """`2026-12-09 morning`, `2026-12-09 pm`. Raises UsageError."""
    day, _, half = text.strip().partition(" ")
    halves = {"morning": MORNING, "am": MORNING, "afternoon": AFTERNOON, "pm": AFTERNOON}
    try:
        return HalfDay(date.fromisoformat(day), halves[half.strip().casefold()])
    except (ValueError, KeyError):
        raise click.UsageError(f"--on takes YYYY-MM-DD and morning or afternoon, not {text!r}.") from None


def _one(known: Sequence[T], word: str, what: str, names: Callable[[T], tuple[str, str]]) -> T:
    """The one whose code or words these are. Raises NotFound or UsageError, which name what there is."""
    wanted = folded(word)
    exact = [one for one in known if wanted in map(folded, names(one))]
    found = exact or [one for one in known if wanted and wanted in folded(names(one)[1])]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{code} ({title})" for code, title in map(names, found or known))
    if found or not word:
        raise click.UsageError(f"{word!r} means several: {listed}" if found else f"Say which {what}: {listed}")
    raise NotFound(f"There is no {what} {word!r}.", next=f"Choose one of: {listed}" if listed else "")
