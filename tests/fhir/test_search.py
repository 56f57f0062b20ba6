"""Searches as Millennium takes them: parameters, what is needed, what is unknown, and the order of what is found."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from tests.fhir.asking import get, ids, issue, link, post, reason
from tests.fhir.conftest import As
from tests.small_world import CHILD, SPONSOR, START

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LOINC = "http://loinc.org"


def observe(small: Mock, identity: str, when: str, *, code: str = "2345-7", category: str = "laboratory") -> None:
    """Files one observation of the sponsor."""
    body: dict[str, Any] = {
        "resourceType": "Observation",
        "id": identity,
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": when,
    }
    with small.database.begin() as conn:
        final = to_micros(START - timedelta(days=1))
        put_resource(conn, body, ResourceFacts(SPONSOR, final_at=final), now=small.clock.micros(), policy=small.policy)


@pytest.fixture
def years(small: Mock) -> Mock:
    """The sponsor's glucose: a year, a month, a day, two instants; and a blood pressure."""
    observe(small, "year", "2019")
    observe(small, "month", "2020-02")
    observe(small, "day", "2021-03-01")
    observe(small, "morning", "2022-06-01T08:00:00-04:00")
    observe(small, "evening", "2022-06-01T20:00:00-04:00", code="4548-4")
    observe(small, "pressure", "2022-06-01", code="85354-9", category="vital-signs")
    return small


async def found(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await get(client, f"Observation?patient={SPONSOR}&{query}")
    return [one.removeprefix("Observation/") for one in ids(answer)]


async def test_newest_comes_first_whatever_the_order_of_filing(years: Mock, signed: As) -> None:
    rows = await found(signed(SPONSOR), "category=laboratory")
    assert rows == [f"Observation-{SPONSOR}", "evening", "morning", "day", "month", "year"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=vital-signs", {"pressure"}),
        (f"category={CATEGORY}|vital-signs", {"pressure"}),
        ("category=http://elsewhere.example|vital-signs", set()),
        ("category=survey", set()),
        ("category=vital-signs,survey", {"pressure"}),
        ("code=4548-4,85354-9&date=lt2026", {"evening", "pressure"}),
        (f"code={LOINC}|4548-4&date=lt2026", {"evening"}),
        ("code=http://snomed.info/sct|4548-4", set()),
        ("code=|4548-4", set()),
        (f"code={LOINC}|&date=lt2026", {"year", "month", "day", "morning", "evening", "pressure"}),
        ("code=http://snomed.info/sct|,4548-4&date=lt2026", {"evening"}),
        (f"category={CATEGORY}|&date=ge2022-06-01&date=lt2026", {"morning", "evening", "pressure"}),
        ("category=http://elsewhere.example|", set()),
        ("_id=year,pressure", {"year", "pressure"}),
    ],
)
async def test_codes_are_found_with_and_without_their_system(
    years: Mock, signed: As, query: str, expected: set[str]
) -> None:
    assert set(await found(signed(SPONSOR), query)) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (["2022-06-01"], {"morning"}),
        (["2022"], {"morning", "evening"}),
        (["2020-02"], {"month"}),
        (["2020"], {"month"}),
        (["2020-02-15"], set()),
        (["ge2022-06-02"], {"evening", f"Observation-{SPONSOR}"}),
        (["ge2020-02-29", "lt2022"], {"month", "day"}),
        (["gt2020-02-29", "lt2022"], {"day"}),
        (["le2020-02-01"], {"year", "month"}),
        (["lt2020-02-01"], {"year"}),
        (["2022-06-01T12:00:00Z"], {"morning"}),
        (["gt2022-06-01T12:00:00Z", "lt2023"], {"evening"}),
        (["2022-06-01T12:00:00.000Z"], {"morning"}),
        (["gt2022-06-01T12:00:00.000Z", "lt2023"], {"evening"}),
        (["ge2022-06-01T12:00:00Z", "le2022-06-01T12:00:00Z"], {"morning"}),
    ],
)
async def test_dates_are_periods_and_prefixes_compare_them(
    years: Mock, signed: As, date: list[str], expected: set[str]
) -> None:
    query = "category=laboratory&" + "&".join(f"date={one}" for one in date)
    assert set(await found(signed(SPONSOR), query)) == expected


