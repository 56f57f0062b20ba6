"""Vital signs: blood pressure with its two components (REC-5), pulse, temperature, weight, height and mass index."""

from datetime import datetime
from functools import lru_cache

from genesis_tui.mock_backend.world.authored.records import Visit
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import LOINC, TERMS, concept, meta, plain_number, quantity, stamp
from genesis_tui.mock_backend.world.base.world import Json

_VITAL_SIGNS = [concept(f"{TERMS}/observation-category", "vital-signs", "Vital Signs")]
_SIGNS = (
    ("8867-4", "Heart rate", "beats/min", "/min"),
    ("8310-5", "Body temperature", "°C", "Cel"),
    ("29463-7", "Body weight", "kg", "kg"),
    ("8302-2", "Body height", "cm", "cm"),
)
_BMI = ("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", "kg/m2")
_HIGH = (140, 90)
_PRESSURE = concept(LOINC, "85354-9", "Blood pressure panel with all children optional", "Blood pressure")
_PARTS = (("8480-6", "Systolic blood pressure"), ("8462-4", "Diastolic blood pressure"))


def add_vitals(record: RecordBuilder, visit: Visit, moment: datetime, encounter: Json) -> None:
    """Writes what was measured at a visit."""
    systolic, diastolic, *rest = [*visit.vitals, 0, 0, 0, 0, 0, 0][:6]
    if systolic:
        _file(record, visit, moment, encounter, _pressure(systolic, diastolic))
    for sign, value in zip(_SIGNS, rest, strict=True):
        if value:
            _file(record, visit, moment, encounter, _one(*sign, value))
    weight, height = rest[2:]
    if weight and height:
        _file(record, visit, moment, encounter, _one(*_BMI, round(weight / (height / 100) ** 2, 1)))


def _file(record: RecordBuilder, visit: Visit, moment: datetime, encounter: Json, answer: Json) -> None:
    body = {
        "resourceType": "Observation",
        "id": record.builder.new_id("Observation"),
        **meta(sensitive=visit.sensitive),
        "status": "final",
        "category": _VITAL_SIGNS,
        **answer,
        "subject": record.subject,
        "encounter": encounter,
        "effectiveDateTime": stamp(moment),
    }
    record.put(body, sensitive=visit.sensitive)


@lru_cache(maxsize=64)
def _named(loinc: str, name: str) -> Json:
    return concept(LOINC, loinc, name, "Body mass index" if loinc == _BMI[0] else name)


def _one(loinc: str, name: str, unit: str, ucum: str, value: float) -> Json:
    return {"code": _named(loinc, name), "valueQuantity": quantity(plain_number(value), unit, ucum)}


def _pressure(systolic: float, diastolic: float) -> Json:
    values = (int(systolic), int(diastolic))
    return {
        "code": _PRESSURE,
        "component": [_component(part, value, high) for part, value, high in zip(_PARTS, values, _HIGH, strict=True)],
    }


def _component(part: tuple[str, str], value: int, high: int) -> Json:
    flag = ("H", "High") if value >= high else ("N", "Normal")
    return {
        "code": concept(LOINC, *part),
        "valueQuantity": quantity(value, "mmHg", "mm[Hg]"),
        "interpretation": [concept(f"{TERMS}/v3-ObservationInterpretation", *flag)],
        "referenceRange": [{"high": quantity(high, "mmHg", "mm[Hg]"), "text": f"< {high}"}],
    }
