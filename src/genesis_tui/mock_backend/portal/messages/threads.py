"""`/portal/v1/…threads`: secure messages by folder, by thread, and found by words (MSG-7, FAM-3, FAM-8)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.messages.drafts import draft_count
from genesis_tui.mock_backend.database.messages.folders import own_folders
from genesis_tui.mock_backend.database.messages.threads import (
    EVERYBODY,
    EVERYWHERE,
    INBOX,
    SENT,
    TRASH,
    FolderView,
    ThreadCursor,
    folder_page,
    folder_sizes,
    threads_of,
    unread_by_folder,
)
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody, can
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.messages.models import FolderPage, ThreadWhole
from genesis_tui.mock_backend.portal.messages.thread_rows import threads_seen
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.messages.send import BUILT_IN, may_remove

router = APIRouter(prefix="/portal/v1")
PAGE = 50
FolderId = Annotated[str, Query(pattern=r"^[a-z0-9\-]{1,64}$")]
_PLACE = re.compile(r"(\d{1,18})\.([A-Za-z0-9.\-]{1,64})")


class ThreadSearch(RequestBody):
    """What to find, in one patient's threads; `before` is the `next` of the page before."""

    patient: str = Field(min_length=1, max_length=64)
    words: str = Field(min_length=1, max_length=200)
    before: str | None = Field(None, max_length=200)


@router.get("/patients/{patient_id}/threads", **answers(FolderPage))
async def folder(caller: SignedIn, patient_id: str, folder: FolderId = INBOX, before: str | None = None) -> Response:
    """Threads of a folder, newest first, 50 a page; the first page with all folders and their counts (MSG-7).

    Inbox holds every conversation that the caller sees, Sent those in which the caller wrote; neither what the caller
    moved to Trash or a folder of their own.
    """
    caller.read(patient_id, "messages", "threads")
    with caller.mock.database.begin() as conn:
        own = own_folders(conn, caller.viewer.person_id, patient_id)
        if folder not in (INBOX, SENT, TRASH, *(row.id for row in own)):
            caller.refuse(NOT_FOUND, "threads", patient_id)
        page = _page(caller, conn, _view(caller, patient_id, folder), before, ())
        if before is None:
            page["folders"] = _folders(caller, conn, patient_id, own)
        return JSONResponse(page)


@router.get("/threads/{thread_id}", **answers(ThreadWhole))
async def thread(caller: SignedIn, thread_id: str) -> Response:
    """A thread whole, oldest message first. An id of what the caller may not see answers as an unknown one (FAM-8)."""
    caller.decided(caller.may(caller.viewer.person_id, "messages"), "thread", caller.viewer.person_id)
    with caller.mock.database.begin() as conn:
        found = threads_seen(caller, conn, caller.open_patients("messages"), [thread_id], bodies=True).get(thread_id)
        if found is None:
            owner = threads_of(conn, [thread_id]).get(thread_id)
            caller.refuse(NOT_FOUND, "thread", "" if owner is None else owner.patient_id)
    caller.read(found.row.patient_id, "messages", "thread")
    return JSONResponse(found.whole())


@router.post("/threads/search", **answers(FolderPage))
async def search(caller: SignedIn, asked: ThreadSearch) -> Response:
    """Threads in which each word stands in the subject, or in a sender or body that the caller sees; newest first."""
    caller.read(asked.patient, "messages", "threads")
    words = asked.words.casefold().split()
    if not words:
        raise invalid("Say what to look for.")
    with caller.mock.database.begin() as conn:
        view = _view(caller, asked.patient, EVERYWHERE)
        return JSONResponse(_page(caller, conn, view, asked.before, words))


def _page(
    caller: Caller, conn: Connection, view: FolderView, before: str | None, words: Sequence[str]
) -> dict[str, Any]:
    places = folder_page(conn, view, before=_place(before), limit=PAGE + 1, words=words)
    shown = places[:PAGE]
    found = threads_seen(caller, conn, [view.patient_id], [place.thread_id for place in shown])
    rows = [found[place.thread_id].listed(place.at) for place in shown]
    return {"patient": view.patient_id, "threads": rows, "next": _opaque(shown[-1]) if len(places) > PAGE else None}


def _folders(caller: Caller, conn: Connection, patient_id: str, own: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Inbox, Sent, Drafts, Trash, then own ones by name."""
    viewer = caller.viewer.person_id
    sizes = folder_sizes(conn, _view(caller, patient_id, INBOX))
    sizes["drafts"] = draft_count(conn, viewer, patient_id)
    unread = unread_by_folder(conn, viewer, patient_id)
    named = [(id, name, False) for id, name in BUILT_IN.items()] + [(row.id, row.name, True) for row in own]
    return [
        {"id": id, "name": name, "threads": sizes.get(id, 0), "unread": unread.get(id, 0), "own": mine}
        | {"can": [can("folder.remove", may_remove(sizes.get(id, 0)))] if mine else []}
        for id, name, mine in named
    ]


def _view(caller: Caller, patient_id: str, folder: str) -> FolderView:
    """FAM-3: the whole record's for full access, one's own part of it otherwise; Sent is always one's own."""
    whole = folder != SENT and caller.standing(patient_id).access == "full"
    viewer = caller.viewer.person_id
    return FolderView(EVERYBODY if whole else viewer, patient_id, folder, viewer)


def _opaque(place: ThreadCursor) -> str:
    return urlsafe_b64encode(f"{place.at}.{place.thread_id}".encode()).decode()


def _place(before: str | None) -> ThreadCursor | None:
    """Where the page before ended. Raises Problem for what no page gave out."""
    if before is None:
        return None
    try:
        found = _PLACE.fullmatch(urlsafe_b64decode(before.encode()).decode())
    except (Error, ValueError):
        found = None
    if found is None:
        raise invalid("This page of the folder does not exist.")
    return ThreadCursor(int(found[1]), found[2])
