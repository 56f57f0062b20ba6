"""Patient Information, news, seen, and who opened the record (DEERS-1, REL-5, AUD-1, FAM-8)."""

from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.database.family.audit import AuditEvent
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn
from genesis_tui.testing.sign_in import PkcePair, typed

PATHS = ["profile", "news", "seen", "access-log"]


async def ids(client: httpx.AsyncClient) -> dict[str, str]:
    people = (await client.get("/portal/v1/family")).json()["people"]
    return {person["given"]: person["id"] for person in people}


async def get(client: httpx.AsyncClient, patient: str, path: str) -> Any:
    answer = await client.get(f"/portal/v1/patients/{patient}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.rule("DEERS-1")
async def test_patient_information_is_what_deers_says(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await ids(daniel))["Daniel"]
    told = await get(daniel, me, "profile")
    with mock.database.begin() as conn:
        row = conn.exec_driver_sql(f"SELECT * FROM deers WHERE person_id = '{me}'").mappings().one()
    for field in ("birth_date", "dod_id", "email", "phone"):
        assert told["deers"][field] == row[field]
    assert "\n".join(told["deers"]["address"]) == row["address"]
    assert (told["methods"], told["level"], told["pcm"]) == (["CAC", "DS Logon"], "Premium", "Dr. Anna Okafor")


@pytest.mark.rule("DEERS-1")
@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
async def test_nothing_of_deers_can_be_changed_here(sign_in: SignIn, method: str) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await ids(daniel))["Daniel"]
    answer = await daniel.request(method, f"/portal/v1/patients/{me}/profile", json={"phone": "1"})
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


