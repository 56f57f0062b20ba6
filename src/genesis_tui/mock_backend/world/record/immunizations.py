"""Immunizations by the schedules for children and for the services, and single doses."""

from collections.abc import Iterator
from datetime import timedelta

from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import Dose
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import CVX, TERMS, concept
from genesis_tui.mock_backend.world.base.world import Json

_ROUTE = concept(f"{TERMS}/v3-RouteOfAdministration", "IM", "Injection, intramuscular")
_SITES = {"left deltoid": ("LA", "left arm"), "left thigh": ("LT", "left thigh"), "nose": ("", "")}
_LOTS = "ABCDEFGHJKLMNPRSTUVWXY"
_FLU_FROM_DAYS = 180


def add_immunizations(chart: RecordBuilder) -> None:
    """Writes every dose that lies between birth and the start."""
    today = chart.book.calendar.day(0, chart.zone)
    for dose, offset in sorted(_doses(chart, (today - chart.birth).days), key=lambda pair: pair[1]):
        chart.put(_immunization(chart, dose, offset))


def _doses(chart: RecordBuilder, alive: int) -> Iterator[tuple[Dose, int]]:
    schedules = kinds().schedules
    listed = [dose for name in chart.record.schedules for dose in schedules[name]] + chart.record.doses
    for dose in listed:
        offset = dose.day if dose.day is not None else (dose.aged or 0) - alive
        if -alive + (_FLU_FROM_DAYS if dose.vaccine == "flu" else 0) <= offset < 0:
            yield dose, offset


def _immunization(chart: RecordBuilder, dose: Dose, offset: int) -> Json:
    vaccine = kinds().vaccines[dose.vaccine]
    day = chart.book.calendar.workday(offset, chart.zone) if dose.aged != 0 else chart.birth
    body: Json = {
        "resourceType": "Immunization",
        "id": chart.book.new_id("Immunization"),
        "status": "completed",
        "vaccineCode": concept(CVX, vaccine.cvx, vaccine.display, vaccine.name),
        "patient": chart.subject,
        "occurrenceDateTime": day.isoformat(),
        "primarySource": True,
        "manufacturer": {"display": vaccine.maker},
        "lotNumber": f"{vaccine.lot}{chart.noise.randrange(100, 1000)}{chart.noise.choice(_LOTS)}",
        "expirationDate": (day + timedelta(days=chart.noise.randrange(90, 400))).isoformat(),
        "performer": [{"actor": chart.book.directory.organization(chart.person.facility)}],
        "protocolApplied": [{"doseNumberPositiveInt": dose.number}],
    }
    code, name = _SITES[vaccine.site]
    if code:
        body["site"] = concept(f"{TERMS}/v3-ActSite", code, name)
        body["route"] = _ROUTE
        body["doseQuantity"] = {
            "value": vaccine.dose,
            "unit": "mL",
            "system": "http://unitsofmeasure.org",
            "code": "mL",
        }
    return body
