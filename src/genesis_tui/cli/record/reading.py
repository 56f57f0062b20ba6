"""Sections and entries of an open record, as the commands name them."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from genesis_tui.models.base.errors import ApiError, NotFound, RecordClosed, Refused, SignedOut, Unreachable
from genesis_tui.models.record import Entries, Entry, Section
from genesis_tui.session.open_record import OpenRecord


class CountedSection(NamedTuple):
    """A section with what is in it, or why that is closed or can't be had."""

    section: Section
    entries: Entries | None
    closed: ApiError | None = None


async def whole(opened: OpenRecord, section: Section) -> Entries:
    """A section to its last page; one that gathers from the others reads those first.

    Raises:
        Refused: it is closed to the viewer.
    """
    if section.across:
        async for _ in _open_ones(opened):
            pass
    known = Entries()
    async for page in opened.entries.load(section, fresh=False):
        known = page
    return known


async def sections_counted(opened: OpenRecord) -> list[CountedSection]:
    """Every section that the server offers, in its order."""
    found = {one.section.id: one async for one in _open_ones(opened)}
    for section in await opened.entries.sections():
        if section.across:
            async for page in opened.entries.load(section):
                found[section.id] = CountedSection(section, page)
    return [found[section.id] for section in await opened.entries.sections()]


async def section_called(opened: OpenRecord, id: str) -> Section:
    """The section of that id.

    Raises:
        NotFound: there is none here; the words name those that there are.
    """
    sections = await opened.entries.sections()
    found = next((section for section in sections if section.id == id), None)
    if found is None:
        raise NotFound(f"There is no section {id!r} here.", next=f"Choose one of: {', '.join(s.id for s in sections)}")
    return found


async def entry_called(opened: OpenRecord, key: str) -> Entry:
    """The entry of that key, from whichever section holds it.

    Raises:
        NotFound: no open section has it.
    """
    async for one in _open_ones(opened):
        for entry in one.entries.rows if one.entries else ():
            if key == entry.key or key in {f"Observation/{reading.id}" for reading in entry.readings}:
                return entry
    raise NotFound(f"No entry {key!r} is open to you in this record.")


async def _open_ones(opened: OpenRecord) -> AsyncIterator[CountedSection]:
    for section in await opened.entries.sections():
        if section.across:
            continue
        said = opened.entries.refused(section)
        if said is not None:
            yield CountedSection(section, None, Refused(said.title, next=said.next, rule=said.rule, reason=said.reason))
            continue
        try:
            yield CountedSection(section, await whole(opened, section))
        except (SignedOut, RecordClosed, Unreachable):
            raise
        except ApiError as error:
            yield CountedSection(section, None, error)
