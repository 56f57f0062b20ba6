"""A section of an open record gathered for a file: its rows, their resources, and what is not among them (REC-2)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, RecordClosed, Refused, SignedOut, Unreachable, reason_of
from genesis_tui.models.base.ledger import by_rule, missing_text
from genesis_tui.models.export import SectionExport
from genesis_tui.models.record import Entries, Entry, Section, has_text, matching

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.base.loads import Loads
    from genesis_tui.session.record.entries import OpenEntries
    from genesis_tui.session.results import OpenResults


class OpenExports:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(
        self,
        patient: "FamilyMember",
        server: "Server",
        loads: "Loads",
        entries: "OpenEntries",
        results: "OpenResults",
    ) -> None:
        """`entries`: what is not in memory yet is loaded there; `results` know what was opened of them."""
        self._patient = patient
        self._server = server
        self._loads = loads
        self._entries = entries
        self._results = results

    async def gather(
        self, section: Section, now: datetime, words: str = "", *, texts: bool = True, opened: bool = False
    ) -> SectionExport:
        """All that is open of a section, read to its last page; one that gathers from others reads those first.

        A result that asks before it opens goes in once it was opened (REL-6).

        Args:
            section: one of `OpenEntries.sections`.
            now: when the file is made, on the viewer's clock.
            words: only entries that hold all of these.
            texts: fetch the texts of documents that are not in memory.
            opened: the person said that what asks first is to be opened.

        Raises:
            Refused: the section is closed to the viewer.
        """
        said = self._entries.refused(section)
        if said is not None:
            raise Refused(said.title, next=said.next, rule=said.rule, reason=said.reason)
        closed, failed = await self._others() if section.across else ((), ())
        known = await self._whole(section)
        if opened:
            self._results.open_all()
            known = await self._whole(section)
        rows = matching(known.rows, words)
        out = self._unshown(section, known)
        if len(rows) < len(known.rows):
            out[f"without the words that are looked for: {words}"] = len(known.rows) - len(rows)
        asking = sum(bool(row.asks) for row in rows)
        if asking:
            out["that you are to be asked about before opening (rule REL-6)"] = asking
            rows = tuple(row for row in rows if not row.asks)
        originals, lost = self._entries.originals(rows)
        if texts:
            rows = tuple([await self._entries.read(row) if has_text(row) else row for row in rows])
        left_out = (f"Left out: {count:,} {why}." for why, count in out.items())
        return SectionExport(
            self._patient,
            await self._born(),
            section,
            rows,
            len(rows) + out.total(),
            now,
            self._server.verify().address,
            (*left_out, *map(missing_text, known.missing), *failed, *_files(rows)),
            closed,
            originals,
            lost,
        )

    def whole(self, section: Section, known: Entries) -> int:
        """How many entries there are of a section in memory, with those that do not show."""
        self._loads.check()
        return len(known.rows) + self._unshown(section, known).total()

    def _unshown(self, section: Section, known: Entries) -> Counter[str]:
        """How many entries do not show, by the reason."""
        found = Counter[str]()
        for line in self._entries.left_out(section):
            for label, reasons in (("can't be read", line.unreadable), ("withheld", line.withheld)):
                for one in reasons:
                    found[f"{label}: {one.why}{by_rule(one.rule)}"] += one.count
        if known.unreadable.count and not found:
            found[f"can't be read: {', '.join(known.unreadable.reasons)}"] = known.unreadable.count
        return found

    async def _whole(self, section: Section) -> Entries:
        known = Entries()
        async for page in self._entries.load(section, fresh=False):
            known = page
        return known

    async def _others(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Reads every section that entries may be gathered from; names those that are closed, and tells what failed."""
        closed, failed = [], []
        for section in await self._entries.sections():
            if section.across:
                continue
            said = self._entries.refused(section)
            if said is not None:
                closed.append(f"{section.noun}{by_rule(said.rule)}")
                continue
            try:
                await self._whole(section)
            except (SignedOut, RecordClosed, Unreachable):
                raise
            except Refused as error:
                closed.append(f"{section.noun}{by_rule(error.rule)}")
            except ApiError as error:
                failed.append(f"{section.title}: not to be had. {reason_of(error)}")
        return tuple(closed), tuple(failed)

    async def _born(self) -> str:
        """The patient's birth date; empty where it is closed or can't be had."""
        try:
            if self._server.has_portal:
                return (await self._loads.load(self._server.family.profile(self._patient.id))).birth_date
            return (await self._loads.load(self._server.patient(self._patient.id))).birth_date
        except (SignedOut, RecordClosed):
            raise
        except ApiError:
            return ""


def _files(rows: Iterable[Entry]) -> Iterator[str]:
    """That files which belong to the entries are beside it."""
    count = sum(not one.readable for row in rows for one in row.attachments)
    if count:
        yield f"Files of the entries are saved one by one, and not in it: {count:,}."
