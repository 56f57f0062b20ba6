"""Search parameters as Millennium takes them: an unknown one, or a value that says nothing, is an error (400)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from genesis_tui.mock_backend.database.record.dates import FAR, Span, span
from genesis_tui.mock_backend.database.record.indexing import PRIMARY
from genesis_tui.mock_backend.database.record.search import Bound, Code, Tokens
from genesis_tui.mock_backend.database.word_index import folded
from genesis_tui.mock_backend.fhir.page_links import Pairs
from genesis_tui.mock_backend.fhir.resource_types import FORMS, KINDS, POST_ONLY, ResourceType

_MOST_VALUES: Final = 100
_NOTHING_MORE: Final = re.compile(r"\.0+(?=Z|[+-]|$)")
RESULT_PARAMS: Final = frozenset(
    {"_count", "_format", "_include", "_pretty", "_revinclude", "_sort", "_summary", "_total"}
)
"""Parameters that say how a result is told, not what is searched for."""
_TOTALS: Final = {"none": False, "estimate": True, "accurate": True}
_REPEATABLE: Final = frozenset({"date", "_lastUpdated", "code", "category", "start"})
_COLUMNS: Final = frozenset({"_id", "_lastUpdated", "category", "date", "patient", "start"})
"""Parameters that are searched in columns, and category, which is either."""
PROVENANCE: Final = "Provenance:target"


class BadSearch(ValueError):
    """A search that cannot be answered; the text is for the person who wrote it and repeats no value."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search that makes sense. `patient` is a bare id; `named` are the category codes it names."""

    patient: str | None
    ids: tuple[str, ...]
    named: frozenset[str]
    categories: tuple[str, ...]
    tokens: tuple[Tokens, ...]
    bounds: tuple[Bound, ...]
    count: int
    """Matches a page; 0 where only their number is asked for."""
    total: bool
    oldest_first: bool
    include: bool
    provenance: bool


def parse(kind: ResourceType, pairs: Pairs, *, base: str, posted: bool) -> Query:
    """Reads a search's names and values. `posted`: they came in a body, where names and identifiers may stand.

    References may be absolute: they then begin with `base`, this server's own address. Raises BadSearch.
    """
    return _parse(kind.type, pairs, base, posted=posted)


@lru_cache(maxsize=1024)
def _parse(resource_type: str, pairs: Pairs, base: str, *, posted: bool) -> Query:
    kind = KINDS[resource_type]
    pairs = tuple((name, _local(name, value, base)) for name, value in pairs)
    values = _grouped(kind, pairs, posted=posted)
    asked = values.keys()
    if not any(need <= asked for need in kind.needs):
        raise BadSearch(f"A search for {kind.type} needs {_needs(kind)}.")
    if "date" in asked and "_lastUpdated" in asked:
        raise BadSearch("date and _lastUpdated exclude each other.")
    categories, tokens = _categories(kind, values.get("category", []))
    count = _count(kind, values)
    return Query(
        patient=_patient(values),
        ids=_ids(values),
        named=_named(values.get("category", [])),
        categories=categories,
        tokens=(*tokens, *_tokens(values)),
        bounds=(
            *_dated(kind, values.get("date", [])),
            *_instants("at", values.get("start", [])),
            *_instants("updated", values.get("_lastUpdated", [])),
        ),
        count=count,
        total=_total(values) or not count,
        oldest_first=_oldest_first(kind, values),
        include=_included(values, "_include", kind.include),
        provenance=_included(values, "_revinclude", PROVENANCE if kind.provenance else ""),
    )


def _grouped(kind: ResourceType, pairs: Pairs, *, posted: bool) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in kind.params and name not in RESULT_PARAMS:
            raise BadSearch("A parameter is not known here.")
        if name in POST_ONLY and not posted:
            raise BadSearch(f"{name} is searched by POST, never in a URL.")
        if not value:
            raise BadSearch(f"{name} has no value.")
        values.setdefault(name, []).append(value)
        if len(values[name]) > 1 and name not in _REPEATABLE:
            raise BadSearch(f"{name} can be given once.")
    if sum(value.count(",") + 1 for group in values.values() for value in group) > _MOST_VALUES:
        raise BadSearch("There are too many values.")
    return values


def _local(name: str, value: str, base: str) -> str:
    return (
        ",".join(one.removeprefix(f"{base}/") for one in value.split(",")) if FORMS.get(name) == "reference" else value
    )


def _named(groups: list[str]) -> frozenset[str]:
    """The category codes that a search names; none where it takes any code of a system, which may be all."""
    codes = {code.code for group in groups for code in _codes(group)}
    return frozenset() if "" in codes else frozenset(codes)


def _needs(kind: ResourceType) -> str:
    return ", or ".join(" and ".join(sorted(need)) for need in kind.needs)


def _patient(values: dict[str, list[str]]) -> str | None:
    if "patient" not in values:
        return None
    value = values["patient"][0].removeprefix("Patient/")
    if "," in value or "/" in value:
        raise BadSearch("patient is the id of one Patient.")
    return value


def _ids(values: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values["_id"][0].split(","))) if "_id" in values else ()


