"""FHIR's `value[x]` as one answer, and back."""

import math
from typing import Any

from genesis_tui.models.appointments.clipboards.questions import Amount, Coded, Pointer, Unread, Value
from genesis_tui.sanitize import one_line, written

Json = dict[str, Any]
_TEXTS = ("Date", "DateTime", "Time", "Uri")


def value_of(row: Json, prefix: str) -> tuple[str, Value] | None:
    """FHIR's word for the type, and the value; None where there is none that can be read."""
    for name, value in row.items():
        form = name.removeprefix(prefix)
        if name.startswith(prefix) and form:
            read = _read(form, value)
            return None if read is None else (form, read)
    return None


def _read(form: str, value: Any) -> Value | None:
    match form, value:
        case "Boolean", bool():
            return value
        case "Integer" | "Decimal", int() | float() if not isinstance(value, bool) and math.isfinite(value):
            return value
        case "String", str():
            return written(value, lines=True)
        case _, str() if form in _TEXTS:
            return one_line(value)
        case "Coding", dict():
            coded = Coded(*(_word(value, name) for name in ("system", "code", "display")))
            return coded if coded.code or coded.display else None
        case "Quantity", dict():
            number = _read("Decimal", value.get("value"))
            words = (_word(value, name) for name in ("unit", "system", "code"))
            return Amount(number, *words) if isinstance(number, int | float) else None
        case "Reference", dict():
            return Pointer(_word(value, "reference"), _word(value, "display"))
    return None


def told(form: str, value: Value) -> Json:
    """The member that holds an answer."""
    match value:
        case Coded():
            return {"valueCoding": _named(system=value.system, code=value.code, display=value.display)}
        case Amount():
            unit = _named(unit=value.unit, system=value.system if value.code else "", code=value.code)
            return {"valueQuantity": {"value": value.value, **unit}}
        case Pointer():
            return {"valueReference": _named(reference=value.reference, display=value.display)}
        case Unread():
            return {}
    return {f"value{form}": value}


def _named(**texts: str) -> Json:
    return {name: text for name, text in texts.items() if text}


def _word(value: Json, name: str) -> str:
    found = value.get(name)
    return one_line(found) if isinstance(found, str) else ""
