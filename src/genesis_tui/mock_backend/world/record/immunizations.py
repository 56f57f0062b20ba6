"""Immunizations by the schedules for children and for the services, and single doses."""

from collections.abc import Iterator
from datetime import timedelta

from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import Dose
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import CVX, TERMS, concept, quantity
from genesis_tui.mock_backend.world.base.world import Json

_ROUTE = concept(f"{TERMS}/v3-RouteOfAdministration", "IM", "Injection, intramuscular")
_SITES = {"left deltoid": ("LA", "left arm"), "left thigh": ("LT", "left thigh"), "nose": ("", "")}
_LOTS = "ABCDEFGHJKLMNPRSTUVWXY"
_FLU_FROM_DAYS = 180


def add_immunizations(record: RecordBuilder) -> None:
    """Writes every dose that lies between birth and the start."""
    today = record.builder.calendar.day(0, record.zone)
    for dose, offset in sorted(_doses(record, (today - record.birth).days), key=lambda pair: pair[1]):
        record.put(_immunization(record, dose, offset))


def _doses(record: RecordBuilder, alive: int) -> Iterator[tuple[Dose, int]]:
    schedules = kinds().schedules
    listed = [dose for name in record.authored.schedules for dose in schedules[name]] + record.authored.doses
    for dose in listed:
        offset = dose.day if dose.day is not None else (dose.aged or 0) - alive
        if -alive + (_FLU_FROM_DAYS if dose.vaccine == "flu" else 0) <= offset < 0:
            yield dose, offset


def _immunization(record: RecordBuilder, dose: Dose, offset: int) -> Json:
    vaccine = kinds().vaccines[dose.vaccine]
    day = record.builder.calendar.workday(offset, record.zone) if dose.aged != 0 else record.birth
    body: Json = {
        "resourceType": "Immunization",
        "id": record.builder.new_id("Immunization"),
        "status": "completed",
        "vaccineCode": concept(CVX, vaccine.cvx, vaccine.display, vaccine.name),
        "patient": record.subject,
        "occurrenceDateTime": day.isoformat(),
        "primarySource": True,
        "manufacturer": {"display": vaccine.maker},
        "lotNumber": f"{vaccine.lot}{record.noise.randrange(100, 1000)}{record.noise.choice(_LOTS)}",
        "expirationDate": (day + timedelta(days=record.noise.randrange(90, 400))).isoformat(),
        "performer": [{"actor": record.builder.directory.organization(record.person.facility)}],
        "protocolApplied": [{"doseNumberPositiveInt": dose.number}],
    }
    code, name = _SITES[vaccine.site]
    if code:
        body["site"] = concept(f"{TERMS}/v3-ActSite", code, name)
        body["route"] = _ROUTE
        body["doseQuantity"] = quantity(vaccine.dose, "mL", "mL")
    return body
