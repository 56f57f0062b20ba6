"""What a person types, as an answer."""

import math
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo

from genesis_tui.models.appointments.clipboards.enabling import moment_key
from genesis_tui.models.appointments.clipboards.questions import Amount, Coded, FormItem, QuestionKind, Value
from genesis_tui.models.appointments.clipboards.wording import limits_text

_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_LARGEST, _WHOLE = 1e15, 2**31


def read_value(question: FormItem, text: str, zone: tzinfo | None = None) -> Value:
    """What was typed, as an answer. `zone` is the one that a time of day is in.

    Raises:
        ValueError: it is none, in words for the person.
    """
    text = text.strip()
    chosen = _listed(question, text)
    if chosen is not None:
        return chosen
    return _READERS.get(question.kind, _read_text)(question, text, zone)


def _read_boolean(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    if text.casefold() not in _YES:
        raise ValueError("Answer with yes or no.")
    return _YES[text.casefold()]


def _read_choice(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    """Where nobody knows the list, the words alone."""
    if question.chooses:
        raise ValueError(f"Choose one of: {'; '.join(one.text for one in question.choices)}")
    return Coded(display=_short(question, text))


def _read_whole(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    return _within(question, _read_number(text, whole=True))


def _read_decimal(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    return _within(question, _read_number(text, whole=False))


def _read_day(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    return _within(question, _date(text))


def _read_text(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    return _short(question, text)


def _read_url(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    if " " in text:
        raise ValueError("A web address has no spaces.")
    return _short(question, text)


def _listed(question: FormItem, text: str) -> Value | None:
    """The one of a list that these words, this code or this number mean."""
    folded = text.casefold()
    for one in question.choices:
        code = one.value.code if isinstance(one.value, Coded) else ""
        if folded in (one.text.casefold(), code.casefold() or None):
            return one.value
    return None


def _read_number(text: str, *, whole: bool) -> int | float:
    try:
        if "_" in text:  # Python's own way to write numbers, and nobody else's
            raise ValueError
        number = int(text) if whole else float(text.replace(",", "."))
    except ValueError:
        raise ValueError("Type a whole number." if whole else "Type a number, such as 7.5.") from None
    if not math.isfinite(number) or abs(number) >= (_WHOLE if whole else _LARGEST):
        raise ValueError("That number is too large.")
    return number


def _read_amount(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    digits = text[: len(text) - len(text.lstrip("+-0123456789.,"))]
    unit = text[len(digits) :].strip()
    value = float(_within(question, _read_number(digits or text, whole=False)))
    value = int(value) if value == int(value) else value
    if not question.units:
        return Amount(value, _short(question, unit))
    known = question.units if not unit else [u for u in question.units if unit.casefold() in _unit_names(u)]
    if not known:
        raise ValueError(f"Use one of these units: {', '.join(u.display or u.code for u in question.units)}")
    return Amount(value, known[0].display, known[0].system, known[0].code)


def _unit_names(unit: Coded) -> tuple[str, ...]:
    return unit.display.casefold(), unit.code.casefold(), unit.display.lstrip("°").casefold()


def _date(text: str) -> str:
    try:
        parts = [int(part) for part in text.split("-")]
        date(*[*parts, 1, 1][: max(3, len(parts))])
    except (ValueError, TypeError):
        raise ValueError("Type a day as year-month-day, such as 2026-11-14, or less of it.") from None
    return "-".join(f"{part:0{2 if place else 4}}" for place, part in enumerate(parts))


def _read_moment(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    day, _, clock = text.replace("T", " ").partition(" ")
    if not clock.strip():
        return _within(question, _date(day))
    try:
        at = datetime.fromisoformat(f"{_date(day)}T{clock.strip().zfill(5)}")
    except ValueError:
        raise ValueError("Type a day and time, such as 2026-11-14 09:30.") from None
    at = at if at.tzinfo else at.replace(tzinfo=zone) if zone else at.astimezone()
    return _within(question, at.isoformat(timespec="seconds"))


def _read_time(question: FormItem, text: str, zone: tzinfo | None) -> Value:
    try:
        return time.fromisoformat(text if len(text) != len("9:30") else f"0{text}").strftime("%H:%M:%S")
    except ValueError:
        raise ValueError("Type a time, such as 22:30.") from None


def _within(question: FormItem, value: int | float | str) -> int | float | str:
    lower, upper = question.lower, question.upper
    for bound, beyond in ((lower, "less"), (upper, "more")):
        if bound is None or isinstance(bound, str) is not isinstance(value, str):
            continue
        one, other = (moment_key(value), moment_key(bound)) if isinstance(value, str) else (value, bound)  # type: ignore[arg-type]
        if (one < other) if beyond == "less" else (one > other):  # type: ignore[operator]
            raise ValueError(f"It must be {limits_text(question)}.")
    return value


def _short(question: FormItem, text: str) -> str:
    if question.longest is not None and len(text) > question.longest:
        raise ValueError(f"At most {question.longest:,} characters; this has {len(text):,}.")
    return text


_READERS: dict[QuestionKind, Callable[[FormItem, str, tzinfo | None], Value]] = {
    QuestionKind.BOOLEAN: _read_boolean,
    QuestionKind.CHOICE: _read_choice,
    QuestionKind.INTEGER: _read_whole,
    QuestionKind.DECIMAL: _read_decimal,
    QuestionKind.QUANTITY: _read_amount,
    QuestionKind.DATE: _read_day,
    QuestionKind.MOMENT: _read_moment,
    QuestionKind.TIME: _read_time,
    QuestionKind.URL: _read_url,
}
