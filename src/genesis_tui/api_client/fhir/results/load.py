"""Fills a chart: reports, laboratory tests and notes at once, page by page; then where community records came from."""

from collections.abc import AsyncIterator
from datetime import UTC

from genesis_tui.api_client.fhir import bundles
from genesis_tui.api_client.fhir.capability import ServerCapabilities
from genesis_tui.api_client.fhir.client import FhirClient, FhirSearch, rounds
from genesis_tui.api_client.fhir.linked.provenance import find_origins
from genesis_tui.api_client.fhir.results.documents import cant_be_had, joined_text
from genesis_tui.api_client.fhir.results.members import find_members, find_person
from genesis_tui.api_client.fhir.results.patient_results import PatientResults
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.api_client.http.paging import LoadSize
from genesis_tui.models.base.errors import BadAnswer, HostRefused, Refused, ServerFault
from genesis_tui.models.results.result import Result, Results

_SEARCHES = (
    ("DiagnosticReport", "reports", {"_count": "100"}),
    ("Observation", "lab tests", {"category": "laboratory", "_count": "200"}),
    ("DocumentReference", "clinical notes", {"category": "clinical-note", "_count": "100"}),
)


async def fill(fhir: FhirClient, chart: PatientResults) -> AsyncIterator[Results]:
    """Growing results, the last one complete. After the first time only what changed since is fetched.

    In between an answer is given whenever twice as much is known as in the one before.
    """
    offers = await fhir.offers()
    chart.names.elsewhere = fhir.elsewhere
    load = LoadSize()
    searches = [
        _search(fhir, offers, chart, kind, extra, load).called(what)
        for kind, what, extra in _SEARCHES
        if of_patient(offers, kind)
    ]
    chart.faults.begin()
    told = 0
    async for pages in rounds(searches, chart.faults):
        for search, page in pages:
            chart.take(search.kind, bundles.filed(page, search.category) if search.category else page)
        undone = {s.kind for s in searches if not s.done}
        if undone and chart.size() >= 2 * told:
            told = chart.size()
            known = {"all_reports": "DiagnosticReport" not in undone, "all_labs": "Observation" not in undone}
            yield chart.results(**known, complete=False)
    for kind in chart.faults.refused:
        chart.forget(kind)
    await _find_linked(fhir, offers, chart, load)
    await find_origins(fhir, offers, chart, load)
    chart.finished()
    yield chart.results()


async def _find_linked(fhir: FhirClient, offers: ServerCapabilities, chart: PatientResults, load: LoadSize) -> None:
    """What reports and panels name and no search brought, the names of people and places, and whom ranges are for."""
    await find_members(fhir, offers, chart, load)
    await chart.names.find(fhir, offers, chart.nameless(), load)
    await find_person(fhir, chart)


async def read_text(fhir: FhirClient, chart: PatientResults, row: Result) -> Result:
    """The row with the text of its parts. A part that can't be had costs itself.

    Raises:
        ApiError: no part could be asked for, as the server is out of reach or the sign-in is over.
    """
    paper = chart.paper(row.key)
    if row.text or paper is None or not paper.parts:
        return row
    if paper.row.text:
        return row._replace(text=paper.row.text, unread=False)
    texts: list[str] = []
    lost: list[str] = []
    for part in paper.parts:
        try:
            texts.append(await fhir.text(part))
        except (Refused, BadAnswer, HostRefused, ServerFault) as error:
            texts.append("")
            lost.append(cant_be_had(part.title, error.title, error.rule))
        except BadEntry as error:
            texts.append("")
            lost.append(cant_be_had(part.title, str(error)))
    return chart.keep_text(row, joined_text(paper.parts, texts), tuple(lost))


def _search(
    fhir: FhirClient,
    offers: ServerCapabilities,
    chart: PatientResults,
    kind: str,
    extra: dict[str, str],
    load: LoadSize,
) -> FhirSearch:
    """A server may answer 400 to a parameter that it does not list, so none is sent. What is filed in other categories
    than the one asked for is left out here, where the server does not say that it does so itself.
    """
    wanted = dict(extra)
    if chart.fetched and chart.since:
        since = chart.since.astimezone(UTC).isoformat(timespec="milliseconds")
        wanted["_lastUpdated"] = "ge" + since.replace("+00:00", "Z")
    wanted["_sort"] = "-date"
    sent = {name: value for name, value in wanted.items() if offers.parameter(kind, name)}
    search = fhir.search(kind, {**of_patient(offers, kind, chart.patient_id), **sent}, load)
    search.all = sent.keys().isdisjoint({"category", "_lastUpdated"})
    if "category" in extra and not offers.lists(kind, "category"):
        search.category = extra["category"]
    return search


def of_patient(offers: ServerCapabilities, kind: str, patient_id: str = "") -> dict[str, str]:
    """The parameter that asks for one patient's resources of the type; empty where the server has none."""
    if offers.parameter(kind, "patient"):
        return {"patient": patient_id}
    return {"subject": f"Patient/{patient_id}"} if offers.parameter(kind, "subject") else {}
