"""The shared cases, or any resources, behind an open FHIR server that the real client reads."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from genesis_tui.models.record import Entries, Entry, section
from genesis_tui.models.results.result import Results
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.gate.judge import SHARED

BASE = "https://elsewhere.example/fhir"
FOLDER = SHARED / "cases/fhir"
Body = dict[str, Any]
_KIND_WORDS = (
    "Patient Observation DiagnosticReport DocumentReference Condition AllergyIntolerance Immunization "
    "MedicationRequest MedicationDispense MedicationStatement MedicationAdministration Medication Procedure Encounter "
    "CarePlan CareTeam Goal Device Coverage ServiceRequest ImagingStudy FamilyMemberHistory QuestionnaireResponse "
    "Questionnaire Appointment Provenance Practitioner PractitionerRole Organization Location RelatedPerson Specimen"
)
KINDS = tuple(_KIND_WORDS.split())
_PARAMETERS = ("_id", "patient", "category", "name", "_count")


def case(name: str) -> list[Body]:
    """The resources of a shared case; skips the test where the cases are not there."""
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        pytest.skip("shared cases: the folder of cases is not beside the clone (GENESIS_SHARED names it)")
    return [entry["resource"] for entry in json.loads(path.read_bytes())["entry"]]


class CaseServer(httpx.AsyncBaseTransport):
    """An open FHIR server of these resources that writes down what it is asked.

    `refuse`: types that it answers with 403. `parameters`: those that each type lists. `kinds`: the types it lists.
    `called`: its base as it calls itself, which may be another behind a proxy.
    """

    def __init__(
        self,
        resources: Iterable[Body],
        *,
        refuse: Iterable[str] = (),
        parameters: Iterable[str] = _PARAMETERS,
        kinds: Iterable[str] = KINDS,
        called: str = BASE,
    ) -> None:
        self.resources = list(resources)
        self.refuse, self.parameters, self.kinds = tuple(refuse), tuple(parameters), tuple(kinds)
        self.called = called
        self.asked: list[str] = []
        """`Type/id` or `Type?query` of each request, in order."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        query = parse_qs(request.url.query.decode() or (await request.aread()).decode())
        kind, _, id = request.url.path.removeprefix("/fhir/").partition("/")
        if not request.url.path.startswith("/fhir/"):
            return httpx.Response(404, json={})
        if kind == "metadata":
            return self._answer(self._metadata())
        self.asked.append(f"{kind}/{id}" if id and id != "_search" else f"{kind}?{request.url.query.decode()}")
        if kind in self.refuse:
            return self._answer(_outcome("forbidden", "Insufficient scope"), 403)
        rows = [one for one in self.resources if one["resourceType"] == kind]
        if id and id != "_search":
            found = next((one for one in rows if one["id"] == id.partition("/_history/")[0]), None)
            return self._answer(found) if found else self._answer(_outcome("not-found", "Nothing here"), 404)
        rows = [one for one in rows if _fits(one, query)]
        entries = [{"fullUrl": f"{self.called}/{kind}/{one.get('id')}", "resource": one} for one in rows]
        return self._answer({"resourceType": "Bundle", "type": "searchset", "total": len(rows), "entry": entries})

    def _metadata(self) -> Body:
        parameters = [{"name": name, "type": "token"} for name in self.parameters]
        interactions = [{"code": "read"}, {"code": "search-type"}]
        types = [{"type": kind, "interaction": interactions, "searchParam": parameters} for kind in self.kinds]
        rest = [{"mode": "server", "resource": types}]
        return {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "format": ["json"], "rest": rest}

    @staticmethod
    def _answer(body: Body, status: int = 200) -> httpx.Response:
        return httpx.Response(status, json=body, headers={"content-type": "application/fhir+json"})


def _outcome(code: str, text: str) -> Body:
    issue = {"severity": "error", "code": code, "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _fits(one: Body, query: dict[str, list[str]]) -> bool:
    category, ids, patient, urls = (query.get(name, [""])[0] for name in ("category", "_id", "patient", "url"))
    whose = json.dumps([one.get(name) for name in ("subject", "patient", "beneficiary", "participant")])
    given = one.get("category") or ()
    concepts = [concept for concept in (given if isinstance(given, list) else [given]) if isinstance(concept, dict)]
    filed = {c.get("code") for concept in concepts for c in concept.get("coding") or ()}
    return (
        (not category or category.rpartition("|")[2] in filed)
        and (not ids or one["id"] in ids.split(","))
        and (not urls or one.get("url") in urls.split(","))
        and (not patient or one["resourceType"] == "Patient" or f"Patient/{patient}" in whose)
    )


@asynccontextmanager
async def opened(server: CaseServer, patient_id: str = "") -> AsyncIterator[OpenRecord]:
    """The record of the patient, or of the only one that there is, opened as a person opens it."""
    portal = Portal(ServerProfile("elsewhere", BASE, trust_host=True), transport=server, keep=False)
    try:
        assert await portal.sign_in.resume() is not None
        found = [p async for page in portal.family.patients() for p in page if patient_id in ("", p.id)]
        yield await portal.open(portal.family.pick(found[0]))
    finally:
        await portal.close()


async def entries(record: OpenRecord, section_id: str) -> Entries:
    """A section, read to its end."""
    *_, last = [page async for page in record.entries.load(section(section_id))]
    return last


async def entry(record: OpenRecord, section_id: str, key: str) -> Entry:
    """One entry of a section."""
    return next(one for one in (await entries(record, section_id)).rows if one.key == key)


async def results(record: OpenRecord) -> Results:
    """Everything in Results, read to its end."""
    *_, last = [page async for page in record.results.load()]
    return last
