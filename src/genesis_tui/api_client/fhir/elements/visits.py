"""What kind of visit it was, in words, where the server gives a code alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from genesis_tui.sanitize import one_line

_CLASSES = {
    "AMB": "Ambulatory",
    "EMER": "Emergency",
    "FLD": "Field",
    "HH": "Home health",
    "IMP": "Inpatient encounter",
    "ACUTE": "Inpatient acute",
    "NONAC": "Inpatient non-acute",
    "OBSENC": "Observation encounter",
    "PRENC": "Pre-admission",
    "SS": "Short stay",
    "VR": "Virtual",
}
"""HL7 v3 ActCode, ActEncounterCode: what `Encounter.class` is made of."""


def visit_classes(tree: Mapping[str, Any]) -> str:
    """The classes of a visit: a Coding in R4, CodeableConcepts in R5."""
    given = tree.get("class")
    said = (_said(one) for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict))
    return ", ".join(dict.fromkeys(filter(None, said)))


def _said(value: dict[str, Any]) -> str:
    codings = [one for one in _list(value.get("coding")) if isinstance(one, dict)] or [value]
    return next(filter(None, (*_texts(value, "text"), *(_word(one) for one in codings))), "")


def _word(coding: Mapping[str, Any]) -> str:
    display = next(_texts(coding, "display"), "")
    code = next(_texts(coding, "code"), "")
    return display or _CLASSES.get(code, code)


def _texts(value: Mapping[str, Any], key: str) -> Iterator[str]:
    if isinstance(value.get(key), str) and value[key].strip():
        yield one_line(value[key])


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
