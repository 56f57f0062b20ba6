"""The pharmacy's side of the world hangs together: requests, stages and fills tell the same story."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.refills.dispensing import REFILL_STAGE, STATUSES
from genesis_tui.mock_backend.world.build import World
from genesis_tui.mock_backend.world.simulation.refills import PHARMACY, PROVIDER
from tests.world.reading import Row

_KINDS = {
    "refill": ("requested", "in-process", "ready", "picked-up", "shipped", "returned"),
    "renewal": ("requested", "approved", "denied"),
}


def _stages(world: World) -> dict[str, list[Row]]:
    """The stages of each request, those ahead included."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in world.rows["request_stage"]:
        found[str(row["request_id"])].append(row)
    for due in world.due:
        if due.kind == PHARMACY and due.payload["planned"]:
            assert due.payload["after"] == found[due.payload["request"]][-1]["stage"]
            found[due.payload["request"]].append({"stage": due.payload["step"][0], "at": to_micros(due.at)})
    return found


def _bodies(world: World, kind: str) -> dict[str, Row]:
    return {r.body["id"]: r.body for r in world.resources if r.body["resourceType"] == kind}


def _said(fill: Row) -> str:
    return next(str(one["valueCode"]) for one in fill["extension"] if one["url"] == REFILL_STAGE)


@pytest.mark.rule("RX-6")
def test_stages_come_in_order_and_belong_to_their_kind(world: World) -> None:
    stages = _stages(world)
    for request in world.rows["pharmacy_request"]:
        mine = stages[str(request["id"])]
        assert [row["at"] for row in mine] == sorted(row["at"] for row in mine)
        codes = [row["stage"] for row in mine]
        order = _KINDS[str(request["kind"])]
        assert codes == sorted(codes, key=order.index)
        assert (mine[0]["stage"], mine[0]["at"]) == ("requested", request["asked"])


def test_requests_name_what_is_there(world: World) -> None:
    people = {row["id"] for row in world.rows["person"]}
    points = {row["id"] for row in world.rows["pickup_point"]}
    prescriptions, fills = _bodies(world, "MedicationRequest"), _bodies(world, "MedicationDispense")
    for request in world.rows["pharmacy_request"]:
        body = prescriptions[str(request["prescription_id"])]
        assert body["subject"]["reference"] == f"Patient/{request['patient_id']}"
        assert request["asked_by"] in people
        assert (request["pickup_id"] in points) == (request["kind"] == "refill")
        assert request["dispense_id"] in {"", *fills}


@pytest.mark.rule("RX-6")
def test_a_fill_stands_where_its_request_does_now_and_later(world: World, start: datetime) -> None:
    fills, stages = _bodies(world, "MedicationDispense"), _stages(world)
    ahead = 0
    for request in world.rows["pharmacy_request"]:
        mine = stages[str(request["id"])]
        now = [row for row in mine if int(str(row["at"])) <= to_micros(start)]
        ahead += len(mine) - len(now)
        if request["dispense_id"]:
            body = fills[str(request["dispense_id"])]
            assert (_said(body), body["status"]) == (now[-1]["stage"], STATUSES[str(now[-1]["stage"])])
        else:
            assert now[-1]["stage"] in ("requested", "denied")
    assert ahead >= 3


@pytest.mark.rule("RX-6")
def test_what_waits_goes_on_by_itself(world: World) -> None:
    planned = {due.payload["request"] for due in world.due if due.kind in (PHARMACY, PROVIDER)}
    stages = _stages(world).items()
    assert planned >= {request for request, mine in stages if mine[-1]["stage"] in ("requested", "in-process", "ready")}


@pytest.mark.rule("RX-6")
def test_what_is_not_picked_up_goes_back_after_fourteen_days(world: World) -> None:
    waits = [
        timedelta(microseconds=by["returned"] - by["ready"])
        for rows in _stages(world).values()
        if "returned" in (by := {str(row["stage"]): int(row["at"]) for row in rows})
    ]
    assert len(waits) >= 3
    assert {wait.days for wait in waits} == {14}


@pytest.mark.rule("RX-5")
def test_pharmacies_lockers_and_the_mail_are_there_and_special_drugs_are_known(world: World) -> None:
    kinds = [row["kind"] for row in world.rows["pickup_point"]]
    assert {kind: kinds.count(kind) > 0 for kind in kinds} == {"pharmacy": True, "locker": True, "mail": True}
    special = {str(row["drug"]): (row["controlled"], row["refrigerated"]) for row in world.rows["formulary"]}
    assert special["Oxycodone 5 mg tablet"] == (True, False)
    assert special["Latanoprost 0.005 % eye drops"] == (False, True)
