"""Elements of FHIR's data types in one line. What holds more than its type has is no matter for one line."""

from collections.abc import Callable
from typing import NamedTuple

from genesis_tui.api_client.fhir.also_recorded.names import date_words, system_name
from genesis_tui.api_client.fhir.elements.slips import Digits
from genesis_tui.api_client.fhir.paths import Tree
from genesis_tui.sanitize import one_line, plain

UCUM = "http://unitsofmeasure.org"


def scalar(value: object) -> str:
    """A value that stands alone."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Digits) or not isinstance(value, str):
        return one_line(str(value))
    return date_words(value) if is_date(value) else plain(value, lines=True).strip("\n")


def is_date(text: str) -> bool:
    """Whether it is a date of at least a month; a year alone is as good a number."""
    return len(text) >= 7 and text[:4].isdigit() and text[4] == "-" and text[5:7].isdigit() and text[7:8] in ("", "-")


def is_number(value: object) -> bool:
    """Whether it was written as a number."""
    return isinstance(value, Digits | int | float) and not isinstance(value, bool)


def in_line(value: Tree) -> str:
    """All that the element holds, of a code system its name; empty where it takes more than a line."""
    for shape in _SHAPES:
        if value.keys() <= shape.keys and not value.keys().isdisjoint(shape.needs):
            said = shape.read(value)
            if said:
                return said
    return ""


class _Shape(NamedTuple):
    keys: frozenset[str]
    needs: frozenset[str]
    read: Callable[[Tree], str]


def _all_scalar(value: Tree) -> bool:
    return not any(isinstance(one, dict | list) for one in value.values())


def _beside(main: str, *more: str) -> str:
    """`main (more, more)`."""
    said = ", ".join(dict.fromkeys(one for one in more if one and one.casefold() != main.casefold()))
    return f"{main} ({said})" if main and said else main or said


def _str(value: Tree, key: str) -> str:
    return scalar(value[key]) if value.get(key) not in (None, "") else ""


def _coding(value: Tree) -> str:
    if not _all_scalar(value):
        return ""
    code, system, version = _str(value, "code"), _str(value, "system"), _str(value, "version")
    chosen = f"chosen by the user: {_str(value, 'userSelected')}" if "userSelected" in value else ""
    named = system_name(system) if system else ""
    return _beside(_str(value, "display") or code, code, named, f"version {version}" if version else "", chosen)


def _concept(value: Tree) -> str:
    codings = value.get("coding", [])
    if not isinstance(codings, list) or isinstance(value.get("text"), dict | list):
        return ""
    said = [in_line(one) if isinstance(one, dict) and one.keys() <= _CODING else "" for one in codings]
    if not all(said):
        return ""
    text = _str(value, "text")
    heads = {one.partition(" (")[0] for one in said}
    return "; ".join(dict.fromkeys([*([text] if text and text not in heads else []), *said]))


def _quantity(value: Tree) -> str:
    if not _all_scalar(value) or not is_number(value.get("value")):
        return ""
    system, unit, code = _str(value, "system"), _str(value, "unit"), _str(value, "code")
    number = f"{_str(value, 'comparator')}{scalar(value['value'])}"
    return _beside(f"{number} {unit or code}".rstrip(), "" if code == unit or not unit else code, _not_ucum(system))


def _not_ucum(system: str) -> str:
    return "" if system == UCUM else system


def _period(value: Tree) -> str:
    start, end = value.get("start"), value.get("end")
    if not all(one is None or isinstance(one, str) for one in (start, end)):
        return ""
    ends = [date_words(one) if one else "" for one in (start, end)]
    return f"{ends[0]} to {ends[1]}" if all(ends) else f"from {ends[0]}" if ends[0] else f"until {ends[1]}"


def _pair(value: Tree, names: tuple[str, str], between: str) -> str:
    said = [in_line(one) if isinstance(one := value.get(name), dict) else "" for name in names]
    if any(name in value and not one for name, one in zip(names, said, strict=True)):
        return ""
    return between.join(one or "?" for one in said)


def _reference(value: Tree) -> str:
    identifier = value.get("identifier")
    told = in_line(identifier) if isinstance(identifier, dict) else ""
    if (identifier is not None and not told) or not _all_scalar({**value, "identifier": ""}):
        return ""
    return _beside(_str(value, "display"), _str(value, "reference"), _str(value, "type"), told)


def _identifier(value: Tree) -> str:
    if is_number(value.get("value")):
        return ""
    nested = [in_line(one) if isinstance(one := value[k], dict) else "" for k in _NESTED if k in value]
    if not all(nested) or not _all_scalar({k: v for k, v in value.items() if k not in _NESTED}):
        return ""
    return _beside(_str(value, "value"), _str(value, "use"), _str(value, "system"), *nested)


def _money(value: Tree) -> str:
    return f"{_str(value, 'value')} {_str(value, 'currency')}".strip() if _all_scalar(value) else ""


_NESTED = ("type", "period", "assigner")
_CODING = frozenset({"system", "version", "code", "display", "userSelected"})


def _shape(keys: str, needs: str, read: Callable[[Tree], str]) -> _Shape:
    return _Shape(frozenset(keys.split()), frozenset(needs.split()), read)


_SHAPES = (
    _shape("coding text", "coding text", _concept),
    _shape("value comparator unit system code", "value", _quantity),
    _shape("system version code display userSelected", "code display", _coding),
    _shape("start end", "start end", _period),
    _shape("low high", "low high", lambda value: _pair(value, ("low", "high"), " to ")),
    _shape("numerator denominator", "numerator", lambda value: _pair(value, ("numerator", "denominator"), " per ")),
    _shape("reference type identifier display", "reference display identifier", _reference),
    _shape("use type system value period assigner", "value", _identifier),
    _shape("value currency", "currency", _money),
)
