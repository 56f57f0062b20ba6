"""Prescriptions, pick-up points and requests as tables and as JSON."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from genesis_tui.cli.base.json_parts import (
    ActionOutput,
    Day,
    Instant,
    PatientOutput,
    Recorded,
    RefusalOutput,
    UnreadableOutput,
    action_json,
    day,
    instant,
    patient_json,
    recorded,
    unreadable_json,
)
from genesis_tui.models.base.errors import Refused
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.refills import wording
from genesis_tui.models.refills.get_more import GetMore, ItemOutcome, MoreItem, Receipt
from genesis_tui.models.refills.pharmacies import OpeningHours, PickUp
from genesis_tui.models.refills.prescription import (
    Fill,
    Prescription,
    PrescriptionGroup,
    Prescriptions,
    RefillRequest,
    RefillStage,
    Supply,
)

_GROUPS = {
    PrescriptionGroup.REFILL: "refill",
    PrescriptionGroup.RENEW: "renew",
    PrescriptionGroup.NOT_NOW: "not-now",
    PrescriptionGroup.ELSEWHERE: "elsewhere",
}


def table_row(rx: Prescription) -> tuple[str, ...]:
    """Drug, left, last fill, what can be done and whether it runs out, number."""
    filled = wording.day(rx.local(rx.last_fill).date()) if rx.last_fill else ""
    return rx.drug, wording.left(rx), filled, wording.all_of_it(rx), rx.rx


class FillOutput(TypedDict):
    """One fill; `request` is the id of the request it came of."""

    id: str
    stage: str
    at: Instant | None
    request: str
    where: str
    days_supply: int | None
    quantity: float | None
    unit: str


class StageOutput(TypedDict):
    """What a request reached, when and where."""

    stage: str
    at: Instant
    where: str
    carrier: str
    number: str
    note: str


class RefillRequestOutput(TypedDict):
    """A refill or renewal that was asked for; `point` names where it is picked up, `until` the last day it waits."""

    id: str
    kind: str
    asked: Instant
    by: str
    point: str
    tracks: bool
    until: Day | None
    stages: list[StageOutput]


class SupplyOutput(TypedDict):
    """How long the last hand-over lasts: `out` is the first day without, `left` the days until then.

    `due` is true where it runs out soon and nothing is `asked` for yet (RX-12); not where a short course `ends` so.
    """

    days: int
    since: Instant
    out: Day
    left: int
    asked: bool
    ends: bool
    due: bool


_From = TypedDict("_From", {"from": Instant | None})


class PrescriptionOutput(_From):
    """One prescription; instants are in its `zone`, the pharmacy's, where that is known.

    `group` is refill, renew, not-now or elsewhere, `words` what can be done, `from` from when something can be.
    `origin` is ours, community or reported; `left` is null where it is not ours, or nobody said `repeats`.
    """

    id: str
    drug: str
    sig: str
    reason: str
    by: str
    written: Recorded | None
    status: str
    origin: str
    partner: str
    rx: str
    pharmacy: str
    zone: str
    days_supply: int | None
    quantity: float | None
    unit: str
    expires: Day | None
    repeats: int | None
    left: int | None
    last_fill: Instant | None
    controlled: bool
    refrigerated: bool
    group: str
    words: str
    supply: SupplyOutput | None
    can: list[ActionOutput]
    fills: list[FillOutput]
    requests: list[RefillRequestOutput]


class RefillsOutput(TypedDict):
    """Prescriptions of one person."""

    patient: PatientOutput
    unreadable: UnreadableOutput
    prescriptions: list[PrescriptionOutput]


class FamilyPrescriptionOutput(PrescriptionOutput):
    """A prescription with whose it is."""

    patient: PatientOutput


class NotReadOutput(RefusalOutput):
    """Somebody of the family whose prescriptions are not open to the person signed in."""

    patient: PatientOutput


class FamilyRefillsOutput(TypedDict):
    """Prescriptions of the whole family."""

    unreadable: UnreadableOutput
    not_read: list[NotReadOutput]
    prescriptions: list[FamilyPrescriptionOutput]


class OpeningHoursOutput(TypedDict):
    """`day` is 0 on Mondays; times are `08:00`; one that closes no later than it opens closes the next day."""

    day: int
    opens: str
    closes: str


class PointOutput(TypedDict):
    """Where refills can be picked up; `open` are words on its hours now, in its own zone, empty where it has none.

    `kind` is pharmacy, locker or mail; `refuses` names what is not handed out there: controlled, refrigerated;
    `tracks` is false where nothing but the request shows.
    """

    id: str
    name: str
    kind: str
    facility: str
    place: str
    zone: str
    military: bool
    tracks: bool
    refuses: list[str]
    phone: str
    hours: list[OpeningHoursOutput]
    open: str


class PharmaciesOutput(TypedDict):
    """Every place where refills can be picked up."""

    pharmacies: list[PointOutput]


class MoreItemOutput(_From, RefusalOutput):
    """A prescription that more was wanted of.

    `way` is refill, renewal or not-now, `words` what that means. `outcome` is requested, refused, unknown or not-asked;
    where it is none of the first, `title`, `next`, `rule` and `reason` say why, and `from` when it can be had.
    """

    prescription: str
    drug: str
    way: str
    words: str
    outcome: str
    request: str


class MorePersonOutput(TypedDict):
    """What one person was asked for, and where refills are picked up; `asked` is when, null where nothing was."""

    patient: PatientOutput
    point: PointOutput | None
    asked: Instant | None
    items: list[MoreItemOutput]


class MoreOutput(TypedDict):
    """What was asked for; with `dry_run` what would be."""

    dry_run: bool
    people: list[MorePersonOutput]


class TrackedOutput(RefillRequestOutput):
    """A request with whose it is and of which prescription; `stage` is where it stands, `where` and `phone` whom to
    ask, `open` words on the hours there now; instants are in `zone`, that of the place."""

    patient: PatientOutput
    prescription: str
    drug: str
    zone: str
    stage: str
    where: str
    phone: str
    open: str


class TrackOutput(TypedDict):
    """Requests, the newest first."""

    unreadable: UnreadableOutput
    not_read: list[NotReadOutput]
    requests: list[TrackedOutput]


def tree(person: FamilyMember, known: Prescriptions) -> RefillsOutput:
    """One person's."""
    return {
        "patient": patient_json(person),
        "unreadable": unreadable_json(known.unreadable),
        "prescriptions": [_prescription(rx) for rx in known.rows],
    }


