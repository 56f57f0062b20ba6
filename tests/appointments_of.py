"""Appointments made by hand, for tests of how they look."""

from datetime import datetime, timedelta
from typing import Any

from genesis_tui.models.appointments.appointment import (
    Appointment,
    AppointmentGroup,
    Appointments,
    Change,
    PreferredTime,
    arranged,
)
from genesis_tui.models.base.permission import Permission

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
UNTIL = "You can cancel or move it until it starts, Wed 25 Nov 2026 10:00 EST."


def appointment(start: str = "2026-11-25T10:00:00-05:00", **fields: Any) -> Appointment:
    """A booked visit of half an hour at a clinic in New York's zone; `start` empty for none."""
    at = datetime.fromisoformat(start) if start else None
    known: dict[str, Any] = {
        "id": "1",
        "version": 1,
        "group": AppointmentGroup.UPCOMING,
        "status": "booked",
        "status_word": "Booked",
        "start": at,
        "end": at + timedelta(minutes=30) if at else None,
        "zone": NEW_YORK,
        "what": "Asthma follow-up",
        "clinician": "Dr. Grace Kim",
        "clinic": "Fort Belvoir Pediatrics",
        "facility": "Alexander T. Augusta Military Medical Center",
        "address": ("Sunrise Pavilion, floor 2", "Fort Belvoir, VA"),
        "phone": "571-555-0122",
        "how": "in-person",
        "how_word": "in person",
        "can": (
            Permission("appointment.cancel", True, title=UNTIL),
            Permission("appointment.reschedule", True, title=UNTIL),
        ),
    }
    return Appointment(**{**known, **fields})


def request(*halves: str, **fields: Any) -> Appointment:
    """A request for half-days such as `2026-12-02 08-12`, in New York's winter time."""
    periods = []
    for half in halves:
        day, _, hours = half.partition(" ")
        since, until = (datetime.fromisoformat(f"{day}T{hour}:00:00-05:00") for hour in hours.split("-"))
        periods.append(PreferredTime(since, until))
    known = {"group": AppointmentGroup.REQUESTED, "status": "proposed", "status_word": "Requested", "clinician": ""}
    return appointment("", **{**known, "requested": tuple(periods), **fields})


def past(start: str, **fields: Any) -> Appointment:
    """A visit that has taken place."""
    return appointment(
        start, **{"group": AppointmentGroup.PAST, "status": "fulfilled", "status_word": "Took place", **fields}
    )


def agenda() -> Appointments:
    """One appointment of each kind."""
    abroad = {"zone": BERLIN, "clinic": "Landstuhl Family Medicine", "address": ("Landstuhl, DE",), "phone": ""}
    refused = Permission(
        "appointment.cancel", False, "APPT-7", "status-change", "It is cancelled.", "Ask for a new one."
    )
    away = {
        "status": "cancelled",
        "status_word": "Cancelled",
        "cancelled_because": "Dr. Sato is away",
        "can": (refused,),
    }
    booked = datetime.fromisoformat("2026-11-02T09:42:00-05:00")
    rows = [
        appointment(instructions="Bring both inhalers and the spacer.", history=(Change("Booked", booked),)),
        appointment("2026-12-01T16:20:00-05:00", id="2", what="Cholesterol results", how="video", how_word="by video"),
        appointment("2026-12-29T09:00:00+01:00", id="3", what="Hearing test", clinician="Maj. Thomas Vogel", **abroad),
        appointment("2026-11-30T11:00:00-05:00", id="4", what="Skin check", clinician="Dr. Miriam Sato", **away),
        request("2026-12-02 08-12", "2026-12-07 12-17", id="5", what="Nutrition", reason="To lose weight."),
        past("2026-10-07T15:00:00-04:00", id="6", what="Knee pain", clinician="Lt. Col. Helen Brandt"),
        past("2026-11-04T07:30:00-05:00", id="7", what="Physical therapy", status="noshow", status_word="Missed"),
    ]
    return Appointments(arranged(rows), 1)
