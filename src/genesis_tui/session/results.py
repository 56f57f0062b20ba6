"""The results of an open record, and what in it is new to the viewer."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import BadAnswer, Refused, ServerFault, reason_of
from genesis_tui.models.base.ledger import Missing
from genesis_tui.models.results.result import Result, Results, keys_of

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.base.also_recorded import AlsoRecorded
    from genesis_tui.session.base.cache import RecordCache
    from genesis_tui.session.base.loads import Loads


class OpenResults:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(self, server: "Server", cache: "RecordCache", loads: "Loads", *, copied: bool) -> None:
        """`copied`: the record is read from a copy, so that nothing can be told to the server."""
        self._patient_id = loads.patient_id
        self._server = server
        self._cache = cache
        self._loads = loads
        self._copied = copied
        self._new: frozenset[str] = frozenset()
        self._untold: tuple[Missing, ...] = ()

    async def load(self, *, whole: bool = False) -> AsyncIterator[Results]:
        """Results, newest first, growing: what is in memory (if anything), then pages, the last one `complete`.

        After the first time only what changed is fetched; `whole` fetches everything again. Notes come without
        their text: `read` fetches it.

        Raises:
            RecordClosed: also in the middle, when the record is closed meanwhile.
            Refused: the rows in memory are dropped then (FAM-11).
        """
        self._loads.check()
        if whole:
            self._cache.drop(self._patient_id)
        chart = self._cache.chart(self._patient_id)
        if chart.fetched:
            yield self._as_shown(chart.results(complete=False))
        try:
            await self._read_new()
            pages = self._server.fill(chart)
            while (page := await self._loads.load(anext(pages, None))) is not None:
                self._cache.check(self._patient_id, page.missing)
                yield self._as_shown(page)
        except Refused:
            self._cache.refused(self._patient_id)
            raise

    async def read(self, result: Result) -> Result:
        """The same result with its `text`: fetched for a note, as it is where there is nothing to fetch.

        Of a result that asks first the text is fetched too, for a copy to read offline, and not given (REL-6).
        """
        self._loads.check()
        chart = self._cache.chart(self._patient_id)
        if result.asks:
            paper = chart.paper(result.key)
            if paper is not None and paper.row.unread:
                await self._loads.load(self._server.text(chart, paper.row))
            return result
        return await self._loads.load(self._server.text(chart, result))

    def also(self, result: Result) -> "tuple[AlsoRecorded, ...]":
        """What is on record of the result beyond what Results shows: worked out now, from what is in memory."""
        self._loads.check()
        return () if result.asks else self._cache.chart(self._patient_id).also(result)

    def open(self, result: Result) -> Result:
        """All of a result that asks first: the person was asked, and it stays open until the sign-in ends (REL-6)."""
        self._loads.check()
        return self._cache.open_result(self._patient_id, result)

    def open_all(self) -> None:
        """The same for all results that came by now: the person asked for all of them."""
        self._loads.check()
        self._cache.open_results(self._patient_id)

    async def mark_seen(self, result: Result) -> None:
        """Tell the server that the viewer opened this result: it is not new to them any more (REL-5)."""
        self._loads.check()
        await self._tell_seen(keys_of(result))

    async def mark_key_seen(self, key: str) -> None:
        """The same for a result that was opened elsewhere in the record, where it was still new."""
        self._loads.check()
        if key in self._new:
            await self._tell_seen((key,))

    def still_new(self, results: Results) -> Results:
        """The same results with what is new to the viewer by now, and what asks first."""
        self._loads.check()
        if any(row.asks for row in results.rows):
            results = replace(results, rows=self._cache.chart(self._patient_id).results(complete=results.complete).rows)
        return self._as_shown(results)

    def forget(self) -> None:
        """The record is closed."""
        self._new = frozenset()

    async def _read_new(self) -> None:
        """What is new to the viewer; where that can't be had the results come all the same (REC-8)."""
        self._untold = ()
        try:
            self._new = await self._loads.load(self._server.unseen(self._patient_id))
        except (ServerFault, BadAnswer) as error:
            self._untold = (Missing("seen", "what is new to you", reason_of(error), beside=True),)

    async def _tell_seen(self, keys: Iterable[str]) -> None:
        self._new -= set(keys)
        if not self._copied:
            await self._loads.load(self._server.mark_seen(self._patient_id, keys))

    def _as_shown(self, page: Results) -> Results:
        """A row of several tests is new while one of them is; what asks first says nothing of what was found."""
        new = frozenset(row.key for row in page.rows if not self._new.isdisjoint(keys_of(row)))
        page = self._cache.asking(page)
        return replace(page, new=new, missing=tuple(dict.fromkeys((*page.missing, *self._untold))))
