"""`/portal/v1/…threads`: secure messages by folder, by thread, and found by words (MSG-7, FAM-3, FAM-8)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database import messages as stored
from genesis_tui.mock_backend.database.messages import EVERYBODY, INBOX, SENT, Place, Shelf
from genesis_tui.mock_backend.portal.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.threads import threads_seen
from genesis_tui.mock_backend.portal.wire import Body
from genesis_tui.mock_backend.problems import invalid
from genesis_tui.mock_backend.rules.decision import Allowed
from genesis_tui.mock_backend.rules.family import NOT_FOUND

router = APIRouter(prefix="/portal/v1")
PAGE = 50
_FOLDERS = {INBOX: "Inbox", SENT: "Sent"}
_PLACE = re.compile(r"(\d{1,18})\.([A-Za-z0-9.\-]{1,64})")


class Search(Body):
    """What to find, in one patient's threads; `before` is the `next` of the page before."""

    patient: str = Field(min_length=1, max_length=64)
    words: str = Field(min_length=1, max_length=200)
    before: str | None = Field(None, max_length=200)


@router.get("/patients/{patient_id}/threads")
async def folder(
    caller: SignedIn, patient_id: str, folder: Literal["inbox", "sent"] = "inbox", before: str | None = None
) -> Response:
    """Threads of a folder, newest first, 50 a page; the first page with all folders and their counts (MSG-7).

    Inbox holds every conversation that the caller sees, Sent those in which the caller wrote.
    """
    caller.read(patient_id, "messages", "threads")
    with caller.mock.database.begin() as conn:
        shelf = _shelf(caller, patient_id, folder)
        page = _page(caller, conn, shelf, before, ())
        if before is None:
            page["folders"] = [_folder(caller, conn, patient_id, one) for one in _FOLDERS]
        return JSONResponse(page)


@router.get("/threads/{thread_id}")
async def thread(caller: SignedIn, thread_id: str) -> Response:
    """A thread whole, oldest message first. An id of what the caller may not see answers as an unknown one (FAM-8)."""
    caller.decided(caller.may(caller.viewer.person_id, "messages"), "thread", caller.viewer.person_id)
    with caller.mock.database.begin() as conn:
        row = stored.threads_of(conn, [thread_id]).get(thread_id)
        patient = "" if row is None else str(row.patient_id)
        found = threads_seen(caller, conn, [thread_id], bodies=True) if _open(caller, patient) else {}
    if thread_id not in found:
        caller.decided(NOT_FOUND, "thread", patient)
    caller.read(patient, "messages", "thread")
    return JSONResponse(found[thread_id].whole())


@router.post("/threads/search")
async def search(caller: SignedIn, asked: Search) -> Response:
    """Threads in which each word stands in the subject, or in a sender or body that the caller sees; newest first."""
    caller.read(asked.patient, "messages", "threads")
    words = asked.words.casefold().split()
    if not words:
        raise invalid("Say what to look for.")
    with caller.mock.database.begin() as conn:
        shelf = _shelf(caller, asked.patient, INBOX)
        return JSONResponse(_page(caller, conn, shelf, asked.before, words))


def _page(caller: Caller, conn: Connection, shelf: Shelf, before: str | None, words: Sequence[str]) -> dict[str, Any]:
    places = stored.folder_page(conn, shelf, before=_place(before), limit=PAGE + 1, words=words)
    shown = places[:PAGE]
    found = threads_seen(caller, conn, [place.thread_id for place in shown])
    rows = [found[place.thread_id].listed(place.at) for place in shown]
    return {"patient": shelf.patient_id, "threads": rows, "next": _opaque(shown[-1]) if len(places) > PAGE else None}


def _folder(caller: Caller, conn: Connection, patient_id: str, folder: str) -> dict[str, Any]:
    size = stored.folder_size(conn, _shelf(caller, patient_id, folder))
    unread = stored.unread_messages(conn, caller.viewer.person_id, patient_id) if folder == INBOX else 0
    return {"id": folder, "name": _FOLDERS[folder], "threads": size, "unread": unread}


def _shelf(caller: Caller, patient_id: str, folder: str) -> Shelf:
    """FAM-3: the whole inbox for full access, one's own part of it otherwise; Sent is always one's own."""
    whole = folder == INBOX and caller.standing(patient_id).access == "full"
    return Shelf(EVERYBODY if whole else caller.viewer.person_id, patient_id, folder)


def _open(caller: Caller, patient_id: str) -> bool:
    return bool(patient_id) and isinstance(caller.may(patient_id, "messages"), Allowed)


def _opaque(place: Place) -> str:
    return urlsafe_b64encode(f"{place.at}.{place.thread_id}".encode()).decode()


def _place(before: str | None) -> Place | None:
    """Where the page before ended. Raises Problem for what no page gave out."""
    if before is None:
        return None
    try:
        found = _PLACE.fullmatch(urlsafe_b64decode(before.encode()).decode())
    except (Error, ValueError):
        found = None
    if found is None:
        raise invalid("This page of the folder does not exist.")
    return Place(int(found[1]), found[2])
