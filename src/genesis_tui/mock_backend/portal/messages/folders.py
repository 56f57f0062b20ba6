"""`/portal/v1/folders` and moving conversations into them (MSG-7, MSG-8)."""

import secrets
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from genesis_tui.mock_backend.database.messages.folders import (
    add_folder,
    folder_of,
    move_threads,
    own_folders,
    places_of,
    remove_folder,
)
from genesis_tui.mock_backend.database.messages.threads import INBOX, TRASH, Chosen, open_threads, shut_messages
from genesis_tui.mock_backend.database.schema.messages import moved
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, for_oneself, on
from genesis_tui.mock_backend.portal.messages.models import FolderMade, MarkedAnswer, MovedAnswer
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


class Marked(Threads):
    """Of which conversations; with `messages` (ids) of those alone."""

    messages: list[Id] = Field([], max_length=1000)

    @property
    def chosen(self) -> Chosen:
        """The same for the database."""
        return Chosen(self.threads, self.messages)


class Move(Threads):
    """Where to put them: `inbox`, `trash`, or an own folder's id."""

    folder: Id


@act(router, "POST", "/folders", "folder", "MSG-7", may=on("messages"), creates=True, answers=FolderMade)
def make(doing: Doing, new: NewFolder) -> Json:
    """Make an own folder, once for each key."""
    taken = [row.folded for row in own_folders(doing.conn, doing.viewer, new.patient)]
    doing.decided(may_name(new.name, taken, doing.caller.mock.policy.message))
    id = f"folder-{secrets.token_hex(8)}"
    add_folder(doing.conn, id, doing.viewer, new.patient, new.name)
    return {"id": id, "name": new.name, "threads": 0, "unread": 0, "own": True}


@act(router, "DELETE", "/folders/{folder_id}", "remove-folder", "MSG-7", may=for_oneself)
def remove(doing: Doing, folder_id: str) -> None:
    """Take an own folder away; it must be empty."""
    known = folder_of(doing.conn, doing.viewer, folder_id)
    doing.about("" if known is None else known.patient_id)
    if known is None:
        doing.refuse(NOT_FOUND)
    inside = moved.select().where(moved.c.viewer_id == doing.viewer, moved.c.folder == folder_id)
    doing.decided(may_remove(len(doing.conn.execute(inside).all())))
    remove_folder(doing.conn, folder_id)


@act(router, "POST", "/messages/move", "move", "MSG-7", may=on("messages"), answers=MovedAnswer)
def move(doing: Doing, asked: Move) -> Json:
    """Put conversations into a folder; says where each was, so that it can be undone. Asking twice changes nothing."""
    _all_open(doing, asked)
    known = folder_of(doing.conn, doing.viewer, asked.folder)
    if asked.folder not in (INBOX, TRASH) and (known is None or known.patient_id != asked.patient):
        doing.refuse(NOT_FOUND)
    were = places_of(doing.conn, doing.viewer, asked.threads)
    move_threads(doing.conn, doing.viewer, asked.patient, list(dict.fromkeys(asked.threads)), asked.folder)
    return {"moved": [{"thread": id, "from": were.get(id, INBOX)} for id in asked.threads]}


@act(router, "POST", "/messages/read", "read", "MSG-7", may=on("messages"), answers=MarkedAnswer)
def read(doing: Doing, asked: Marked) -> Json:
    """What is unread for the caller in these is read; says which messages that were, so that it can be undone."""
    _all_open(doing, asked)
    return {"messages": open_threads(doing.conn, doing.viewer, asked.patient, asked.chosen, now=doing.now)}


@act(router, "POST", "/messages/unread", "unread", "MSG-7", may=on("messages"), answers=MarkedAnswer)
def unread(doing: Doing, asked: Marked) -> Json:
    """The last message to the caller in each of these is unread again, or those that are named; says which."""
    _all_open(doing, asked)
    return {"messages": shut_messages(doing.conn, doing.viewer, asked.patient, asked.chosen)}


def _all_open(doing: Doing, asked: Threads) -> None:
    for id in asked.threads:
        thread_open_to(doing.caller, doing.conn, asked.patient, id)
