"""The conversations about the patient of an open record, and the viewer's folders for them (MSG-7, MSG-8)."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from genesis_tui.api_client.http.paging import Paging
from genesis_tui.models.acts import Act
from genesis_tui.session.acts.folders import FolderRemoval, Move, NewFolder
from genesis_tui.session.acts.marks import READ, UNREAD, Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.base.files import Attachment
    from genesis_tui.models.messages.threads import Folder, Thread, ThreadPage
    from genesis_tui.session.acts.outbox import Acts
    from genesis_tui.session.base.loads import Loads

A = TypeVar("A", bound=Act)
_KEYS_AT_ONCE = 200
"""As many as the portal takes in one call."""


class OpenThreads:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(self, server: "Server", loads: "Loads", acts: "Acts", *, copied: bool) -> None:
        """`copied`: the record is read from a copy, so that nothing can be told to the server."""
        self._acts = acts
        self._patient_id = loads.patient_id
        self._server = server
        self._loads = loads
        self._copied = copied
        self._paging: dict[str, Paging] = {}
        """How far each folder and each search was read."""

    async def load(self, folder: str = "inbox", *, before: str = "") -> "ThreadPage":
        """Threads of a folder (its id), newest first; `before` is the `next` of the page before (MSG-7)."""
        self._loads.check()
        page = await self._loads.load(self._server.threads.folder(self._patient_id, folder, before))
        return self._followed(f"folder {folder}", before, page)

    async def search(self, words: str, *, before: str = "") -> "ThreadPage":
        """Threads in which each of the words stands, newest first; `before` as in `load`."""
        self._loads.check()
        page = await self._loads.load(self._server.threads.search(self._patient_id, words, before))
        return self._followed(f"search {words}", before, page)

    def _followed(self, list_: str, before: str, page: "ThreadPage") -> "ThreadPage":
        """The page, which is the last one where the server's pages lead on for ever; that counts as unreadable."""
        if not before or list_ not in self._paging:
            self._paging[list_] = Paging()
        empty = not page.rows and not page.unreadable
        if not self._paging[list_].fault(before, page.next, size=page.size, empty=empty):
            return page
        return replace(page, next="", unreadable=page.unreadable + 1)

    async def read(self, id: str) -> "Thread":
        """A thread with all its messages; nothing is marked as read by it."""
        self._loads.check()
        return await self._loads.load(self._server.threads.thread(self._patient_id, id))

    async def mark_read(self, thread: "Thread") -> None:
        """Tell the server that the viewer opened what was unread in a thread."""
        self._loads.check()
        ids = [message.id for message in thread.unread] if not self._copied else []
        for start in range(0, len(ids), _KEYS_AT_ONCE):
            some = ids[start : start + _KEYS_AT_ONCE]
            await self._loads.load(self._server.threads.mark_read(self._patient_id, some))

    async def mark_unread(self, thread_ids: "Sequence[str]", messages: "Sequence[str]" = ()) -> tuple[str, ...]:
        """The last message to the viewer in each is unread again, or these; ids of those that were read before."""
        return await self._marked(UNREAD, thread_ids, messages)

    async def mark_all_read(self, thread_ids: "Sequence[str]", messages: "Sequence[str]" = ()) -> tuple[str, ...]:
        """What is unread in these is read, or these messages are; ids of those that were unread before."""
        return await self._marked(READ, thread_ids, messages)

    async def _marked(self, kind: str, thread_ids: "Sequence[str]", messages: "Sequence[str]") -> tuple[str, ...]:
        chosen, named = tuple(thread_ids), tuple(messages)
        act = await self._do(
            lambda at: Mark(kind=kind, patient_id=self._patient_id, asked=at, threads=chosen, messages=named)
        )
        return act.changed or ()

    async def move(self, thread_ids: "Sequence[str]", folder: str) -> dict[str, str]:
        """Put conversations into a folder (`trash` deletes); the folder that each was in, to undo it (MSG-7, MSG-8)."""
        wanted = tuple(thread_ids)
        move = await self._do(lambda at: Move(patient_id=self._patient_id, asked=at, threads=wanted, folder=folder))
        return dict(move.was or {})

    async def make_folder(self, name: str) -> "Folder":
        """A folder of the viewer's own for conversations about this patient (MSG-7)."""
        act = await self._do(lambda at: NewFolder(patient_id=self._patient_id, asked=at, name=name))
        assert act.made is not None
        return act.made

    async def remove_folder(self, folder_id: str) -> None:
        """Take an own folder away; it must be empty (MSG-7)."""
        await self._do(lambda at: FolderRemoval(patient_id=self._patient_id, asked=at, folder_id=folder_id))

    async def _do(self, act: "Callable[[datetime], A]") -> "A":
        """Have it done: it goes to the end though the record is closed meanwhile. Raises as `Outbox.do`."""
        self._loads.check()
        return await self._loads.load(self._done(act))

    async def _done(self, act: "Callable[[datetime], A]") -> "A":
        outbox = await self._acts()
        return await outbox.do(act(outbox.clock()))

    async def content(self, attachment: "Attachment") -> tuple[bytes, str]:
        """What a file of a message holds, and its media type."""
        self._loads.check()
        return await self._loads.load(self._server.threads.download(attachment.place))

    async def save(self, attachment: "Attachment", folder: str = "", name: str = "") -> "Path":
        """Fetch a file of a message into a new file of its own, and say where that is.

        Raises:
            FileFault: it can't be written there.
        """
        from genesis_tui.store import downloads

        body, kind = await self.content(attachment)
        called = downloads.safe_name(name or attachment.title, kind or attachment.content_type)
        return await asyncio.to_thread(downloads.save, downloads.downloads(folder), called, body)