Known = Sequence[tuple[FamilyMember, Prescriptions]]
NotRead = Sequence[tuple[FamilyMember, Refused]]


def family_tree(known: Known, not_read: NotRead) -> FamilyRefillsOutput:
    """The whole family's."""
    return {
        "unreadable": unreadable_json(sum(one.unreadable for _, one in known)),
        "not_read": [*map(_not_read, not_read)],
        "prescriptions": [
            {"patient": patient_json(person), **_prescription(rx)} for person, one in known for rx in one.rows
        ],
    }


def _not_read(one: tuple[FamilyMember, Refused]) -> NotReadOutput:
    person, refused = one
    told: RefusalOutput = {
        "title": refused.title,
        "next": refused.next,
        "rule": refused.rule,
        "reason": refused.reason,
    }
    return {"patient": patient_json(person), **told}


def more_tree(more: GetMore, receipts: Sequence[Receipt], now: datetime) -> MorePersonOutput:
    """One person's part of what was asked for."""
    asked = receipts[0].asked if receipts else None
    return {
        "patient": patient_json(more.person),
        "point": point_tree(more.point, now) if more.point else None,
        "asked": instant(asked),
        "items": [_item(item, receipts) for item in more.items],
    }


def _item(item: MoreItem, receipts: Sequence[Receipt]) -> MoreItemOutput:
    found = next(((one, row) for one in receipts for row in one.items if row.prescription == item.rx.id), None)
    answer = found[0].outcome(found[1]) if found else None
    can = item.refusal
    why = ItemOutcome("", "", "", can.rule, can.reason, can.title, can.next, can.from_)
    told = answer or (ItemOutcome("", "") if item.is_asked else why)
    error = found[0].error if found and answer is None else None
    return {
        "prescription": item.rx.id,
        "drug": item.rx.drug,
        "way": str(item.way).replace(" ", "-"),
        "words": found[0].words(found[1]) if found else item.words,
        "outcome": answer.outcome if answer else "unknown" if found and not found[0].is_undone else "not-asked",
        "request": told.request,
        "title": error.title if error else told.title,
        "next": error.next if error else told.next,
        "rule": error.rule if error else told.rule,
        "reason": error.reason if error else told.reason,
        "from": instant(told.from_, item.rx.zone),
    }


def tracked(known: Known, points: Iterable[PickUp], now: datetime) -> list[TrackedOutput]:
    """Every request, the newest first."""
    by_id = {one.id: one for one in points}
    found = [(person, rx, one) for person, mine in known for rx in mine.rows for one in rx.requests]
    found.sort(key=lambda row: row[2].asked, reverse=True)
    return [_tracked(*row, by_id.get(row[2].point.id, row[2].point) if row[2].point else None, now) for row in found]


