"""`GET changes`, a long poll for what is new or gone, and `slot-watches`, which tell there of earlier slots."""

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import from_micros, micros_iso, to_micros
from genesis_tui.mock_backend.database.appointments.changes import (
    CLIPBOARD,
    MOST,
    PRESCRIPTIONS,
    changes_since,
    last_change,
    note_change,
)
from genesis_tui.mock_backend.database.appointments.clinics import clinics, visit_types
from genesis_tui.mock_backend.database.appointments.slots import Slot, free_slots, slot_of
from genesis_tui.mock_backend.database.appointments.watches import drop_watch, put_watch, told_slot, watches_of
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.appointments.facts import slot_row
from genesis_tui.mock_backend.portal.appointments.models import ChangesAnswer, Code, Id, SlotWatch, WatchBody
from genesis_tui.mock_backend.portal.appointments.slots import Hidden, book_at, clinic_of, visit_of
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, on
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn

router = APIRouter(prefix="/portal/v1")
LONGEST = 25
"""Seconds that an answer is held back while nothing changes."""
_STEP = 0.25
Cursor = Annotated[str, Query(pattern=r"^\d{0,18}$")]


@router.get("/changes", **answers(ChangesAnswer))
async def changes(caller: SignedIn, since: Cursor = "", wait: Annotated[int, Query(ge=0, le=LONGEST)] = 0) -> Response:
    """What has changed since a cursor, oldest first; without one nothing, and the cursor to begin with.

    Each entry stands there once. With `wait` the answer comes as soon as there is something, at the latest after so
    many seconds. A slot that a watch finds is told once.
    """
    caller.clinical("changes")
    until = time.monotonic() + (wait if since else 0)
    while True:
        cursor, found = _look(caller, since)
        left = until - time.monotonic()
        if found or left <= 0:
            return JSONResponse({"cursor": str(cursor), "changes": found})
        await asyncio.sleep(min(_STEP, left))
        caller.mock.due.apply(caller.mock.policy)


def _look(caller: Caller, since: str) -> tuple[int, list[Json]]:
    """Where the feed stands, and what of it the caller may see."""
    patients = caller.open_patients("appointments")
    closer = {CLIPBOARD: caller.open_patients("forms"), PRESCRIPTIONS: caller.open_patients("medications")}
    with caller.mock.database.begin() as conn:
        look_out(caller, conn, patients)
        head = last_change(conn)
        if not since:
            return head, []
        viewer, now = caller.viewer.person_id, caller.mock.clock.micros()
        rows = changes_since(conn, int(since), viewer, patients, closer, now=now)
        told = [_change(row) for row in rows]
        for row, one in zip(rows, told, strict=True):
            slot = slot_of(conn, row.note) if row.kind == "slot" else None
            if slot is not None:
                one["slot"] = slot_row(slot)
    full = len(rows) == MOST
    return (rows[-1].seq if full else head), told


def _change(row: Row[tuple[object, ...]]) -> Json:
    change = "removed" if row.removed else "changed"
    return {"patient": row.patient_id, "kind": row.kind, "id": row.entry, "change": change, "at": micros_iso(row.at)}


@act(router, "PUT", "/slot-watches/{clinic}", "watch-slots", "APPT-2", may=on("appointments"), answers=SlotWatch)
def watch(doing: Doing, clinic: Id, asked: WatchBody) -> Json:
    """Watch a clinic for a slot before an instant; one watch a person, patient, clinic and visit type."""
    caller, conn = doing.caller, doing.conn
    visit = visit_of(caller, conn, asked.patient, asked.visit_type)
    found = clinic_of(caller, conn, asked.patient, clinic)
    doing.decided(book_at(caller, asked.patient, found, visit))
    before = _instant(asked.before)
    key = {"viewer_id": doing.viewer, "patient_id": asked.patient, "clinic_id": clinic, "visit_type": asked.visit_type}
    put_watch(conn, key, to_micros(before), "")
    (row,) = [one for one in watches_of(conn, doing.viewer, [asked.patient]) if _same(one, key)]
    earliest = _earliest(caller, conn, row)
    told_slot(conn, row, earliest.id if earliest is not None else "")
    return _told(caller, conn, row)


@act(router, "DELETE", "/slot-watches/{clinic}", "unwatch-slots", "APPT-2", may=on("appointments"))
def unwatch(doing: Doing, clinic: Id, patient: Id, visit_type: Code) -> None:
    """Watch it no more; one that is not there is as gone."""
    key = {"viewer_id": doing.viewer, "patient_id": patient, "clinic_id": clinic, "visit_type": visit_type}
    if not drop_watch(doing.conn, key):
        doing.changed_nothing()


def watches_told(caller: Caller, conn: Connection, patient_ids: Iterable[str]) -> list[Json]:
    """The caller's watches for these patients, each with the earliest slot that there is now."""
    now = caller.mock.clock.micros()
    rows = watches_of(conn, caller.viewer.person_id, patient_ids)
    return [_told(caller, conn, row) for row in rows if row.before > now]


def look_out(caller: Caller, conn: Connection, patient_ids: Iterable[str]) -> None:
    """Tell of each earlier slot that a watch of the caller's finds and has not told of yet."""
    now = caller.mock.clock.micros()
    for row in watches_of(conn, caller.viewer.person_id, patient_ids):
        earliest = _earliest(caller, conn, row) if row.before > now else None
        if earliest is not None and earliest.id != row.found:
            told_slot(conn, row, earliest.id)
            mine = {"viewer_id": row.viewer_id, "note": earliest.id}
            note_change(conn, "slot", row.clinic_id, row.patient_id, now=now, **mine)


def _earliest(caller: Caller, conn: Connection, row: Row[tuple[object, ...]]) -> Slot | None:
    """The earliest free slot that starts before what a watch names."""
    clinic, visit = clinics(conn)[row.clinic_id], visit_types(conn)[row.visit_type]
    now, before = caller.mock.clock.now(), from_micros(row.before)
    settings = clinic.settings
    found = free_slots(conn, clinic, visit, settings.today(now), settings.today(before), now)
    first = next(Hidden(caller, conn, row.patient_id).without(found), None)
    return first if first is not None and first.start < before else None


def _told(caller: Caller, conn: Connection, row: Row[tuple[object, ...]]) -> Json:
    earliest, settings = _earliest(caller, conn, row), clinics(conn)[row.clinic_id].settings
    return {
        "clinic_id": row.clinic_id,
        "clinic": settings.name,
        "patient": row.patient_id,
        "visit_type": row.visit_type,
        "before": micros_iso(row.before),
        "zone": settings.zone,
        "found": None if earliest is None else slot_row(earliest),
    }


def _same(row: Row[tuple[object, ...]], key: dict[str, str]) -> bool:
    return all(getattr(row, name) == value for name, value in key.items())


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise invalid("A watch ends at an instant with its offset.", detail="before: an RFC 3339 instant")
    return moment
