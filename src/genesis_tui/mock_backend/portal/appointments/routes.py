"""`/portal/v1/patients/{id}/appointments`: appointments of one patient, and what may be done (APPT-7 to APPT-9)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import MICROSECOND, to_micros
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment, appointments_of
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import day
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.appointments.changes import watches_told
from genesis_tui.mock_backend.portal.appointments.facts import appointment_rows
from genesis_tui.mock_backend.portal.appointments.models import AppointmentListed, AppointmentsAnswer
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.base.readable import Json, told
from genesis_tui.mock_backend.rules.appointments.booking import REASONS

router = APIRouter(prefix="/portal/v1")
_REASONS = [{"code": code, "title": title} for code, (_, title) in REASONS.items()]
LOOK_BACK = timedelta(days=400)
_A_ZONE = timedelta(days=1) // MICROSECOND
"""Microseconds: a day of a clinic begins at most this much before or after the same day in UTC."""

Day = Annotated[date | None, BeforeValidator(day, json_schema_input_type=str)]


@router.get("/patients/{patient_id}/appointments", **answers(AppointmentsAnswer))
async def appointments(
    caller: SignedIn,
    patient_id: str,
    first: Annotated[Day, Query(alias="from")] = None,
    last: Annotated[Day, Query(alias="to")] = None,
) -> Response:
    """All from `from` to `to`, both included, as days at the clinic; from 400 days ago on where `from` is not given.

    Requests without a day are there where neither is given. `unreadable` counts what no time can be read of, and the
    answer's own `from` says since when it tells.
    """
    caller.read(patient_id, "appointments", "appointments")
    if first is not None and last is not None and last < first:
        raise invalid("The last day comes before the first.")
    now = caller.mock.clock.now()
    since = first or (now - LOOK_BACK).date()
    midnight = to_micros(datetime.combine(since, time(), UTC)) - _A_ZONE
    viewer = caller.viewer
    with caller.mock.database.begin() as conn:
        filed = appointments_of(conn, viewer.person_id, patient_id, now=to_micros(now), since=midnight)
        known = appointment_rows(caller, conn, patient_id, filed)
        watches = watches_told(caller, conn, [patient_id])

    def row(one: StoredAppointment) -> Json | None:
        appointment = known[one.id]
        days = appointment.days()
        if _within(days, since, last) or (not days and first is None and last is None):
            return appointment.row(now)
        return None

    rows, unreadable = told(filed, row, AppointmentListed)
    answer = {"from": since.isoformat(), "appointments": rows, "reasons": _REASONS, "watches": watches}
    return JSONResponse(answer | {"unreadable": unreadable})


def _within(days: list[date], first: date, last: date | None) -> bool:
    return any(first <= one and (last is None or one <= last) for one in days)