async def test_oldest_first_pages_the_other_way(years: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    query = f"Observation?patient={SPONSOR}&category=laboratory&_count=4"
    newest, oldest = [await get(client, f"{query}&_sort={order}") for order in ("-date", "date")]
    rows = [*ids(oldest), *ids(await client.get(str(link(oldest, "next"))))]
    assert rows[:2] == ["Observation/year", "Observation/month"]
    assert rows == [*ids(newest), *ids(await client.get(str(link(newest, "next"))))][::-1]


async def test_an_appointment_is_dated_by_its_start(small: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    (entry, *_) = (await get(client, f"Appointment?patient={SPONSOR}&date=ge2026-11-20")).json()["entry"]
    key, start = f"Appointment/{entry['resource']['id']}", entry["resource"]["start"].replace("+", "%2B")
    found = {
        prefix: key in ids(await get(client, f"Appointment?patient={SPONSOR}&date={prefix}{start}"))
        for prefix in ("eq", "ge", "le", "gt", "lt")
    }
    assert found == {"eq": True, "ge": True, "le": True, "gt": False, "lt": False}


async def test_a_patient_may_be_named_by_the_whole_address(small: Mock, signed: As) -> None:
    whole = f"{small.fhir_base}/Patient/{SPONSOR}"
    client = signed(SPONSOR)
    assert ids(await get(client, f"Condition?patient={whole}")) == ids(
        await get(client, f"Condition?patient={SPONSOR}")
    )
    target = f"{small.fhir_base}/Observation/Observation-{SPONSOR}"
    assert ids(await get(client, f"Provenance?target={target}")) == [f"Provenance/Provenance-{SPONSOR}"]


async def test_what_changed_since_is_found_by_last_updated(small: Mock, signed: As) -> None:
    observe(small, "old", "2019")
    small.clock.advance(timedelta(hours=1))
    observe(small, "late", "2018")
    since = (START + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    assert await found(signed(SPONSOR), f"_lastUpdated=gt{since}") == ["late"]
    changed = (START + timedelta(hours=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert await found(signed(SPONSOR), f"_lastUpdated=ge{changed}") == ["late"]
    assert await found(signed(SPONSOR), f"_lastUpdated=gt{changed}") == []


@pytest.mark.parametrize(
    "query",
    [
        "Observation",
        "Observation?category=laboratory",
        "Observation?date=2020",
        f"Observation?patient={SPONSOR}&unknown=1",
        f"Observation?patient={SPONSOR}&_sort=code",
        f"Observation?patient={SPONSOR}&_sort=date,code",
        f"MedicationRequest?patient={SPONSOR}&_sort=-date",
        f"Observation?patient={SPONSOR}&_summary=text",
        f"Observation?patient={SPONSOR}&_total=all",
        f"Observation?patient=http://elsewhere.example/fhir/Patient/{SPONSOR}",
        f"Observation?patient={SPONSOR}&code:in=x",
        f"Observation?patient={SPONSOR}&patient={SPONSOR}",
        f"Observation?patient={SPONSOR},{CHILD}",
        f"Observation?patient=Group/{SPONSOR}",
        "Observation?patient=",
        f"Observation?patient={SPONSOR}&date=2020&_lastUpdated=ge2020",
        f"Observation?patient={SPONSOR}&date=yesterday",
        f"Observation?patient={SPONSOR}&date=ap2020",
        f"Observation?patient={SPONSOR}&date=2020-13",
        f"Observation?patient={SPONSOR}&date=2021-02-29",
        f"Observation?patient={SPONSOR}&code=|",
        f"Observation?patient={SPONSOR}&_count=-1",
        f"Observation?patient={SPONSOR}&_count=many",
        f"Observation?patient={SPONSOR}&_include=Observation:encounter",
        f"Observation?patient={SPONSOR}&_revinclude=Observation:has-member",
        f"Observation?patient={SPONSOR}&code={','.join(map(str, range(200)))}",
        f"Observation?patient={SPONSOR}&%zz=%ff",
        "Observation?page=made-up",
        f"Observation?patient={SPONSOR}&page=made-up",
        f"Appointment?patient={SPONSOR}",
        f"Patient/{SPONSOR}?_elements=name",
    ],
)
async def test_what_makes_no_sense_is_a_bad_request(signed: As, query: str) -> None:
    answer = await get(signed(SPONSOR), query)
    assert reason(answer) == (400, "invalid")
    assert issue(answer)["code"] == "invalid"


@pytest.mark.parametrize("kind", ["Patient", "RelatedPerson", "Practitioner", "Organization", "Location"])
@pytest.mark.parametrize("name", ["name", "identifier"])
async def test_names_and_identifiers_are_posted_and_never_stand_in_a_url(signed: As, kind: str, name: str) -> None:
    client = signed(SPONSOR)
    assert reason(await get(client, f"{kind}?{name}=Family"))[0] == 400
    answer = await post(client, kind, **{name: "Given1000"})
    assert answer.status_code == 200
    assert "Given1000" not in answer.text or "Given1000" not in str(link(answer, "self"))
    assert "Given1000" not in str(link(answer, "self"))


async def test_a_name_finds_by_its_beginning_among_the_patients_who_are_open(signed: As) -> None:
    client = signed(SPONSOR)
    assert ids(await post(client, "Patient", name=f"given{CHILD}")) == [f"Patient/{CHILD}"]
    assert ids(await post(client, "Patient", name="family100000")) == ids(await post(client, "Patient", name="FAMILY1"))
    assert ids(await post(client, "Practitioner", name="oka")) == ["Practitioner/Practitioner-1"]
    assert ids(await post(client, "Practitioner", name="Øká")) == ["Practitioner/Practitioner-1"]
    assert ids(await post(client, "Organization", name="invented army")) == ["Organization/Organization-1"]


async def test_an_identifier_finds_with_its_system(signed: As) -> None:
    client = signed(SPONSOR)
    assert ids(await post(client, "Patient", identifier=f"urn:oid:dod|99{SPONSOR}")) == [f"Patient/{SPONSOR}"]
    assert ids(await post(client, "Patient", identifier=f"urn:oid:other|99{SPONSOR}")) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("AllergyIntolerance?clinical-status=active", 1),
        ("AllergyIntolerance?clinical-status=resolved", 0),
        ("Condition?clinical-status=active", 1),
        ("Condition?date=2024", 1),
        ("Procedure?date=2020", 1),
        ("MedicationRequest?status=active,completed&intent=order", 1),
        ("MedicationRequest?status=stopped", 0),
        ("DocumentReference?type=http://loinc.org|11506-3&category=clinical-note", 2),
        ("DiagnosticReport?category=LAB", 1),
        ("DiagnosticReport?category=LP29684-5", 0),
        ("Encounter?date=ge2026-11-01", 1),
        ("Appointment?date=ge2026-11-20", 2),
        ("Appointment?date=lt2026-11-20", 0),
        ("CareTeam?status=active", 1),
        ("Immunization?date=ge2026", 1),
        ("MedicationDispense?status=completed", 1),
        ("RelatedPerson?", 1),
        ("Consent?", 1),
    ],
)
async def test_each_type_is_searched_by_its_own_parameters(signed: As, query: str, expected: int) -> None:
    kind, _, rest = query.partition("?")
    answer = await get(signed(SPONSOR), f"{kind}?patient=Patient/{SPONSOR}" + (f"&{rest}" if rest else ""))
    assert len(ids(answer)) == expected


async def test_a_role_is_found_by_its_practitioner(signed: As) -> None:
    client = signed(SPONSOR)
    role = ["PractitionerRole/PractitionerRole-1"]
    assert ids(await get(client, "PractitionerRole?practitioner=Practitioner-1")) == role
    assert ids(await get(client, "PractitionerRole?practitioner=Practitioner/Practitioner-1")) == role
    assert ids(await get(client, "PractitionerRole?practitioner=Practitioner/other")) == []


async def test_a_search_is_posted_as_a_form_of_bounded_size(signed: As) -> None:
    client = signed(SPONSOR)
    url = "/fhir/r4/Observation/_search"
    assert (await client.post(url, json={"patient": SPONSOR})).status_code == 415
    assert (await client.post(url, data={"patient": "1" * 100_000})).status_code == 413
    assert (await client.post(f"{url}?category=laboratory", data={"patient": SPONSOR})).status_code == 400
    assert (await client.post(url, data={"patient": SPONSOR, "category": "laboratory"})).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("PUT", "Patient/1"), ("DELETE", "Patient/1"), ("POST", "Observation")])
async def test_fhir_is_for_reading_only(signed: As, method: str, path: str) -> None:
    answer = await signed(SPONSOR).request(method, f"/fhir/r4/{path}")
    assert reason(answer) == (405, "invalid")
    assert issue(answer)["code"] == "not-supported"
    assert "GET" in answer.headers["allow"] or "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 501),
        ("Account?patient=1", 404),
        ("Account/1/Schedule", 404),
        ("Binary", 501),
        ("StructureDefinition?url=x", 501),
        (f"Patient/{SPONSOR}/Observation", 501),
        ("_history", 501),
        (f"Observation/Observation-{SPONSOR}/_history", 501),
        (f"Observation/Observation-{SPONSOR}/_history/1", 501),
        (f"Patient/{SPONSOR}/$everything", 501),
        (f"Observation/$lastn?patient={SPONSOR}", 501),
    ],
)
async def test_what_is_not_offered_says_so(signed: As, path: str, status: int) -> None:
    answer = await signed(SPONSOR).get(f"/fhir/r4/{path}" if path else "/fhir/r4")
    assert (answer.status_code, issue(answer)["code"]) == (status, "not-supported")
    assert "not " in issue(answer)["details"]["text"]


