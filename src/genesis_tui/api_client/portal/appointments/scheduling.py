"""Appointments of the portal API: reading, booking, asking for a time, cancelling, moving, watching (APPT)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from genesis_tui.api_client.portal.acts import became_of
from genesis_tui.api_client.portal.appointments.rows import (
    APPOINTMENT,
    SLOTS,
    WATCH,
    AppointmentsJson,
    ChangesJson,
    ClinicsJson,
    VisitTypesJson,
    with_alternatives,
)
from genesis_tui.api_client.portal.client import PortalClient, of_patient, read
from genesis_tui.models.appointments.appointment import Appointment, Appointments
from genesis_tui.models.appointments.booking import Clinic, FoundSlots, HalfDay, Slots, SlotWatch, VisitType
from genesis_tui.models.base.errors import Refused

_GRACE = 15.0
"""Seconds that an answer may take besides those that it is held back."""


class PortalAppointments:
    """The appointments of a patient; every call may raise what `PortalClient` raises.

    What changes something gives the appointment as it is afterwards, and raises NotBooked where the server names other
    slots or ways.
    """

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def agenda(self, patient_id: str, first: date | None = None, last: date | None = None) -> Appointments:
        """All from `first` to `last`, days at the clinic, both included; from 400 days ago on without `first`."""
        bounds = (("from", first), ("to", last))
        parameters = tuple((name, day.isoformat()) for name, day in bounds if day is not None)
        return (await self._client.get(AppointmentsJson, of_patient(patient_id, "appointments"), parameters)).model()

    # what can be had

    async def visit_types(self, patient_id: str) -> tuple[VisitType, ...]:
        """APPT-1."""
        return (await self._client.get(VisitTypesJson, "visit-types", (("patient", patient_id),))).model()

    async def clinics(self, patient_id: str, visit_type: str) -> tuple[Clinic, ...]:
        """APPT-2, APPT-11: every clinic, with the way it takes this visit type."""
        asked = (("patient", patient_id), ("visit_type", visit_type))
        return (await self._client.get(ClinicsJson, "clinics", asked)).model()

    async def slots(self, patient_id: str, visit_type: str, first: date, last: date, clinic_id: str = "") -> Slots:
        """APPT-3: what is free from `first` to `last`, days at the clinic; of every clinic where none is named."""
        asked = (("patient", patient_id), ("visit_type", visit_type), ("from", first.isoformat()))
        clinic = (("clinic", clinic_id),) if clinic_id else ()
        with _alternatives():
            return await self._client.get(SLOTS, "slots", (*asked, ("to", last.isoformat()), *clinic))

    # acts

    async def book(self, patient_id: str, slot_id: str, reason: str, key: str) -> Appointment:
        """APPT-4, APPT-5."""
        return await self._do("appointments", {"patient": patient_id, "slot": slot_id, "reason": reason}, key)

    async def request(
        self, patient_id: str, visit_type: str, clinic_id: str, halves: Sequence[HalfDay], reason: str, key: str
    ) -> Appointment:
        """APPT-6."""
        periods = [{"day": one.day.isoformat(), "half": one.half} for one in halves]
        body = {"patient": patient_id, "visit_type": visit_type, "clinic": clinic_id, "periods": periods}
        return await self._do("appointment-requests", {**body, "reason": reason}, key)

    async def cancel(self, patient_id: str, id: str, version: int, reason: str, note: str, key: str) -> Appointment:
        """APPT-8, APPT-10; `reason` is a code of the server's list."""
        body = {"patient": patient_id, "reason": reason, "note": note}
        return await self._do(f"appointments/{_part(id)}/cancel", body, key, version)

    async def withdraw(self, patient_id: str, id: str, version: int, reason: str, note: str, key: str) -> Appointment:
        """APPT-6."""
        body = {"patient": patient_id, "reason": reason, "note": note}
        return await self._do(f"appointment-requests/{_part(id)}/withdraw", body, key, version)

    async def move(self, patient_id: str, id: str, version: int, slot_id: str, key: str) -> Appointment:
        """APPT-8: the new slot and the old one in one step."""
        body = {"patient": patient_id, "slot": slot_id}
        return await self._do(f"appointments/{_part(id)}/reschedule", body, key, version)

    async def choose(self, patient_id: str, id: str, version: int, slot_id: str, key: str) -> Appointment:
        """APPT-6: one of the slots that the clinic offers."""
        body = {"patient": patient_id, "slot": slot_id}
        return await self._do(f"appointment-requests/{_part(id)}/choose", body, key, version)

    async def became_of(self, key: str) -> Appointment | None:
        """What became of one of those under its key, as `acts.became_of`."""
        with _alternatives():
            return await became_of(self._client, key, APPOINTMENT)

    async def watch(self, patient_id: str, clinic_id: str, visit_type: str, before: datetime) -> SlotWatch:
        """Have the clinic watched for a slot before then."""
        body = {"patient": patient_id, "visit_type": visit_type, "before": before.isoformat()}
        return read(WATCH, await self._client.send("PUT", f"slot-watches/{_part(clinic_id)}", body))

    async def unwatch(self, patient_id: str, clinic_id: str, visit_type: str) -> None:
        """Watch it no longer."""
        asked = f"patient={_part(patient_id)}&visit_type={_part(visit_type)}"
        await self._client.send("DELETE", f"slot-watches/{_part(clinic_id)}?{asked}")

    async def found(self, cursor: str, seconds: int) -> FoundSlots:
        """What watches found since a cursor, at the latest after so many seconds; without one where to begin."""
        parameters = (("since", cursor), ("wait", str(seconds)))
        return read(ChangesJson, await self._client.ask("changes", parameters, seconds=seconds + _GRACE)).model()

    async def _do(self, path: str, body: dict[str, Any], key: str, version: int | None = None) -> Appointment:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        with _alternatives():
            return read(APPOINTMENT, await self._client.send("POST", path, body, key=key, headers=headers))


def _part(id: str) -> str:
    return quote(id, safe="")


@contextmanager
def _alternatives() -> Iterator[None]:
    """A refusal with what can be had instead."""
    try:
        yield
    except Refused as refused:
        raise with_alternatives(refused) from None
