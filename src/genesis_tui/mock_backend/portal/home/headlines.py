"""One line for each new result: `Lipid panel: LDL 148`, and the word of its gravest flag. Pure functions of FHIR."""

from collections.abc import Iterable, Mapping, Set
from typing import Any

from genesis_tui.mock_backend.database.record.readable import otherwise
from genesis_tui.mock_backend.portal.base.elements import concept_text
from genesis_tui.mock_backend.rules.results import LABS, NOTES, PATHOLOGY, RADIOLOGY, asks_first, kind_of

Json = Mapping[str, Any]
_STATES = {"HH": "critical", "LL": "critical", "AA": "critical", "H": "high", "L": "low", "A": "abnormal"}
_LEADS = {
    "13457-7": "LDL",
    "2089-1": "LDL",
    "18262-6": "LDL",
    "718-7": "Hgb",
    "2823-3": "K",
    "4548-4": "A1c",
    "2276-4": "Ferritin",
}
"""What a panel is known by among values that are equally grave: LOINC code and the name that clinicians use."""
_MODIFYING = {"cancelled": "Cancelled", "superseded": "Replaced", "entered-in-error": "Entered in error"}
_KINDS = {PATHOLOGY: "Pathology", RADIOLOGY: "Radiology", LABS: "Lab", NOTES: "Note"}
NEW, UNNAMED = "new", "Result"


def members(reports: Iterable[Json]) -> frozenset[str]:
    """`Observation/id` of every result that a report holds: it is not new by itself."""
    return frozenset(key for report in reports for key in held_by(report))


def held_by(report: Json) -> tuple[str, ...]:
    """The same of one report, in its own order; nothing of one that is not what FHIR says."""
    return otherwise(lambda: tuple(str(one["reference"]) for one in report.get("result", ()) if "reference" in one), ())


def asking(resource: Json, chosen: Set[str]) -> tuple[str, str] | None:
    """REL-6: the same of a result that asks who chose these kinds before it opens; None for one that does not."""
    categories = [coding.get("code", "") for one in resource.get("category", ()) for coding in one.get("coding", ())]
    kind = kind_of(resource.get("resourceType", ""), filter(None, categories))
    return (f"{_KINDS[kind]}: asks before it opens", NEW) if asks_first(kind, chosen) else None


def headline(resource: Json, parts: Iterable[Json]) -> tuple[str, str]:
    """The title and state of a result; `parts` are the Observations of a report, in its own order.

    What changes its meaning stands first (REC-9).
    """
    parts = list(parts)
    title, state = _of_values(resource, parts)
    return ": ".join([*_modifiers(resource, parts), title]), state


def _modifiers(resource: Json, parts: list[Json]) -> list[str]:
    status = _MODIFYING.get(resource.get("status", ""))
    return [*([status] if status else []), *(["Says more"] if _is_modified([resource, *parts]) else [])]


def _is_modified(value: Any) -> bool:
    """Whether anything in it has a `modifierExtension`: it says more than can be shown."""
    if isinstance(value, Mapping):
        return bool(value.get("modifierExtension")) or any(map(_is_modified, value.values()))
    return isinstance(value, list) and any(map(_is_modified, value))


def _of_values(resource: Json, parts: list[Json]) -> tuple[str, str]:
    title = _title(resource)
    readings = parts or ([resource] if resource.get("resourceType") == "Observation" else [])
    graded = [(state_of(reading), reading) for reading in readings]
    flagged = [pair for pair in graded if pair[0] != NEW]
    if not flagged:
        return title, NEW
    state, gravest = max(flagged, key=lambda pair: (pair[0] == "critical", _code(pair[1]) in _LEADS))
    value = value_text(gravest)
    if gravest is resource:
        return (f"{title} {value}" if value else title), state
    return (f"{title}: {_short(gravest)} {value}" if value else title), state


def state_of(observation: Json) -> str:
    """`critical`, `high`, `low`, `abnormal`, or `new` for a result without such a code (REC-4)."""
    codes = [
        coding.get("code", "") for word in observation.get("interpretation", ()) for coding in word.get("coding", ())
    ]
    return next((_STATES[code] for code in codes if code in _STATES), NEW)


def value_text(observation: Json) -> str:
    """Comparator and number, or the words of the value (REC-3); '' for none."""
    quantity = observation.get("valueQuantity")
    if quantity is not None and "value" in quantity:
        return f"{quantity.get('comparator', '')}{quantity['value']}"
    concept = observation.get("valueCodeableConcept", {})
    return str(observation.get("valueString") or concept.get("text") or "")


def _title(resource: Json) -> str:
    named = resource.get("description") or concept_text(resource.get("code")) or concept_text(resource.get("type"))
    return str(named or UNNAMED)


def _short(observation: Json) -> str:
    """The name of one test within its panel."""
    return _LEADS.get(_code(observation)) or concept_text(observation.get("code"))


def _code(observation: Json) -> str:
    codings = observation.get("code", {}).get("coding", ())
    return next((coding.get("code", "") for coding in codings if coding.get("system") == "http://loinc.org"), "")
