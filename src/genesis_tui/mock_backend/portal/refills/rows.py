"""Prescriptions as the portal sends them: facts, fills, requests with their stages, and what can be done."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from genesis_tui.mock_backend.clock import from_micros, iso, micros_iso
from genesis_tui.mock_backend.database.record.readable import otherwise
from genesis_tui.mock_backend.database.refills.dispensing import RX_NUMBER
from genesis_tui.mock_backend.database.refills.requests import Request
from genesis_tui.mock_backend.http.json import can
from genesis_tui.mock_backend.portal.base.elements import concept_text
from genesis_tui.mock_backend.portal.refills.facts import (
    PrescriptionRow,
    days_supply,
    facts_of,
    location_id,
    partner_of,
    stage_of,
    when,
)
from genesis_tui.mock_backend.rules.decision import Allowed, Decision
from genesis_tui.mock_backend.rules.holidays import FederalHolidays
from genesis_tui.mock_backend.rules.policy import RefillPolicy
from genesis_tui.mock_backend.rules.refills import (
    DrugFacts,
    Supply,
    choices,
    pick_up_by,
    point_takes,
    remaining,
    under_way,
)
from genesis_tui.mock_backend.rules.refills import supply as supply_of

Json = dict[str, Any]
HOLIDAYS = FederalHolidays()
_AHEAD = {
    "requested": ("in-process", "ready", "picked-up"),
    "in-process": ("ready", "picked-up"),
    "ready": ("picked-up",),
}
_OF_POINT = ("id", "name", "kind", "facility", "place", "zone", "military", "tracks", "phone")
_AHEAD_BY_MAIL = {"requested": ("in-process", "shipped"), "in-process": ("shipped",)}


def prescription_row(
    rx: PrescriptionRow,
    drug: DrugFacts,
    policy: RefillPolicy,
    now: datetime,
    *,
    acts: Decision,
    names: Mapping[str, str],
) -> Json:
    """One prescription. `names` are those of people who asked, by id; raises what `readable.UNREADABLE` names."""
    body, facts = rx.body, facts_of(rx)
    done = rx.handed_over()
    decided = choices(facts, policy, now, acts=acts)
    supply = body.get("dispenseRequest", {})
    return {
        "id": body["id"],
        "drug": drug_name(body),
        "sig": _sig(body),
        "reason": next((concept_text(one) for one in body.get("reasonCode", ())), ""),
        "by": facts.provider,
        "written": body.get("authoredOn", ""),
        "status": facts.status,
        "origin": facts.origin,
        "partner": partner_of(body) or "",
        "rx": _number(body) if facts.origin == "ours" else "",
        "zone": facts.zone,
        "pharmacy": str(rx.points[rx.pharmacy]["name"]) if rx.pharmacy else _performer(supply),
        "days_supply": days_supply(body),
        **_amount(supply.get("quantity", {})),
        "expires": None if facts.expires is None else facts.expires.isoformat(),
        "repeats": facts.repeats,
        "left": None if facts.origin != "ours" or facts.repeats is None else remaining(facts.repeats, facts.completed),
        "last_fill": iso(when(done[0])) if done else None,
        "supply": _supply(otherwise(partial(supply_of, facts, policy, now), None)),
        "controlled": drug.controlled,
        "refrigerated": drug.refrigerated,
        "fills": [_fill(rx, fill) for fill in rx.fills],
        "requests": [request_row(rx, one, policy, names) for one in rx.requests],
        "can": [can("prescription.refill", decided.refill), can("prescription.renew", decided.renew)],
    }


def request_row(rx: PrescriptionRow, one: Request, policy: RefillPolicy, names: Mapping[str, str]) -> Json:
    """One request with the stages it has reached, and those that are still to come where the pharmacy tells (RX-6)."""
    point = rx.points.get(one.pickup_id)
    zone = str(point["zone"]) if point else rx.zone
    tracks = point is None or bool(point["tracks"])
    mail = point is not None and point["kind"] == "mail"
    told = one.stages if tracks else one.stages[:1]
    ahead = (_AHEAD_BY_MAIL if mail else _AHEAD).get(one.stage, ()) if point is not None and tracks else ()
    ready = tracks and one.stage == "ready"
    until = pick_up_by(from_micros(one.stages[-1]["at"]), zone, policy) if ready else None
    return {
        "id": one.id,
        "kind": one.kind,
        "asked": micros_iso(one.asked),
        "by": names.get(one.asked_by, ""),
        "zone": zone,
        "point": None if point is None else point_row(point),
        "tracks": tracks,
        "stages": [_stage(rx, one, row, point) for row in told],
        "ahead": list(ahead),
        "until": None if until is None else until.isoformat(),
    }


def pharmacy_row(point: RowMapping, now: datetime) -> Json:
    """RX-5: a pick-up point; `today` has the hours of the day that it is there, if it is not closed."""
    row = point_row(point)
    day = now.astimezone(ZoneInfo(point["zone"])).date()
    closed = day in HOLIDAYS and point["kind"] == "pharmacy"
    today = [] if closed else [one for one in row["hours"] if one["day"] == day.weekday()]
    return row | {"today": [{"opens": one["opens"], "closes": one["closes"]} for one in today]}


def _supply(supply: Supply | None) -> Json | None:
    if supply is None:
        return None
    return supply._asdict() | {"since": iso(supply.since), "out": supply.out.isoformat()}


def point_row(point: RowMapping) -> Json:
    """RX-5: one pick-up point with its phone and hours, and the kinds of drug it does not hand out."""
    kinds = {"controlled": DrugFacts(controlled=True), "refrigerated": DrugFacts(refrigerated=True)}
    taken = {word: isinstance(point_takes(point["kind"], facts), Allowed) for word, facts in kinds.items()}
    hours = [
        {"day": int(day), "opens": opens, "closes": closes}
        for days, spans in (part.split() for part in point["hours"].split(";") if part)
        for day in days
        for opens, closes in (span.split("-") for span in spans.split(","))
    ]
    return {name: point[name] for name in _OF_POINT} | {
        "hours": sorted(hours, key=itemgetter("day", "opens")),
        "refuses": [word for word, fits in taken.items() if not fits],
    }


def ready_row(rx: PrescriptionRow, policy: RefillPolicy, now: datetime) -> Json | None:
    """The fill that waits to be picked up, if there is one: drug, where, since when, until which day."""
    filling = under_way(facts_of(rx), policy, now)
    if filling is None or filling.stage != "ready":
        return None
    point = next((rx.points[one.pickup_id] for one in rx.requests if one.stage == "ready" and one.pickup_id), None)
    zone = rx.zone if point is None else str(point["zone"])
    return {
        "prescription": rx.body["id"],
        "drug": drug_name(rx.body),
        "where": point_words(point) if point else "",
        "since": iso(filling.since),
        "until": pick_up_by(filling.since, zone, policy).isoformat(),
        "zone": zone,
    }


def point_words(point: RowMapping) -> str:
    """`Locker 2, Exchange lobby`."""
    return ", ".join(filter(None, (point["name"], point["place"])))


def drug_name(body: Json) -> str:
    """The drug with its strength and form, as whoever wrote it names it."""
    named = concept_text(body.get("medicationCodeableConcept", {})) or body.get("medicationReference", {}).get(
        "display"
    )
    held = (
        concept_text(one.get("code", {}))
        for one in body.get("contained", ())
        if one.get("resourceType") == "Medication"
    )
    return str(named or next(filter(None, held), "") or "Medication without a name")


def _sig(body: Json) -> str:
    doses = body.get("dosageInstruction", ())
    return " ".join(filter(None, (str(one.get("patientInstruction") or one.get("text") or "") for one in doses)))


def _number(body: Json) -> str:
    ours = (str(one.get("value", "")) for one in body.get("identifier", ()) if one.get("system") == RX_NUMBER)
    return next(ours, "")


def _performer(supply: Json) -> str:
    return str(supply.get("performer", {}).get("display", ""))


def _amount(quantity: Json) -> Json:
    return {"quantity": quantity.get("value"), "unit": str(quantity.get("unit", ""))}


def _fill(rx: PrescriptionRow, fill: Json) -> Json:
    """A fill; one that a request tells of has its id in `request`."""
    told = next((one.id for one in rx.requests if one.dispense_id == fill["id"]), "")
    return {
        "id": fill["id"],
        "request": told,
        "stage": stage_of(fill),
        "at": iso(when(fill)),
        "where": str(fill.get("location", {}).get("display", "")),
        "zone": str(rx.points[location_id(fill)]["zone"]) if location_id(fill) in rx.points else rx.home,
        "days_supply": days_supply(fill),
        **_amount(fill.get("quantity", {})),
    }


def _stage(rx: PrescriptionRow, one: Request, row: RowMapping, point: RowMapping | None) -> Json:
    where = {"in-process": "" if point is None else _filler(rx, one), "requested": ""}
    place = "" if point is None else point_words(point)
    return {
        "stage": row["stage"],
        "at": micros_iso(row["at"]),
        "where": where.get(row["stage"], place),
        "carrier": row["carrier"],
        "number": row["number"],
        "note": row["note"],
    }


def _filler(rx: PrescriptionRow, one: Request) -> str:
    made = (str(fill.get("location", {}).get("display", "")) for fill in rx.fills if fill["id"] == one.dispense_id)
    return next(made, "")
