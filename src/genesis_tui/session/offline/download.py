"""Reads everything of a person once, so that a copy for reading offline has all of it (SESS-5)."""

from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import NotOffered, Refused
from genesis_tui.models.results.result import ResultKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.record import Section
    from genesis_tui.session.family import FamilyAccess
    from genesis_tui.session.home import HomeNews
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.refills import FamilyRefills


async def read_all(
    person: "FamilyMember",
    *,
    open_record: "Callable[[FamilyMember], Awaitable[OpenRecord]]",
    family: "FamilyAccess",
    home: "HomeNews",
    refills: "FamilyRefills",
    own: bool,
) -> None:
    """What is open of this person's record, texts included; files, which can be large, only once they are opened.

    Args:
        person: one of the family.
        open_record: opens their record; it stays open.
        family: reads who opened it.
        home: reads what is new in it.
        refills: reads where refills can be picked up.
        own: whether it is the record of the person signed in, who alone may read who opened it.
    """
    record = await open_record(person)
    await home.news(person)
    if own:
        await family.access_log(person)
    agenda = record.appointments
    for read in (record.profile, agenda.load, agenda.clipboards, record.refills.load, refills.points):
        try:
            await read()
        except (Refused, NotOffered):
            continue
    if person.may("results.read").allowed:
        await _results(record)
    await _threads(record)
    await _threads(record)
    for section in await record.entries.sections():
        if section.kind is None and not section.across and record.entries.refused(section) is None:
            await _entries(record, section)


async def _entries(record: "OpenRecord", section: "Section") -> None:
    try:
        entries = [page async for page in record.entries.load(section)][-1:]
    except (Refused, NotOffered):
        return
    for entry in entries[0].rows if entries else ():
        await record.entries.read(entry)


async def _results(record: "OpenRecord") -> None:
    results = [page async for page in record.results.load(whole=True)][-1:]
    for result in results[0].rows if results else ():
        if result.kind is ResultKind.NOTE:
            await record.results.read(result)


async def _threads(record: "OpenRecord") -> None:
    read: set[str] = set()
    for folder in ("inbox", "sent"):
        before = ""
        while True:
            try:
                page = await record.threads.load(folder, before=before)
            except (Refused, NotOffered):
                return
            for row in page.rows:
                if row.id not in read:
                    read.add(row.id)
                    await record.threads.read(row.id)
            before = page.next
            if not before:
                break
