"""Appointments of the portal API: `patients/{id}/appointments`."""

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from genesis_tui.api_client.portal.client import PortalClient, of_patient
from genesis_tui.api_client.portal.decoding import PERMISSION, Decoder, PortalJson, lines
from genesis_tui.models.appointments import Appointment, Appointments, Change, PreferredTime, arranged

_PERIOD = Decoder(PreferredTime)
"""APPT-6: a half-day that a request prefers."""
_CHANGE = Decoder(Change, names={"word": "title"})
APPOINTMENT = Decoder(
    Appointment,
    names={"status_word": "status_title", "how_word": "how_title"},
    absent={"status_word": "", "start": None, "end": None, "zone": ""},
    read={
        **dict.fromkeys(("instructions", "comment", "reason", "cancelled_because"), lines),
        "requested": _PERIOD.each,
        "history": _CHANGE.each,
        "can": PERMISSION.each,
    },
)


class AppointmentsJson(PortalJson, frozen=True):
    """`GET patients/{id}/appointments`."""

    appointments: list[Any]
    unreadable: int = 0
    since: date | None = msgspec.field(default=None, name="from")

    def model(self) -> Appointments:
        """As the list shows them; a broken row is counted with those that the server could not read."""
        rows = [row if row.status_word else replace(row, status_word=row.status) for row in self._rows()]
        return Appointments(arranged(rows), max(0, self.unreadable) + len(self.appointments) - len(rows), self.since)

    def _rows(self) -> list[Appointment]:
        return APPOINTMENT.each(self.appointments)


class PortalAppointments:
    """The agenda of a patient; every call may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def agenda(self, patient_id: str, first: date | None = None, last: date | None = None) -> Appointments:
        """All from `first` to `last`, days at the clinic, both included; from 400 days ago on without `first`."""
        bounds = (("from", first), ("to", last))
        parameters = tuple((name, day.isoformat()) for name, day in bounds if day is not None)
        return (await self._client.get(AppointmentsJson, of_patient(patient_id, "appointments"), parameters)).model()
