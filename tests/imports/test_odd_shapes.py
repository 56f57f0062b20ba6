"""Whatever an import holds, no page goes down: what can't be told costs itself, and is counted where pages count."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.imports.files import SourceFile
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock
from tests.imports.conftest import Json, lab, patient
from tests.small_world import client_of, small_mock, token_for

ODD: tuple[Any, ...] = (
    *(None, "", "x", "\x00\u202e", 7, -1, 1e400, True, [], {}, [7], [None], ["x"], [[]], [{}], {"a": 1}, [{"a": []}]),
    *("0001-01-01", "9999-12-31T23:59:59-14:00", "2026-13-45", "2026-11-25T10:00:00", {"start": 7}, [{"start": "x"}]),
    *({"coding": 7}, {"coding": [7]}, [{"coding": {}}], {"reference": 7}, {"value": "many"}, {"value": 1e400}),
    *({"text": 7}, {"display": {}}, "Z" * 5000, {"extension": [7]}),
)
SOON = "2026-11-25T10:00:00Z"
CODE = {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin"}]}
WHOLE: tuple[Json, ...] = (
    {
        "resourceType": "Appointment",
        "status": "booked",
        "start": SOON,
        "end": "2026-11-25T10:30:00Z",
        "serviceType": [CODE],
        "appointmentType": CODE,
        "description": "Visit",
        "created": SOON,
        "extension": [],
        "participant": [{"actor": {"reference": "Patient/1"}}, {"actor": {"reference": "Location/place"}}],
        "reasonCode": [CODE],
        "cancelationReason": CODE,
        "requestedPeriod": [{"start": SOON, "end": SOON}],
        "patientInstruction": "Come",
        "comment": "x",
    },
    {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-10-01",
        "subject": {"reference": "Patient/1"},
        "medicationCodeableConcept": CODE,
        "requester": {"display": "Dr."},
        "medicationReference": {"reference": "Medication/drug"},
        "dosageInstruction": [{"text": "one"}],
        "dispenseRequest": {"numberOfRepeatsAllowed": 3, "quantity": {"value": 30}},
        "reasonCode": [CODE],
        "identifier": [{"system": "x", "value": "1"}],
        "contained": [],
        "reportedBoolean": False,
    },
    {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "whenHandedOver": "2026-10-02",
        "subject": {"reference": "Patient/1"},
        "authorizingPrescription": [{"reference": "MedicationRequest/reasonCode-none"}],
        "daysSupply": {"value": 30},
        "quantity": {"value": 30},
        "location": {"reference": "Location/place"},
        "whenPrepared": "2026-10-01",
        "extension": [],
    },
    lab(valueQuantity={"value": 1}, interpretation=[CODE], valueString="x", issued=SOON),
    {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": CODE,
        "issued": SOON,
        "category": [CODE],
        "subject": {"reference": "Patient/1"},
        "result": [{"reference": "Observation/a"}],
        "presentedForm": [],
    },
    {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": CODE,
        "date": SOON,
        "category": [CODE],
        "subject": {"reference": "Patient/1"},
        "description": "Note",
        "content": [{"attachment": {"url": "Binary/b"}}],
    },
    {
        "resourceType": "Location",
        "name": "Clinic",
        "telecom": [{"system": "phone", "value": "1"}],
        "address": {"line": ["a"], "city": "x"},
        "managingOrganization": {"display": "x"},
        "extension": [],
    },
    {"resourceType": "Medication", "code": CODE},
)
KEPT = ("resourceType", "subject", "participant")


def odd(whole: Json) -> Iterator[Json]:
    """The resource, and each of its parts left out and replaced by each odd thing."""
    name = {"Location": "place", "Medication": "drug"}.get(whole["resourceType"], "whole")
    yield {**whole, "id": name}
    for part in [one for one in whole if one not in KEPT and one != "id"]:
        kept = {key: value for key, value in whole.items() if key not in (part, "id")}
        yield {**kept, "id": f"{part}-none"}
        yield from ({**kept, part: value, "id": f"{part}-{number}"} for number, value in enumerate(ODD))


def pointing() -> Iterator[Json]:
    """Appointments and prescriptions at odd places and of odd drugs."""
    for place in odd(WHOLE[6]):
        actors = [{"actor": {"reference": one}} for one in ("Patient/1", f"Location/{place['id']}")]
        yield {**WHOLE[0], "id": f"at-{place['id']}", "participant": actors}
    for drug in odd(WHOLE[7]):
        kept = {key: value for key, value in WHOLE[1].items() if key != "medicationCodeableConcept"}
        referred = {"reference": f"Medication/{drug['id']}"}
        yield {**kept, "id": f"of-{drug['id']}", "medicationReference": referred}


WAITLIST = {
    "resourceType": "Appointment",
    "id": "waits",
    "status": "waitlist",
    "participant": WHOLE[0]["participant"],
    "requestedPeriod": [{"start": SOON, "end": "2026-11-25T16:00:00Z"}],
}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mock, str]]:
    """A mock into which all of it was imported, and the patient."""
    path = tmp_path_factory.mktemp("odd") / "odd.ndjson"
    resources = [patient(), WAITLIST, *(one for whole in WHOLE for one in odd(whole)), *pointing()]
    path.write_text("\n".join(json.dumps(one) for one in resources).replace("Infinity", "1e400"))
    mock = small_mock()
    import_source(mock, "clinic", [SourceFile(path, path.name)], sign_ins=True)
    with mock.database.begin() as conn:
        person = conn.exec_driver_sql("SELECT id FROM person WHERE id LIKE 'clinic%'").scalar_one()
        conn.exec_driver_sql("UPDATE person SET seen_before = 0 WHERE id = ?", (person,))
    yield mock, str(person)
    mock.close()


@pytest.fixture
async def reader(shapes: tuple[Mock, str]) -> Any:
    mock, person = shapes
    async with client_of(mock, token_for(mock, person)) as client:
        yield client


PAGES = ("appointments?from=2000-01-01", "appointments", "prescriptions", "news", "seen", "profile", "threads")
OTHERS = ("family", "counts", "session")


@pytest.mark.parametrize("page", PAGES)
async def test_no_page_of_a_patient_goes_down(shapes: tuple[Mock, str], reader: httpx.AsyncClient, page: str) -> None:
    answer = await reader.get(f"/portal/v1/patients/{shapes[1]}/{page}")
    assert answer.status_code == 200
    assert "NaN" not in answer.text
    assert "Infinity" not in answer.text


@pytest.mark.parametrize("page", OTHERS)
async def test_no_page_of_a_person_goes_down(reader: httpx.AsyncClient, page: str) -> None:
    assert (await reader.get(f"/portal/v1/{page}")).status_code == 200


async def test_what_can_be_told_is_there_and_the_rest_is_counted(
    shapes: tuple[Mock, str], reader: httpx.AsyncClient
) -> None:
    pages = {name: (await reader.get(f"/portal/v1/patients/{shapes[1]}/{name}")).json() for name in PAGES[1:4]}
    for name in ("appointments", "prescriptions"):
        ids = {one["id"] for one in pages[name][name]}
        assert "clinic-whole" in ids
        assert len(ids) > 50
        assert pages[name]["unreadable"] > 20
    assert "clinic-waits" in {one["id"] for one in pages["appointments"]["appointments"]}
    coming = {one["id"] for one in pages["news"]["coming"]}
    assert ("clinic-whole" in coming, "clinic-waits" in coming) == (True, False)
    assert len(pages["news"]["items"]) >= 50


@pytest.mark.parametrize("kind", sorted({whole["resourceType"] for whole in WHOLE} - {"Location", "Medication"}))
async def test_no_search_goes_down(shapes: tuple[Mock, str], reader: httpx.AsyncClient, kind: str) -> None:
    date = "&date=ge1900-01-01" if kind == "Appointment" else ""
    url, pages = f"/fhir/r4/{kind}?patient={shapes[1]}{date}&_count=200", 0
    while url:
        answer = await reader.get(url)
        assert answer.status_code == 200
        url, pages = next((one["url"] for one in answer.json()["link"] if one["relation"] == "next"), ""), pages + 1
    assert pages


@pytest.mark.parametrize(
    ("data", "kind", "status", "told"),
    [
        ("V29y\r\n ZHM=", "text/plain", 200, "text/plain"),
        ("V29yZHM=", "text/plain\r\nSet-Cookie: a=b", 200, "application/octet-stream"),
        ("V29yZHM=", "text/\u2028", 200, "application/octet-stream"),
        ("V29yZHM=", None, 200, "application/octet-stream"),
        ("V29yZHM", "text/plain", 422, "application/fhir+json"),
        ("%%%%", "text/plain", 422, "application/fhir+json"),
        (7, "text/plain", 422, "application/fhir+json"),
        ("\u00e9", "text/plain", 422, "application/fhir+json"),
    ],
)
async def test_a_binary_is_what_it_can_be(
    shapes: tuple[Mock, str], data: Any, kind: Any, status: int, told: str
) -> None:
    mock, person = shapes
    body = {"resourceType": "Binary", "id": "odd", "contentType": kind, "data": data}
    body |= {"securityContext": {"reference": f"Patient/{person}"}}
    with mock.database.begin() as conn:
        put_resource(conn, body, ResourceFacts(person), now=mock.clock.micros(), policy=mock.policy)
    async with client_of(mock, token_for(mock, person)) as client:
        answer = await client.get("/fhir/r4/Binary/odd", headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, told)
    assert "set-cookie" not in answer.headers
    assert status != 200 or answer.content == b"Words"


@pytest.mark.parametrize("part", [{"securityContext": value} for value in (7, [], {"reference": 7}, "x")])
async def test_what_says_oddly_what_governs_it_takes_nothing_down(shapes: tuple[Mock, str], part: Json) -> None:
    mock, person = shapes
    bodies = [{"resourceType": "Binary", "id": "governed", "contentType": "text/plain", "data": "", **part}]
    bodies += [{"resourceType": "Provenance", "id": "made", "target": part["securityContext"]}]
    async with client_of(mock, token_for(mock, person)) as client:
        for body in bodies:
            with mock.database.begin() as conn:
                put_resource(conn, body, ResourceFacts(person), now=mock.clock.micros(), policy=mock.policy)
            answer = await client.get(f"/fhir/r4/{body['resourceType']}/{body['id']}")
            assert answer.status_code in (200, 404)