def _categories(kind: ResourceType, groups: list[str]) -> tuple[tuple[str, ...], list[Tokens]]:
    """The categories that have a column of their own, where a search names nothing else; token searches otherwise."""
    primary = PRIMARY.get(kind.type, {})
    tokens = []
    for group in groups:
        codes = _codes(group)
        filed = tuple(one for one, system in primary.items() if any(_is_filed(c, one, system) for c in codes))
        if len(groups) == 1 and all(any(_is_filed(c, one, primary[one]) for one in filed) and c.code for c in codes):
            return filed, []
        tokens.append(Tokens("category", codes, filed))
    return (), tokens


def _is_filed(code: Code, filed: str, system: str) -> bool:
    return code.code in ("", filed) and code.system in (None, system)


def _tokens(values: dict[str, list[str]]) -> list[Tokens]:
    return [
        Tokens(name, _alternatives(name, group))
        for name, groups in values.items()
        if name in FORMS and name not in _COLUMNS
        for group in groups
    ]


def _alternatives(name: str, group: str) -> tuple[Code, ...]:
    form = FORMS[name]
    if form == "string":
        return tuple(Code(None, word, beginning=True) for word in folded(group).split(","))
    return _references(name, group) if form == "reference" else _codes(group)


def _references(name: str, group: str) -> tuple[Code, ...]:
    kind = _TARGETS.get(name, "")
    return tuple(Code(None, value if "/" in value else kind + value) for value in group.split(","))


_TARGETS: Final = {
    "actor": "Patient/",
    "practitioner": "Practitioner/",
    "organization": "Organization/",
    "-location": "Location/",
    "schedule": "Schedule/",
}
"""Parameter -> what a bare id is one of."""


def _codes(group: str) -> tuple[Code, ...]:
    codes = []
    for value in group.split(","):
        system, bar, code = value.rpartition("|")
        if not (system or code):
            raise BadSearch("A code is missing.")
        codes.append(Code(system if bar else None, code))
    return tuple(codes)


def _dated(kind: ResourceType, values: list[str]) -> list[Bound]:
    """An Appointment is dated by its start (R4); zeros after a second say no more than the second."""
    values = [_NOTHING_MORE.sub("", value) for value in values]
    if kind.type == "Appointment":
        return [*_instants("at", values), *([Bound("at", ">", -FAR)] if values else [])]
    return [bound for value in values for bound in _date_bounds(*_prefixed(value))]


def _date_bounds(prefix: str, period: Span) -> list[Bound]:
    """R4 search on periods: `eq` lies wholly within, `ge` and `le` overlap or lie beyond."""
    low, high = period
    dated = Bound("until", ">", -FAR)
    return {
        "eq": [Bound("at", ">=", low), Bound("until", "<=", high)],
        "ge": [Bound("until", ">", low)],
        "gt": [Bound("until", ">", high)],
        "le": [Bound("at", "<", high), dated],
        "lt": [Bound("at", "<", low), dated],
    }[prefix]


def _instants(column: str, values: list[str]) -> list[Bound]:
    return [bound for value in values for bound in _instant_bounds(column, *_prefixed(value))]


def _instant_bounds(column: str, prefix: str, period: Span) -> list[Bound]:
    low, high = period
    return {
        "eq": [Bound(column, ">=", low), Bound(column, "<", high)],
        "ge": [Bound(column, ">=", low)],
        "gt": [Bound(column, ">=", high)],
        "le": [Bound(column, "<", high)],
        "lt": [Bound(column, "<", low)],
    }[prefix]


def _prefixed(value: str) -> tuple[str, Span]:
    prefix, rest = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    if prefix not in ("eq", "ge", "gt", "le", "lt"):
        raise BadSearch("A date begins with eq, ge, gt, le or lt.")
    try:
        return prefix, span(rest)
    except ValueError:
        raise BadSearch("A date is not written as FHIR writes one.") from None


def _total(values: dict[str, list[str]]) -> bool:
    asked = values.get("_total", ["none"])[0]
    if asked not in _TOTALS:
        raise BadSearch("_total is none, estimate or accurate.")
    return _TOTALS[asked]


def _oldest_first(kind: ResourceType, values: dict[str, list[str]]) -> bool:
    asked = values.get("_sort", ["-date"])[0]
    if asked not in ("date", "-date") or ("_sort" in values and not kind.sorted):
        raise BadSearch(f"{kind.type} is sorted by date, -date." if kind.sorted else f"{kind.type} is not sorted.")
    return asked == "date"


def _count(kind: ResourceType, values: dict[str, list[str]]) -> int:
    summary = values.get("_summary", ["false"])[0]
    if summary not in ("count", "false"):
        raise BadSearch("_summary is count or false.")
    if summary == "count":
        return 0
    if "_count" not in values:
        return kind.count
    text = values["_count"][0]
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6):
        raise BadSearch("_count is a number.")
    return min(int(text), kind.most)


def _included(values: dict[str, list[str]], name: str, offered: str) -> bool:
    if name not in values:
        return False
    if values[name][0] != offered:
        raise BadSearch(f"{name} offers nothing of that name here.")
    return True
