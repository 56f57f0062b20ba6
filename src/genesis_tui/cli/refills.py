"""`refills`: prescriptions of one person, what can be done with each, and how refills get on."""

from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.json_parts import (
    ActionOutput,
    Day,
    Instant,
    PatientOutput,
    Recorded,
    UnreadableOutput,
    action_json,
    day,
    instant,
    patient_json,
    recorded,
    unreadable_json,
)
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_table
from genesis_tui.cli.base.patient import chosen_person, patient_option, whose
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.refills import wording
from genesis_tui.models.refills.pharmacies import PickUp
from genesis_tui.models.refills.prescription import (
    Fill,
    Prescription,
    PrescriptionGroup,
    Prescriptions,
    RefillRequest,
    RefillStage,
)

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

_HEADS = ("Medication", "Left", "Last fill", "What can be done", "Rx")
_POINT_HEADS = ("Name", "Kind", "Where", "Facility", "Not for", "Tracks")

_GROUPS = {
    PrescriptionGroup.REFILL: "refill",
    PrescriptionGroup.RENEW: "renew",
    PrescriptionGroup.NOT_NOW: "not-now",
    PrescriptionGroup.ELSEWHERE: "elsewhere",
}


@click.group()
def refills() -> None:
    """Prescriptions: what can be refilled or renewed, and how refills get on."""


@refills.command("list")
@patient_option
@list_formats
@server_options
def list_command(*, patient: str, as_json: bool, server: str, profile: str) -> None:
    """List prescriptions with what can be done now, or why not and from when.

    JSON: see `genesis-tui schema refills`.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "refills")
        known = await (await portal.open(person)).refills.load()
        _print(person, known)

    with_portal(server, profile, work, as_json=as_json)


@refills.command()
@list_formats
@server_options
def pharmacies(*, as_json: bool, server: str, profile: str) -> None:
    """List where refills can be picked up.

    JSON: see `genesis-tui schema pharmacies`.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        known = await portal.refills.points()
        if chosen():
            print_list(PharmaciesOutput(pharmacies=[*map(point_tree, known)]), "pharmacies", PointOutput)
        else:
            print_table(_POINT_HEADS, [point_row(point) for point in known])

    with_portal(server, profile, work, as_json=as_json)


def _print(person: "FamilyMember", known: "Prescriptions") -> None:
    if chosen():
        print_list(tree(person, known), "prescriptions", PrescriptionOutput)
    elif known.rows:
        note(whose(person))
        print_table(_HEADS, [table_row(rx) for rx in known.rows])
    else:
        say(f"{person.name} has no prescriptions.")
    if known.unreadable and not tells_all():
        say(f"{counted(known.unreadable, 'prescription')} could not be read.")


def table_row(rx: Prescription) -> tuple[str, ...]:
    """Drug, left, last fill, what can be done, number."""
    filled = wording.day(rx.local(rx.last_fill).date()) if rx.last_fill else ""
    return rx.drug, wording.left(rx), filled, wording.what_can_be_done(rx), rx.rx


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


_From = TypedDict("_From", {"from": Instant | None})


class PrescriptionOutput(_From):
    """One prescription; instants are in its `zone`, the pharmacy's, where that is known.

    `group` is refill, renew, not-now or elsewhere, `words` what can be done, `from` from when something can be.
    `origin` is ours, community or reported; `left` is null where it is not ours.
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
    repeats: int
    left: int | None
    last_fill: Instant | None
    controlled: bool
    refrigerated: bool
    group: str
    words: str
    can: list[ActionOutput]
    fills: list[FillOutput]
    requests: list[RefillRequestOutput]


class RefillsOutput(TypedDict):
    """Prescriptions of one person."""

    patient: PatientOutput
    unreadable: UnreadableOutput
    prescriptions: list[PrescriptionOutput]


class PointOutput(TypedDict):
    """Where refills can be picked up.

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


class PharmaciesOutput(TypedDict):
    """Every place where refills can be picked up."""

    pharmacies: list[PointOutput]


def tree(person: FamilyMember, known: Prescriptions) -> RefillsOutput:
    """The whole answer."""
    return {
        "patient": patient_json(person),
        "unreadable": unreadable_json(known.unreadable),
        "prescriptions": [_prescription(rx) for rx in known.rows],
    }


def point_row(point: PickUp) -> tuple[str, ...]:
    """Name, kind, where, facility, what it does not hand out, whether it tracks."""
    tracks = "yes" if point.tracks else "no"
    return point.name, point.kind, point.place, point.facility, ", ".join(point.refuses), tracks


def point_tree(point: PickUp) -> PointOutput:
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
        "can": [action_json(can, rx.zone) for can in rx.can],
        "fills": [_fill(fill, rx.zone) for fill in rx.fills],
        "requests": [_request(one, rx.zone) for one in rx.requests],
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
