"""Pick-up points, what is special about drugs, and refills and renewals that people asked for (RX-5, RX-6)."""

from collections.abc import Sequence
from datetime import datetime

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, Facility
from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import AuthoredRequest, Stage
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, WorldBuilder
from genesis_tui.mock_backend.world.base.elements import OURS, stamp
from genesis_tui.mock_backend.world.base.world import Json, Resource, due_resource

REFILL_STAGE = f"{OURS}/StructureDefinition/refill-stage"
_STATUSES = {
    "in-process": "preparation",
    "ready": "in-progress",
    "picked-up": "completed",
    "shipped": "completed",
    "returned": "cancelled",
}
"""Stage of a refill -> status of its MedicationDispense."""


def add_pharmacies(builder: WorldBuilder) -> None:
    """Every pharmacy and pick-up point, and the drugs that not every one of them hands out."""
    for facility in builder.directory.facilities.values():
        for clinic in (one for one in facility.clinics if one.type == "PHARM"):
            identity = builder.directory.ids[clinic.key]
            _add_point(builder, facility, identity, clinic.name, "pharmacy", clinic.floor, tracks=clinic.tracks)
        for point in facility.points:
            _add_point(builder, facility, point.key, point.name, point.kind, point.place, tracks=True)
    for drug in kinds().drugs.values():
        if drug.controlled or drug.refrigerated:
            builder.add_row("formulary", drug=drug.name, controlled=drug.controlled, refrigerated=drug.refrigerated)


def _add_point(
    builder: WorldBuilder, facility: Facility, identity: str, name: str, kind: str, place: str, *, tracks: bool
) -> None:
    builder.add_row(
        "pickup_point",
        id=identity,
        name=name,
        kind=kind,
        facility=facility.name,
        place=place,
        zone=facility.zone,
        military=not facility.community,
        tracks=tracks,
    )


def pharmacy_of(facility: Facility) -> AuthoredClinic:
    return next(clinic for clinic in facility.clinics if clinic.type == "PHARM")


def add_request(
    record: RecordBuilder, request: AuthoredRequest, number: int, prescription_id: str, dispense_id: str
) -> None:
    """The rows of one request: what was asked for, and each of its stages, those to come included."""
    identity = f"{request.kind}-{prescription_id}-{number}"
    asked = to_micros(_time(record, request.day, request.at))
    record.builder.add_row(
        "pharmacy_request",
        id=identity,
        patient_id=record.person.id,
        prescription_id=prescription_id,
        kind=request.kind,
        asked_by=record.people[request.by].id if request.by else record.person.id,
        asked=asked,
        pickup_id=record.builder.directory.ids.get(request.point, request.point) or None,
        dispense_id=dispense_id,
    )
    for stage in (Stage("requested", request.day, request.at), *request.stages):
        record.builder.add_row(
            "request_stage",
            request_id=identity,
            stage=stage.stage,
            at=to_micros(_time(record, stage.day, stage.at)),
            carrier=stage.carrier,
            number=stage.number,
            note=stage.note,
        )


def follow(record: RecordBuilder, dispense: Json, stages: Sequence[Stage]) -> None:
    """Files a fill as the stages of the past left it; what lies ahead becomes due."""
    body, past = dispense, True
    for stage in stages:
        at = _time(record, stage.day, stage.at)
        if past and at > record.builder.calendar.start:
            record.put(body)
            past = False
        body = _at_stage(body, stage.stage, at)
        if not past:
            record.builder.due.append(due_resource(at, Resource(body, record.person.id)))
    if past:
        record.put(body)


def _at_stage(dispense: Json, stage: str, at: datetime) -> Json:
    body = {**dispense, "status": _STATUSES[stage], "extension": [{"url": REFILL_STAGE, "valueCode": stage}]}
    if stage == "ready":
        body["whenPrepared"] = stamp(at)
    elif stage in ("picked-up", "shipped"):
        body["whenHandedOver"] = stamp(at)
    return body


def _time(record: RecordBuilder, day: int, clock: str) -> datetime:
    return record.at(day, clock, routine=False)
