"""The conversations about the patient of an open record, and the viewer's folders for them (MSG-7, MSG-8)."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from genesis_tui.api_client.http.paging import Paging

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.base.files import Attachment
    from genesis_tui.models.messages.threads import Folder, Thread, ThreadPage
    from genesis_tui.session.base.loads import Loads

_KEYS_AT_ONCE = 200
"""As many as the portal takes in one call."""


class OpenThreads:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(self, server: "Server", loads: "Loads", *, copied: bool) -> None:
        """`copied`: the record is read from a copy, so that nothing can be told to the server."""
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

    async def mark_unread(self, thread_ids: "Sequence[str]") -> None:
        """The last message to the viewer in each is unread again."""
        self._loads.check()
        await self._loads.load(self._server.threads.mark_unread(self._patient_id, thread_ids))

    async def move(self, thread_ids: "Sequence[str]", folder: str) -> dict[str, str]:
        """Put conversations into a folder (`trash` deletes); the folder that each was in, to undo it (MSG-7, MSG-8)."""
        self._loads.check()
        return await self._loads.load(self._server.threads.move(self._patient_id, thread_ids, folder))

    async def make_folder(self, name: str) -> "Folder":
        """A folder of the viewer's own for conversations about this patient (MSG-7)."""
        self._loads.check()
        return await self._loads.load(self._server.threads.make_folder(self._patient_id, name))

    async def remove_folder(self, folder_id: str) -> None:
        """Take an own folder away; it must be empty (MSG-7)."""
        self._loads.check()
        await self._loads.load(self._server.threads.remove_folder(folder_id))

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
