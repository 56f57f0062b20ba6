"""Booking over the wire: what is offered, what is taken once, and what is moved in one step."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn
from tests.portal.scheduling import (
    BEHAVIORAL,
    DANIEL,
    DERMATOLOGY,
    FAMILY_MEDICINE,
    LEO,
    MAYA,
    ORTHOPEDICS,
    PEDIATRICS,
    agenda,
    agenda_row,
    book,
    booked,
    change,
    free,
    new_key,
)

GONE = {"reason": "pat", "patient": MAYA}


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    assert body["title"]
    assert body["next"] or answer.status_code == 404
    return answer.status_code, body["rule"], body["reason"]


@pytest.mark.rule("APPT-1", "APPT-2", "APPT-11")
async def test_a_visit_then_a_clinic_that_says_whether_it_books(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    kinds = (await daniel.get("/portal/v1/visit-types", params={"patient": MAYA})).json()["visit_types"]
    (well,) = [one for one in kinds if one["code"] == "well-child"]
    assert (well["minutes"], well["books"], well["requests"]) == (30, 3, 2)
    asked = {"patient": MAYA, "visit_type": "well-child"}
    clinics = (await daniel.get("/portal/v1/clinics", params=asked)).json()["clinics"]
    assert (clinics[0]["name"], clinics[0]["way"], clinics[0]["linked"]) == ("Fort Belvoir Pediatrics", "books", "PCM")
    assert clinics[0]["first_free"].endswith("-05:00")
    ways = {one["name"]: {can["action"]: can["reason"] for can in one["can"]} for one in clinics}
    assert ways["Naples Pediatrics"] == {
        "appointment.book": "not-direct",
        "appointment.request": "",
        "slot.watch": "not-direct",
    }
    physical = {"patient": DANIEL, "visit_type": "physical-therapy"}
    (none,) = (await daniel.get("/portal/v1/clinics", params=physical)).json()["clinics"]
    assert (none["way"], none["can"][0]["rule"], none["can"][0]["reason"]) == ("none", "APPT-11", "no-way-here")
    assert [one["kind"] for one in none["ways"]] == ["message", "phone"]


@pytest.mark.rule("APPT-3")
async def test_free_slots_alone_by_start_within_what_the_clinic_books(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    period = {"from": "2026-11-23", "to": "2027-01-21"}
    found = await free(daniel, MAYA, "follow-up", PEDIATRICS, period)
    starts = [datetime.fromisoformat(one["start"]) for one in found]
    assert starts == sorted(starts)
    now = mock.clock.now()
    assert now < starts[0]
    assert starts[-1].date().isoformat() == "2027-01-15"
    assert {one.weekday() for one in starts} == {0, 1, 2, 3, 4}
    assert not {one for one in starts if one.date().isoformat() in ("2026-11-26", "2026-12-25")}
    assert {one["clinician"] for one in found} == {"Dr. Grace Kim", "Capt. Luis Ortega"}
    assert {one["how"] for one in found} == {"in-person", "video"}
    assert found == await free(daniel, MAYA, "follow-up", PEDIATRICS, period)
    everywhere = await free(daniel, MAYA, "well-child")
    assert len({one["clinic_id"] for one in everywhere}) == 3


@pytest.mark.rule("APPT-3")
@pytest.mark.parametrize(
    ("asked", "status", "reason"),
    [
        ({"from": "2026-11-23", "to": "2027-01-22"}, 422, "outside-window"),
        ({"from": "2026-11-24", "to": "2026-11-23"}, 422, "invalid"),
        ({"from": "2026-11-24"}, 422, "invalid"),
        ({"from": "2026-11-24", "to": "2026-11-25", "visit_type": "surgery"}, 422, "invalid"),
        ({"from": "2026-11-24", "to": "2026-11-25", "clinic": "none"}, 404, ""),
    ],
)
async def test_a_search_needs_a_visit_and_both_ends(
    sign_in: SignIn, asked: dict[str, str], status: int, reason: str
) -> None:
    daniel = await sign_in("daniel.reyes")
    whole = {"patient": MAYA, "visit_type": "acute"} | asked
    answer = await daniel.get("/portal/v1/slots", params=whole)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


@pytest.mark.rule("APPT-2", "APPT-11")
async def test_a_clinic_that_does_not_book_names_other_ways(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    for visit, clinic, told, kinds in (
        ("skin-check", DERMATOLOGY, (422, "APPT-2", "not-direct"), ["request", "message", "phone"]),
        ("physical-therapy", ORTHOPEDICS, (422, "APPT-11", "no-way-here"), ["message", "phone"]),
        (
            "well-child",
            ORTHOPEDICS,
            (422, "APPT-11", "no-way-here"),
            ["clinic", "clinic", "clinic", "message", "phone"],
        ),
    ):
        asked = {"patient": DANIEL, "visit_type": visit, "clinic": clinic, "from": "2026-11-24", "to": "2026-11-30"}
        answer = await daniel.get("/portal/v1/slots", params=asked)
        assert refused(answer) == told
        assert [one["kind"] for one in answer.json()["ways"]] == kinds
    asked = {"patient": MAYA, "visit_type": "acute", "clinic": PEDIATRICS, "from": "2026-11-28", "to": "2026-11-29"}
    weekend = (await daniel.get("/portal/v1/slots", params=asked)).json()
    assert weekend["slots"] == []
    assert weekend["ways"][0]["kind"] == "request"


@pytest.mark.rule("APPT-4", "FAM-10")
async def test_what_is_booked_is_on_the_agenda_and_free_no_more(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    slot = (await free(daniel, MAYA, "follow-up", PEDIATRICS))[0]
    key = new_key()
    asked = {"patient": MAYA, "slot": slot["id"], "reason": "She coughs at night."}
    first = await daniel.post("/portal/v1/appointments", json=asked, headers=key)
    again = await daniel.post("/portal/v1/appointments", json=asked, headers=key)
    assert (first.status_code, again.json(), first.headers["etag"]) == (201, first.json(), '"1"')
    row = await agenda_row(daniel, MAYA, first.json()["id"])
    assert row == first.json()
    assert (row["status"], row["start"], row["end"]) == ("booked", slot["start"], slot["end"])
    assert (row["what"], row["clinic"], row["clinician"]) == ("Follow-up", slot["clinic"], slot["clinician"])
    assert (row["reason"], row["visit_type"], row["clinic_id"]) == ("She coughs at night.", "follow-up", PEDIATRICS)
    assert [one["title"] for one in row["history"]] == ["Booked"]
    assert slot["id"] not in {one["id"] for one in await free(daniel, MAYA, "follow-up", PEDIATRICS)}
    (_, event), *_ = mock.audit.about(MAYA)
    assert (event.what, event.rule, event.outcome) == ("slots", "FAM-2", "allowed")
    assert "book" in {one.what for _, one in mock.audit.about(MAYA)}


@pytest.mark.rule("APPT-4")
async def test_of_many_who_want_a_slot_one_has_it_and_the_others_are_told_the_nearest(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    slot = (await free(daniel, MAYA, "follow-up", PEDIATRICS))[3]
    answers = await asyncio.gather(*(book(one, who, slot["id"]) for one, who in ((daniel, MAYA), (elena, LEO)) * 3))
    assert sorted(one.status_code for one in answers) == [201, *[409] * 5]
    taken = [one for one in answers if one.json().get("reason") == "slot-taken"]
    for answer in taken:
        assert refused(answer) == (409, "APPT-4", "slot-taken")
        near = answer.json()["nearest"]
        assert len(near) == 5
        gaps = [abs(datetime.fromisoformat(one["start"]) - datetime.fromisoformat(slot["start"])) for one in near]
        assert gaps == sorted(gaps)


@pytest.mark.rule("APPT-4", "APPT-5")
async def test_a_longer_visit_takes_all_of_its_time(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    long = (await free(daniel, DANIEL, "wellness", FAMILY_MEDICINE))[0]
    await booked(daniel, DANIEL, long["id"])
    short = await free(daniel, DANIEL, "acute", FAMILY_MEDICINE)
    mine = [one for one in short if one["clinician"] == long["clinician"]]
    assert not [one for one in mine if long["start"] <= one["start"] < long["end"]]


@pytest.mark.rule("APPT-5")
async def test_nobody_is_in_two_places_at_once(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    found = await free(daniel, MAYA, "follow-up", PEDIATRICS)
    first, other = at_once(found)
    row = await booked(daniel, MAYA, first["id"])
    answer = await book(daniel, MAYA, other["id"])
    assert refused(answer) == (409, "APPT-5", "overlap")
    assert row["what"] in answer.json()["title"]
    beside = next(one for one in found if one["start"] >= first["end"])
    assert (await book(daniel, MAYA, beside["id"])).status_code == 201
    assert (await book(daniel, LEO, other["id"])).status_code == 201


@pytest.mark.rule("APPT-2", "APPT-6", "ID-5", "FAM-6", "FAM-8")
async def test_who_may_not_book_is_told_why(mock: Mock, sign_in: SignIn) -> None:
    daniel, elena, nadia = [await sign_in(one) for one in ("daniel.reyes", "elena.reyes", "nadia.haddad")]
    slot = (await free(daniel, MAYA, "follow-up", PEDIATRICS))[0]["id"]
    assert refused(await book(daniel, MAYA, slot, "x" * 251))[1:] == ("APPT-6", "invalid")
    assert refused(await book(elena, DANIEL, slot))[2] == "no-grant"
    assert (await book(daniel, "99999999", slot)).status_code == 404
    assert refused(await book(nadia, "12768804", slot))[2] == "premium-required"
    for id in ("nothing", slot[:-3] + "1Z", slot.replace("follow-up", "wellness")):
        assert (await book(daniel, MAYA, id)).status_code in (404, 422)
    assert (await book(daniel, MAYA, slot.replace("follow-up", "surgery"))).status_code == 404
    late = mock.clock.now() + timedelta(days=58)
    beyond = slot[:-15] + f".{late.replace(hour=14, minute=20):%Y%m%dT%H%M}Z"
    assert refused(await book(daniel, MAYA, beyond)) == (422, "APPT-2", "outside-window")


@pytest.mark.rule("APPT-7", "APPT-8", "APPT-10")
async def test_what_is_cancelled_is_free_again_at_once(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    slot = (await free(daniel, MAYA, "follow-up", PEDIATRICS))[0]
    row = await booked(daniel, MAYA, slot["id"])
    reasons = (await daniel.get(f"/portal/v1/patients/{MAYA}/appointments")).json()["reasons"]
    assert ("pat-fb", "I feel better") in [(one["code"], one["title"]) for one in reasons]
    stale = await change(daniel, row | {"version": 7}, "cancel", **GONE)
    assert refused(stale) == (409, "APPT-10", "stale-version")
    assert stale.json()["appointment"] == row
    assert (await change(daniel, row, "cancel", **GONE | {"reason": "bored"})).status_code == 422
    assert (await daniel.post(f"/portal/v1/appointments/{row['id']}/cancel", json=GONE)).status_code == 422
    off = (await change(daniel, row, "cancel", **GONE | {"note": "We travel."})).json()
    assert (off["status"], off["cancelled_because"], off["version"]) == ("cancelled", "We travel.", 2)
    assert slot in await free(daniel, MAYA, "follow-up", PEDIATRICS)
    assert refused(await change(daniel, off, "cancel", **GONE)) == (422, "APPT-7", "status-change")


@pytest.mark.rule("APPT-4", "APPT-8", "APPT-10")
async def test_an_appointment_moves_in_one_step(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    found = await free(daniel, MAYA, "follow-up", PEDIATRICS)
    old, new, others = found[0], found[4], found[8]
    row = await booked(daniel, MAYA, old["id"])
    await booked(daniel, LEO, others["id"])
    taken = await change(daniel, row, "reschedule", patient=MAYA, slot=others["id"])
    assert refused(taken) == (409, "APPT-4", "slot-taken")
    assert await agenda_row(daniel, MAYA, row["id"]) == row
    moved = (await change(daniel, row, "reschedule", patient=MAYA, slot=new["id"])).json()
    assert (moved["id"], moved["start"], moved["clinician"]) == (row["id"], new["start"], new["clinician"])
    assert (moved["version"], moved["status"]) == (2, "booked")
    now = await free(daniel, MAYA, "follow-up", PEDIATRICS)
    assert old in now
    assert new not in now
    stale = await change(daniel, row, "reschedule", patient=MAYA, slot=old["id"])
    assert refused(stale) == (409, "APPT-10", "stale-version")
    elsewhere = (await free(daniel, MAYA, "acute", PEDIATRICS))[0]
    assert (await change(daniel, moved, "reschedule", patient=MAYA, slot=elsewhere["id"])).status_code == 422
    mock.clock.set(datetime.fromisoformat(new["start"]))
    late = await change(await sign_in("daniel.reyes"), moved, "reschedule", patient=MAYA, slot=old["id"])
    assert refused(late)[2] in ("already-started", "stale-version")


@pytest.mark.rule("APPT-5", "APPT-8")
async def test_moving_by_a_little_overlaps_nothing_but_itself(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    found = await free(daniel, MAYA, "follow-up", PEDIATRICS)
    first, other = at_once(found)
    row = await booked(daniel, MAYA, first["id"])
    moved = await change(daniel, row, "reschedule", patient=MAYA, slot=other["id"])
    assert (moved.status_code, moved.json()["clinician"]) == (200, other["clinician"])


@pytest.mark.rule("FAM-7")
async def test_sensitive_visits_are_the_patient_s_alone_in_slots_and_refusals_too(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    grant = {"receiver": "elena.reyes", "scope": "full"}
    offered = await daniel.post("/portal/v1/family/grants", json=grant, headers=new_key())
    assert (await elena.post(f"/portal/v1/family/grants/{offered.json()['id']}/accept")).status_code == 200
    slot = next(iter(await free(daniel, DANIEL, "behavioral", BEHAVIORAL)))
    over = [one for one in await free(daniel, DANIEL, "follow-up", FAMILY_MEDICINE) if _overlap(one, slot)]
    beside = await free(elena, DANIEL, "follow-up", FAMILY_MEDICINE)
    assert refused(await book(elena, DANIEL, slot["id"])) == (403, "FAM-7", "sensitive")
    assert await free(elena, DANIEL, "behavioral") == []
    row = await booked(daniel, DANIEL, slot["id"])
    assert row["id"] not in {one["id"] for one in await agenda(elena, DANIEL)}
    left = await free(elena, DANIEL, "follow-up", FAMILY_MEDICINE)
    assert [one for one in beside if one not in left] == over
    for one in over[:1]:
        assert refused(await book(elena, DANIEL, one["id"])) == (409, "APPT-4", "slot-taken")
        assert refused(await book(daniel, DANIEL, one["id"])) == (409, "APPT-5", "overlap")
    cancel = {"patient": DANIEL, "reason": "pat"}
    assert (await change(elena, row, "cancel", **cancel)).status_code == 404
    assert (await change(daniel, row, "cancel", **cancel)).status_code == 200


def at_once(slots: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two slots at the same time, of two clinicians."""
    return next((a, b) for a in slots for b in slots if a["start"] == b["start"] and a["id"] != b["id"])


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])
