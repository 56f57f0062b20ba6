"""Questions and answers as a person reads them."""

from collections.abc import Iterable
from datetime import date, datetime

from genesis_tui.models.appointments.clipboards.form import AskedItem, answers_to
from genesis_tui.models.appointments.clipboards.questions import (
    Amount,
    Clipboard,
    Coded,
    FormItem,
    Pointer,
    QuestionKind,
    Unread,
    Value,
)
from genesis_tui.models.base.dates import DAYS, MONTHS, instant_text

KIND_WORDS = {
    QuestionKind.BOOLEAN: "yes or no",
    QuestionKind.DECIMAL: "a number",
    QuestionKind.INTEGER: "a whole number",
    QuestionKind.DATE: "a day, such as 2026-11-14",
    QuestionKind.MOMENT: "a day and time, such as 2026-11-14 09:30",
    QuestionKind.TIME: "a time, such as 22:30",
    QuestionKind.STRING: "text",
    QuestionKind.TEXT: "text",
    QuestionKind.URL: "a web address",
    QuestionKind.QUANTITY: "a number with its unit",
}


def asks_for(question: FormItem) -> str:
    """`one answer`, `any that apply`, `a whole number, 0 to 10`."""
    if question.chooses:
        return "any that apply" if question.several else "one answer"
    if question.kind is QuestionKind.QUANTITY and question.units:
        words = f"a number in {' or '.join(unit.display or unit.code for unit in question.units)}"
    else:
        words = KIND_WORDS.get(question.kind, "an answer")
    return ", ".join(filter(None, (words, limits_text(question))))


def limits_text(question: FormItem) -> str:
    """`60 to 800`, `at least 1`; empty where there are no limits."""
    lower, upper = (None if one is None else _number(one) for one in (question.lower, question.upper))
    if lower is not None and upper is not None:
        return f"{lower} to {upper}"
    if lower is not None:
        return f"at least {lower}"
    return "" if upper is None else f"at most {upper}"


def value_text(question: FormItem, value: Value) -> str:
    """One answer: `yes`, `210 L/min`, `Sat 14 Nov 2026`."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Coded():
            listed = next((one.text for one in question.choices if one.value == value), "")
            return listed or value.display or value.code
        case Amount():
            return f"{_number(value.value)} {value.unit or value.code}".strip()
        case Pointer():
            return value.display or value.reference
        case Unread():
            return value.text
        case int() | float():
            return _number(value)
    if question.kind in (QuestionKind.DATE, QuestionKind.MOMENT):
        return _date_text(value)
    return value[:5] if question.kind is QuestionKind.TIME else value


def values_text(question: FormItem, values: Iterable[Value]) -> str:
    """All answers to a question in one line."""
    return ", ".join(value_text(question, value) for value in values)


def typed_text(question: FormItem, value: Value) -> str:
    """An answer as it is typed, to go on typing."""
    if isinstance(value, str) and question.kind is QuestionKind.MOMENT:
        return value.replace("T", " ")[:16]
    if isinstance(value, str) and question.kind is not QuestionKind.TIME:
        return value
    return value_text(question, value)


def because(one: AskedItem) -> str:
    """`because 8 is yes`: on which answers it hangs; empty where it is always asked."""
    told = []
    for condition in one.question.conditions:
        around, found = one.parent, None
        while around is not None and found is None:
            found = next((other for other in around.within() if other.question.id == condition.question), None)
            around = around.parent
        question, values = answers_to(one, condition.question)
        if found is not None and found.number and question is not None and values:
            told.append(f"{found.number} is {values_text(question, values)}")
    return f"because {' and '.join(dict.fromkeys(told))}" if told else ""


def closed_text(clipboard: Clipboard) -> str:
    """Why nothing of it can be changed; empty where it can."""
    if clipboard.submitted is not None:
        by = f" by {clipboard.submitted.by}" if clipboard.submitted.by else ""
        return f"Submitted {instant_text(clipboard.submitted.at, clipboard.zone)}{by}"
    return "" if clipboard.save.allowed else clipboard.save.title


def state_text(clipboard: Clipboard) -> str:
    """`4 of 11 answered`, `submitted`, `not filled in`."""
    if clipboard.submitted is not None:
        return "submitted"
    if not clipboard.save.allowed:
        return "closed"
    return f"{clipboard.answered} of {clipboard.asked} answered"


def _number(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)


def _date_text(text: str) -> str:
    try:
        if "T" in text:
            return instant_text(datetime.fromisoformat(text))
        if len(text) == len("2026-11-14"):
            day = date.fromisoformat(text)
            return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
        return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}" if len(text) == len("2026-11") else text
    except (ValueError, IndexError):
        return text