@pytest.mark.parametrize(
    ("accept", "asked", "status"),
    [
        ("application/fhir+json", "", 200),
        ("text/html, application/fhir+xml;q=0.9, */*;q=0.1", "", 200),
        ("application/fhir+json; fhirVersion=4.0", "", 200),
        ("application/fhir+xml", "json", 200),
        ("application/fhir+xml", "application/fhir%2Bjson", 200),
        ("application/fhir+xml", "", 406),
        ("application/fhir+json;q=0, application/fhir+xml", "", 406),
        ("application/fhir+json; fhirVersion=5.0", "", 406),
        ("*/*", "xml", 406),
    ],
)
async def test_json_is_given_to_whoever_takes_it_and_nothing_else(
    signed: As, accept: str, asked: str, status: int
) -> None:
    said = f"_format={asked}" if asked else "_pretty=true"
    for path in (f"Patient/{SPONSOR}?", f"Condition?patient={SPONSOR}&", "metadata?"):
        answer = await get(signed(SPONSOR), f"{path}{said}", Accept=accept)
        assert answer.status_code == status, path
        assert answer.json()["resourceType"] == ("OperationOutcome" if status == 406 else answer.json()["resourceType"])
    form = {"patient": SPONSOR, "_format": unquote(asked) or "json"}
    answer = await signed(SPONSOR).post("/fhir/r4/Condition/_search", data=form)
    assert answer.status_code == (406 if asked == "xml" else 200)


async def test_every_answer_has_a_request_id_and_is_kept_nowhere(signed: As) -> None:
    client = signed(SPONSOR)
    for path in ("metadata", f"Patient/{SPONSOR}", "Patient/none", "Nothing", "Observation?x=1"):
        answer = await get(client, path)
        assert answer.headers["x-request-id"]
    assert (await get(client, f"Patient/{SPONSOR}")).headers["cache-control"] == "no-store"
