"""Requests: what they hold, how scheduling teams answer them, what becomes of visits, and the feed that tells of it."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from genesis_tui.mock_backend.database.schema.appointments import appointment_request
from genesis_tui.mock_backend.imports.files import batches_of
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn
from tests.portal.scheduling import (
    BEHAVIORAL,
    DANIEL,
    DERMATOLOGY,
    ELENA,
    MAYA,
    ORTHOPEDICS,
    PEDIATRICS,
    agenda,
    agenda_row,
    ask,
    booked,
    change,
    free,
    new_key,
)
from tests.small_world import client_of, token_for

WANTED = [("2026-12-01", "am"), ("2026-12-03", "pm")]
OF = "appointment-requests"


async def asked_for(client: httpx.AsyncClient, patient: str = DANIEL) -> dict[str, Any]:
    answer = await ask(client, patient, "skin-check", DERMATOLOGY, WANTED)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()
    return row


async def slots_for_staff(tester: httpx.AsyncClient) -> list[str]:
    """Three slots of Dermatology that staff have opened."""
    found = []
    for start in ("2026-12-01T09:00:00-05:00", "2026-12-02T13:00:00-05:00", "2026-12-03T14:00:00-05:00"):
        body = {"clinic": DERMATOLOGY, "visit_type": "skin-check", "start": start}
        answer = await tester.post("/mock/v1/staff/slots", json=body)
        assert answer.status_code == 201, answer.text
        found.append(answer.json()["id"])
    return found


async def decide(tester: httpx.AsyncClient, row: dict[str, Any], act: str, **more: Any) -> httpx.Response:
    return await tester.post("/mock/v1/staff/requests", json={"request": row["id"], "act": act, **more})


async def on_home(client: httpx.AsyncClient, patient: str = DANIEL) -> list[tuple[str, str, str]]:
    """What Home says of a patient's requests: state, title, and the day that stands there."""
    items = (await client.get(f"/portal/v1/patients/{patient}/news")).json()["items"]
    return [(one["state"], one["title"], one["at"][:10]) for one in items if one["place"] == "appointments"]


async def changes(client: httpx.AsyncClient, since: str = "", wait: int = 0) -> dict[str, Any]:
    answer = await client.get("/portal/v1/changes", params={"since": since, "wait": wait})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.rule("APPT-6")
