"""`GET changes`: what is new, different or gone, for all patients whom the caller may see; a long poll."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.database.appointments.changes import MOST, changes_since, last_change
from genesis_tui.mock_backend.database.appointments.slots import slot_of
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.portal.appointments.facts import slot_row
from genesis_tui.mock_backend.portal.appointments.models import ChangesAnswer
from genesis_tui.mock_backend.portal.appointments.watches import look_out
from genesis_tui.mock_backend.portal.base.acts import Json
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
    with caller.mock.database.begin() as conn:
        look_out(caller, conn, patients)
        head = last_change(conn)
        if not since:
            return head, []
        rows = changes_since(conn, int(since), caller.viewer.person_id, patients, now=caller.mock.clock.micros())
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
