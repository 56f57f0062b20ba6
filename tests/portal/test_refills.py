"""Refills and renewals asked for in batches: an answer an item, done once, filled and decided on as time passes."""

import asyncio
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import httpx
import pytest
from sqlalchemy import select

from genesis_tui.mock_backend.database.record.resources import body_of
from genesis_tui.mock_backend.database.schema.refills import pharmacy_request
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.portal.refills.facts import days_supply
from genesis_tui.mock_backend.server.app import create_app
from tests.portal.prescribing import (
    items,
    outcomes,
    pass_time,
    prescribe,
    refill,
    renew,
    requested,
    rows,
    staff,
    stages,
)
from tests.postgres import MakeSmall
from tests.small_world import CHILD, SPONSOR, SPOUSE, STRANGER, client_of, token_for


def policy(mock: Mock, **numbers: object) -> None:
    mock.policy = mock.policy.model_copy(update={"refill": mock.policy.refill.model_copy(update=numbers)})


@pytest.mark.rule("RX-8", "RX-2", "RX-4", "RX-5", "RX-7")
async def test_each_item_has_its_own_answer_and_what_fails_leaves_the_rest(
    small: Mock, parent: httpx.AsyncClient
) -> None:
    prescribe(small, CHILD, "open")
    prescribe(small, CHILD, "soon", fills=(-10,))
    prescribe(small, CHILD, "used", repeats=0)
    prescribe(small, CHILD, "special", drug="Small controlled")
    prescribe(small, STRANGER, "theirs")
    prescribe(small, CHILD, "secret", sensitive=True)
    ids = ["soon", "open", "theirs", "none", "secret", "used", "special", "open"]
    answer = await refill(parent, CHILD, ids, "point-2")
    assert [one["prescription"] for one in items(answer)] == ids
    unknown = "not-found"
    assert outcomes(answer) == [
        *("too-soon", "requested", unknown, unknown, unknown),
        *("renew-instead", "locker-refuses", "request-pending"),
    ]
    soon, opened, *hidden = items(answer)
    assert (soon["problem"]["rule"], soon["problem"]["from"]) == ("RX-7", "2027-01-17T00:00:00-05:00")
    assert (soon["request"], opened["problem"]) == ("", None)
    assert hidden[0]["problem"] == hidden[1]["problem"] == hidden[2]["problem"]
    found = await rows(parent, CHILD)
    (request,) = found["open"]["requests"]
    assert (request["id"], request["point"]["id"], stages(found["open"])) == (
        opened["request"],
        "point-2",
        ["requested"],
    )
    assert [len(found[one]["requests"]) for one in ("soon", "used", "special")] == [0, 0, 0]
    small.audit.flush()
    kept = [(event.what, event.outcome) for _, event in small.audit.about(CHILD)]
    assert kept.count(("request-refills", "allowed")) == 1
    assert {outcome for what, outcome in kept if what == "request-refills"} >= {"too-soon", "locker-refuses"}


@pytest.mark.rule("RX-10")
async def test_a_key_asks_once_and_gets_the_same_bytes(small: Mock, parent: httpx.AsyncClient) -> None:
    prescribe(small, CHILD, "open")
    key = str(uuid.uuid4())
    first = await refill(parent, CHILD, ["open", "none"], key=key)
    again = await refill(parent, CHILD, ["open", "none"], key=key)
    assert (outcomes(first), again.content) == (["requested", "not-found"], first.content)
    other = await refill(parent, CHILD, ["open"], key=key)
    assert (other.status_code, other.json()["reason"]) == (422, "idempotency-mismatch")
    known = (await parent.get(f"/portal/v1/requests/{key}")).json()
    assert (known["status"], known["answer"]) == (200, first.json())
    assert len((await rows(parent, CHILD))["open"]["requests"]) == 1
    bare = await parent.post("/portal/v1/refills", json={"patient": CHILD, "pickup": "point-1", "prescriptions": ["x"]})
    assert bare.status_code == 400


