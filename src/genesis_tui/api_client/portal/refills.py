"""Refills of the portal API: `patients/{id}/prescriptions` and `pharmacies`."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime

from genesis_tui.api_client.fhir.values import BadEntry, moment
from genesis_tui.api_client.portal.client import PortalClient, of_patient
from genesis_tui.api_client.portal.decoding import Lines, PortalJson, Text, Words, cans, each
from genesis_tui.models.refills import (
    Fill,
    PickUp,
    Prescription,
    PrescriptionOrigin,
    Prescriptions,
    RefillRequest,
    RefillStage,
    arranged,
)


class PickUpJson(PortalJson):
    """RX-5: a pick-up point."""

    id: Words
    name: Words
    kind: Text = ""
    facility: Text = ""
    place: Text = ""
    zone: Text = ""
    military: bool = True
    tracks: bool = True
    refuses: tuple[Words, ...] = ()


class RefillStageJson(PortalJson):
    """RX-6: a stage that was reached."""

    stage: Words
    at: AwareDatetime
    where: Text = ""
    carrier: Text = ""
    number: Text = ""
    note: Lines = ""


class RefillRequestJson(PortalJson):
    """A refill or renewal that was asked for."""

    id: Words
    kind: Words
    asked: AwareDatetime
    by: Text = ""
    zone: Text = ""
    point: PickUpJson | None = None
    tracks: bool = True
    stages: tuple[Any, ...] = ()
    ahead: tuple[Words, ...] = ()
    until: date | None = None


class FillJson(PortalJson):
    """One fill."""

    id: Words
    stage: Text = ""
    at: AwareDatetime | None = None
    request: Text = ""
    where: Text = ""
    zone: Text = ""
    days_supply: int | None = None
    quantity: float | None = None
    unit: Text = ""


class PrescriptionJson(PortalJson):
    """One prescription."""

    id: Words
    drug: Words
    written: Text = ""
    status: Text = ""
    origin: PrescriptionOrigin
    sig: Lines = ""
    reason: Text = ""
    by: Text = ""
    partner: Text = ""
    rx: Text = ""
    zone: Text = ""
    pharmacy: Text = ""
    days_supply: int | None = None
    quantity: float | None = None
    unit: Text = ""
    expires: date | None = None
    repeats: int = 0
    left: int | None = None
    last_fill: AwareDatetime | None = None
    controlled: bool = False
    refrigerated: bool = False
    fills: tuple[Any, ...] = ()
    requests: tuple[Any, ...] = ()
    can: tuple[Any, ...] = ()


class PrescriptionsJson(PortalJson):
    """`GET patients/{id}/prescriptions`."""

    prescriptions: list[Any]
    unreadable: int = 0


class PharmaciesJson(PortalJson):
    """`GET pharmacies`."""

    pharmacies: list[Any]


class PortalRefills:
    """Prescriptions and pick-up points; every call may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def prescriptions(self, patient_id: str) -> Prescriptions:
        """All of a patient's, as the list shows them."""
        found = await self._client.get(PrescriptionsJson, of_patient(patient_id, "prescriptions"))
        rows = readable(found.prescriptions)
        return Prescriptions(arranged(rows), max(0, found.unreadable) + len(found.prescriptions) - len(rows))

    async def pick_up_points(self) -> tuple[PickUp, ...]:
        """RX-5: where a refill can be picked up."""
        found = await self._client.get(PharmaciesJson, "pharmacies")
        return tuple(_point(one) for one in each(PickUpJson, found.pharmacies))


def readable(rows: list[Any]) -> list[Prescription]:
    """The prescriptions that have the shape; a broken one costs itself."""
    kept = []
    for source in each(PrescriptionJson, rows):
        try:
            kept.append(_prescription(source))
        except BadEntry:
            continue
    return kept


def _prescription(source: PrescriptionJson) -> Prescription:
    plain = source.model_dump(exclude={"written", "fills", "requests", "can"})
    return Prescription(
        **plain,
        written=moment(source.written or None),
        fills=tuple(Fill(**one.model_dump()) for one in each(FillJson, source.fills)),
        requests=tuple(_request(one) for one in each(RefillRequestJson, source.requests)),
        can=cans(source.can),
    )


def _request(source: RefillRequestJson) -> RefillRequest:
    return RefillRequest(
        id=source.id,
        kind=source.kind,
        asked=source.asked,
        by=source.by,
        zone=source.zone,
        point=None if source.point is None else _point(source.point),
        tracks=source.tracks,
        stages=tuple(
            RefillStage(one.stage, one.at, one.where, one.carrier, one.number, one.note)
            for one in each(RefillStageJson, source.stages)
        ),
        ahead=source.ahead,
        until=source.until,
    )


def _point(source: PickUpJson) -> PickUp:
    return PickUp(**source.model_dump())
