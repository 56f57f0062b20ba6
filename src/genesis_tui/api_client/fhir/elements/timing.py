"""Timing in words: `3 times a day`, `every 4 to 6 hours`, `30 minutes before breakfast`, `on Mon and Thu at 08:00`."""

from typing import Any

from genesis_tui.api_client.fhir.values import moment
from genesis_tui.models.base.dates import long_time
from genesis_tui.sanitize import one_line

Tree = dict[str, Any]
_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
_EVENTS = {
    "MORN": "in the morning",
    "MORN.early": "early in the morning",
    "MORN.late": "late in the morning",
    "NOON": "at noon",
    "AFT": "in the afternoon",
    "AFT.early": "early in the afternoon",
    "AFT.late": "late in the afternoon",
    "EVE": "in the evening",
    "EVE.early": "early in the evening",
    "EVE.late": "late in the evening",
    "NIGHT": "at night",
    "PHS": "after sleep",
    "HS": "before sleep",
    "WAKE": "after waking",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "AC": "before meals",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "PC": "after meals",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
    "IMD": "right away",
}
"""HL7 v3 TimingEvent with FHIR's EventTiming, as a person says them."""
_CODES = {
    "BID": "twice a day",
    "TID": "3 times a day",
    "QID": "4 times a day",
    "AM": "every morning",
    "PM": "every afternoon",
    "QD": "every day",
    "QOD": "every other day",
    "Q1H": "every hour",
    "Q2H": "every 2 hours",
    "Q3H": "every 3 hours",
    "Q4H": "every 4 hours",
    "Q6H": "every 6 hours",
    "Q8H": "every 8 hours",
    "BED": "at bedtime",
    "WK": "every week",
    "MO": "every month",
}
"""HL7 v3 GTSAbbreviation."""


def timing_words(timing: Tree) -> str:
    """All that a Timing says, in one line; empty where it says nothing."""
    repeat = timing.get("repeat")
    said = _repeated(repeat) if isinstance(repeat, dict) else []
    code = _coded(timing.get("code"))
    events = _and([_date(one) for one in _list(timing.get("event"))])
    parts = [code if code not in said else "", *said, f"on {events}" if events else ""]
    return ", ".join(filter(None, parts))


def unit_words(unit: str) -> str:
    """`hour` for UCUM's `h`; a unit that is none of time as it is."""
    return _UNITS.get(unit, one_line(unit))


def counted(number: str, unit: str) -> str:
    """`1 hour`, `2 hours`."""
    word = unit_words(unit)
    return f"{number} {word}{'' if number == '1' or word not in _UNITS.values() else 's'}".strip()


def _repeated(repeat: Tree) -> list[str]:
    days = _and([_text(day).capitalize() for day in _list(repeat.get("dayOfWeek"))])
    times = _and([_text(time).removesuffix(":00") for time in _list(repeat.get("timeOfDay"))])
    lasts = _span(repeat, "duration")
    count = _span(repeat, "count")
    return [
        _often(repeat),
        f"on {days}" if days else "",
        f"at {times}" if times else "",
        _around(repeat),
        f"for {lasts} each time" if lasts else "",
        f"{count} {'time' if count == '1' else 'times'} in all" if count else "",
        *_bounds(repeat),
    ]


def _often(repeat: Tree) -> str:
    """How many times in how long. FHIR's default of a frequency is one."""
    unit, period = _text(repeat.get("periodUnit")), _number(repeat.get("period"))
    times = _span(repeat, "frequency")
    if not period and not unit:
        return "" if not times else "once" if times == "1" else f"{times} times"
    most = _number(repeat.get("periodMax"))
    often = "" if times in ("", "1") else "twice" if times == "2" else f"{times} times"
    if not most and period in ("", "1"):
        return f"{often} a{'n' if unit == 'h' else ''} {unit_words(unit)}" if often else f"every {unit_words(unit)}"
    every = f"every {counted(f'{period or 1} to {most}' if most else period, unit)}"
    return f"{often} {every}".strip()


def _around(repeat: Tree) -> str:
    events = [_EVENTS.get(one, one) for one in map(_text, _list(repeat.get("when")))]
    offset = _number(repeat.get("offset"))
    before = f"{_hours(offset)} " if offset not in ("", "0") else ""
    return f"{before}{_and(events)}" if events else before.strip()


def _hours(minutes: str) -> str:
    whole = minutes.isdecimal() and int(minutes) % 60 == 0
    return counted(str(int(minutes) // 60), "h") if whole else counted(minutes, "min")


def _bounds(repeat: Tree) -> list[str]:
    period, length, between = (repeat.get(f"bounds{kind}") for kind in ("Period", "Duration", "Range"))
    found = []
    if isinstance(period, dict):
        start, end = _date(period.get("start")), _date(period.get("end"))
        found.append(" ".join(filter(None, (f"from {start}" if start else "", f"until {end}" if end else ""))))
    if isinstance(length, dict):
        found.append(f"for {_quantity(length)}")
    if isinstance(between, dict):
        low, high = (_quantity(one) if isinstance(one := between.get(side), dict) else "" for side in ("low", "high"))
        found.append(f"for {low} to {high}" if low and high else f"for {low} or more" if low else f"for up to {high}")
    return found


def _quantity(quantity: Tree) -> str:
    unit = _text(quantity.get("unit")) or _text(quantity.get("code"))
    return f"{_text(quantity.get('comparator'))}{counted(_number(quantity.get('value')), unit)}"


def _span(repeat: Tree, name: str) -> str:
    """A number of `repeat`, with its maximum, and with its unit where it has one: `30 to 60 minutes`."""
    least, most = _number(repeat.get(name)), _number(repeat.get(f"{name}Max"))
    said = f"{least} to {most}" if least and most else least or (f"up to {most}" if most else "")
    unit = _text(repeat.get(f"{name}Unit"))
    return counted(said, unit) if said and unit else said


def _coded(code: object) -> str:
    if not isinstance(code, dict):
        return ""
    codings = [one for one in _list(code.get("coding")) if isinstance(one, dict)]
    known = next((said for one in codings if (said := _CODES.get(_text(one.get("code"))))), "")
    shown = next((said for one in codings if (said := _text(one.get("display")) or _text(one.get("code")))), "")
    return _text(code.get("text")) or known or shown


def _date(value: object) -> str:
    return long_time(moment(value)) if isinstance(value, str) and value else ""


def _and(words: list[str]) -> str:
    """`Mon, Wed and Fri`."""
    said = [word for word in words if word]
    return " and ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))


def _text(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _number(value: object) -> str:
    return one_line(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
