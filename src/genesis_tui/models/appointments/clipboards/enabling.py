"""Whether a condition holds, on the answers to the question that it names (CLIP-2)."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import ge, gt, le, lt
from typing import Any

from genesis_tui.models.appointments.clipboards.questions import (
    Amount,
    Coded,
    Condition,
    FormItem,
    Pointer,
    QuestionKind,
    Unread,
    Value,
)

_ORDER: dict[str, Callable[[Any, Any], bool]] = {">": gt, "<": lt, ">=": ge, "<=": le}
_DATES = ("Date", "DateTime")
_NUMBERS = ("Integer", "Decimal")
_WORDS = ("String", "Uri")
_FORMS = {
    QuestionKind.DATE: "Date",
    QuestionKind.MOMENT: "DateTime",
    QuestionKind.TIME: "Time",
    QuestionKind.URL: "Uri",
}


def form_of(question: FormItem, value: Value) -> str:
    """FHIR's word for what an answer to a question is."""
    match value:
        case bool():
            return "Boolean"
        case Coded():
            return "Coding"
        case Amount():
            return "Quantity"
        case Pointer():
            return "Reference"
        case int() | float():
            whole = isinstance(value, int) and question.kind is not QuestionKind.DECIMAL
            return "Integer" if whole else "Decimal"
    listed = next((one.form for one in question.choices if one.value == value and one.form != "Coding"), "")
    return listed or _FORMS.get(question.kind, "String")


def holds(condition: Condition, question: FormItem | None, values: Iterable[Value]) -> bool:
    """`=` and an order ask for one answer that fits, `!=` that none is equal, `exists` for any or for none."""
    given = [value for value in values if not isinstance(value, Unread)]
    if condition.operator == "exists":
        return bool(given) == (condition.value is not False)
    told = [(form_of(question, value), value) for value in given] if question is not None else []
    wanted = condition.form, condition.value
    if condition.operator == "=":
        return any(_same(one, wanted) for one in told)
    if condition.operator == "!=":
        return not any(_same(one, wanted) for one in told)
    order = _ORDER.get(condition.operator)
    return order is not None and any(_in_order(one, wanted, order) for one in told)


def _alike(one: str, other: str) -> bool:
    return one == other or any(one in forms and other in forms for forms in (_DATES, _NUMBERS, _WORDS))


def _same(one: tuple[str, Value], other: tuple[str, Value]) -> bool:
    (form, value), (other_form, wanted) = one, other
    if not _alike(form, other_form):
        return False
    match value, wanted:
        case Coded(), Coded():
            return _same_code(value, wanted)
        case Amount(), Amount():
            return _unit(value) == _unit(wanted) and value.value == wanted.value
        case Pointer(), Pointer():
            return value.reference == wanted.reference
        case str(), str() if form in _DATES:
            return moment_key(value) == moment_key(wanted)
    return value == wanted


def _same_code(value: Coded, wanted: Coded) -> bool:
    """By code, and by system where both have one; where neither has a code, by its words."""
    if not (value.code or wanted.code):
        return value.display == wanted.display
    return value.code == wanted.code and (not (value.system and wanted.system) or value.system == wanted.system)


def _in_order(one: tuple[str, Value], other: tuple[str, Value], order: Callable[[Any, Any], bool]) -> bool:
    (form, value), (other_form, wanted) = one, other
    if not _alike(form, other_form):
        return False
    match value, wanted:
        case bool(), _:
            return False
        case Amount(), Amount():
            return _unit(value) == _unit(wanted) and order(value.value, wanted.value)
        case str(), str() if form in _DATES:
            return order(moment_key(value), moment_key(wanted))
        case (int() | float(), int() | float()) | (str(), str()):
            return order(value, wanted)
    return False


def _unit(amount: Amount) -> str:
    return amount.code or amount.unit


def moment_key(text: str) -> str:
    """What dates are compared by: as they are written, instants in UTC."""
    if "T" not in text:
        return text
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except ValueError:
        return text