async def test_a_request_goes_to_the_team_as_a_message_and_shows_as_requested(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    row = await asked_for(daniel)
    assert (row["group"], row["status"], row["status_title"], row["start"]) == (
        "requested",
        "proposed",
        "Requested",
        None,
    )
    assert [one["start"] for one in row["requested"]] == ["2026-12-01T08:00:00-05:00", "2026-12-03T12:00:00-05:00"]
    assert (row["clinic"], row["what"], row["reason"]) == ("Fort Belvoir Dermatology", "Skin check", "A rash.")
    assert row == await agenda_row(daniel, DANIEL, row["id"])
    thread = (await daniel.get(f"/portal/v1/threads/{row['thread']}")).json()
    assert thread["subject"] == "Request: Skin check"
    assert "Tuesday 1 December 2026, morning" in thread["messages"][0]["body"]


@pytest.mark.rule("APPT-6", "APPT-11")
@pytest.mark.parametrize(
    ("periods", "reason", "told"),
    [
        ([("2026-11-28", "am")], "x" * 250, ""),
        ([("2026-11-27", "am")], "A rash.", "outside-window"),
        ([("2027-03-23", "pm")], "A rash.", ""),
        ([("2027-03-24", "pm")], "A rash.", "outside-window"),
        ([], "A rash.", "invalid"),
        ([("2026-12-01", "am"), ("2026-12-01", "pm"), ("2026-12-02", "am")], "A rash.", ""),
        ([(f"2026-12-0{n}", "am") for n in range(1, 5)], "A rash.", "invalid"),
        ([("2026-12-01", "am")] * 2, "A rash.", "invalid"),
        ([("2026-12-32", "am")], "A rash.", "invalid"),
        (WANTED, " ", "invalid"),
        (WANTED, "x" * 251, "invalid"),
    ],
)
async def test_what_a_request_holds(sign_in: SignIn, periods: list[tuple[str, str]], reason: str, told: str) -> None:
    answer = await ask(await sign_in("daniel.reyes"), DANIEL, "skin-check", DERMATOLOGY, periods, reason)
    assert (answer.status_code, answer.json().get("reason") if told else "") == (422 if told else 201, told)
    if told == "outside-window":
        assert answer.json()["ways"]


@pytest.mark.rule("APPT-11", "FAM-7")
async def test_nothing_is_asked_for_where_there_is_no_way(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    none = await ask(daniel, DANIEL, "physical-therapy", ORTHOPEDICS, WANTED)
    assert (none.json()["rule"], none.json()["reason"]) == ("APPT-11", "no-way-here")
    assert none.json()["ways"]
    closed = await ask(daniel, MAYA, "behavioral", BEHAVIORAL, WANTED)
    assert (closed.status_code, closed.json()["reason"]) == (403, "sensitive")


@pytest.mark.rule("APPT-6")
async def test_an_offer_for_a_request_of_the_world_is_told_on_home(sign_in: SignIn, tester: httpx.AsyncClient) -> None:
    daniel = await sign_in("daniel.reyes")
    rows = (await daniel.get(f"/portal/v1/patients/{DANIEL}/appointments")).json()["appointments"]
    waiting = next(one for one in rows if one["status"] == "proposed")
    offered = await slots_for_staff(tester)
    assert (await decide(tester, waiting, "offer", slots=offered)).status_code == 204
    assert [one[:2] for one in await on_home(daniel)] == [("offered", "Skin check: 3 slots offered")]
    assert (await decide(tester, waiting, "book", slots=offered[:1])).status_code == 204
    assert await on_home(daniel) == [("booked", "Skin check", "2026-12-01")]


@pytest.mark.rule("APPT-6", "APPT-7")
async def test_staff_offer_slots_and_one_is_taken(sign_in: SignIn, tester: httpx.AsyncClient) -> None:
    daniel = await sign_in("daniel.reyes")
    row = await asked_for(daniel)
    offered = await slots_for_staff(tester)
    assert (await decide(tester, row, "offer", slots=[*offered, offered[0]])).status_code == 422
    assert await on_home(daniel) == []
    assert (await decide(tester, row, "offer", slots=offered)).status_code == 204
    assert await on_home(daniel) == [("offered", "Skin check: 3 slots offered", "2026-11-23")]
    stale = await change(daniel, row, "choose", OF, patient=DANIEL, slot=offered[1])
    assert stale.json()["reason"] == "stale-version"
    row = await agenda_row(daniel, DANIEL, row["id"])
    assert [one["id"] for one in row["offers"]] == offered
    assert [one["action"] for one in row["can"] if one["allowed"]] == ["appointment.cancel", "appointment.choose"]
    other = await change(daniel, row, "choose", OF, patient=DANIEL, slot=offered[0][:-14] + "20261201T1430Z")
    assert (other.status_code, other.json()["reason"]) == (409, "slot-taken")
    taken = (await change(daniel, row, "choose", OF, patient=DANIEL, slot=offered[1])).json()
    assert (taken["status"], taken["start"], taken["offers"]) == ("booked", "2026-12-02T13:00:00-05:00", [])
    assert [one["title"] for one in taken["history"]] == ["Requested", "Booked"]
    assert await on_home(daniel) == [], "who chooses a slot knows it"
    again = await asked_for(daniel)
    assert (await decide(tester, again, "offer", slots=[offered[0], offered[2]])).status_code == 204
    assert (await decide(tester, again, "book", slots=[offered[1]])).json()["reason"] == "slot-taken"
    said = (await daniel.get(f"/portal/v1/threads/{row['thread']}")).json()["messages"]
    assert "You can choose one of these" in said[-1]["body"]


@pytest.mark.rule("APPT-4", "APPT-6")
async def test_staff_who_can_hold_a_part_of_their_offer_alone_offer_nothing(
    sign_in: SignIn, tester: httpx.AsyncClient
) -> None:
    daniel = await sign_in("daniel.reyes")
    row, (slot, *_) = await asked_for(daniel), await slots_for_staff(tester)
    body = {"clinic": DERMATOLOGY, "visit_type": "acute", "start": "2026-12-01T09:00:00-05:00"}
    at_once = (await tester.post("/mock/v1/staff/slots", json=body)).json()["id"]
    answer = await decide(tester, row, "offer", slots=[slot, at_once])
    assert (answer.status_code, answer.json()["reason"]) == (409, "slot-taken")
    assert (await agenda_row(daniel, DANIEL, row["id"]))["version"] == row["version"]
    assert (await decide(tester, row, "book", slots=[at_once])).status_code == 204, "neither is held"


@pytest.mark.rule("APPT-4", "APPT-6", "APPT-7", "APPT-10")
async def test_staff_book_or_decline_and_who_asked_withdraws(sign_in: SignIn, tester: httpx.AsyncClient) -> None:
    daniel = await sign_in("daniel.reyes")
    first, second, third = [await asked_for(daniel) for _ in range(3)]
    slot = (await slots_for_staff(tester))[0]
    assert (await decide(tester, first, "book", slots=[slot])).status_code == 204
    assert (await agenda_row(daniel, DANIEL, first["id"]))["status"] == "booked"
    assert (await decide(tester, second, "decline", reason="By referral only.")).status_code == 204
    declined = await agenda_row(daniel, DANIEL, second["id"])
    assert (declined["status"], declined["cancelled_because"]) == ("cancelled", "By referral only.")
    told = [("booked", "Skin check", "2026-12-01"), ("declined", "Skin check: By referral only.", "2026-11-23")]
    assert sorted(await on_home(daniel)) == told
    gone = (await change(daniel, third, "withdraw", OF, patient=DANIEL, reason="pat-fb")).json()
    assert (gone["status"], gone["cancelled_because"]) == ("cancelled", "I feel better")
    assert sorted(await on_home(daniel)) == told, "who withdraws knows it"
    for row in (first, second, third):
        assert (await decide(tester, row, "decline", reason="No.")).json()["reason"] == "status-change"
    assert (await decide(tester, {"id": "none"}, "decline", reason="No.")).status_code == 404
    assert (await tester.post("/mock/v1/clock/advance", json={"days": 8})).status_code == 200
    assert await on_home(await sign_in("daniel.reyes")) == []


@pytest.mark.rule("APPT-6")
async def test_teams_answer_by_themselves_unless_testers_do(
    mock: Mock, sign_in: SignIn, tester: httpx.AsyncClient
) -> None:
    daniel = await sign_in("daniel.reyes")
    rows = [await asked_for(daniel) for _ in range(8)]
    assert (await tester.put("/mock/v1/staff/scheduling", json={"automatic": False})).status_code == 204
    left = await asked_for(daniel)
    mock.clock.advance(timedelta(days=4))
    daniel = await sign_in("daniel.reyes")
    now = {one["id"]: one for one in await agenda(daniel, DANIEL)}
    assert now[left["id"]]["offers"] == []
    became = [(now[row["id"]]["status"], bool(now[row["id"]]["offers"])) for row in rows]
    assert set(became) <= {("booked", False), ("proposed", True), ("cancelled", False)}
    assert ("proposed", False) not in became
    for row in rows:
        said = (await daniel.get(f"/portal/v1/threads/{row['thread']}")).json()["messages"]
        assert len(said) == 2


@pytest.mark.rule("APPT-7", "CLIP-1")
async def test_a_visit_happens_and_leaves_a_summary(mock: Mock, sign_in: SignIn, tester: httpx.AsyncClient) -> None:
    daniel = await sign_in("daniel.reyes")
    mock.policy = mock.policy.model_copy(
        update={"appointment": mock.policy.appointment.model_copy(update={"missed_percent": 0})}
    )
    slot = (await free(daniel, MAYA, "acute", PEDIATRICS))[0]
    row = await booked(daniel, MAYA, slot["id"])
    boards = (await daniel.get(f"/portal/v1/patients/{MAYA}/clipboards")).json()["clipboards"]
    assert [one["title"] for one in boards if one["appointment"] == row["id"]] == ["New symptoms"]
    start = datetime.fromisoformat(slot["start"])
    for after, status in ((-1, "booked"), (0, "arrived"), (180, "checked-in"), (1200, "fulfilled")):
        mock.clock.set(start + timedelta(seconds=after))
        daniel = await sign_in("daniel.reyes")
        assert (await agenda_row(daniel, MAYA, row["id"]))["status"] == status
    done = await agenda_row(daniel, MAYA, row["id"])
    assert [one["status"] for one in done["history"]] == ["booked", "arrived", "checked-in", "fulfilled"]
    note = (await daniel.get(f"/fhir/r4/DocumentReference/{done['summary']}")).json()
    text = await daniel.get(f"/fhir/r4/{note['content'][0]['attachment']['url']}", headers={"Accept": "text/plain"})
    assert (await daniel.get(f"/fhir/r4/Encounter/{done['visit']}")).json()["status"] == "finished"
    assert text.status_code == 200
    inbox = (await daniel.get(f"/portal/v1/patients/{MAYA}/threads", params={"folder": "inbox"})).json()["threads"]
    assert "Your visit is coming up" in [one["subject"] for one in inbox]
    visit = {"appointment": row["id"], "status": "noshow"}
    assert (await tester.post("/mock/v1/staff/visits", json=visit)).json()["reason"] == "status-change"
    other = await booked(daniel, MAYA, (await free(daniel, MAYA, "acute", PEDIATRICS, LATER))[-1]["id"])
    assert (await tester.post("/mock/v1/staff/visits", json=visit | {"appointment": other["id"]})).status_code == 204
    missed = await agenda_row(daniel, MAYA, other["id"])
    assert (missed["status"], missed["group"], missed["summary"]) == ("noshow", "past", "")


LATER = {"from": "2026-12-07", "to": "2026-12-11"}


@pytest.mark.rule("FAM-7")
async def test_what_is_about_a_sensitive_visit_reaches_no_proxy(mock: Mock, sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    offered = await daniel.post(
        "/portal/v1/family/grants", json={"receiver": "elena.reyes", "scope": "full"}, headers=new_key()
    )
    assert (await elena.post(f"/portal/v1/family/grants/{offered.json()['id']}/accept")).status_code == 200
    since = (await changes(elena))["cursor"]
    slot = (await free(daniel, DANIEL, "behavioral", BEHAVIORAL))[-1]
    row = await booked(daniel, DANIEL, slot["id"])
    request = (await ask(daniel, DANIEL, "behavioral", BEHAVIORAL, WANTED)).json()
    assert {one["id"] for one in (await changes(daniel, since))["changes"]} >= {row["id"], request["id"]}
    assert (await changes(elena, since))["changes"] == []
    assert (await elena.get(f"/portal/v1/threads/{request['thread']}")).status_code == 404
    mock.clock.set(datetime.fromisoformat(slot["end"]) + timedelta(minutes=1))
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    subjects = {}
    for who in (daniel, elena):
        listed = (await who.get(f"/portal/v1/patients/{DANIEL}/threads", params={"folder": "inbox"})).json()["threads"]
        subjects[who] = [one["subject"] for one in listed]
    assert "Your visit is coming up" in subjects[daniel]
    assert "Your visit is coming up" not in subjects[elena]
    done = await agenda_row(daniel, DANIEL, row["id"])
    for kind, id in (("DocumentReference", done["summary"]), ("Encounter", done["visit"]), ("Appointment", row["id"])):
        if id:
            assert (await daniel.get(f"/fhir/r4/{kind}/{id}")).status_code == 200
            assert (await elena.get(f"/fhir/r4/{kind}/{id}")).status_code == 404


@pytest.mark.rule("APPT-6")
async def test_home_tells_how_a_request_from_elsewhere_was_answered(
    mock: Mock, tester: httpx.AsyncClient, tmp_path: Path
) -> None:
    def take(**more: Any) -> None:
        wanted = {"requestedPeriod": [{"start": "2026-12-01", "end": "2026-12-05"}], "slot": []}
        started = {"start": "2026-12-01T15:00:00Z", "end": "2026-12-01T15:20:00Z"}
        asked = [
            ("offered", {"status": "proposed", **wanted}),
            ("declined", {"status": "proposed", **started}),
            ("booked", {"status": "pending", **wanted, **more}),
            ("held", {"status": "proposed", **started, "slot": [{"reference": "Slot/s"}]}),
            ("never", {"status": "booked", **started}),
        ]
        part = [{"actor": {"reference": "Patient/p"}, "status": "accepted"}]
        rows = [{"id": id, "description": id, "participant": part, **body} for id, body in asked]
        lines = [{"resourceType": "Patient", "id": "p"}, *({"resourceType": "Appointment", **row} for row in rows)]
        (tmp_path / "all.ndjson").write_text("\n".join(json.dumps(line) for line in lines))
        (batch,) = batches_of([tmp_path / "all.ndjson"], "clinic")
        import_source(mock, batch.source, batch.files)

    take()
    with mock.database.begin() as conn:
        ids = conn.execute(select(appointment_request.c["appointment_id", "patient_id"]))
        asked = {row[0].partition("-")[2]: tuple(row) for row in ids if row[0].startswith("clinic-")}
    assert sorted(asked) == ["booked", "declined", "offered"]
    person = asked["offered"][1]
    act = {one: {"id": asked[one][0]} for one in asked}
    assert (await decide(tester, act["offered"], "offer", slots=await slots_for_staff(tester))).status_code == 204
    assert (await decide(tester, act["declined"], "decline", reason="No room.")).status_code == 204
    async with client_of(mock, token_for(mock, person)) as client:
        assert sorted(await on_home(client, person)) == [
            ("declined", "declined: No room.", "2026-11-23"),
            ("offered", "offered: 3 slots offered", "2026-11-23"),
        ]
        take(status="booked", start="2026-12-02T15:00:00Z", end="2026-12-02T15:20:00Z")
        assert ("booked", "booked", "2026-12-02") in await on_home(client, person)


async def test_the_feed_tells_each_change_once_to_who_may_know(sign_in: SignIn) -> None:
    daniel, elena, marcus = [await sign_in(one) for one in ("daniel.reyes", "elena.reyes", "marcus.hall")]
    begin = await changes(daniel)
    assert begin["changes"] == []
    waiting = asyncio.create_task(changes(elena, begin["cursor"], wait=5))
    slot = (await free(daniel, MAYA, "follow-up", PEDIATRICS))[0]
    row = await booked(daniel, MAYA, slot["id"])
    off = await change(daniel, row, "cancel", patient=MAYA, reason="pat")
    told = (await waiting)["changes"]
    assert (told[0]["patient"], told[0]["kind"], told[0]["id"], told[0]["change"]) == (
        MAYA,
        "appointment",
        row["id"],
        "changed",
    )
    later = await changes(daniel, begin["cursor"])
    assert [one["id"] for one in later["changes"]] == [row["id"]]
    assert (await changes(daniel, later["cursor"]))["changes"] == []
    assert (await changes(marcus, begin["cursor"]))["changes"] == []
    assert off.status_code == 200
    assert (await daniel.get("/portal/v1/changes", params={"since": "abc"})).status_code == 422


async def test_a_watch_tells_of_an_earlier_slot_once(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    found = await free(daniel, MAYA, "follow-up", PEDIATRICS, {"from": "2026-11-23", "to": "2026-12-11"})
    early = found[0]
    row = await booked(elena, ELENA, early["id"])
    body = {"patient": MAYA, "visit_type": "follow-up", "before": early["end"]}
    path = f"/portal/v1/slot-watches/{PEDIATRICS}"
    watch = await daniel.put(path, json=body)
    assert (watch.status_code, watch.json()["zone"]) == (200, "America/New_York")
    since = (await changes(daniel))["cursor"]
    assert (await change(elena, row, "cancel", patient=ELENA, reason="pat")).status_code == 200
    told = await changes(daniel, since)
    (slot,) = [one for one in told["changes"] if one["kind"] == "slot"]
    assert (slot["id"], slot["slot"]["id"], slot["patient"]) == (PEDIATRICS, early["id"], MAYA)
    assert [one for one in (await changes(elena, since))["changes"] if one["kind"] == "slot"] == []
    assert (await changes(daniel, told["cursor"]))["changes"] == []
    listed = (await daniel.get(f"/portal/v1/patients/{MAYA}/appointments")).json()["watches"]
    assert [one["clinic_id"] for one in listed] == [PEDIATRICS]
    gone = {"patient": MAYA, "visit_type": "follow-up"}
    for _ in range(2):
        assert (await daniel.delete(path, params=gone)).status_code == 204
    assert (await daniel.get(f"/portal/v1/patients/{MAYA}/appointments")).json()["watches"] == []
    assert (await daniel.put(path, json=body | {"before": "soon"})).status_code == 422
    assert (await daniel.put(path, json=body | {"visit_type": "skin-check"})).json()["reason"] == "no-way-here"
