"""`/portal/v1/folders` and moving conversations into them (MSG-7, MSG-8)."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.messages.folders import (
    add_folder,
    folder_of,
    move_threads,
    own_folders,
    places_of,
    remove_folder,
)
from genesis_tui.mock_backend.database.messages.threads import INBOX, TRASH, shut_messages
from genesis_tui.mock_backend.database.schema.messages import moved
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.portal.base.caller import Act, Caller, SignedIn
from genesis_tui.mock_backend.portal.base.idempotency import Key, once
from genesis_tui.mock_backend.portal.messages.send import Id, thread_open_to
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.messages.send import may_name, may_remove

router = APIRouter(prefix="/portal/v1")
MOST = 200


class NewFolder(RequestBody):
    """A folder of the caller's own, for conversations about one patient."""

    patient: Id
    name: str = Field(max_length=1000)


class Threads(RequestBody):
    """Some conversations about one patient."""

    patient: Id
    threads: Annotated[list[Id], Field(min_length=1, max_length=MOST)]


class Move(Threads):
    """Where to put them: `inbox`, `trash`, or an own folder's id."""

    folder: Id


@router.post("/folders", status_code=201)
async def make(caller: SignedIn, new: NewFolder, idempotency_key: Key = None) -> Response:
    """Make an own folder, once for each key."""
    act = Act("folder", new.patient, "MSG-7")
    caller.may_do(act, "messages")
    return once(caller, idempotency_key, act, new, lambda conn: _make(caller, conn, new))


@router.delete("/folders/{folder_id}", status_code=204)
async def remove(caller: SignedIn, folder_id: str) -> Response:
    """Take an own folder away; it must be empty."""
    caller.act("remove-folder")
    viewer = caller.viewer.person_id
    with caller.mock.database.begin() as conn:
        known = folder_of(conn, viewer, folder_id)
        if known is None:
            caller.refuse(NOT_FOUND, "remove-folder", "")
        held = conn.execute(moved.select().where(moved.c.viewer_id == viewer, moved.c.folder == folder_id)).all()
        caller.decided(may_remove(len(held)), "remove-folder", known.patient_id)
        remove_folder(conn, folder_id)
    caller.did(Act("remove-folder", known.patient_id, "MSG-7"))
    return Response(status_code=204)


@router.post("/messages/move")
async def move(caller: SignedIn, asked: Move) -> Response:
    """Put conversations into a folder; says where each was, so that it can be undone. Asking twice changes nothing."""
    act = Act("move", asked.patient, "MSG-7")
    caller.may_do(act, "messages")
    viewer = caller.viewer.person_id
    with caller.mock.database.begin() as conn:
        for id in asked.threads:
            thread_open_to(caller, conn, asked.patient, id)
        known = folder_of(conn, viewer, asked.folder)
        if asked.folder not in (INBOX, TRASH) and (known is None or known.patient_id != asked.patient):
            caller.refuse(NOT_FOUND, "move", asked.patient)
        were = places_of(conn, viewer, asked.threads)
        move_threads(conn, viewer, asked.patient, list(dict.fromkeys(asked.threads)), asked.folder)
    caller.did(act)
    return JSONResponse({"moved": [{"thread": id, "from": were.get(id, INBOX)} for id in asked.threads]})


@router.post("/messages/unread", status_code=204)
async def unread(caller: SignedIn, asked: Threads) -> Response:
    """The last message to the caller in each of these is unread again."""
    act = Act("unread", asked.patient, "MSG-7")
    caller.may_do(act, "messages")
    with caller.mock.database.begin() as conn:
        for id in asked.threads:
            thread_open_to(caller, conn, asked.patient, id)
        shut_messages(conn, caller.viewer.person_id, asked.patient, asked.threads)
    caller.did(act)
    return Response(status_code=204)


def _make(caller: Caller, conn: Connection, new: NewFolder) -> dict[str, Any]:
    viewer = caller.viewer.person_id
    taken = [row.folded for row in own_folders(conn, viewer, new.patient)]
    caller.decided(may_name(new.name, taken, caller.mock.policy.message), "folder", new.patient)
    id = f"folder-{secrets.token_hex(8)}"
    add_folder(conn, id, viewer, new.patient, new.name)
    return {"id": id, "name": new.name, "threads": 0, "unread": 0, "own": True}
