"""FHIR's `enableWhen`: one condition, held against the answers to the question that it names."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import ge, gt, le, lt
from typing import Any, Final

Json = dict[str, Any]
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {">": gt, "<": lt, ">=": ge, "<=": le}


def compared(when: Json, answers: Sequence[Json]) -> bool:
    """Whether a condition holds. `=`, `>` and their like ask for one answer, `!=` that none is equal."""
    operator, wanted = when.get("operator"), _value(when, "answer")
    values = [_value(one, "value") for one in answers]
    if operator == "exists":
        return bool(values) == bool(when.get("answerBoolean", True))
    if operator == "=":
        return any(_same(one, wanted) for one in values)
    if operator == "!=":
        return not any(_same(one, wanted) for one in values)
    order = _ORDER.get(str(operator))
    return order is not None and any(_in_order(one, wanted, order) for one in values)


def _value(holder: Json, prefix: str) -> tuple[str, Any]:
    """Type and value of a `value[x]` or `answer[x]`; types that are one to a comparison share a name."""
    name = next((one for one in holder if one.startswith(prefix) and one != prefix), "")
    kind = name.removeprefix(prefix)
    if kind in ("Integer", "Decimal"):
        return "Number", holder[name]
    if kind in ("Date", "DateTime"):
        return "Date", holder[name]
    return ("String" if kind == "Uri" else kind), holder.get(name)


def _same(one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    (kind, value), (other_kind, wanted) = one, other
    if kind != other_kind:
        return False
    if kind == "Coding":
        return _same_coding(value, wanted)
    if kind == "Quantity":
        return _unit(value) == _unit(wanted) and bool(value.get("value") == wanted.get("value"))
    if kind == "Reference":
        return bool(value.get("reference") == wanted.get("reference"))
    if kind == "Date":
        return _moment(value) == _moment(wanted)
    return bool(value == wanted)


def _same_coding(value: Json, wanted: Json) -> bool:
    """By code, and by system where both have one; where neither has a code, by its words."""
    if "code" not in value and "code" not in wanted:
        return bool(value.get("display") == wanted.get("display"))
    systems = value.get("system"), wanted.get("system")
    return bool(value.get("code") == wanted.get("code")) and (None in systems or systems[0] == systems[1])


def _in_order(one: tuple[str, Any], other: tuple[str, Any], order: Callable[[Any, Any], bool]) -> bool:
    (kind, value), (other_kind, wanted) = one, other
    if kind != other_kind or kind not in ("Number", "Date", "Time", "String", "Quantity"):
        return False
    if kind == "Quantity":
        numbers = value.get("value"), wanted.get("value")
        return _unit(value) == _unit(wanted) and None not in numbers and order(*numbers)
    if kind == "Date":
        return order(_moment(value), _moment(wanted))
    return order(value, wanted)


def _unit(quantity: Json) -> str:
    return str(quantity.get("code") or quantity.get("unit") or "")


def _moment(text: str) -> str:
    """What dates are compared by: as they are written, instants in UTC."""
    if "T" not in text:
        return text
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except ValueError:
        return text
