"""Prescriptions as the client reads them: tolerant of what is broken, harmless whatever the words are."""

import json
from typing import Any

import pytest

from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.portal.refills import PICK_UP, PRESCRIPTION, PrescriptionsJson, prescriptions_shape
from genesis_tui.models.base.dates import Precision
from genesis_tui.models.base.errors import Refused
from genesis_tui.models.refills.prescription import PrescriptionGroup, PrescriptionOrigin
from genesis_tui.testing.plugin import PortalFor
from tests.security.test_attacks_on_models import harmless, poisoned

POINT = {
    "id": "p",
    "name": "n",
    "kind": "locker",
    "facility": "f",
    "place": "x",
    "zone": "z",
    "refuses": ["controlled"],
}
REQUEST = {
    "id": "r",
    "kind": "refill",
    "asked": "2026-11-18T23:12:00Z",
    "by": "b",
    "zone": "z",
    "point": POINT,
    "ahead": ["ready"],
    "until": "2026-12-04",
    "stages": [
        {
            "stage": "requested",
            "at": "2026-11-18T23:12:00Z",
            "where": "w",
            "carrier": "c",
            "number": "1",
            "note": "a\nb",
        }
    ],
}
FILL = {"id": "f", "stage": "ready", "request": "r", "where": "w", "zone": "z", "unit": "tablet", "at": None}
ROW: dict[str, Any] = {
    **dict.fromkeys(("id", "drug", "status", "sig", "reason", "by", "partner", "rx", "zone", "pharmacy", "unit"), "x"),
    "written": "2026-03",
    "origin": "ours",
    "left": 1,
    "repeats": 3,
    "quantity": 90,
    "expires": "2027-03-24",
    "fills": [FILL],
    "requests": [REQUEST],
    "can": [{"action": "prescription.refill", "allowed": False, "title": "t", "next": "n", "rule": "r", "reason": "s"}],
}


def test_no_text_of_a_prescription_is_alive() -> None:
    spoiled = {**poisoned(ROW), **{name: ROW[name] for name in ("written", "origin", "expires")}}
    spoiled["requests"][0].update(asked=REQUEST["asked"])
    (rx,) = PrescriptionsJson(prescriptions=[spoiled]).model().rows
    assert len(rx.requests) == len(rx.fills) == 1
    assert harmless(rx) + harmless(tuple(rx.fills)) >= 30
    (point,) = PICK_UP.each([poisoned(POINT)])
    assert harmless(point) >= 6


@pytest.mark.parametrize(
    "broken",
    [
        {"origin": "the moon"},
        {"drug": None},
        {"left": "many"},
        {"expires": "2027-02-30"},
        {"fills": 3},
    ],
    ids=str,
)
def test_what_is_broken_costs_itself(broken: dict[str, Any]) -> None:
    assert [rx.id for rx in PRESCRIPTION.each([{**ROW, **broken}, ROW, "nonsense", None])] == ["x"]


@pytest.mark.parametrize("part", ["fills", "requests", "can"])
def test_a_broken_part_costs_the_part(part: str) -> None:
    (rx,) = PrescriptionsJson(prescriptions=[{**ROW, part: [{"id": 7}, *ROW[part]]}]).model().rows
    assert len(getattr(rx, part)) == 1


@pytest.mark.parametrize(
    ("sent", "rows", "fills"),
    [
        (b"[%(fill)s, %(fill)s]", 1, 2),
        (b" [ %(fill)s ] ", 1, 1),
        (b'[%(fill)s, {"id": 7}, null]', 1, 1),
        (b'[%(fill)s, {"id": "g", "stage": "x", "quantity": ' + b"9" * 5000 + b"}]", 1, 1),
        (b'["\xff", %(fill)s]', 1, 0),
        (b"{}", 0, 0),
        (b"null", 0, 0),
    ],
    ids=["two", "spaces", "a broken one", "a number without end", "no text", "no list", "null"],
)
def test_fills_are_left_as_they_were_sent_until_somebody_looks(sent: bytes, rows: int, fills: int) -> None:
    row = json.dumps({**ROW, "fills": "FILLS"}).encode().replace(b'"FILLS"', sent)
    body = b'{"prescriptions": [%s]}' % row.replace(b"%(fill)s", json.dumps(FILL).encode())
    found = PrescriptionsJson.decoded(bounds.tree(body, prescriptions_shape())).model()
    assert (len(found.rows), found.unreadable) == (rows, 1 - rows)
    assert [len(rx.fills) for rx in found.rows] == [fills] * rows


def test_an_answer_of_another_shape_is_read_whole() -> None:
    body = json.dumps({"prescriptions": [None, ROW]}).encode()
    found = PrescriptionsJson.decoded(bounds.tree(body, prescriptions_shape())).model()
    assert ([len(rx.fills) for rx in found.rows], found.unreadable) == ([1], 1)


def test_what_is_missing_is_empty() -> None:
    (rx,) = PrescriptionsJson(prescriptions=[{"id": "1", "drug": "d", "origin": "reported"}]).model().rows
    assert (rx.written.precision, rx.expires, rx.left, rx.can) == (Precision.NONE, None, None, ())
    assert rx.group is PrescriptionGroup.ELSEWHERE


async def test_the_mock_s_prescriptions_arrive_whole(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    people = (await portal.family.load()).people
    record = await portal.open(people[0])
    known = await record.refills.load()
    assert known.unreadable == 0
    assert len(known.rows) == 11
    assert [rx.group for rx in known.rows] == sorted((rx.group for rx in known.rows), key=list(PrescriptionGroup).index)
    assert {rx.origin for rx in known.rows} == {PrescriptionOrigin.OURS, PrescriptionOrigin.COMMUNITY}
    (ready,) = [rx for rx in known.rows if rx.drug.startswith("Levothyroxine")]
    (request,) = ready.requests
    assert request.point is not None
    assert (request.point.name, request.stage, str(request.until)) == ("Locker 2", "ready", "2026-12-04")


@pytest.mark.rule("FAM-3")
async def test_a_refusal_brings_rule_and_next_step(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    (leo,) = (await portal.family.load()).find("Leo")
    record = await portal.open(leo)
    with pytest.raises(Refused) as refusal:
        await record.refills.load()
    assert (refusal.value.rule, refusal.value.reason) == ("FAM-3", "restricted-teen")
    assert refusal.value.next
