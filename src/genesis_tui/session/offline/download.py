"""Reads everything of a person once, so that a copy for reading offline has all of it (SESS-5)."""

from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import NotOffered, Refused
from genesis_tui.models.results.result import ResultKind

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal


async def read_all(portal: "Portal", person: "FamilyMember") -> None:
    """What is open of this person's record, texts included; files, which can be large, only once they are opened."""
    record = await portal.open(person)
    await portal.news(person)
    if portal.me is not None and person.id == portal.me.id:
        await portal.access_log(person)
    for read in (record.profile, record.appointments, record.prescriptions, portal.pharmacies):
        try:
            await read()
        except (Refused, NotOffered):
            continue
    if person.may("results.read").allowed:
        await _results(record)
    await _threads(record)
    for section in await record.sections():
        if section.kind is None and not section.across and record.refused(section) is None:
            entries = [page async for page in record.entries(section)][-1:]
            for entry in entries[0].rows if entries else ():
                await record.read(entry)


async def _results(record: "OpenRecord") -> None:
    results = [page async for page in record.results(whole=True)][-1:]
    for result in results[0].rows if results else ():
        if result.kind is ResultKind.NOTE:
            await record.text(result)


async def _threads(record: "OpenRecord") -> None:
    read: set[str] = set()
    for folder in ("inbox", "sent"):
        before = ""
        while True:
            try:
                page = await record.threads(folder, before=before)
            except (Refused, NotOffered):
                return
            for row in page.rows:
                if row.id not in read:
                    read.add(row.id)
                    await record.thread(row.id)
            before = page.next
            if not before:
                break
