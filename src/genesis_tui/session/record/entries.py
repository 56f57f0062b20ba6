"""The sections of an open record and their entries."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genesis_tui.models.base.dates import zone_of
from genesis_tui.models.base.errors import ApiError, RecordClosed, Refused, SignedOut
from genesis_tui.models.base.files import Attachment, FileContent
from genesis_tui.models.base.ledger import line_of
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.record import (
    LEDGER,
    Entries,
    Entry,
    Section,
    among,
    entries_of,
    measured,
    missing_facts,
    of_result,
)
from genesis_tui.models.record import section as section_of
from genesis_tui.models.results.result import ResultKind
from genesis_tui.models.results.trends import ByCode, by_code, joined

if TYPE_CHECKING:
    from pathlib import Path

    from genesis_tui.api_client.fhir.record.patient_section import PatientSection
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.base.also_recorded import AlsoRecorded
    from genesis_tui.models.base.ledger import LedgerLine
    from genesis_tui.models.export import OriginalResource
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.messages.drafts import Correction
    from genesis_tui.session.base.cache import RecordCache
    from genesis_tui.session.base.loads import Loads
    from genesis_tui.session.results import OpenResults


class OpenEntries:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(
        self, patient: "FamilyMember", server: "Server", cache: "RecordCache", loads: "Loads", results: "OpenResults"
    ) -> None:
        """`results`: the sections that show results take them from there."""
        self._patient = patient
        self._server = server
        self._cache = cache
        self._loads = loads
        self._results = results

    async def sections(self) -> tuple[Section, ...]:
        """The sections of the record that the server offers (REC-1)."""
        self._loads.check()
        return await self._loads.load(self._server.fhir_record.sections())

    def refused(self, section: Section) -> Permission | None:
        """The server's word on a section that is closed to the viewer; None where it is open, or nothing was said."""
        return next((c for c in self._patient.can if c.action == section.action and not c.allowed), None)

    async def load(self, section: Section, *, fresh: bool = True) -> AsyncIterator[Entries]:
        """A section, growing: what is in memory (if anything), then pages, the last one `complete`.

        Sections across sections gather what is in memory of the others. Old entries stay until the new ones are whole.

        Args:
            section: one of `sections`.
            fresh: False takes what is in memory where the section was fetched whole.

        Raises:
            RecordClosed: also in the middle, when the record is closed meanwhile.
            Refused: the rows of the section in memory are dropped then (FAM-11).
        """
        self._loads.check()
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
        self._loads.check()
        if section_of(entry.section).kind is not None:
            return await self._read_result(entry)
        if entry.section not in self._cache.shelves(self._patient.id) or any(not head for head, _ in entry.texts):
            return entry
        return await self._loads.load(self._server.fhir_record.text(self._shelf(entry.section), entry))

    def also(self, entry: Entry) -> "tuple[AlsoRecorded, ...]":
        """What is on record of the entry beyond what it says: worked out now, from what is in memory."""
        self._loads.check()
        if entry.section == LEDGER.id or entry.asks:
            return ()
        if section_of(entry.section).kind is not None:
            return self._cache.chart(self._patient.id).also_in_record(entry)
        return self._shelf(entry.section).also(entry)

    def open(self, entry: Entry) -> Entry:
        """All of a result that asks first: the person was asked, and it stays open until the sign-in ends (REL-6)."""
        rows = self._cache.results(self._patient.id).rows
        row = next((row for row in rows if row.key == entry.key), None)
        return of_result(self._results.open(row)) if row is not None else entry

    def originals(self, entries: Iterable[Entry]) -> "tuple[tuple[OriginalResource, ...], int]":
        """The resources that these entries are made of, each once, and how many entries have none in memory."""
        from genesis_tui.api_client.fhir.record.originals import originals

        self._loads.check()
        parts: dict[str, list[Entry]] = {}
        for entry in entries:
            parts.setdefault(entry.section, []).append(entry)
        found: dict[str, OriginalResource] = {}
        lost = 0
        for section, rows in parts.items():
            chart = section_of(section).kind is not None
            known = self._cache.chart(self._patient.id) if chart else self._shelf(section)
            resources, none = originals(known.raw, rows)
            found, lost = found | resources, lost + none
        return tuple(found.values()), lost

    def left_out(self, section: Section) -> "tuple[LedgerLine, ...]":
        """What of a section in memory does not show, type by type (REC-8); of results that is in the ledger alone."""
        if section.kind is not None or section.across:
            return ()
        faults = self._shelf(section.id).faults
        shown = frozenset(key.partition("/")[2] for key in self._shelf(section.id).raw)
        return tuple(line_of(one.type, (one,), shown) for one in faults.accounts())

    async def mark_seen(self, entry: Entry) -> None:
        """Tell the server that the viewer opened this entry, where it was still new to them (REL-5)."""
        await self._results.mark_key_seen(entry.key)

    async def corrections(self) -> "tuple[Correction, ...]":
        """What was said to be wrong in this record, and what the care team made of it (REC-7)."""
        self._loads.check()
        return await self._loads.load(self._server.record.corrections(self._patient.id))

    async def content(self, section: str, attachment: Attachment) -> FileContent:
        """What an attachment holds. It is fetched only now.

        Raises:
            HostRefused: it lies on another server (HOST-1).
        """
        self._loads.check()
        chart = section_of(section).kind is not None
        known = self._cache.chart(self._patient.id) if chart else self._shelf(section)
        return await self._loads.load(self._server.fhir_record.content(known, attachment))

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
        from genesis_tui.store import downloads

        content = await self.content(section, attachment)
        called = downloads.safe_name(name or attachment.title, content.content_type)
        return await asyncio.to_thread(downloads.save, downloads.downloads(folder), called, content.body)

    async def measured(self) -> ByCode:
        """Every reading of results and of vital signs by code; what is closed, or can't be had, adds nothing."""
        self._loads.check()
        for section in (section_of("labs"), section_of("vitals")):
            try:
                async for _ in self.load(section, fresh=False):
                    pass
            except (RecordClosed, SignedOut):
                raise
            except ApiError:
                continue
        shelves = self._cache.shelves(self._patient.id).values()
        entries = (entry for shelf in shelves for entry in shelf.entries().rows)
        return joined(by_code(self._cache.results(self._patient.id).rows), measured(entries))

    async def _read_result(self, entry: Entry) -> Entry:
        chart = self._cache.chart(self._patient.id)
        paper = chart.paper(entry.key) if entry.unread else None
        if paper is None:
            return entry
        whole = await self._loads.load(self._server.text(chart, paper.row))
        text = (("", whole.text),) if whole.text else ()
        lost = (fact for fact in missing_facts(whole.missing) if fact not in entry.facts)
        return replace(entry, texts=(*text, *entry.texts), facts=(*entry.facts, *lost), unread=False)

    async def _results_of(self, kind: ResultKind, *, fresh: bool) -> AsyncIterator[Entries]:
        if self._cache.chart(self._patient.id).fetched and not fresh:
            yield entries_of(self._cache.results(self._patient.id), kind)
            return
        async for page in self._results.load():
            yield entries_of(page, kind)

    async def _section(self, section: Section, *, fresh: bool) -> AsyncIterator[Entries]:
        known = self._cache.shelves(self._patient.id).get(section.id)
        if known is not None:
            yield known.entries(complete=not fresh)
            if not fresh:
                return
        shelf = self._empty(section.id)
        try:
            pages = self._server.fhir_record.fill(shelf)
            while (page := await self._loads.load(anext(pages, None))) is not None:
                self._cache.check(self._patient.id, page.missing)
                if page.complete:
                    self._cache.shelves(self._patient.id)[section.id] = shelf
                if known is None or page.complete:
                    yield page
        except Refused:
            self._cache.refused(self._patient.id, section.id)
            raise

    def _gathered(self) -> tuple[Entry, ...]:
        """What is in memory of this patient that a section across sections may list; of results, community ones."""
        found = [e for shelf in self._cache.shelves(self._patient.id).values() for e in shelf.entries().rows]
        results = self._cache.results(self._patient.id).rows
        return (*found, *(of_result(row) for row in results if row.community))

    def _shelf(self, section: str) -> "PatientSection":
        known = self._cache.shelves(self._patient.id).get(section)
        return known if known is not None else self._empty(section)

    def _empty(self, section: str) -> "PatientSection":
        """A section that nothing is known of yet, on the viewer's clock."""
        shelf = self._server.fhir_record.shelf(self._patient.id, section)
        shelf.zone = zone_of(self._cache.zone)
        return shelf
