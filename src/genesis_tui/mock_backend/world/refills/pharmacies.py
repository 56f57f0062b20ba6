"""Pick-up points, what is special about drugs, and refills and renewals that people asked for (RX-5, RX-6)."""

from collections.abc import Sequence
from datetime import datetime

from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, Facility
from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import AuthoredRequest, Stage
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, WorldBuilder
from genesis_tui.mock_backend.world.base.elements import OURS, stamp
from genesis_tui.mock_backend.world.base.world import Due, Json, Resource, due_resource, micros

REFILL_STAGE = f"{OURS}/StructureDefinition/refill-stage"
_STATUSES = {
    "in-process": "preparation",
    "ready": "in-progress",
    "picked-up": "completed",
    "shipped": "completed",
    "returned": "cancelled",
}
"""Stage of a refill -> status of its MedicationDispense."""


def add_pharmacies(book: WorldBuilder) -> None:
    """Every pharmacy and pick-up point, and the drugs that not every one of them hands out."""
    for facility in book.directory.facilities.values():
        pharmacies = [clinic for clinic in facility.clinics if clinic.type == "PHARM"]
        for clinic in pharmacies:
            identity = book.directory.ids[clinic.key]
            _add_point(book, facility, identity, clinic.name, "pharmacy", clinic.floor, tracks=clinic.tracks)
        for point in facility.points:
            _add_point(book, facility, point.key, point.name, point.kind, point.place, tracks=True)
    for drug in kinds().drugs.values():
        if drug.controlled or drug.refrigerated:
            book.add_row("formulary", drug=drug.name, controlled=drug.controlled, refrigerated=drug.refrigerated)


def _add_point(
    book: WorldBuilder, facility: Facility, identity: str, name: str, kind: str, place: str, *, tracks: bool
) -> None:
    book.add_row(
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
    """The pharmacy of a facility."""
    return next(clinic for clinic in facility.clinics if clinic.type == "PHARM")


def add_request(
    chart: RecordBuilder, ask: AuthoredRequest, number: int, prescription_id: str, dispense_id: str
) -> None:
    """The rows of one request: what was asked for, and each of its stages, those to come included."""
    identity = f"{ask.kind}-{prescription_id}-{number}"
    asked = micros(_time(chart, ask.day, ask.at))
    chart.book.add_row(
        "pharmacy_request",
        id=identity,
        patient_id=chart.person.id,
        prescription_id=prescription_id,
        kind=ask.kind,
        asked_by=chart.people[ask.by].id if ask.by else chart.person.id,
        asked=asked,
        pickup_id=chart.book.directory.ids.get(ask.point, ask.point) or None,
        dispense_id=dispense_id,
    )
    for stage in (Stage("requested", ask.day, ask.at), *ask.stages):
        chart.book.add_row(
            "request_stage",
            request_id=identity,
            stage=stage.stage,
            at=micros(_time(chart, stage.day, stage.at)),
            carrier=stage.carrier,
            number=stage.number,
            note=stage.note,
        )


def follow(chart: RecordBuilder, dispense: Json, stages: Sequence[Stage]) -> None:
    """Files a fill as the stages of the past left it; what lies ahead becomes due."""
    body, past = dispense, True
    for stage in stages:
        at = _time(chart, stage.day, stage.at)
        if past and at > chart.book.calendar.start:
            chart.put(body)
            past = False
        body = _at_stage(body, stage.stage, at)
        if not past:
            chart.book.due.append(_due(chart, at, body))
    if past:
        chart.put(body)


def _due(chart: RecordBuilder, at: datetime, body: Json) -> Due:
    return due_resource(at, Resource(body, chart.person.id))


def _at_stage(dispense: Json, stage: str, at: datetime) -> Json:
    body = {**dispense, "status": _STATUSES[stage], "extension": [{"url": REFILL_STAGE, "valueCode": stage}]}
    if stage == "ready":
        body["whenPrepared"] = stamp(at)
    elif stage in ("picked-up", "shipped"):
        body["whenHandedOver"] = stamp(at)
    return body


def _time(chart: RecordBuilder, day: int, clock: str) -> datetime:
    return chart.at(day, clock, routine=False)