def _tracked(
    person: FamilyMember, rx: Prescription, one: RefillRequest, point: PickUp | None, now: datetime
) -> TrackedOutput:
    last = one.stages[-1] if one.stages else None
    there, zone = last.where if last else "", one.zone or rx.zone
    return {
        "patient": patient_json(person),
        "prescription": rx.id,
        "drug": rx.drug,
        "zone": zone,
        "stage": one.stage,
        "where": there or (point.name if point else ""),
        "phone": point.phone if point else "",
        "open": point.open_text(now) if point else "",
        **_request(one, zone),
    }


def track_tree(known: Known, not_read: NotRead, rows: list[TrackedOutput]) -> TrackOutput:
    """The whole answer."""
    return {
        "unreadable": unreadable_json(sum(one.unreadable for _, one in known)),
        "not_read": [*map(_not_read, not_read)],
        "requests": rows,
    }


def point_row(point: PickUp, now: datetime) -> tuple[str, ...]:
    """Name, kind, where, facility, hours now, phone, what it does not hand out, whether it tracks."""
    tracks = "yes" if point.tracks else "no"
    told = point.name, point.kind, point.place, point.facility, point.open_text(now), point.phone
    return *told, ", ".join(point.refuses), tracks


def point_tree(point: PickUp, now: datetime) -> PointOutput:
    """One pick-up point, whole."""
    return {
        "id": point.id,
        "name": point.name,
        "kind": point.kind,
        "facility": point.facility,
        "place": point.place,
        "zone": point.zone,
        "military": point.military,
        "tracks": point.tracks,
        "refuses": list(point.refuses),
        "phone": point.phone,
        "hours": [_hours(one) for one in point.hours],
        "open": point.open_text(now),
    }


def _prescription(rx: Prescription) -> PrescriptionOutput:
    return {
        "id": rx.id,
        "drug": rx.drug,
        "sig": rx.sig,
        "reason": rx.reason,
        "by": rx.by,
        "written": recorded(rx.written),
        "status": rx.status,
        "origin": str(rx.origin),
        "partner": rx.partner,
        "rx": rx.rx,
        "pharmacy": rx.pharmacy,
        "zone": rx.zone,
        "days_supply": rx.days_supply,
        "quantity": rx.quantity,
        "unit": rx.unit,
        "expires": day(rx.expires),
        "repeats": rx.repeats,
        "left": rx.left,
        "last_fill": instant(rx.last_fill, rx.zone),
        "controlled": rx.controlled,
        "refrigerated": rx.refrigerated,
        "group": _GROUPS[rx.group],
        "words": wording.what_can_be_done(rx),
        "from": instant(rx.from_, rx.zone),
        "supply": _supply(rx.supply, rx.zone),
        "can": [action_json(can, rx.zone) for can in rx.can],
        "fills": [_fill(fill, rx.zone) for fill in rx.fills],
        "requests": [_request(one, rx.zone) for one in rx.requests],
    }


def _hours(one: OpeningHours) -> OpeningHoursOutput:
    return {"day": one.day, "opens": f"{one.opens:%H:%M}", "closes": f"{one.closes:%H:%M}"}


def _supply(supply: Supply | None, zone: str) -> SupplyOutput | None:
    if supply is None:
        return None
    return {
        "days": supply.days,
        "since": instant(supply.since, zone),
        "out": day(supply.out),
        "left": supply.left,
        "asked": supply.asked,
        "ends": supply.ends,
        "due": supply.due,
    }


def _fill(fill: Fill, zone: str) -> FillOutput:
    return {
        "id": fill.id,
        "stage": fill.stage,
        "at": instant(fill.at, zone),
        "request": fill.request,
        "where": fill.where,
        "days_supply": fill.days_supply,
        "quantity": fill.quantity,
        "unit": fill.unit,
    }


def _request(one: RefillRequest, zone: str) -> RefillRequestOutput:
    return {
        "id": one.id,
        "kind": one.kind,
        "asked": instant(one.asked, zone),
        "by": one.by,
        "point": one.point.name if one.point else "",
        "tracks": one.tracks,
        "until": day(one.until),
        "stages": [_stage(stage, zone) for stage in one.stages],
    }


def _stage(stage: RefillStage, zone: str) -> StageOutput:
    return {
        "stage": stage.code,
        "at": instant(stage.at, zone),
        "where": stage.where,
        "carrier": stage.carrier,
        "number": stage.number,
        "note": stage.note,
    }
