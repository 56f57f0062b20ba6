"""What was chosen so far on the booking form, and what a change leaves of it: pure."""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Self

from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.models.appointments.booking import Clinic, HalfDay, Slot, VisitType
from genesis_tui.models.appointments.limits import AppointmentLimits
from genesis_tui.models.family import FamilyMember


class FormStep(IntEnum):
    """The rows of the form, from the top."""

    FOR = 0
    VISIT = 1
    CLINIC = 2
    WHEN = 3
    REASON = 4


STEPS = {
    FormStep.FOR: "For",
    FormStep.VISIT: "Visit",
    FormStep.CLINIC: "Clinic",
    FormStep.WHEN: "When",
    FormStep.REASON: "Reason",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Answers of the form. `moving` is the appointment that gets another time: then only that is chosen."""

    patient: FamilyMember
    visit: VisitType | None = None
    clinic: Clinic | None = None
    slot: Slot | None = None
    halves: frozenset[HalfDay] = frozenset()
    asking: bool = False
    """Whether a time is asked for; else a slot is booked."""
    reason: str = ""
    moving: Appointment | None = None
    limits: AppointmentLimits = field(default_factory=AppointmentLimits)

    @property
    def fixed(self) -> frozenset[FormStep]:
        """The rows that can't be changed."""
        return frozenset({FormStep.FOR, FormStep.VISIT, FormStep.CLINIC, FormStep.REASON} if self.moving else ())

    @property
    def past(self) -> str:
        """What it is once it is done."""
        return "asked for" if self.asking else "moved" if self.moving is not None else "booked"

    def with_visit(self, visit: VisitType) -> tuple[Self, str]:
        """Another visit, and what that empties in words: each visit has its own clinics and slots."""
        if self.visit is not None and visit.code == self.visit.code:
            return replace(self, visit=visit), ""
        emptied = _emptied([("Clinic", self.clinic), ("time", self.slot or self.halves)])
        left = replace(self, visit=visit, clinic=None, slot=None, halves=frozenset(), asking=False)
        return left, f"{emptied}: {visit.title} has its own." if emptied else ""

    def with_clinic(self, clinic: Clinic) -> tuple[Self, str]:
        """Another clinic, and what that empties in words; half-days stay where it is asked for them too."""
        if self.clinic is not None and clinic.id == self.clinic.id:
            return replace(self, clinic=clinic), ""
        books, asks = clinic.may("appointment.book").allowed, clinic.may("appointment.request").allowed
        halves = self.halves if asks else frozenset()
        emptied = _emptied([("Time", self.slot), ("Half-days", self.halves - halves)])
        left = replace(self, clinic=clinic, slot=None, halves=halves, asking=asks and (not books or self.asking))
        return left, f"{emptied}: {clinic.name} has its own." if emptied else ""

    def with_slot(self, slot: Slot) -> Self:
        """A slot in place of a request."""
        return replace(self, slot=slot, asking=False)

    def marked(self, half: HalfDay) -> tuple[Self, bool]:
        """With the half-day marked, or no longer; False where there are enough already."""
        if half in self.halves:
            return replace(self, halves=self.halves - {half}), True
        if len(self.halves) >= self.limits.half_days:
            return self, False
        return replace(self, halves=self.halves | {half}), True

    def missing(self) -> tuple[FormStep, str] | None:
        """The first row that still lacks something, and what; None where all is there."""
        if self.visit is None:
            return FormStep.VISIT, "Choose what it is for."
        if self.clinic is None:
            return FormStep.CLINIC, "Choose a clinic."
        if self.asking and not self.halves:
            return FormStep.WHEN, f"Mark {self.limits.half_days_words}."
        if not self.asking and self.slot is None:
            return FormStep.WHEN, "Choose a time."
        if self.asking and not self.reason.strip():
            return FormStep.REASON, "The clinic needs to know why."
        return None


def _emptied(rows: list[tuple[str, object]]) -> str:
    names = [name for name, value in rows if value]
    return f"{' and '.join(names).capitalize()} emptied" if names else ""
