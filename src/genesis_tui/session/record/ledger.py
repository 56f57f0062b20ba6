"""The ledger of an open record: every type, what the server has of it, and what became of that (REC-8)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, RecordClosed, SignedOut, reason_of
from genesis_tui.models.base.ledger import Ledger, LedgerLine, Missing, TypeAccount, line_of
from genesis_tui.models.record import Entries, Entry
from genesis_tui.models.results.result import Result

if TYPE_CHECKING:
    from genesis_tui.api_client.fhir.bundles import UnreadableEntries
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.record import Section
    from genesis_tui.session.base.cache import RecordCache
    from genesis_tui.session.base.loads import Loads
    from genesis_tui.session.record.entries import OpenEntries


class OpenLedger:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(self, server: "Server", cache: "RecordCache", loads: "Loads", entries: "OpenEntries") -> None:
        """`entries`: what is not in memory yet is loaded there."""
        self._server = server
        self._cache = cache
        self._loads = loads
        self._entries = entries

    async def load(self) -> Ledger:
        """All of it: what is not in memory is read to its last page first, which may take a while.

        Raises:
            SignedOut, RecordClosed: what else goes wrong stands in the line of its type.
        """
        self._loads.check()
        shown: set[str] = set()
        missing: list[Missing] = []
        sections = [one for one in await self._entries.sections() if not one.across]
        types = await self._loads.load(self._server.fhir_record.types())
        for section in sections:
            shown.update(await self._shown(section, types[section.id], missing))
        faults = self._faults()
        missing += (one for known in faults for one in known.lacks() if not one.beside)
        accounts = [one for known in faults for one in known.accounts()]
        absent = await self._loads.load(self._server.fhir_record.not_offered())
        every = dict.fromkeys(kind for section in sections for kind in types[section.id] if kind not in absent)
        lines = tuple(_line(kind, accounts, shown, missing) for kind in every)
        beside = await self._loads.load(self._server.fhir_record.beside(self._loads.patient_id))
        return Ledger((*lines, *beside), absent, datetime.now(UTC))

    async def _shown(self, section: "Section", types: tuple[str, ...], missing: list[Missing]) -> Iterable[str]:
        """Keys of what a person can see in a section; `missing` gets what kept it from being read."""
        closed = self._entries.refused(section)
        if closed is not None:
            missing += (Missing(kind, section.noun, closed.title, closed.rule) for kind in types)
            return ()
        known = Entries()
        try:
            async for page in self._entries.load(section, fresh=False):
                known = page
        except (SignedOut, RecordClosed):
            raise
        except ApiError as error:
            missing += (Missing(kind, section.noun, reason_of(error), error.rule) for kind in types)
            return ()
        if section.kind is not None:
            rows = self._cache.chart(self._loads.patient_id).results().rows
            return (key for row in rows if row.kind is section.kind for key in _keys_in(row))
        return (key for entry in known.rows for key in _keys_of(entry))

    def _faults(self) -> "list[UnreadableEntries]":
        patient = self._loads.patient_id
        shelves = self._cache.shelves(patient).values()
        return [self._cache.chart(patient).faults, *(shelf.faults for shelf in shelves)]


def _line(kind: str, accounts: list[TypeAccount], shown: set[str], missing: list[Missing]) -> LedgerLine:
    ids = frozenset(key.partition("/")[2] for key in shown if key.partition("/")[0] == kind)
    lacks = tuple(dict.fromkeys(one for one in missing if one.type == kind))
    return line_of(kind, (one for one in accounts if one.type == kind), ids, lacks)


def _keys_of(entry: Entry) -> Iterator[str]:
    yield entry.key
    yield from (f"Observation/{one.id}" for one in entry.readings)


def _keys_in(row: Result) -> Iterator[str]:
    yield row.key
    yield from (f"Observation/{one.id}" for one in row.readings)
