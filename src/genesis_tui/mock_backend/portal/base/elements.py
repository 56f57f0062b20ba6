"""FHIR elements as the words that a person reads."""

from collections.abc import Mapping
from typing import Any


def concept_text(concept: Mapping[str, Any] | None) -> str:
    """The text of a CodeableConcept, else its first display; '' for none."""
    displays = (str(coding.get("display", "")) for coding in (concept or {}).get("coding", ()))
    return str((concept or {}).get("text") or next(filter(None, displays), ""))
