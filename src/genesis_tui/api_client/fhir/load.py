"""Fills a chart: reports, laboratory tests and notes at once, page by page; then where community records came from."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC

from genesis_tui.api_client.fhir.chart import Chart
from genesis_tui.api_client.fhir.client import Fhir, Search
from genesis_tui.api_client.fhir.offers import Offers
from genesis_tui.models.results import Results

_SEARCHES = (
    ("DiagnosticReport", {"_count": "100"}),
    ("Observation", {"category": "laboratory", "_count": "200"}),
    ("DocumentReference", {"category": "clinical-note", "_count": "100"}),
)
_TARGETS = 40
"""Community records asked about in one request, so that its address stays short."""


async def fill(fhir: Fhir, chart: Chart) -> AsyncIterator[Results]:
    """Growing results, the last one complete. After the first time only what changed since is fetched.

    In between an answer is given whenever twice as much is known as in the one before.
    """
    offers = await fhir.offers()
    searches = [_search(fhir, offers, chart, kind, extra) for kind, extra in _SEARCHES if offers.type(kind)]
    told = 0
    while open_ := [s for s in searches if not s.done]:
        for search, page in zip(open_, await asyncio.gather(*(s.page() for s in open_)), strict=True):
            chart.take(search.kind, page)
        undone = {s.kind for s in searches if not s.done}
        if undone and chart.size() >= 2 * told:
            told = chart.size()
            known = {"all_reports": "DiagnosticReport" not in undone, "all_labs": "Observation" not in undone}
            yield chart.results(**known, complete=False)
    await _find_origins(fhir, offers, chart)
    chart.finished()
    yield chart.results()


def _search(fhir: Fhir, offers: Offers, chart: Chart, kind: str, extra: dict[str, str]) -> Search:
    parameters = {"patient": chart.patient_id, **extra}
    if chart.fetched and chart.since:
        since = chart.since.astimezone(UTC).isoformat(timespec="milliseconds")
        parameters["_lastUpdated"] = "ge" + since.replace("+00:00", "Z")
    if offers.parameter(kind, "_sort"):
        parameters["_sort"] = "-date"
    return fhir.search(kind, parameters)


async def _find_origins(fhir: Fhir, offers: Offers, chart: Chart) -> None:
    keys = chart.without_origin()
    if not keys or not offers.parameter("Provenance", "target"):
        return
    for start in range(0, len(keys), _TARGETS):
        search = fhir.search("Provenance", {"target": ",".join(keys[start : start + _TARGETS])})
        while not search.done:
            chart.take("Provenance", await search.page())
    chart.leave_unknown(keys)
