"""Appointments, clinics and slots as the portal tells them."""

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from genesis_tui.api_client.portal.decoding import PERMISSION, AsSent, Decoder, PortalJson, as_sent, lines, optional
from genesis_tui.models.appointments.appointment import Appointment, Appointments, Change, PreferredTime, arranged
from genesis_tui.models.appointments.booking import (
    CancelReason,
    Clinic,
    FoundSlot,
    FoundSlots,
    NotBooked,
    OtherWay,
    Slot,
    Slots,
    SlotWatch,
    VisitType,
)
from genesis_tui.models.base.errors import Refused

_PERIOD = Decoder(PreferredTime)
"""APPT-6: a half-day that a request prefers."""
_CHANGE = Decoder(Change, names={"word": "title"})
SLOT = Decoder(Slot, names={"how_word": "how_title"}, read={"id": as_sent, "clinic_id": as_sent, "visit_type": as_sent})
OTHER_WAY = Decoder(OtherWay, read={"id": as_sent})
"""APPT-11."""
APPOINTMENT = Decoder(
    Appointment,
    names={"status_word": "status_title", "how_word": "how_title"},
    absent={"status_word": "", "start": None, "end": None, "zone": ""},
    read={
        **dict.fromkeys(("instructions", "comment", "reason", "cancelled_because"), lines),
        **dict.fromkeys(("visit_type", "clinic_id", "thread", "visit", "summary"), as_sent),
        "requested": _PERIOD.each,
        "offers": SLOT.each,
        "history": _CHANGE.each,
        "can": PERMISSION.each,
    },
)
_REASON = Decoder(CancelReason, read={"code": as_sent})
WATCH = Decoder(SlotWatch, read={"clinic_id": as_sent, "visit_type": as_sent, "found": optional(SLOT)})
_FOUND = Decoder(FoundSlot, names={"patient_id": "patient"}, read={"patient_id": as_sent, "slot": SLOT.decoded})
_VISIT_TYPE = Decoder(VisitType, read={"code": as_sent})
_CLINIC = Decoder(Clinic, read={"id": as_sent, "ways": OTHER_WAY.each, "can": PERMISSION.each})
SLOTS = Decoder(
    Slots, names={"rows": "slots", "first": "from", "last": "to"}, read={"rows": SLOT.each, "ways": OTHER_WAY.each}
)
"""`GET slots`."""


class AppointmentsJson(PortalJson, frozen=True):
    """`GET patients/{id}/appointments`."""

    appointments: list[Any]
    unreadable: int = 0
    since: date | None = msgspec.field(default=None, name="from")
    reasons: list[Any] = msgspec.field(default_factory=list)
    watches: list[Any] = msgspec.field(default_factory=list)

    def model(self) -> Appointments:
        """As the list shows them; a broken row is counted with those that the server could not read."""
        rows = [row if row.status_word else replace(row, status_word=row.status) for row in self._rows()]
        unreadable = max(0, self.unreadable) + len(self.appointments) - len(rows)
        reasons, watches = tuple(_REASON.each(self.reasons)), tuple(WATCH.each(self.watches))
        return Appointments(arranged(rows), unreadable, self.since, reasons, watches)

    def _rows(self) -> list[Appointment]:
        return APPOINTMENT.each(self.appointments)


class ChangesJson(PortalJson, frozen=True):
    """`GET changes`: of all that has changed the slots that watches found."""

    cursor: AsSent
    changes: list[Any]

    def model(self) -> FoundSlots:
        """What is no slot is left out."""
        slots = [one for one in self.changes if isinstance(one, dict) and one.get("kind") == "slot"]
        return FoundSlots(self.cursor, tuple(_FOUND.each([one for one in slots if one.get("slot")])))


class VisitTypesJson(PortalJson, frozen=True):
    """`GET visit-types`."""

    visit_types: list[Any]

    def model(self) -> tuple[VisitType, ...]:
        """A broken row costs itself."""
        return tuple(_VISIT_TYPE.each(self.visit_types))


class ClinicsJson(PortalJson, frozen=True):
    """`GET clinics`."""

    clinics: list[Any]

    def model(self) -> tuple[Clinic, ...]:
        """A broken row costs itself."""
        return tuple(_CLINIC.each(self.clinics))


def with_alternatives(refused: Refused) -> Refused:
    """A refusal with the slots and the ways that it names; as it is where it names none."""
    nearest, ways = refused.members.get("nearest"), refused.members.get("ways")
    if not (nearest or ways) and refused.reason != "slot-taken":
        return refused
    told = NotBooked(refused.title, detail=refused.detail, next=refused.next, rule=refused.rule, reason=refused.reason)
    told.request_id, told.status, told.from_ = refused.request_id, refused.status, refused.from_
    told.nearest = tuple(SLOT.each(nearest)) if isinstance(nearest, list) else ()
    told.ways = tuple(OTHER_WAY.each(ways)) if isinstance(ways, list) else ()
    return told