@pytest.mark.rule("RX-5")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("refills", {"pickup": "nowhere", "prescriptions": ["a"]}),
        ("refills", {"pickup": "point-1", "prescriptions": []}),
        ("refills", {"pickup": "point-1", "prescriptions": ["a"] * 51}),
        ("renewals", {"items": [{"prescription": "a", "note": "x" * 251}]}),
        ("renewals", {"items": []}),
    ],
)
async def test_what_is_no_batch_is_refused_as_a_whole(
    parent: httpx.AsyncClient, path: str, body: dict[str, object]
) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = await parent.post(f"/portal/v1/{path}", json={"patient": CHILD, **body}, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    limits = (await parent.get("/portal/v1/session")).json()["limits"]["refills"]
    assert limits == {"batch": 50, "note_characters": 250}


@pytest.mark.rule("RX-2", "RX-3", "RX-10")
def test_of_many_who_ask_at_once_one_has_asked(make_small: MakeSmall) -> None:
    small = make_small()
    prescribe(small, CHILD, "open")
    prescribe(small, CHILD, "used", repeats=0)
    app, barrier = create_app(small), Barrier(8)
    headers = [{"Authorization": f"Bearer {token_for(small, who)}"} for who in (SPONSOR, SPOUSE)]

    async def ask(number: int) -> str:
        transport = httpx.ASGITransport(app=app)
        own = headers[number % 2]
        async with httpx.AsyncClient(transport=transport, base_url=small.issuer, headers=own) as client:
            if number % 4 < 2:
                return outcomes(await refill(client, CHILD, ["open"]))[0]
            return outcomes(await renew(client, CHILD, ["used"]))[0]

    def at_once(number: int) -> str:
        barrier.wait(10)
        return asyncio.run(ask(number))

    with ThreadPoolExecutor(8) as pool:
        told = Counter(pool.map(at_once, range(8)))
    assert told == {"requested": 2, "request-pending": 6}
    with small.database.begin() as conn:
        kinds = conn.execute(select(pharmacy_request.c.kind).order_by(pharmacy_request.c.kind)).scalars().all()
    assert kinds == ["refill", "renewal"]
    assert small.audit.check().broken_at is None
    small.close()


@pytest.mark.rule("RX-6")
async def test_a_pharmacy_fills_as_time_passes(small: Mock, parent: httpx.AsyncClient) -> None:
    policy(small, unclaimed_percent=0)
    prescribe(small, CHILD, "open")
    request = await requested(await refill(parent, CHILD, ["open"]))  # a Friday
    cursor = (await parent.get("/portal/v1/changes")).json()["cursor"]
    seen = []
    for _ in range(17):
        pass_time(small, hours=12)
        client = client_of(small, token_for(small, SPONSOR))
        row = (await rows(client, CHILD))["open"]
        seen.append(stages(row)[-1])
        await client.aclose()
    assert list(dict.fromkeys(seen)) == ["requested", "in-process", "ready", "picked-up"]
    assert [one["id"] for one in row["requests"]] == [request]
    assert row["left"] == 2
    assert row["can"][0]["reason"] == "too-soon"
    fill = row["fills"][0]
    assert (fill["stage"], fill["request"], fill["where"]) == ("picked-up", request, "Small pharmacy 1")
    with small.database.begin() as conn:
        body = body_of(conn, "MedicationDispense", fill["id"])
    assert body is not None
    assert (body["meta"]["versionId"], body["status"], body["type"]["coding"][0]["code"]) == ("3", "completed", "RF")
    assert body["meta"]["lastUpdated"] > "2026-11-23"
    client = client_of(small, token_for(small, SPONSOR))
    told = (await client.get("/portal/v1/changes", params={"since": cursor})).json()["changes"]
    assert [(one["kind"], one["id"], one["patient"]) for one in told] == [("prescriptions", CHILD, CHILD)]


@pytest.mark.rule("RX-6")
async def test_what_nobody_picks_up_goes_back_to_stock_and_is_no_fill(small: Mock, parent: httpx.AsyncClient) -> None:
    policy(small, staff_answers=False)
    prescribe(small, CHILD, "open", repeats=1)
    request = await requested(await refill(parent, CHILD, ["open"]))
    for stage in ("in-process", "ready"):
        assert (await staff(small, parent, "refills", request=request, stage=stage)).status_code == 204
    row = (await rows(parent, CHILD))["open"]
    assert (row["requests"][0]["until"], row["can"][0]["reason"]) == ("2026-12-04", "in-process")
    pass_time(small, days=14, hours=13, minutes=59)  # 23:59 of 4 December there
    async with client_of(small, token_for(small, SPONSOR)) as client:
        assert stages((await rows(client, CHILD))["open"])[-1] == "ready"
    pass_time(small, minutes=1)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        row = (await rows(client, CHILD))["open"]
    assert (stages(row)[-1], row["left"], row["can"][0]["allowed"]) == ("returned", 1, True)
    assert (row["fills"][0]["stage"], row["requests"][0]["stages"][-1]["at"]) == ("returned", "2026-12-05T05:00:00Z")


@pytest.mark.rule("RX-6")
async def test_staff_move_a_refill_on_in_order_alone(small: Mock, parent: httpx.AsyncClient) -> None:
    prescribe(small, CHILD, "open")
    prescribe(small, CHILD, "sent")
    here = await requested(await refill(parent, CHILD, ["open"]))
    mail = await requested(await refill(parent, CHILD, ["sent"], "point-3"))

    async def moved(request: str, stage: str, **more: str) -> int:
        return (await staff(small, parent, "refills", request=request, stage=stage, **more)).status_code

    sent = {"carrier": "USPS", "number": "9400"}
    assert [await moved(here, one) for one in ("ready", "picked-up", "returned")] == [422] * 3
    assert [await moved(here, "shipped", **sent), await moved(here, "in-process", **sent)] == [422, 422]
    assert [await moved(here, one) for one in ("in-process", "in-process", "ready", "picked-up", "returned")] == [
        *(204, 422, 204, 204, 422),
    ]
    assert [await moved(mail, "in-process"), await moved(mail, "ready"), await moved(mail, "shipped")] == [
        204,
        422,
        422,
    ]
    assert await moved(mail, "shipped", **sent) == 204
    assert await moved("none", "ready") == 404
    assert (await staff(small, parent, "renewals", request=here, decision="approve")).status_code == 404
    row = (await rows(parent, CHILD))["sent"]
    assert [row["requests"][0]["stages"][-1][name] for name in ("stage", "carrier", "number")] == [
        *("shipped", "USPS", "9400")
    ]
    assert (row["left"], row["supply"]["left"], row["supply"]["out"]) == (2, 90, "2027-02-18")


@pytest.mark.rule("RX-6")
async def test_a_pharmacy_that_does_not_track_tells_of_the_fill_alone(small: Mock, parent: httpx.AsyncClient) -> None:
    prescribe(small, CHILD, "open")
    request = await requested(await refill(parent, CHILD, ["open"], "point-4"))
    for stage in ("in-process", "ready"):
        assert (await staff(small, parent, "refills", request=request, stage=stage)).status_code == 204
        row = (await rows(parent, CHILD))["open"]
        assert (stages(row), row["requests"][0]["until"], len(row["fills"])) == (["requested"], None, 1)
        assert row["can"][0]["reason"] == "request-pending"
    assert (await staff(small, parent, "refills", request=request, stage="picked-up")).status_code == 204
    row = (await rows(parent, CHILD))["open"]
    assert (stages(row), len(row["fills"]), row["can"][0]["reason"]) == (["requested"], 2, "too-soon")


@pytest.mark.rule("RX-3")
async def test_an_approved_renewal_is_a_new_prescription_that_is_filled(small: Mock, parent: httpx.AsyncClient) -> None:
    policy(small, denied_percent=0, unclaimed_percent=0)
    prescribe(small, CHILD, "used", repeats=0)
    asked = await renew(parent, CHILD, ["used", "used"], "It helps.")
    assert outcomes(asked) == ["requested", "request-pending"]
    row = (await rows(parent, CHILD))["used"]
    assert (row["requests"][0]["stages"][0]["note"], row["supply"]["asked"], row["supply"]["due"]) == (
        *("It helps.", True, False),
    )
    pass_time(small, days=6)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        found = await rows(client, CHILD)
        (new,) = [one for one in found.values() if one["id"].startswith("rx-")]
        assert (stages(found["used"]), found["used"]["status"]) == (["requested", "approved"], "completed")
        assert {one["reason"] for one in found["used"]["can"]} == {"not-active"}
        assert (new["status"], new["drug"], new["repeats"]) == ("active", "Small drug", 0)
        assert new["expires"] in ("2027-11-23", "2027-11-24")
        assert new["requests"][0]["by"] == f"Given{SPONSOR} Family{SPONSOR}"
        pass_time(small, days=7)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        new = (await rows(client, CHILD))[new["id"]]
    with small.database.begin() as conn:
        body, old = (body_of(conn, "MedicationRequest", one) for one in (new["id"], "used"))
        fill = body_of(conn, "MedicationDispense", new["fills"][0]["id"])
    assert body is not None
    assert old is not None
    assert fill is not None
    assert body["priorPrescription"] == {"reference": "MedicationRequest/used"}
    assert (old["meta"]["versionId"], body["meta"]["versionId"]) == ("2", "1")
    assert (stages(new)[-1], fill["type"]["coding"][0]["code"]) == ("picked-up", "FF")
    assert (new["can"][0]["reason"], new["can"][1]["allowed"]) == ("renew-instead", True)


@pytest.mark.rule("RX-3")
async def test_a_denied_renewal_says_why_and_can_be_asked_for_again(small: Mock, parent: httpx.AsyncClient) -> None:
    prescribe(small, CHILD, "used", repeats=0)
    request = await requested(await renew(parent, CHILD, ["used"]))
    wrong: list[dict[str, object]] = [{"decision": "deny"}, {"decision": "approve", "reason": "Fine."}]
    for one in wrong:
        assert (await staff(small, parent, "renewals", request=request, **one)).status_code == 422
    assert (
        await staff(small, parent, "renewals", request=request, decision="deny", reason="Come in.")
    ).status_code == 204
    assert (await staff(small, parent, "renewals", request=request, decision="approve")).status_code == 422
    row = (await rows(parent, CHILD))["used"]
    assert (stages(row), row["requests"][0]["stages"][-1]["note"]) == (["requested", "denied"], "Come in.")
    (ahead,) = (await parent.get(f"/portal/v1/patients/{CHILD}/news")).json()["supplies"]
    assert (ahead["id"], ahead["denied"]) == ("used", row["requests"][0]["stages"][-1]["at"][:10])
    again = await requested(await renew(parent, CHILD, ["used"]))
    answer = await staff(small, parent, "renewals", request=again, decision="approve", repeats=5)
    assert answer.status_code == 204, answer.text
    new = next(one for id, one in (await rows(parent, CHILD)).items() if id.startswith("rx-"))
    assert (new["repeats"], stages(new), new["requests"][0]["point"]["id"]) == (5, ["requested"], "point-1")


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize(
    ("days", "left", "due"), [(82, 8, False), (83, 7, True), (89, 1, True), (90, 0, True), (100, 0, True)]
)
async def test_nothing_asked_yet_stands_from_seven_days_before(
    small: Mock, parent: httpx.AsyncClient, days: int, left: int, due: bool
) -> None:
    prescribe(small, CHILD, "open", fills=(-days,))
    supply = (await rows(parent, CHILD))["open"]["supply"]
    assert (supply["days"], supply["left"], supply["asked"], supply["due"]) == (90, left, False, due)
    assert outcomes(await refill(parent, CHILD, ["open"])) == ["requested"]
    supply = (await rows(parent, CHILD))["open"]["supply"]
    assert (supply["asked"], supply["due"]) == (True, False)


async def test_pharmacies_tell_their_phone_and_hours(small: Mock, parent: httpx.AsyncClient) -> None:
    spans = {"opens": "08:00", "closes": "17:00"}

    async def first(client: httpx.AsyncClient) -> dict[str, object]:
        return (await client.get("/portal/v1/pharmacies")).json()["pharmacies"][0]  # type: ignore[no-any-return]

    point = await first(parent)
    assert (point["hours"], point["today"]) == ([{"day": day, **spans} for day in range(5)], [spans])
    small.clock.set(small.clock.now() + timedelta(days=6))  # Thanksgiving
    async with client_of(small, token_for(small, SPONSOR)) as client:
        point = await first(client)
    assert (len(point["hours"]), point["today"]) == (5, [])  # type: ignore[arg-type]


@pytest.mark.rule("RX-7", "RX-12")
@pytest.mark.parametrize(
    ("amount", "days"),
    [
        ({"value": 30}, 30),
        ({"value": 30, "unit": "days"}, 30),
        ({"value": 1.5, "unit": "Day", "code": "d"}, 2),
        ({"value": 1, "unit": "month", "code": "mo"}, 30),
        ({"value": 2, "unit": "weeks"}, 14),
        ({"value": 36, "code": "h"}, 2),
        ({"value": 3, "unit": "packs"}, None),
        ({}, None),
    ],
)
def test_a_supply_is_told_in_days_whatever_its_unit(amount: dict[str, object], days: int | None) -> None:
    assert days_supply({"daysSupply": amount}) == days
    assert days_supply({"dispenseRequest": {"expectedSupplyDuration": amount}}) == days
