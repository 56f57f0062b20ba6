"""Prescriptions as rows of a table and as the JSON that `refills list --json` promises."""

from datetime import date, datetime
from typing import Any

from genesis_tui.cli.results_shapes import moment_text
from genesis_tui.models import rx_words
from genesis_tui.models.family import Can, FamilyMember
from genesis_tui.models.refills import Fill, Group, PickUp, Prescription, Prescriptions, Request

_GROUPS = {Group.REFILL: "refill", Group.RENEW: "renew", Group.NOT_NOW: "not-now", Group.ELSEWHERE: "elsewhere"}

_SAME = (
    *("id", "drug", "sig", "reason", "by", "status", "partner", "rx", "pharmacy", "zone", "days_supply"),
    *("quantity", "unit", "repeats", "left", "controlled", "refrigerated"),
)
"""Fields that go out as the model has them."""


def table_row(rx: Prescription) -> tuple[str, ...]:
    """Drug, left, last fill, what can be done, number."""
    filled = rx_words.day(rx.local(rx.last_fill).date()) if rx.last_fill else ""
    return rx.drug, rx_words.left(rx), filled, rx_words.what_can_be_done(rx), rx.rx


def tree(person: FamilyMember, known: Prescriptions) -> dict[str, Any]:
    """The whole answer."""
    return {
        "patient": {"id": person.id, "name": person.name, "relation": person.relation},
        "unreadable": known.unreadable,
        "prescriptions": [_prescription(rx) for rx in known.rows],
    }


def point_row(point: PickUp) -> tuple[str, ...]:
    """Name, kind, where, facility, what it does not hand out, whether it tracks."""
    tracks = "yes" if point.tracks else "no"
    return point.name, point.kind, point.place, point.facility, ", ".join(point.refuses), tracks


def point_tree(point: PickUp) -> dict[str, Any]:
    """One pick-up point, whole."""
    same = ("id", "name", "kind", "facility", "place", "zone", "military", "tracks")
    return {name: getattr(point, name) for name in same} | {"refuses": list(point.refuses)}


def _prescription(rx: Prescription) -> dict[str, Any]:
    return {name: getattr(rx, name) for name in _SAME} | {
        "origin": str(rx.origin),
        "written": moment_text(rx.written),
        "expires": _iso(rx.expires),
        "last_fill": _iso(rx.last_fill),
        "group": _GROUPS[rx.group],
        "words": rx_words.what_can_be_done(rx),
        "since": _iso(rx.since),
        "can": [_can(can) for can in rx.can],
        "fills": [_fill(fill) for fill in rx.fills],
        "requests": [_request(one) for one in rx.requests],
    }


def _can(can: Can) -> dict[str, Any]:
    same = ("action", "allowed", "rule", "reason", "title", "next")
    return {name: getattr(can, name) for name in same} | {"from": _iso(can.since)}


def _fill(fill: Fill) -> dict[str, Any]:
    same = ("id", "stage", "request", "where", "days_supply", "quantity", "unit")
    return {name: getattr(fill, name) for name in same} | {"at": _iso(fill.at)}


def _request(one: Request) -> dict[str, Any]:
    stages = [
        {name: getattr(stage, name) for name in ("where", "carrier", "number", "note")}
        | {"stage": stage.code, "at": _iso(stage.at)}
        for stage in one.stages
    ]
    return {
        "id": one.id,
        "kind": one.kind,
        "asked": _iso(one.asked),
        "by": one.by,
        "point": one.point.name if one.point else "",
        "tracks": one.tracks,
        "until": _iso(one.until),
        "stages": stages,
    }


def _iso(when: date | datetime | None) -> str | None:
    return None if when is None else when.isoformat()
