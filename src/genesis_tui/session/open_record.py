"""One open record. Closing it ends its loads, and nothing of it can be asked for again (FAM-9)."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from genesis_tui.api_client.http.patient_scope import reading
from genesis_tui.models.base.errors import RecordClosed, Refused
from genesis_tui.models.base.files import Attachment, FileContent
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import FamilyMember, Profile
from genesis_tui.models.messages.threads import Folder, Thread, ThreadPage
from genesis_tui.models.record import Entries, Entry, Section, among, entries_of, of_result
from genesis_tui.models.record import section as section_of
from genesis_tui.models.results.result import Result, ResultKind, Results, keys_of
from genesis_tui.session.base.cache import RecordCache

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from genesis_tui.api_client.fhir.record.patient_section import PatientSection
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.appointments import Appointments
    from genesis_tui.models.messages.drafts import Correction
    from genesis_tui.models.refills import Prescriptions

T = TypeVar("T")
_KEYS_AT_ONCE = 200
"""As many as the portal takes in one call."""


class OpenRecord:
    """The record of one patient, from `Portal.open` to `close`. Every call on a closed one raises RecordClosed."""

    def __init__(self, patient: FamilyMember, server: "Server", memory: RecordCache, *, copied: bool = False) -> None:
        """Made by `Portal.open` only. `copied`: it is read from a copy, so that nothing can be told to the server."""
        self.patient = patient
        self.closed = False
        self._server = server
        self._memory = memory
        self._copied = copied
        self._loads: set[asyncio.Task[Any]] = set()
        self._new: frozenset[str] = frozenset()

    async def results(self, *, whole: bool = False) -> AsyncIterator[Results]:
        """Results, newest first, growing: what is in memory (if anything), then pages, the last one `complete`.

        After the first time only what changed is fetched; `whole` fetches everything again. Notes come without
        their text: `text` fetches it.

        Raises:
            RecordClosed: also in the middle, when the record is closed meanwhile.
            Refused: the rows in memory are dropped then (FAM-11).
        """
        self._check()
        if whole:
            self._memory.drop(self.patient.id)
        chart = self._memory.chart(self.patient.id)
        if chart.fetched:
            yield self._with_new(chart.results(complete=False))
        try:
            self._new = await self._load(self._server.unseen(self.patient.id))
            pages = self._server.fill(chart)
            while (page := await self._load(anext(pages, None))) is not None:
                yield self._with_new(page)
        except Refused:
            self._memory.refused(self.patient.id)
            raise

    async def text(self, result: Result) -> Result:
        """The same result with its `text`: fetched for a note, as it is where there is nothing to fetch."""
        self._check()
        chart = self._memory.chart(self.patient.id)
        return await self._load(self._server.text(chart, result))

    async def mark_seen(self, result: Result) -> None:
        """Tell the server that the viewer opened this result: it is not new to them any more (REL-5)."""
        self._check()
        self._new -= set(keys_of(result))
        if not self._copied:
            await self._load(self._server.mark_seen(self.patient.id, keys_of(result)))

    def still_new(self, results: Results) -> Results:
        """The same results with what is new to the viewer by now."""
        self._check()
        return self._with_new(results)

    async def mark_entry_seen(self, entry: Entry) -> None:
        """The same for an entry that was opened in Record, where it was still new."""
        self._check()
        if entry.key in self._new:
            self._new -= {entry.key}
            if not self._copied:
                await self._load(self._server.mark_seen(self.patient.id, (entry.key,)))

    async def threads(self, folder: str = "inbox", *, before: str = "") -> ThreadPage:
        """Threads of a folder (its id), newest first; `before` is the `next` of the page before (MSG-7)."""
        self._check()
        return await self._load(self._server.threads.folder(self.patient.id, folder, before))

    async def search_threads(self, words: str, *, before: str = "") -> ThreadPage:
        """Threads in which each of the words stands, newest first; `before` as in `threads`."""
        self._check()
        return await self._load(self._server.threads.search(self.patient.id, words, before))

    async def thread(self, id: str) -> Thread:
        """A thread with all its messages; nothing is marked as read by it."""
        self._check()
        return await self._load(self._server.threads.thread(self.patient.id, id))

    async def mark_read(self, thread: Thread) -> None:
        """Tell the server that the viewer opened what was unread in a thread."""
        self._check()
        ids = [message.id for message in thread.unread] if not self._copied else []
        for start in range(0, len(ids), _KEYS_AT_ONCE):
            some = ids[start : start + _KEYS_AT_ONCE]
            await self._load(self._server.threads.mark_read(self.patient.id, some))

    async def move(self, thread_ids: "Sequence[str]", folder: str) -> dict[str, str]:
        """Put conversations into a folder (`trash` deletes); the folder that each was in, to undo it (MSG-7, MSG-8)."""
        self._check()
        return await self._load(self._server.threads.move(self.patient.id, thread_ids, folder))

    async def mark_unread(self, thread_ids: "Sequence[str]") -> None:
        """The last message to the viewer in each is unread again."""
        self._check()
        await self._load(self._server.threads.mark_unread(self.patient.id, thread_ids))

    async def make_folder(self, name: str) -> Folder:
        """A folder of the viewer's own for conversations about this patient (MSG-7)."""
        self._check()
        return await self._load(self._server.threads.make_folder(self.patient.id, name))

    async def remove_folder(self, folder_id: str) -> None:
        """Take an own folder away; it must be empty (MSG-7)."""
        self._check()
        await self._load(self._server.threads.remove_folder(folder_id))

    async def corrections(self) -> "tuple[Correction, ...]":
        """What was said to be wrong in this record, and what the care team made of it (REC-7)."""
        self._check()
        return await self._load(self._server.record.corrections(self.patient.id))

    async def content_of_file(self, attachment: Attachment) -> tuple[bytes, str]:
        """What a file of a message holds, and its media type. Raises as `save_file`."""
        self._check()
        return await self._load(self._server.threads.download(attachment.place))

    async def save_file(self, attachment: Attachment, folder: str = "", name: str = "") -> "Path":
        """Fetch a file of a message into a new file of its own, and say where that is. Raises FileFault as `save`."""
        from genesis_tui.store import downloads as files

        body, kind = await self.content_of_file(attachment)
        called = files.safe_name(name or attachment.title, kind or attachment.content_type)
        return await asyncio.to_thread(files.save, files.downloads(folder), called, body)

    async def appointments(self, first: "date | None" = None, last: "date | None" = None) -> "Appointments":
        """Appointments and requests from `first` to `last` (days at the clinic), from 400 days ago on without `first`.

        Raises:
            NotOffered: the server has no portal.
        """
        self._check()
        return await self._load(self._server.appointments.agenda(self.patient.id, first, last))

    async def prescriptions(self) -> "Prescriptions":
        """Every prescription, with what can be done with it and how its refills get on (RX).

        Raises:
            NotOffered: the server has no portal.
        """
        self._check()
        return await self._load(self._server.refills.prescriptions(self.patient.id))

    async def sections(self) -> tuple[Section, ...]:
        """The sections of the record that the server offers (REC-1)."""
        self._check()
        return await self._load(self._server.fhir_record.sections())

    def refused(self, section: Section) -> Permission | None:
        """The server's word on a section that is closed to the viewer; None where it is open, or nothing was said."""
        return next((c for c in self.patient.can if c.action == section.action and not c.allowed), None)

    async def entries(self, section: Section, *, fresh: bool = True) -> AsyncIterator[Entries]:
        """A section, growing: what is in memory (if anything), then pages, the last one `complete`.

        Sections across sections gather what is in memory of the others. Old entries stay until the new ones are whole.

        Args:
            section: one of `sections`.
            fresh: False takes what is in memory where the section was fetched whole.

        Raises:
            RecordClosed: also in the middle, when the record is closed meanwhile.
            Refused: the rows of the section in memory are dropped then (FAM-11).
        """
        self._check()
        if section.across:
            yield Entries(among(section, self._gathered()), datetime.now(UTC))
        elif section.kind is not None:
            async for page in self._results_of(section.kind, fresh=fresh):
                yield page
        else:
            async for page in self._section(section, fresh=fresh):
                yield page

    async def read(self, entry: Entry) -> Entry:
        """The entry with its text, where that stands in a document that can be read here."""
        self._check()
        if section_of(entry.section).kind is not None:
            return await self._read_result(entry)
        if entry.section not in self._memory.shelves(self.patient.id) or any(not head for head, _ in entry.texts):
            return entry
        return await self._load(self._server.fhir_record.text(self._shelf(entry.section), entry))

    async def content(self, section: str, attachment: Attachment) -> FileContent:
        """What an attachment holds. It is fetched only now.

        Raises:
            HostRefused: it lies on another server (HOST-1).
        """
        self._check()
        chart = section_of(section).kind is not None
        known = self._memory.chart(self.patient.id) if chart else self._shelf(section)
        return await self._load(self._server.fhir_record.content(known, attachment))

    async def save(self, section: str, attachment: Attachment, folder: str = "", name: str = "") -> "Path":
        """Fetch an attachment into a new file of its own, and say where that is.

        Args:
            section: of the entry that it belongs to.
            attachment: what to save.
            folder: where to; Downloads, or where we are, when empty.
            name: what to call it instead of its title; made safe like it.

        Raises:
            FileFault: it can't be written there.
        """
        from genesis_tui.store import downloads as files

        content = await self.content(section, attachment)
        called = files.safe_name(name or attachment.title, content.content_type)
        return await asyncio.to_thread(files.save, files.downloads(folder), called, content.body)

    async def _read_result(self, entry: Entry) -> Entry:
        chart = self._memory.chart(self.patient.id)
        paper = chart.paper(entry.key) if entry.unread else None
        if paper is None:
            return entry
        whole = of_result(await self._load(self._server.text(chart, paper.row)))
        return replace(entry, texts=whole.texts, unread=False)

    async def _results_of(self, kind: ResultKind, *, fresh: bool) -> AsyncIterator[Entries]:
        chart = self._memory.chart(self.patient.id)
        if chart.fetched and not fresh:
            yield entries_of(chart.results(), kind)
            return
        async for page in self.results():
            yield entries_of(page, kind)

    async def _section(self, section: Section, *, fresh: bool) -> AsyncIterator[Entries]:
        known = self._memory.shelves(self.patient.id).get(section.id)
        if known is not None:
            yield known.entries(complete=not fresh)
            if not fresh:
                return
        shelf = self._server.fhir_record.shelf(self.patient.id, section.id)
        try:
            pages = self._server.fhir_record.fill(shelf)
            while (page := await self._load(anext(pages, None))) is not None:
                if page.complete:
                    self._memory.shelves(self.patient.id)[section.id] = shelf
                if known is None or page.complete:
                    yield page
        except Refused:
            self._memory.refused(self.patient.id, section.id)
            raise

    def _gathered(self) -> tuple[Entry, ...]:
        """Everything in memory of this patient."""
        found = [e for shelf in self._memory.shelves(self.patient.id).values() for e in shelf.entries().rows]
        return (*found, *map(of_result, self._memory.chart(self.patient.id).results().rows))

    def _shelf(self, section: str) -> "PatientSection":
        known = self._memory.shelves(self.patient.id).get(section)
        return known if known is not None else self._server.fhir_record.shelf(self.patient.id, section)

    async def profile(self) -> Profile:
        """Patient Information, read only (DEERS-1, MSG-2)."""
        self._check()
        return await self._load(self._server.family.profile(self.patient.id))

    def close(self) -> None:
        """End every load; what they were about to bring is dropped."""
        self.closed = True
        self._server.forget()
        self._new = frozenset()
        for load in self._loads:
            load.cancel()

    def _with_new(self, page: Results) -> Results:
        """A row of several tests is new while one of them is."""
        new = frozenset(row.key for row in page.rows if not self._new.isdisjoint(keys_of(row)))
        return replace(page, new=new)

    def _check(self) -> None:
        if self.closed:
            raise RecordClosed(next="Open it again from the family list.")

    async def _load(self, work: Coroutine[Any, Any, T]) -> T:
        with reading(self.patient.id):
            task = asyncio.ensure_future(work)
        self._loads.add(task)
        try:
            answer = await task
        except asyncio.CancelledError:
            if not self._cancelled_by_caller():
                self._check()
            raise
        finally:
            self._loads.discard(task)
        self._check()
        return answer

    @staticmethod
    def _cancelled_by_caller() -> bool:
        current = asyncio.current_task()
        return current is not None and current.cancelling() > 0
