"""Everything imported is on a screen or counted as unreadable: database, command line and screens agree (R7)."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from genesis_tui.cli.record import output
from genesis_tui.cli.record.reading import CountedSection, sections_counted
from genesis_tui.mock_backend.admin.personas import persona_list
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.imports.files import batches_of
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.record import LEDGER
from genesis_tui.models.results.result import Results, keys_of
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.gate.judge import SHARED
from tests.screens.signed_in import session
from tests.small_world import small_mock

FHIR = SHARED / "data/fhir"
pytestmark = pytest.mark.skipif(not FHIR.is_dir(), reason="the shared FHIR files are not beside this repository")
SOURCES = (
    "synthea-2019-r4",
    "us-core-6.1.0-examples",
    "medplum-mock-simpsons",
    "hl7-fhir-r4-examples-4.0.1",
    "seeded-errors",
    "clinosim-0.6.5-seed7",
)
NOT_SHOWN = {"Patient", "RelatedPerson", "Consent", "Binary", "Provenance"}
"""Types that are no entries of a record: who it is, who may see it, and what other entries are made of."""
ONE_TYPE = {
    "immunizations": "Immunization",
    "allergies": "AllergyIntolerance",
    "conditions": "Condition",
    "procedures": "Procedure",
    "visits": "Encounter",
    "appointments": "Appointment",
    "careteam": "CareTeam",
    "careplans": "CarePlan",
    "goals": "Goal",
    "family-history": "FamilyMemberHistory",
    "devices": "Device",
    "orders": "ServiceRequest",
    "imaging": "ImagingStudy",
    "forms": "QuestionnaireResponse",
    "coverage": "Coverage",
}
"""Sections in which every entry is one resource of a type."""


@pytest.fixture(scope="module")
def imported() -> Iterator[Mock]:
    """A small world into which everything was imported, with sign-ins."""
    made = small_mock()
    for name in SOURCES:
        (batch,) = batches_of((FHIR / name,), name)
        import_source(made, batch.source, batch.files, sign_ins=True)
    yield made
    made.close()


def in_database(mock: Mock) -> dict[str, set[str]]:
    """Keys of what each imported patient has in the database and may see."""
    found: dict[str, set[str]] = {}
    with mock.database.begin() as conn:
        rows = conn.execute(select(resource.c.patient_id, resource.c.type, resource.c.id, resource.c.hidden))
        for patient, kind, id, hidden in rows:
            if patient and "-" in id and kind not in NOT_SHOWN and not hidden:
                found.setdefault(patient, set()).add(f"{kind}/{id}")
    return found


def on_screens(results: Results, sections: list[CountedSection]) -> set[str]:
    """Keys of every resource that Results or Record shows."""
    keys = {key for row in results.rows for key in keys_of(row)}
    keys |= {f"Observation/{r.id}" for row in results.rows for r in row.readings}
    for one in sections:
        for entry in one.entries.rows if one.entries else ():
            keys |= {entry.key.partition("#")[0], *(f"Observation/{r.id}" for r in entry.readings)}
    return keys


async def opened(mock: Mock, transport: httpx.AsyncBaseTransport, person: dict[str, Any]) -> tuple[Portal, OpenRecord]:
    portal = Portal(ServerProfile("test", mock.issuer), transport=transport, keep=False)
    await portal.sign_in.by_password(person["username"], person["password"])
    return portal, await portal.open((await portal.family.load()).people[0])


def people_of(mock: Mock, source: str) -> list[dict[str, Any]]:
    """Sign-ins of a source's patients."""
    return [person for person in persona_list(mock) if person["story"] == f"imported from {source}"]


@pytest.mark.parametrize("source", [*SOURCES[:-1], pytest.param(SOURCES[-1], marks=pytest.mark.long)])
async def test_each_resource_shows_or_is_counted_with_its_reason(imported: Mock, source: str) -> None:
    transport, there = httpx.ASGITransport(create_app(imported)), in_database(imported)
    seen = 0
    for person in people_of(imported, source):
        portal, record = await opened(imported, transport, person)
        results = Results()
        async for page in record.results.load():
            results = page
        sections = await sections_counted(record)
        await portal.close()
        shown, wanted = on_screens(results, sections), there.get(record.patient.id, set())
        unreadable = sum(one.entries.unreadable.count for one in sections if one.entries)
        reasons = {why for one in sections if one.entries for why in one.entries.unreadable.reasons}
        assert shown <= wanted
        assert len(wanted - shown) <= unreadable, sorted(wanted - shown)[:5]
        assert (unreadable == 0) == (not reasons)
        assert [one.section.id for one in sections if one.closed or (one.entries and one.entries.missing)] == []
        seen += len(shown)
    assert seen


def on_the_screen(lines: list[str]) -> dict[str, str]:
    """Sections of the pane at the left with the count beside them."""
    rows = [line.split("│")[0].strip(" ▌▎") for line in lines[3:-1]]
    return {row.rpartition(" ")[0].strip(): row.rpartition(" ")[2] for row in rows if " " in row}


@pytest.mark.parametrize("source", SOURCES[:3])
async def test_database_command_line_and_screen_count_the_same(imported: Mock, source: str) -> None:
    transport, there = httpx.ASGITransport(create_app(imported)), in_database(imported)
    person = people_of(imported, source)[0]
    portal, record = await opened(imported, transport, person)
    printed = [output.count_json(one) for one in await sections_counted(record)]
    await portal.close()
    async with session(imported, transport, username=person["username"], size=(120, 40)) as running:
        await running.press("6")
        await running.until(lambda: "Coverage" in running.text)
        await running.until(lambda: not any(w.group in ("count", "load") and w.is_running for w in running.app.workers))
        shown = on_the_screen(running.lines)
    assert {one["title"]: str(one["count"]) for one in printed if one["title"] in shown and one["id"] != "other"} == {
        title: count for title, count in shown.items() if title != "Other" and not LEDGER.title.startswith(title)
    }
    stored = Counter(key.partition("/")[0] for key in there.get(record.patient.id, set()))
    counts = {one["id"]: one["count"] + one["unreadable"]["count"] for one in printed}
    for section, kind in ONE_TYPE.items():
        assert counts[section] == stored[kind], section
    assert json.dumps(printed)