@pytest.mark.rule("REL-5")
async def test_opening_a_result_clears_it_for_that_person_only(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    maya = (await ids(daniel))["Maya"]
    before = (await get(daniel, maya, "seen"))["new"]
    assert before
    opened = {"patient": maya, "keys": before[:1]}
    for _ in range(2):
        assert (await daniel.post("/portal/v1/seen", json=opened)).status_code == 204
    assert (await get(daniel, maya, "seen"))["new"] == before[1:]
    assert (await get(elena, maya, "seen"))["new"] == before
    people = (await daniel.get("/portal/v1/family")).json()["people"]
    assert next(one for one in people if one["id"] == maya)["new"]["results"] == len(before) - 1


@pytest.mark.rule("REL-5")
async def test_the_labs_of_a_report_are_not_new_by_themselves(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await ids(daniel))["Daniel"]
    new = (await get(daniel, me, "seen"))["new"]
    report = next(key for key in new if key.startswith("DiagnosticReport/"))
    body = (await daniel.get(f"/fhir/r4/{report}")).json()
    held = {part["reference"] for part in body.get("result", [])}
    assert held.isdisjoint(new)
    await daniel.post("/portal/v1/seen", json={"patient": me, "keys": [report]})
    assert held.isdisjoint((await get(daniel, me, "seen"))["new"])


@pytest.mark.rule("REL-5", "FAM-8")
async def test_seen_takes_no_keys_of_others(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    people = await ids(daniel)
    own = (await get(daniel, people["Daniel"], "seen"))["new"]
    answer = await daniel.post("/portal/v1/seen", json={"patient": people["Maya"], "keys": [*own, "Observation/none"]})
    assert answer.status_code == 204
    assert (await get(daniel, people["Daniel"], "seen"))["new"] == own
    with mock.database.begin() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM seen WHERE key = 'Observation/none'").scalar_one() == 0


@pytest.mark.parametrize(
    "keys", [["Patient/1"], ["Observation/"], ["Observation/a b"], ["x"] * 201, "Observation/1", [1]]
)
async def test_seen_wants_keys_of_results(sign_in: SignIn, keys: object) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await ids(daniel))["Daniel"]
    assert (await daniel.post("/portal/v1/seen", json={"patient": me, "keys": keys})).status_code == 422


async def test_news_is_newest_first_with_a_headline(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    told = await get(daniel, (await ids(daniel))["Daniel"], "news")
    for place in ("results", "inbox"):
        times = [item["at"] for item in told["items"] if item["place"] == place]
        assert times
        assert times == sorted(times, reverse=True)
    ready = [(item["title"], item["state"], item["until"]) for item in told["items"] if item["place"] == "refills"]
    assert [(title.partition(",")[0], state) for title, state, _ in ready] == [("Levothyroxine 50 mcg tablet", "ready")]
    assert ready[0][2] == "2026-12-04"
    assert told["items"][0]["title"] == "Lipid panel: LDL 148"
    assert (told["items"][0]["state"], told["items"][0]["place"]) == ("high", "results")
    assert [one["at"] for one in told["coming"]] == sorted(one["at"] for one in told["coming"])


@pytest.mark.rule("MSG-5")
async def test_news_tell_who_has_not_answered_yet(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    waiting = (await get(daniel, (await ids(daniel))["Daniel"], "news"))["waiting"]
    told = [(one["title"], one["due"], one["overdue"]) for one in waiting]
    assert told == [("Renewal of naproxen", "2026-11-16", True), ("Knee brace: which size?", "2026-11-25", False)]


@pytest.mark.rule("FAM-7")
async def test_sensitive_appointments_reach_the_patient_alone(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await ids(daniel))["Daniel"]
    own = [one["what"] for one in (await get(daniel, me, "news"))["coming"]]
    offered = await daniel.post(
        "/portal/v1/family/grants",
        json={"receiver": "elena.reyes", "scope": "full"},
        headers={"Idempotency-Key": "3f1c9d2e-5a77-4d0e-9a51-0c8f7a6f2b10"},
    )
    elena = await sign_in("elena.reyes")
    await elena.post(f"/portal/v1/family/grants/{offered.json()['id']}/accept")
    proxy = [one["what"] for one in (await get(elena, me, "news"))["coming"]]
    assert "Behavioral health follow-up" in own
    assert proxy == [what for what in own if what != "Behavioral health follow-up"]


@pytest.mark.rule("FAM-3")
async def test_news_of_a_teenager_holds_no_results(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    leo = (await ids(daniel))["Leo"]
    assert {item["place"] for item in (await get(daniel, leo, "news"))["items"]} <= {"inbox"}
    for path in ("seen", "access-log"):
        answer = await daniel.get(f"/portal/v1/patients/{leo}/{path}")
        assert (answer.status_code, answer.json()["reason"]) == (403, "restricted-teen")


@pytest.mark.rule("FAM-8")
@pytest.mark.parametrize("path", PATHS)
async def test_a_stranger_answers_as_nobody_does(sign_in: SignIn, path: str) -> None:
    daniel, stranger = await sign_in("daniel.reyes"), await sign_in("jordan.whitfield")
    me = (await ids(daniel))["Daniel"]
    known = await stranger.get(f"/portal/v1/patients/{me}/{path}")
    unknown = await stranger.get(f"/portal/v1/patients/99999999/{path}")
    assert known.status_code == unknown.status_code == 404
    assert known.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize(("path", "status"), [("profile", 200), ("news", 200), ("seen", 403), ("access-log", 403)])
async def test_basic_reads_its_set_and_no_more(sign_in: SignIn, path: str, status: int) -> None:
    nadia = await sign_in("nadia.haddad")
    me = (await ids(nadia))["Nadia"]
    answer = await nadia.get(f"/portal/v1/patients/{me}/{path}")
    assert answer.status_code == status
    assert status == 200 or answer.json()["reason"] == "premium-required"


@pytest.mark.rule("AUD-1", "FAM-10")
async def test_a_patient_reads_who_opened_the_record(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    people = await ids(daniel)
    await get(daniel, people["Elena"], "profile")
    await daniel.get(f"/fhir/r4/Observation?patient={people['Elena']}&category=laboratory")
    await elena.get(f"/portal/v1/patients/{people['Daniel']}/profile")
    of_elena = [
        (line["who"], line["what"], line["outcome"])
        for line in (await get(elena, people["Elena"], "access-log"))["events"]
    ]
    of_daniel = [
        (line["who"], line["what"], line["outcome"])
        for line in (await get(daniel, people["Daniel"], "access-log"))["events"]
    ]
    assert of_elena[:2] == [("Daniel Reyes", "search Observation", "allowed"), ("Daniel Reyes", "profile", "allowed")]
    assert of_daniel[0] == ("Elena Reyes", "profile", "no-grant")


@pytest.mark.rule("AUD-1")
async def test_the_log_is_paged(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    me = (await ids(elena))["Elena"]
    before = len((await get(elena, me, "access-log"))["events"])
    for _ in range(60):
        await daniel.get(f"/portal/v1/patients/{me}/profile")
    first = await get(elena, me, "access-log")
    second = await get(elena, me, f"access-log?before={first['next']}")
    assert (len(first["events"]), len(second["events"]), second["next"]) == (50, 10 + before, None)
    assert (await elena.get(f"/portal/v1/patients/{me}/access-log?before=x")).status_code == 422


@pytest.mark.rule("AUD-1")
async def test_a_person_reads_who_tried_to_sign_in_as_them(visitor: httpx.AsyncClient, sign_in: SignIn) -> None:
    refused = await typed(visitor, "daniel.reyes", "wrong", pkce=PkcePair())
    await typed(visitor, "nobody.at.all", "wrong", pkce=PkcePair())
    daniel = await sign_in("daniel.reyes")
    log = (await get(daniel, (await ids(daniel))["Daniel"], "access-log"))["events"]
    assert [(line["who"], line["what"], line["outcome"]) for line in log] == [
        ("Daniel Reyes", "sign-in", "allowed"),
        ("not signed in", "sign-in", "wrong-credentials"),
    ]
    assert refused.status_code == 400


@pytest.mark.rule("AUD-1")
async def test_the_log_goes_back_ninety_days_and_not_a_microsecond_more(sign_in: SignIn, mock: Mock) -> None:
    elena = await sign_in("elena.reyes")
    me = (await ids(elena))["Elena"]
    mock.clock.freeze = True
    now, day = mock.clock.micros(), 86_400_000_000
    for age in (90 * day + 1, 90 * day, 90 * day - 1):
        mock.audit.add(AuditEvent(now - age, "nobody", me, "profile", "allowed", "FAM-5", f"age-{age}"))
    log = await get(elena, me, "access-log?kind=reads")
    assert [one["request_id"] for one in log["events"]] == [f"age-{90 * day - 1}", f"age-{90 * day}"]
    assert (log["total"], log["days"], log["patient"]) == (2, 90, me)


@pytest.mark.rule("AUD-1", "FAM-2", "FAM-10")
async def test_a_parent_reads_the_log_of_a_young_child(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    maya = (await ids(daniel))["Maya"]
    await get(elena, maya, "appointments")
    log = await get(daniel, maya, "access-log?kind=all")
    [line] = log["events"]
    assert (line["who"], line["mine"], line["words"], line["why"], line["rule"]) == (
        *("Elena Reyes", False, "looked at the appointments", "as a parent", "FAM-2"),
    )
    assert (await get(daniel, maya, "access-log?kind=refused"))["events"] == []
    assert {one["words"] for one in (await get(daniel, maya, "access-log?kind=mine"))["events"]} == {
        "looked at this log"
    }
    assert (await daniel.get(f"/portal/v1/patients/{maya}/access-log?kind=other")).status_code == 422
