"""Pick-up points, what is special about drugs, and refills and renewals that people asked for (RX-5, RX-6)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.refills.dispensing import at_stage
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, Facility, PickUp
from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import AuthoredRequest, Stage
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, WorldBuilder
from genesis_tui.mock_backend.world.base.world import Due, Json
from genesis_tui.mock_backend.world.simulation.refills import PHARMACY, PROVIDER


def add_pharmacies(builder: WorldBuilder) -> None:
    """Every pharmacy and pick-up point, and the drugs that not every one of them hands out."""
    for facility in builder.directory.facilities.values():
        for clinic in (one for one in facility.clinics if one.type == "PHARM"):
            identity = builder.directory.ids[clinic.key]
            _add_point(builder, facility, identity, clinic, kind="pharmacy", place=clinic.floor, tracks=clinic.tracks)
        for point in facility.points:
            _add_point(builder, facility, point.key, point, kind=point.kind, place=point.place, tracks=True)
    for drug in kinds().drugs.values():
        if drug.controlled or drug.refrigerated:
            builder.add_row("formulary", drug=drug.name, controlled=drug.controlled, refrigerated=drug.refrigerated)


def _add_point(
    builder: WorldBuilder, facility: Facility, identity: str, point: AuthoredClinic | PickUp, **more: object
) -> None:
    known = {"id": identity, "name": point.name, "facility": facility.name, "zone": facility.zone}
    told = {"military": not facility.community, "phone": point.phone, "hours": point.hours}
    builder.add_row("pickup_point", **known, **told, **more)


def pharmacy_of(facility: Facility) -> AuthoredClinic:
    return next(clinic for clinic in facility.clinics if clinic.type == "PHARM")


def add_request(
    record: RecordBuilder, request: AuthoredRequest, number: int, prescription_id: str, dispense_id: str
) -> None:
    """The rows of one request: what was asked for, and the stages of the past; what lies ahead becomes due."""
    identity = f"{request.kind}-{prescription_id}-{number}"
    asked = _time(record, request.day, request.at)
    record.builder.add_row(
        "pharmacy_request",
        id=identity,
        patient_id=record.person.id,
        prescription_id=prescription_id,
        kind=request.kind,
        asked_by=record.people[request.by].id if request.by else record.person.id,
        asked=to_micros(asked),
        pickup_id=record.builder.directory.ids.get(request.point, request.point) or None,
        dispense_id=dispense_id,
    )
    stages = (Stage("requested", request.day, request.at), *request.stages)
    for before, stage in pairwise((stages[0], *stages)):
        at = _time(record, stage.day, stage.at)
        step = {"stage": stage.stage, "carrier": stage.carrier, "number": stage.number, "note": stage.note}
        if at <= record.builder.calendar.start:
            record.builder.add_row("request_stage", request_id=identity, at=to_micros(at), **step)
        else:
            _plan(record, PHARMACY, at, identity, before.stage, step, planned=True)
    if stages[-1].stage == "requested":
        kind, day = (PHARMACY, 1) if request.kind == "refill" else (PROVIDER, 2)
        following = {"stage": "in-process" if kind == PHARMACY else ""}
        _plan(record, kind, record.at(day, "09:40"), identity, "requested", following, planned=False)


def _plan(
    record: RecordBuilder, kind: str, at: datetime, request_id: str, after: str, step: Json, *, planned: bool
) -> None:
    payload = {"request": request_id, "after": after, "step": [*step.values()], "planned": planned}
    record.builder.due.append(Due(at, kind, payload))


def follow(record: RecordBuilder, dispense: Json, stages: Sequence[Stage]) -> Json:
    """Files a fill as the stages of the past left it; what there is of it: nothing where all lie ahead."""
    body: Json = {}
    for stage in stages:
        at = _time(record, stage.day, stage.at)
        if at <= record.builder.calendar.start:
            body = at_stage(body or dispense, stage.stage, at)
    if body:
        record.put(body)
    return body


def _time(record: RecordBuilder, day: int, clock: str) -> datetime:
    return record.at(day, clock, routine=False)
