"""`/portal/v1/patients/{id}/access-log`: who opened a record, and what else was done with it (AUD-1, FAM-10)."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import MICROSECOND, micros_iso
from genesis_tui.mock_backend.database.family.audit import AuditEvent
from genesis_tui.mock_backend.database.family.people import names_of
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.family.models import AccessLogAnswer
from genesis_tui.mock_backend.rules.family.access_log import (
    EventFacts,
    LogKind,
    event_words,
    is_of,
    may_show,
    why_words,
)

router = APIRouter(prefix="/portal/v1")
PAGE = 50


@router.get("/patients/{patient_id}/access-log", **answers(AccessLogAnswer))
async def access_log(
    caller: SignedIn, patient_id: str, kind: Annotated[LogKind, Query()] = "any", before: str | None = None
) -> Response:
    """AUD-1: who did what with the record, newest first, 50 at a time; `total` counts all of that kind."""
    caller.read(patient_id, "access-log", "access-log")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise invalid("This page of the log does not exist.")
    reader, days = caller.viewer.person_id, caller.mock.policy.family.log_days
    since = caller.mock.clock.micros() - timedelta(days=days) // MICROSECOND
    events = [
        (id, event)
        for id, event in caller.mock.audit.about(patient_id, since=since)
        if may_show(_facts(event), reader_id=reader, patient_id=patient_id)
        and is_of(kind, _facts(event), reader_id=reader, patient_id=patient_id)
    ]
    following = [one for one in events if before is None or one[0] < int(before)]
    shown = following[:PAGE]
    with caller.mock.database.begin() as conn:
        names = names_of(conn, {event.who_id for _, event in shown})
    return JSONResponse(
        {
            "patient": patient_id,
            "days": days,
            "total": len(events),
            "events": [_line(event, names, reader) for _, event in shown],
            "next": str(shown[-1][0]) if len(following) > PAGE else None,
        }
    )


def _facts(event: AuditEvent) -> EventFacts:
    return EventFacts(event.who_id, event.what, event.outcome)


def _line(event: AuditEvent, names: dict[str, str], reader: str) -> dict[str, Any]:
    return {
        "at": micros_iso(event.at),
        "who": names.get(event.who_id, "not signed in"),
        "mine": event.who_id == reader,
        "what": event.what,
        "words": event_words(_facts(event)),
        "why": why_words(event.outcome, event.rule),
        "outcome": event.outcome,
        "rule": event.rule,
        "request_id": event.request_id,
    }
