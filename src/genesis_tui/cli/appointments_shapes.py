"""Appointments as rows of a table and as the JSON that `appointments --json` promises."""

from datetime import datetime
from typing import Any

from genesis_tui.models.agenda_words import GROUPS, differs, long_text, preferred_text, status_text
from genesis_tui.models.appointments import Agenda, Appointment
from genesis_tui.models.base.zones import in_zone
from genesis_tui.models.family import Can, FamilyMember
from genesis_tui.models.results.result import instant_text


def table_row(row: Appointment, zone: str) -> tuple[str, ...]:
    """When at the clinic, when for the viewer where that differs, what, with whom, where, how, status."""
    when = long_text(row) or " or ".join(preferred_text(row, one) for one in row.requested) or "no date"
    yours = _yours(row, zone)
    here = instant_text(yours) if yours is not None and differs(row, yours) else ""
    status = status_text(row) or GROUPS[row.group]
    return when, here, row.what, row.clinician, row.clinic, row.how_word, status


def tree(person: FamilyMember, agenda: Agenda, zone: str) -> dict[str, Any]:
    """The whole answer."""
    return {
        "patient": {"id": person.id, "name": person.name, "relation": person.relation},
        "from": agenda.since.isoformat() if agenda.since else None,
        "unreadable": agenda.unreadable,
        "appointments": [_appointment(row, zone) for row in agenda.rows],
    }


def _appointment(row: Appointment, zone: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "group": str(row.group),
        "status": row.status,
        "status_word": row.status_word,
        "start": _iso(row, row.start),
        "end": _iso(row, row.end),
        "zone": row.zone,
        "your_start": (yours.isoformat() if (yours := _yours(row, zone)) else None),
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
        "requested": [{"start": _iso(row, one.start), "end": _iso(row, one.end)} for one in row.requested],
        "history": [{"word": change.word, "at": _iso(row, change.at)} for change in row.history],
        "can": [_can(can) for can in row.can],
    }


def _can(can: Can) -> dict[str, Any]:
    return {
        "action": can.action,
        "allowed": can.allowed,
        "rule": can.rule,
        "reason": can.reason,
        "title": can.title,
        "next": can.next,
        "from": can.since.isoformat() if can.since else None,
    }


def _yours(row: Appointment, zone: str) -> datetime | None:
    return in_zone(row.start, zone) if row.start is not None and zone else None


def _iso(row: Appointment, moment: datetime | None) -> str | None:
    return None if moment is None else row.local(moment).isoformat()
