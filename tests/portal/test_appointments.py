"""The agenda as the portal serves it: whole, in the clinic's zone, decided, and closed to whom it is closed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.appointments.status import STATUSES
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.testing.plugin import SignIn
from tests.rules.test_appointments import POSSIBLE
from tests.small_world import (
    CHILD,
    CLINIC,
    FULL_PROXY,
    GRANTER,
    LIMITED_PROXY,
    SPONSOR,
    TEEN,
    client_of,
    small_mock,
    token_for,
)

DANIEL, LEO, MARCUS, KENJI, NADIA = "12742301", "12742305", "12760415", "12764230", "12768804"
GRANT = {"Idempotency-Key": "3f1c9d2e-5a77-4d0e-9a51-0c8f7a6f2b11"}


@pytest.fixture
def small() -> Iterator[Mock]:
    """A mock of the small world whose clock stands still."""
    mock = small_mock()
    yield mock
    mock.close()


async def agenda(client: httpx.AsyncClient, patient: str, **bounds: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/portal/v1/patients/{patient}/appointments", params=bounds)
    assert answer.status_code == 200, answer.text
    assert answer.json()["unreadable"] == 0
    found: list[dict[str, Any]] = answer.json()["appointments"]
    return found


def called(rows: list[dict[str, Any]], what: str) -> dict[str, Any]:
    (found,) = [row for row in rows if row["what"] == what]
    return found


def file(mock: Mock, patient: str, **fields: Any) -> None:
    """Puts one more Appointment into the record, as an import may bring it."""
    body = {"resourceType": "Appointment", "id": "from-elsewhere", "participant": [], **fields}
    with mock.database.begin() as conn:
        put_resource(conn, body, ResourceFacts(patient), now=mock.clock.micros(), policy=Policy())


async def test_everything_a_person_wants_to_know_is_there(sign_in: SignIn) -> None:
    row = called(await agenda(await sign_in("daniel.reyes"), DANIEL), "Cholesterol results, by video")
    assert (row["start"], row["end"]) == ("2026-12-01T16:20:00-05:00", "2026-12-01T16:40:00-05:00")
    assert (row["group"], row["status"], row["status_title"]) == ("upcoming", "booked", "Booked")
    assert (row["zone"], row["clinician"]) == ("America/New_York", "Dr. Anna Okafor")
    assert (row["clinic"], row["phone"]) == ("Fort Belvoir Family Medicine", "571-555-0121")
    assert row["facility"] == "Alexander T. Augusta Military Medical Center"
    assert row["address"] == ["Sunrise Pavilion, floor 1", "Fort Belvoir, VA"]
    assert (row["how"], row["how_title"]) == ("video", "by video")
    assert row["instructions"].startswith("Open the link")
    assert [(one["title"], one["at"]) for one in row["history"]] == [("Booked", "2026-11-20T09:00:00-05:00")]


@pytest.mark.rule("APPT-6")
async def test_a_request_tells_the_half_days_it_prefers_and_why(sign_in: SignIn) -> None:
    row = called(await agenda(await sign_in("daniel.reyes"), DANIEL), "Skin check")
    assert (row["group"], row["status_title"], row["start"]) == ("requested", "Requested", None)
    assert [one["start"][11:16] for one in row["requested"]] == ["08:00", "12:00", "08:00"]
    assert row["reason"].startswith("The mole")


async def test_what_was_called_off_says_why_and_when(sign_in: SignIn) -> None:
    rows = await agenda(await sign_in("daniel.reyes"), DANIEL)
    off = called(rows, "Nutrition counseling")
    assert (off["status"], off["group"]) == ("cancelled", "upcoming")
    assert off["cancelled_because"].startswith("The dietitian is away")
    assert [one["title"] for one in off["history"]] == ["Booked", "Cancelled"]
    assert called(rows, "Physical therapy, knee")["status_title"] == "Missed"


async def test_past_visits_name_what_was_written_about_them(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    rows = await agenda(daniel, DANIEL)
    knee = called(rows, "Knee pain and blood pressure follow-up")
    note = (await daniel.get(f"/fhir/r4/DocumentReference/{knee['summary']}")).json()
    assert note["context"]["encounter"][0]["reference"] == f"Encounter/{knee['visit']}"
    for row in rows:
        assert not row["summary"] or row["group"] == "past"
        for kind, id in (("DocumentReference", row["summary"]), ("Encounter", row["visit"])):
            assert not id or (await daniel.get(f"/fhir/r4/{kind}/{id}")).status_code == 200, row
    assert not [row for row in await agenda(daniel, LEO) if row["summary"] or row["visit"]], "his own to read"


@pytest.mark.rule("APPT-9")
async def test_times_are_those_of_the_clinic_wherever_the_patient_is_from(sign_in: SignIn) -> None:
    daniel, kenji = await sign_in("daniel.reyes"), await sign_in("kenji.cole")
    abroad = called(await agenda(daniel, DANIEL), "Hearing test before deployment")
    assert (abroad["zone"], abroad["start"]) == ("Europe/Berlin", "2026-12-29T09:00:00+01:00")
    zones = {row["what"]: row["zone"] for row in await agenda(kenji, KENJI)}
    assert zones["Sleep medicine, by video"] == "America/New_York"
    assert zones["Sleep study results"] == "Asia/Tokyo"


async def test_home_names_the_same_appointments(sign_in: SignIn) -> None:
    marcus = await sign_in("marcus.hall")
    told = (await marcus.get(f"/portal/v1/patients/{MARCUS}/news")).json()["coming"]
    rows = {row["id"]: row for row in await agenda(marcus, MARCUS)}
    assert len(told) == 2
    assert all((rows[one["id"]]["start"], rows[one["id"]]["what"]) == (one["at"], one["what"]) for one in told)


def decisions(row: dict[str, Any]) -> dict[str, tuple[bool, str, str]]:
    return {one["action"]: (one["allowed"], one["rule"], one["reason"]) for one in row["can"]}


@pytest.mark.rule("APPT-7", "APPT-8")
async def test_what_may_be_done_is_decided_to_the_second(mock: Mock, sign_in: SignIn) -> None:
    start = datetime.fromisoformat("2026-11-27T14:20:00-05:00")
    for seconds, cancel in ((-1, (True, "", "")), (0, (False, "APPT-8", "already-started"))):
        mock.clock.set(start + timedelta(seconds=seconds))
        row = called(await agenda(await sign_in("daniel.reyes"), DANIEL), "Orthopedics: MRI results")
        assert decisions(row) == {"appointment.cancel": cancel, "appointment.reschedule": cancel}
    assert "clipboard.answer" not in decisions(row)


@pytest.mark.rule("ID-5")
async def test_a_basic_account_reads_and_is_told_what_acting_needs(sign_in: SignIn) -> None:
    row = called(await agenda(await sign_in("nadia.haddad"), NADIA), "Lab follow-up")
    refused = (False, "ID-5", "premium-required")
    assert decisions(row) == {"appointment.cancel": refused, "appointment.reschedule": refused}


@pytest.mark.rule("FAM-7")
async def test_sensitive_ones_reach_the_patient_and_no_proxy(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    own = {row["what"] for row in await agenda(daniel, DANIEL)}
    given = {"receiver": "elena.reyes", "scope": "full"}
    offered = await daniel.post("/portal/v1/family/grants", json=given, headers=GRANT)
    assert (await elena.post(f"/portal/v1/family/grants/{offered.json()['id']}/accept")).status_code == 200
    proxy = {row["what"] for row in await agenda(elena, DANIEL)}
    assert own - proxy == {"Behavioral health follow-up"}


@pytest.mark.rule("FAM-3", "FAM-7")
async def test_a_parent_of_a_teenager_sees_the_agenda_without_what_is_sensitive(sign_in: SignIn) -> None:
    rows = {row["what"] for row in await agenda(await sign_in("daniel.reyes"), LEO)}
    assert {"Sports physical", "Sports injury clinic"} <= rows
    assert "Adolescent counseling" not in rows


@pytest.mark.rule("FAM-2", "FAM-3", "FAM-5", "FAM-7", "AUD-1")
@pytest.mark.parametrize(
    ("viewer", "patient"), [(SPONSOR, CHILD), (SPONSOR, TEEN), (FULL_PROXY, GRANTER), (LIMITED_PROXY, GRANTER)]
)
async def test_reading_another_s_agenda_is_written_down(small: Mock, viewer: str, patient: str) -> None:
    async with client_of(small, token_for(small, viewer)) as client:
        assert [row["id"] for row in await agenda(client, patient)] == [f"Appointment-{patient}"]
    ((_, event),) = small.audit.about(patient)
    assert (event.who_id, event.what, event.outcome) == (viewer, "appointments", "allowed")


async def test_bounds_are_days_at_the_clinic_both_included(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    day = "2026-12-01"
    assert [row["what"] for row in await agenda(daniel, DANIEL, **{"from": day, "to": day})] == [
        "Cholesterol results, by video"
    ]
    before = await agenda(daniel, DANIEL, **{"from": "2026-11-28", "to": "2026-11-30"})
    assert [row["what"] for row in before] == ["Nutrition counseling"]
    assert await agenda(daniel, DANIEL, to="2025-01-01") == []


@pytest.mark.rule("APPT-9")
async def test_a_day_in_tokyo_is_not_the_day_in_utc(mock: Mock, sign_in: SignIn) -> None:
    kenji = await sign_in("kenji.cole")
    start = called(await agenda(kenji, KENJI), "Sleep study results")["start"]
    assert start.endswith("T09:00:00+09:00")
    day = date.fromisoformat(start[:10])
    for bounds, there in (({"from": day, "to": day}, True), ({"to": day - timedelta(days=1)}, False)):
        found = await agenda(kenji, KENJI, **{name: bound.isoformat() for name, bound in bounds.items()})
        assert ("Sleep study results" in {row["what"] for row in found}) is there


async def test_without_bounds_400_days_are_told(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    oldest = (await agenda(daniel, DANIEL))[0]
    day = date.fromisoformat(oldest["start"][:10])
    assert mock.clock.now().date() - day < timedelta(days=401)
    mock.clock.set(datetime.fromisoformat(f"{day + timedelta(days=401)}T12:00:00+00:00"))
    again = await sign_in("daniel.reyes")
    assert oldest["id"] not in {row["id"] for row in await agenda(again, DANIEL)}
    assert oldest["id"] in {row["id"] for row in await agenda(again, DANIEL, **{"from": day.isoformat()})}


@pytest.mark.parametrize(
    "bounds",
    [{"from": "2026"}, {"from": "2026-02-30"}, {"to": "tomorrow"}, {"from": "2026-12-02", "to": "2026-12-01"}],
)
async def test_bounds_that_are_none_are_refused(sign_in: SignIn, bounds: dict[str, str]) -> None:
    daniel = await sign_in("daniel.reyes")
    answer = await daniel.get(f"/portal/v1/patients/{DANIEL}/appointments", params=bounds)
    assert (answer.status_code, answer.json()["reason"]) == (422, "invalid")


@pytest.mark.rule("APPT-9")
async def test_from_elsewhere_without_a_zone_the_offset_stays_as_recorded(small: Mock) -> None:
    file(small, SPONSOR, status="booked", start="2026-12-24T10:00:00+05:30", end="2026-12-24T10:15:00+05:30")
    async with client_of(small, token_for(small, SPONSOR)) as client:
        (row,) = [one for one in await agenda(client, SPONSOR) if one["id"] == "from-elsewhere"]
    assert (row["zone"], row["start"], row["what"]) == ("", "2026-12-24T10:00:00+05:30", "Appointment")
    assert row["can"][0]["title"].endswith("Thu 24 Dec 2026 10:00 UTC+05:30.")


@pytest.mark.parametrize(
    "label",
    [{"valueCode": "Mars/Olympus"}, {"valueCode": "../../etc/passwd"}, {"valueCode": ""}, {}],
)
async def test_a_zone_that_is_none_is_no_zone(small: Mock, label: dict[str, str]) -> None:
    timezone = {"url": "http://hl7.org/fhir/StructureDefinition/timezone", **label}
    place = {"resourceType": "Location", "id": "odd", "name": "Odd clinic", "extension": [timezone]}
    with small.database.begin() as conn:
        put_resource(conn, place, ResourceFacts(), now=small.clock.micros(), policy=Policy())
    actor = {"actor": {"reference": "Location/odd"}, "status": "accepted"}
    file(small, SPONSOR, status="booked", start="2026-12-24T10:00:00Z", participant=[actor])
    async with client_of(small, token_for(small, SPONSOR)) as client:
        (row,) = [one for one in await agenda(client, SPONSOR) if one["id"] == "from-elsewhere"]
    assert (row["zone"], row["clinic"], row["end"]) == ("", "Odd clinic", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "booked", "start": "2026-12-24"},
        {"start": "2026-12-24T10:00:00Z"},
        {"status": "booked", "start": "2026-12-24T10:00:00Z", "participant": ["nobody"]},
        {"status": "booked", "start": "2026-12-24T10:00:00Z", "reasonCode": [{"coding": [1]}]},
    ],
)
async def test_what_is_no_appointment_is_counted_and_costs_itself_alone(small: Mock, fields: dict[str, Any]) -> None:
    file(small, SPONSOR, **fields)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        told = (await client.get(f"/portal/v1/patients/{SPONSOR}/appointments")).json()
    assert told["unreadable"] == 1
    assert {row["id"] for row in told["appointments"]} == {
        f"Appointment-{SPONSOR}",
        f"secret-appointment-{SPONSOR}",
    }


async def test_a_request_without_any_day_shows_until_days_are_asked_for(small: Mock) -> None:
    file(small, SPONSOR, status="proposed")
    async with client_of(small, token_for(small, SPONSOR)) as client:
        whole = {one["id"] for one in await agenda(client, SPONSOR)}
        some = {one["id"] for one in await agenda(client, SPONSOR, **{"from": "2026-11-01"})}
    assert whole - some == {"from-elsewhere"}


@pytest.mark.parametrize(
    ("period", "told"),
    [
        ({"start": "2026-12-02", "end": "2026-12-09"}, ("2026-12-02T00:00:00+00:00", "2026-12-10T00:00:00+00:00")),
        ({"start": "2026-12-02"}, ("2026-12-02T00:00:00+00:00", "2026-12-03T00:00:00+00:00")),
        ({"end": "2026-12-02T12:00:00Z"}, ("2026-12-02T12:00:00+00:00", "2026-12-02T12:00:00+00:00")),
    ],
)
async def test_requests_from_elsewhere_may_prefer_whole_days(
    small: Mock, period: dict[str, str], told: tuple[str, str]
) -> None:
    file(small, SPONSOR, status="proposed", requestedPeriod=[period, {}])
    async with client_of(small, token_for(small, SPONSOR)) as client:
        (row,) = [one for one in await agenda(client, SPONSOR) if one["id"] == "from-elsewhere"]
    assert [(one["start"], one["end"]) for one in row["requested"]] == [told]


@pytest.mark.rule("APPT-7", "APPT-8")
async def test_a_status_goes_over_on_the_wire_to_what_the_rule_names_and_to_nothing_else(small: Mock) -> None:
    """Every status, and all that staff and the patient can make of it; a refusal leaves it as it was."""
    actors = (f"Patient/{CHILD}", "Practitioner/Practitioner-1", f"Location/{CLINIC}")
    known = {
        "description": "Follow-up",
        "participant": [{"actor": {"reference": one, "display": one}, "status": "accepted"} for one in actors],
        "start": (small.clock.now() + timedelta(hours=1)).isoformat(),
        "end": (small.clock.now() + timedelta(hours=2)).isoformat(),
    }
    became = set()
    async with client_of(small, token_for(small, SPONSOR)) as parent, client_of(small, small.tester_token) as tester:
        for status, wanted in product(STATUSES, ("arrived", "checked-in", "fulfilled", "noshow", "cancelled")):
            id = f"{status}.{wanted}"
            file(small, CHILD, **known, id=id, status=status)
            if wanted == "cancelled":
                gone, headers = {"patient": CHILD, "reason": "pat"}, {"If-Match": "1"}
                answer = await parent.post(f"/portal/v1/appointments/{id}/cancel", json=gone, headers=headers)
            else:
                answer = await tester.post("/mock/v1/staff/visits", json={"appointment": id, "status": wanted})
            if answer.is_success:
                became.add((status, wanted))
            else:
                assert (answer.status_code, answer.json()["reason"]) == (422, "status-change")
        rows = await agenda(parent, CHILD)
    assert became == {pair for pair in POSSIBLE if pair[1] != "booked"}
    told = {row["id"]: (row["status"], row["version"]) for row in rows if "." in row["id"]}
    expected = {(a, b): (b, 2) if (a, b) in became else (a, 1) for a, b in (one.split(".") for one in told)}
    assert told == {f"{a}.{b}": one for (a, b), one in expected.items()}
    assert len(told) == len(STATUSES) * 5
