"""Pharmacies that fill what is asked for, people who pick it up or do not, providers who renew or deny (RX-3, RX-6)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, insert

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.appointments.slots import hold_patient
from genesis_tui.mock_backend.database.refills import dispensing
from genesis_tui.mock_backend.database.refills.requests import (
    Request,
    medications_of,
    pickup_points,
    request_by_id,
    requests_of,
)
from genesis_tui.mock_backend.database.schema.base import due_event
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.messages.threads import BusinessDays, business_day
from genesis_tui.mock_backend.rules.policy import Policy, RefillPolicy
from genesis_tui.mock_backend.rules.refills import back_to_stock, may_reach
from genesis_tui.mock_backend.world.simulation.staff import HOLIDAYS

PHARMACY, PROVIDER = "pharmacy", "provider"
_OPENS, _MINUTES = time(8, 30), 6 * 60
_NEXT: Final = {"requested": "in-process", "in-process": "ready", "ready": "picked-up"}
_CARRIER: Final = "USPS"
_DENIALS: Final = (
    "Please come for a visit first; we renew it there.",
    "The last lab result says that another dose is better. Please write to us before you take more of it.",
    "You no longer need this one: the treatment is complete.",
)


class Step(NamedTuple):
    """The next stage of a request, with what is told of it."""

    stage: str
    carrier: str = ""
    number: str = ""
    note: str = ""


def plan_filling(conn: Connection, request: Request, *, at: int, policy: RefillPolicy) -> None:
    """What comes after the stage that a refill has reached, unless testers do it; back to stock it goes anyway."""
    point = pickup_points(conn)[request.pickup_id]
    stage, zone, draw = request.stage, ZoneInfo(point["zone"]), _draw(request.id)
    if stage == "ready":
        back = back_to_stock(from_micros(at), point["zone"], policy)
        _plan(conn, PHARMACY, back, request, Step("returned"))
        if draw % 100 < policy.unclaimed_percent:
            return
    following = "shipped" if point["kind"] == "mail" and stage == "in-process" else _NEXT.get(stage)
    if policy.staff_answers and following is not None:
        days = 1 + draw // 100 % 2 if stage == "ready" else 1
        sent = (_CARRIER, f"9400{draw % 10**18:018}") if following == "shipped" else ("", "")
        _plan(conn, PHARMACY, _working(at, days, zone, f"{request.id}/{stage}"), request, Step(following, *sent))


def fill_by_itself(conn: Connection, payload: dict[str, Any], at: int, policy: Policy) -> None:
    """A refill gets to its next stage; nothing with one that does not stand any more where it was planned for."""
    request = held(conn, payload["request"], at)
    if request is not None and request.stage == payload["after"]:
        step = Step(*payload["step"])
        move(conn, request, step, at=at, policy=policy, goes_on=not payload.get("planned", False))


def move(conn: Connection, request: Request, step: Step, *, at: int, policy: Policy, goes_on: bool = True) -> Decision:
    """RX-6: a refill gets to a stage, if it can; a pharmacy that does not track tells of no fill until it is over.

    `goes_on`: what comes next is planned, too.
    """
    points = pickup_points(conn)
    point = points.get(request.pickup_id)
    decision = may_reach(request.stage, step.stage, "" if point is None else point["kind"])
    if isinstance(decision, Refused) or point is None:
        return decision
    dispensing.add_stage(conn, request.id, now=at, **step._asdict())
    if point["tracks"] or step.stage in ("picked-up", "shipped"):
        dispensing.fill(conn, request, step.stage, _filler(points, point), now=at, policy=policy)
    dispensing.changed(conn, request.patient_id, now=at)
    if goes_on:
        plan_filling(conn, _known(conn, request.id, at), at=at, policy=policy.refill)
    return decision


def plan_decision(conn: Connection, request: Request, home: str, *, at: int, policy: RefillPolicy) -> None:
    """The provider decides on one of the next business days, unless testers do. `home`: the zone of the facility."""
    if policy.staff_answers:
        first, last = policy.staff_days
        days = first + _draw(request.id) % (last - first + 1)
        _plan(conn, PROVIDER, _working(at, days, ZoneInfo(home), request.id), request, Step(""))


def decide_by_itself(conn: Connection, payload: dict[str, Any], at: int, policy: Policy) -> None:
    """What a provider says when nobody tells them what; nothing to a request that has its answer."""
    request = held(conn, payload["request"], at)
    if request is None or request.stage != "requested":
        return
    draw = _draw(request.id) // 100
    if draw % 100 < policy.refill.denied_percent:
        deny(conn, request, _DENIALS[draw // 100 % len(_DENIALS)], at=at, policy=policy)
    else:
        approve(conn, request, None, at=at, policy=policy)


def approve(conn: Connection, request: Request, repeats: int | None, *, at: int, policy: Policy) -> Decision:
    """RX-3: a new prescription, which the pharmacy fills for the first time by itself.

    `repeats`: how often it can be refilled; None for as often as before.
    """
    decision = _decide(conn, request, Step("approved"), at)
    if isinstance(decision, Refused):
        return decision
    points, home = pickup_points(conn), str(hold_patient(conn, request.patient_id).mtf_zone)
    new_id = dispensing.renew(conn, request, repeats, home, now=at, policy=policy)
    where = _last_point(conn, request, points) or _nearest(points, home)
    if where:
        whose = request.patient_id, new_id, request.asked_by
        first = dispensing.add_request(conn, "refill", *whose, now=at, pickup_id=where, id=f"{request.id}-1")
        plan_filling(conn, _known(conn, first, at), at=at, policy=policy.refill)
    return decision


def deny(conn: Connection, request: Request, reason: str, *, at: int, policy: Policy) -> Decision:
    """RX-3: no, with the reason."""
    return _decide(conn, request, Step("denied", note=reason), at)


def held(conn: Connection, request_id: str, now: int) -> Request | None:
    """A request; nobody else changes it until the transaction ends."""
    found = request_by_id(conn, request_id, now=now)
    if found is None:
        return None
    hold_patient(conn, found.patient_id)
    return request_by_id(conn, request_id, now=now)


def _known(conn: Connection, request_id: str, now: int) -> Request:
    found = request_by_id(conn, request_id, now=now)
    assert found is not None
    return found


def _decide(conn: Connection, request: Request, step: Step, at: int) -> Decision:
    decision = may_reach(request.stage, step.stage, "")
    if not isinstance(decision, Refused):
        dispensing.add_stage(conn, request.id, now=at, **step._asdict())
        dispensing.changed(conn, request.patient_id, now=at)
    return decision


def _plan(conn: Connection, kind: str, at: datetime, request: Request, step: Step) -> None:
    payload = {"request": request.id, "after": request.stage, "step": step}
    conn.execute(insert(due_event), {"at": to_micros(at), "kind": kind, "payload": json.dumps(payload)})


def _working(at: int, days: int, zone: ZoneInfo, drawn: str) -> datetime:
    """An hour of the pharmacy's or clinic's work, so many business days later."""
    day = business_day(from_micros(at).astimezone(zone).date(), days, BusinessDays(zone, HOLIDAYS))
    return datetime.combine(day, _OPENS, zone) + timedelta(minutes=_draw(drawn) // 7 % _MINUTES)


def _draw(drawn: str) -> int:
    return int.from_bytes(hashlib.blake2b(drawn.encode(), digest_size=8).digest())


def _filler(points: Mapping[str, RowMapping], point: RowMapping) -> RowMapping:
    """The pharmacy that fills for a pick-up point: its facility's."""
    return next(one for one in points.values() if (one["facility"], one["kind"]) == (point["facility"], "pharmacy"))


def _last_point(conn: Connection, request: Request, points: Mapping[str, RowMapping]) -> str:
    """RX-5: where a prescription was last filled; '' where nothing tells."""
    patient, of = request.patient_id, request.prescription_id
    asked = [one.pickup_id for one in requests_of(conn, patient, now=request.asked).get(of, ())]
    fills = medications_of(conn, patient, patient, "MedicationDispense", now=request.asked)
    source = {"reference": f"MedicationRequest/{of}"}
    mine = (one for one in fills if any(source.items() <= by.items() for by in one.get("authorizingPrescription", ())))
    filled = (one.get("location", {}).get("reference", "").removeprefix("Location/") for one in mine)
    return next((one for one in (*asked, *filled) if one in points), "")


def _nearest(points: Mapping[str, RowMapping], home: str) -> str:
    """A military pharmacy, in the zone of the patient's facility where there is one."""
    able = [one for one in points.values() if one["military"] and one["kind"] == "pharmacy"]
    return str(min(able, key=lambda one: one["zone"] != home)["id"]) if able else ""
