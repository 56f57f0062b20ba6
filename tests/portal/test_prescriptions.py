"""Prescriptions as the portal serves them: whole, decided, moving with the clock, closed to whom they are closed."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.portal.refills.routes import prescriptions_of, ready_for_pickup
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.state.access_tokens import Viewer
from genesis_tui.mock_backend.state.request_log import LogEntry
from genesis_tui.testing.plugin import SignIn
from tests.portal.prescribing import prescribe
from tests.small_world import BASIC, CHILD, GRANTER, LIMITED_PROXY, SPONSOR, TEEN, client_of, small_mock, token_for

DANIEL, LEO = "12742301", "12742305"
DAY = timedelta(days=1)
Json = dict[str, Any]


@pytest.fixture
def small() -> Iterator[Mock]:
    """A mock of the small world whose clock stands still."""
    mock = small_mock()
    yield mock
    mock.close()


async def prescriptions(client: httpx.AsyncClient, patient: str) -> list[Json]:
    answer = await client.get(f"/portal/v1/patients/{patient}/prescriptions")
    assert answer.status_code == 200, answer.text
    assert answer.json()["unreadable"] == 0
    found: list[Json] = answer.json()["prescriptions"]
    return found


async def of(client: httpx.AsyncClient, given: str) -> list[Json]:
    """The prescriptions of somebody in the family by given name."""
    people = (await client.get("/portal/v1/family")).json()["people"]
    return await prescriptions(client, next(p["id"] for p in people if p["given"] == given))


def called(rows: list[Json], drug: str, status: str = "active") -> Json:
    (found,) = [row for row in rows if row["drug"].startswith(drug) and row["status"] == status]
    return found


def said(row: Json) -> tuple[str, str]:
    """What is said of refilling and of renewing: yes, or the reason."""
    refill, renew = row["can"]
    assert (refill["action"], renew["action"]) == ("prescription.refill", "prescription.renew")
    return refill["reason"] or "yes", renew["reason"] or "yes"


def stages(request: Json) -> list[str]:
    return [one["stage"] for one in request["stages"]]


async def test_everything_a_person_wants_to_know_is_there(sign_in: SignIn) -> None:
    row = called(await of(await sign_in("daniel.reyes"), "Daniel"), "Levothyroxine")
    assert row["sig"] == "Take one tablet by mouth every morning on an empty stomach."
    assert (row["reason"], row["by"]) == ("Low thyroid", "Dr. Anna Okafor")
    assert (row["written"][:10], row["expires"]) == ("2026-03-24", "2027-03-24")
    assert (row["days_supply"], row["quantity"], row["unit"]) == (90, 90, "tablet")
    assert (row["repeats"], row["left"], row["last_fill"]) == (3, 1, "2026-08-20T19:20:00Z")
    assert (row["pharmacy"], row["zone"], row["origin"]) == ("Fort Belvoir Main Pharmacy", "America/New_York", "ours")
    assert row["rx"].startswith("RX")
    assert [fill["stage"] for fill in row["fills"]].count("picked-up") == 3
    (request,) = row["requests"]
    assert (request["kind"], request["by"], request["until"]) == ("refill", "Daniel Reyes", "2026-12-04")
    assert [(one["stage"], one["at"], one["where"]) for one in request["stages"]] == [
        ("requested", "2026-11-18T23:12:00Z", ""),
        ("in-process", "2026-11-19T13:03:00Z", "Fort Belvoir Main Pharmacy"),
        ("ready", "2026-11-20T21:40:00Z", "Locker 2, Exchange lobby"),
    ]
    assert request["ahead"] == ["picked-up"]


@pytest.mark.rule("RX-2", "RX-3", "RX-4", "RX-7", "RX-9")
@pytest.mark.parametrize(
    ("drug", "status", "decisions"),
    [
        ("Lisinopril", "active", ("yes", "refill-instead")),
        ("Fluticasone", "active", ("yes", "refill-instead")),
        ("Naproxen", "active", ("renew-instead", "yes")),
        ("Omeprazole", "active", ("request-pending", "request-pending")),
        ("Cetirizine", "active", ("too-soon", "refill-instead")),
        ("Levothyroxine", "active", ("in-process", "in-process")),
        ("Diclofenac", "active", ("in-process", "in-process")),
        ("Oxycodone", "completed", ("expired", "too-long-expired")),
        ("Lisinopril", "stopped", ("not-active", "not-active")),
        ("Ibuprofen 600", "completed", ("not-from-here", "not-from-here")),
    ],
)
async def test_the_sponsor_has_one_of_each_kind(
    sign_in: SignIn, drug: str, status: str, decisions: tuple[str, str]
) -> None:
    assert said(called(await of(await sign_in("daniel.reyes"), "Daniel"), drug, status)) == decisions


@pytest.mark.rule("RX-7")
async def test_too_soon_ends_at_midnight_at_the_pharmacy(sign_in: SignIn, mock: Mock) -> None:
    row = called(await of(await sign_in("daniel.reyes"), "Daniel"), "Cetirizine")
    opens = row["can"][0]["from"]
    assert opens == "2027-01-09T00:00:00-05:00"
    mock.clock.set(mock.clock.now() + 46 * DAY)  # 8 January
    client = await sign_in("daniel.reyes")
    assert said(called(await of(client, "Daniel"), "Cetirizine")) == ("too-soon", "refill-instead")
    mock.clock.set(mock.clock.now() + timedelta(hours=14, minutes=18))
    client = await sign_in("daniel.reyes")
    assert said(called(await of(client, "Daniel"), "Cetirizine")) == ("yes", "refill-instead")


@pytest.mark.rule("RX-6")
async def test_a_refill_gets_ready_by_itself_and_goes_back_to_stock(sign_in: SignIn, mock: Mock) -> None:
    gel = called(await of(await sign_in("daniel.reyes"), "Daniel"), "Diclofenac")
    assert (stages(gel["requests"][0]), gel["left"]) == (["requested", "in-process"], 2)
    mock.clock.set(mock.clock.now() + DAY + timedelta(hours=6))
    gel = called(await of(await sign_in("daniel.reyes"), "Daniel"), "Diclofenac")
    assert stages(gel["requests"][0]) == ["requested", "in-process", "ready"]
    assert (gel["requests"][0]["until"], gel["fills"][0]["stage"], gel["fills"][0]["where"]) == (
        "2026-12-08",
        "ready",
        "Fort Belvoir Main Pharmacy",
    )
    assert gel["can"][0]["title"] == "It is ready since 24 Nov 2026."
    mock.clock.set(mock.clock.now() + 15 * DAY)
    gel = called(await of(await sign_in("daniel.reyes"), "Daniel"), "Diclofenac")
    assert stages(gel["requests"][0])[-1] == "returned"
    assert (gel["left"], said(gel)) == (2, ("yes", "refill-instead"))
    assert "returned" in {fill["stage"] for fill in gel["fills"]}


@pytest.mark.rule("RX-6")
async def test_what_went_back_to_stock_does_not_count_as_a_fill(sign_in: SignIn) -> None:
    row = called(await of(await sign_in("elena.reyes"), "Elena"), "Levothyroxine 75")
    assert stages(row["requests"][0]) == ["requested", "in-process", "ready", "returned"]
    assert (row["repeats"], row["left"]) == (3, 1)
    assert sorted(fill["stage"] for fill in row["fills"]) == ["picked-up"] * 3 + ["returned"]


@pytest.mark.rule("RX-6")
async def test_what_is_sent_names_carrier_and_number(sign_in: SignIn) -> None:
    (request,) = called(await of(await sign_in("ruth.adeyemi"), "Ruth"), "Sumatriptan")["requests"]
    assert stages(request) == ["requested", "in-process", "shipped"]
    assert (request["stages"][-1]["carrier"], request["stages"][-1]["number"][:4]) == ("USPS", "9400")
    assert (request["ahead"], request["point"]["kind"]) == ([], "mail")
    assert (request["point"]["phone"], request["point"]["hours"]) == ("1-877-555-0145", [])


@pytest.mark.rule("RX-6")
async def test_a_pharmacy_that_does_not_track_says_so(sign_in: SignIn) -> None:
    row = called(await of(await sign_in("lucia.marchetti"), "Lucia"), "Cetirizine")
    (request,) = row["requests"]
    assert (request["tracks"], stages(request), request["ahead"]) == (False, ["requested"], [])
    assert said(row) == ("request-pending", "request-pending")


@pytest.mark.rule("RX-3")
async def test_a_denied_renewal_says_why_and_may_be_asked_for_again(sign_in: SignIn) -> None:
    row = called(await of(await sign_in("walter.brennan"), "Walter"), "Metformin 1,000")
    (request,) = row["requests"]
    assert (request["kind"], stages(request), request["point"]) == ("renewal", ["requested", "denied"], None)
    assert request["stages"][-1]["note"].startswith("Please come for your A1c")
    assert said(row) == ("renew-instead", "yes")


async def test_a_parent_s_request_names_the_parent(sign_in: SignIn) -> None:
    row = called(await of(await sign_in("elena.reyes"), "Maya"), "Albuterol")
    assert row["requests"][0]["by"] == "Daniel Reyes"
    assert said(row) == ("request-pending", "request-pending")


@pytest.mark.rule("RX-9", "JHIE-1")
async def test_what_a_partner_recorded_names_it(sign_in: SignIn) -> None:
    row = called(await of(await sign_in("daniel.reyes"), "Daniel"), "Ibuprofen 600", "completed")
    assert (row["origin"], row["partner"], row["left"], row["rx"]) == ("community", "Lakeview Medical Group", None, "")
    told = called(await of(await sign_in("walter.brennan"), "Walter"), "Aspirin", "stopped")
    assert (told["origin"], said(told)) == ("reported", ("not-from-here", "not-from-here"))


@pytest.mark.rule("RX-5")
async def test_pick_up_points_tell_what_they_refuse(sign_in: SignIn) -> None:
    answer = await (await sign_in("daniel.reyes")).get("/portal/v1/pharmacies")
    points = {one["name"]: one for one in answer.json()["pharmacies"]}
    assert points["Locker 2"]["refuses"] == ["controlled", "refrigerated"]
    assert (points["Locker 2"]["kind"], points["Locker 2"]["place"]) == ("locker", "Exchange lobby")
    assert points["Fort Belvoir Main Pharmacy"]["refuses"] == []
    assert points["TRICARE Home Delivery"]["kind"] == "mail"
    assert [name for name, one in points.items() if not one["tracks"]] == ["Naples Pharmacy"]
    assert all(one["military"] and one["zone"] for one in points.values())


@pytest.mark.rule("RX-5")
async def test_drugs_say_what_a_locker_asks(sign_in: SignIn) -> None:
    assert called(await of(await sign_in("daniel.reyes"), "Daniel"), "Oxycodone", "completed")["controlled"]
    drops = called(await of(await sign_in("walter.brennan"), "Walter"), "Latanoprost")
    assert (drops["controlled"], drops["refrigerated"]) == (False, True)


@pytest.mark.rule("ID-5")
async def test_a_basic_sign_in_reads_the_list_and_asks_for_nothing(small: Mock) -> None:
    async with client_of(small, token_for(small, BASIC, level=1)) as client:
        (row,) = await prescriptions(client, BASIC)
    assert said(row) == ("premium-required", "premium-required")
    assert {one["rule"] for one in row["can"]} == {"ID-5"}


@pytest.mark.rule("FAM-3", "AUD-1")
async def test_a_teenager_s_prescriptions_are_closed_to_the_parent_and_the_refusal_is_kept(small: Mock) -> None:
    async with client_of(small, token_for(small, SPONSOR)) as client:
        answer = await client.get(f"/portal/v1/patients/{TEEN}/prescriptions")
        assert (answer.status_code, answer.json()["reason"]) == (403, "restricted-teen")
        assert (await client.get(f"/portal/v1/patients/{CHILD}/prescriptions")).status_code == 200
    small.audit.flush()
    kept = [(event.what, event.outcome) for _, event in small.audit.about(TEEN)]
    assert kept == [("prescriptions", "restricted-teen")]
    kept = [(event.what, event.outcome) for _, event in small.audit.about(CHILD)]
    assert kept == [("prescriptions", "allowed")]


async def test_an_imported_prescription_says_what_is_missing(small: Mock) -> None:
    body = {
        "resourceType": "MedicationRequest",
        "id": "import-1",
        "status": "active",
        "intent": "order",
        "medicationReference": {"display": "Simvastatin 10 MG Oral Tablet"},
        "authoredOn": "2019",
    }
    broken = {**body, "id": "import-2", "dispenseRequest": {"numberOfRepeatsAllowed": "many"}}
    referred = {**body, "id": "import-3", "medicationReference": {"reference": "Medication/m"}}
    medication = {"resourceType": "Medication", "id": "m", "code": {"coding": [{"display": "Warfarin 5 MG"}]}}
    with small.database.begin() as conn:
        put_resource(conn, medication, ResourceFacts(), now=small.clock.micros(), policy=Policy())
        for one in (body, broken, referred):
            put_resource(conn, one, ResourceFacts(SPONSOR), now=small.clock.micros(), policy=Policy())
    async with client_of(small, token_for(small, SPONSOR)) as client:
        answer = (await client.get(f"/portal/v1/patients/{SPONSOR}/prescriptions")).json()
    found = {row["id"]: row for row in answer["prescriptions"]}
    assert answer["unreadable"] == 1
    assert found["import-1"]["drug"] == "Simvastatin 10 MG Oral Tablet"
    assert found["import-3"]["drug"] == "Warfarin 5 MG"
    assert (found["import-1"]["origin"], said(found["import-1"])) == ("ours", ("fill-missing", "fill-missing"))


_ACUTE = {"courseOfTherapyType": {"coding": [{"code": "acute"}]}}


def _doses(*repeats: Json) -> Json:
    return {"dosageInstruction": [{"timing": {"repeat": repeat}} for repeat in repeats]}


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize(
    ("more", "ends"),
    [
        (_ACUTE, True),
        ({}, False),
        (_doses({"boundsDuration": {"value": 10, "code": "d"}}), True),
        (_doses({"boundsDuration": {"value": 2, "code": "wk"}}), False),
        (_doses({"boundsRange": {"high": {"value": 10, "unit": "days"}}}), True),
        (_doses({"boundsPeriod": {"start": "2026-11-15", "end": "2026-11-24"}}), True),
        (_doses({"boundsPeriod": {"start": "2026-11-15", "end": "2026-11-25"}}), False),
        (_doses({"boundsPeriod": {"start": "2026-11-15"}}), False),
        (_doses({"boundsDuration": {"value": 3, "code": "d"}}, {"frequency": 1}), False),
        (_ACUTE | _doses({"boundsDuration": {"value": 11, "code": "d"}}), False),
        (_ACUTE | {"priorPrescription": {"reference": "MedicationRequest/older"}}, False),
    ],
    ids=str,
)
async def test_a_short_course_ends_where_its_record_says_so(small: Mock, more: Json, *, ends: bool) -> None:
    prescribe(small, SPONSOR, "short", repeats=0, fills=(-5,), days=10, drug="Amoxicillin 500 mg capsule", **more)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        supply = called(await prescriptions(client, SPONSOR), "Amoxicillin")["supply"]
        news = (await client.get(f"/portal/v1/patients/{SPONSOR}/news")).json()["supplies"]
    assert (supply["left"], supply["ends"], supply["due"]) == (5, ends, not ends)
    assert [row["due"] for row in news if row["id"] == "short"] == ([] if ends else [True])


@pytest.mark.rule("RX-12")
async def test_a_drug_that_was_prescribed_before_never_ends_by_itself(small: Mock) -> None:
    short = {"repeats": 0, "fills": (-5,), "days": 10, **_ACUTE}
    prescribe(small, SPONSOR, "short", drug="Apixaban 5 mg tablet", **short)
    prescribe(small, SPONSOR, "before", drug="apixaban 2.5 mg tablet", **{**short, "fills": (-40,)})
    async with client_of(small, token_for(small, SPONSOR)) as client:
        found = [row["supply"] for row in await prescriptions(client, SPONSOR) if "pixaban" in row["drug"]]
    assert [(one["ends"], one["due"]) for one in found] == [(False, True), (False, True)]


@pytest.mark.rule("REC-9")
@pytest.mark.parametrize("modifier", [{"doNotPerform": True}, {"intent": "proposal"}, {"intent": "option"}])
async def test_what_is_not_to_be_taken_or_only_proposed_is_no_prescription(small: Mock, modifier: Json) -> None:
    body = {"resourceType": "MedicationRequest", "id": "import-9", "status": "active", "intent": "order", **modifier}
    with small.database.begin() as conn:
        put_resource(conn, body, ResourceFacts(SPONSOR), now=small.clock.micros(), policy=Policy())
    async with client_of(small, token_for(small, SPONSOR)) as client:
        assert "import-9" not in {row["id"] for row in await prescriptions(client, SPONSOR)}


def _caller(mock: Mock, viewer: str, *, level: int = 2) -> Caller:
    who = Viewer(viewer, "patient", level, "ds-logon", "s", frozenset({"portal"}), None, "genesis-tui")
    return Caller(mock, who, LogEntry(0, "GET", "/", "r"))


def test_what_is_ready_tells_where_and_until_when(mock: Mock) -> None:
    with mock.database.begin() as conn:
        caller = _caller(mock, DANIEL)
        (row,) = ready_for_pickup(caller, prescriptions_of(caller, conn, DANIEL))
        assert (row["drug"], row["where"]) == ("Levothyroxine 50 mcg tablet", "Locker 2, Exchange lobby")
        assert (row["since"], row["until"]) == ("2026-11-20T21:40:00Z", "2026-12-04")
        assert ready_for_pickup(caller, prescriptions_of(caller, conn, LEO)) == []


@pytest.mark.rule("RX-12")
async def test_home_tells_what_runs_out_until_it_is_asked_for(mock: Mock) -> None:
    async with client_of(mock, token_for(mock, DANIEL)) as client:

        async def ahead() -> dict[str, dict[str, Any]]:
            news = (await client.get(f"/portal/v1/patients/{DANIEL}/news")).json()
            return {one["title"]: one for one in news["supplies"]}

        found = await ahead()
        assert [one["out"] for one in found.values()] == sorted(one["out"] for one in found.values())
        lisinopril = found["Lisinopril 10 mg tablet"]
        assert (lisinopril["out"], lisinopril["left"], lisinopril["due"], lisinopril["asked"]) == (
            "2026-11-05",
            0,
            True,
            "",
        )
        omeprazole = found["Omeprazole 20 mg capsule"]
        assert (omeprazole["due"], omeprazole["asked"], omeprazole["by"]) == (False, "renewal", "Dr. Anna Okafor")
        assert "Cetirizine 10 mg tablet" not in found
        points = (await client.get("/portal/v1/pharmacies")).json()["pharmacies"]
        point = next(one["id"] for one in points if one["kind"] == "pharmacy")
        body = {"patient": DANIEL, "pickup": point, "prescriptions": [lisinopril["id"]]}
        key = {"Idempotency-Key": str(uuid.uuid4())}
        (await client.post("/portal/v1/refills", json=body, headers=key)).raise_for_status()
        asked = (await ahead())["Lisinopril 10 mg tablet"]
        assert (asked["due"], asked["asked"]) == (False, "refill")


async def test_what_is_ready_and_runs_out_is_told_only_to_whom_the_record_is_open(small: Mock) -> None:
    async with client_of(small, token_for(small, LIMITED_PROXY)) as client:
        news = (await client.get(f"/portal/v1/patients/{GRANTER}/news")).json()
        assert news["supplies"] == []
        assert not [one for one in news["items"] if one["place"] == "refills"]
