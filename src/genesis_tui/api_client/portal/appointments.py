"""Appointments of the portal API: `patients/{id}/appointments`."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from genesis_tui.api_client.portal.client import PortalClient, of_patient
from genesis_tui.api_client.portal.decoding import Lines, PortalJson, Text, Words, cans, each
from genesis_tui.models.appointments import Appointment, AppointmentGroup, Appointments, Change, PreferredTime, arranged


class RequestedJson(PortalJson):
    """APPT-6: a half-day that a request prefers."""

    start: AwareDatetime
    end: AwareDatetime


class ChangeJson(PortalJson):
    """A status, and from when it held."""

    title: Words
    at: AwareDatetime


class AppointmentJson(PortalJson):
    """One appointment."""

    id: Words
    version: int
    group: AppointmentGroup
    status: Words
    status_title: Text = ""
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    zone: Text = ""
    what: Words
    clinician: Text = ""
    clinic: Text = ""
    facility: Text = ""
    address: tuple[Words, ...] = ()
    phone: Text = ""
    how: Text = ""
    how_title: Text = ""
    instructions: Lines = ""
    comment: Lines = ""
    reason: Lines = ""
    cancelled_because: Lines = ""
    requested: tuple[Any, ...] = ()
    history: tuple[Any, ...] = ()
    can: tuple[Any, ...] = ()


class AppointmentsJson(PortalJson):
    """`GET patients/{id}/appointments`."""

    appointments: list[Any]
    unreadable: int = 0
    since: date | None = Field(None, alias="from")


class PortalAppointments:
    """The agenda of a patient; every call may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def agenda(self, patient_id: str, first: date | None = None, last: date | None = None) -> Appointments:
        """All from `first` to `last`, days at the clinic, both included; from 400 days ago on without `first`."""
        bounds = (("from", first), ("to", last))
        parameters = tuple((name, day.isoformat()) for name, day in bounds if day is not None)
        return agenda(await self._client.get(AppointmentsJson, of_patient(patient_id, "appointments"), parameters))


def agenda(source: AppointmentsJson) -> Appointments:
    """The answer as a model; a broken row costs itself and is counted with those that the server could not read."""
    rows = [_appointment(one) for one in each(AppointmentJson, source.appointments)]
    unreadable = max(0, source.unreadable) + len(source.appointments) - len(rows)
    return Appointments(arranged(rows), unreadable, source.since)


def _appointment(source: AppointmentJson) -> Appointment:
    return Appointment(
        id=source.id,
        version=source.version,
        group=source.group,
        status=source.status,
        status_word=source.status_title or source.status,
        start=source.start,
        end=source.end,
        zone=source.zone,
        what=source.what,
        clinician=source.clinician,
        clinic=source.clinic,
        facility=source.facility,
        address=source.address,
        phone=source.phone,
        how=source.how,
        how_word=source.how_title,
        instructions=source.instructions,
        comment=source.comment,
        reason=source.reason,
        cancelled_because=source.cancelled_because,
        requested=tuple(PreferredTime(one.start, one.end) for one in each(RequestedJson, source.requested)),
        history=tuple(Change(one.title, one.at) for one in each(ChangeJson, source.history)),
        can=cans(source.can),
    )
