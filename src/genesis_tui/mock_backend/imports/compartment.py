"""Whose record a resource belongs to: which of its references name the patient, by type, and why none does."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from genesis_tui.mock_backend.database.record.indexing import listed
from genesis_tui.mock_backend.imports.bundles import Json
from genesis_tui.mock_backend.imports.references import LocalId

_NAMED_PATIENT: Final = (
    *("RelatedPerson", "Consent", "Immunization", "AllergyIntolerance", "FamilyMemberHistory", "Device"),
)
_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "Appointment": ("participant", "actor"),
    "Coverage": ("beneficiary",),
    **dict.fromkeys(_NAMED_PATIENT, ("patient",)),
}
_SUBJECT: Final = ("subject",)
"""The steps to the element that names the patient, by type; `subject` where none is listed."""

BY_OTHERS: Final = frozenset({"Binary", "Provenance"})
"""Types that belong to whom the resources belong that they speak of."""

NOT_SERVED = "not-served"
NO_PATIENT = "names-no-patient"
CONTAINED = "patient-is-contained"
NOT_LITERAL = "patient-not-by-reference"
NO_PERSON = "subject-is-no-patient"
UNKNOWN = "unknown-patient"
SEVERAL = "several-patients"

Resolve = Callable[[str], LocalId | None]
Knows = Callable[[str], bool]


def patient_named(body: Json, resource_type: str, resolve: Resolve, knows: Knows) -> tuple[str, str]:
    """The id here of the patient whom a resource is about, and '' for the reason; or '' and the reason.

    `resolve` finds what a reference points to, `knows` tells whether a patient was imported. A resource that names
    two patients belongs to neither (FAM-9).
    """
    reason, named = NO_PATIENT, set[str]()
    for element in _naming(body, resource_type):
        found = _of_element(element, resolve)
        if isinstance(found, LocalId):
            named.add(found.id)
        elif reason == NO_PATIENT:
            reason = found
    if len(named) > 1:
        return "", SEVERAL
    if not named:
        return "", reason
    patient = named.pop()
    return (patient, "") if knows(patient) else ("", UNKNOWN)


def patient_references(body: Json, resource_type: str) -> Iterator[str]:
    """The literal references by which a resource of a type names its patient."""
    for element in _naming(body, resource_type):
        if isinstance(element, dict) and isinstance(element.get("reference"), str):
            yield element["reference"]


def _naming(body: Json, resource_type: str) -> list[Any]:
    """The elements that name the patient."""
    path = _PATHS.get(resource_type, _SUBJECT)
    found: list[Any] = [body]
    for step in path:
        found = [one for node in found if isinstance(node, dict) for one in listed(node.get(step))]
    return found


def _of_element(element: Any, resolve: Resolve) -> LocalId | str:
    reference = element.get("reference") if isinstance(element, dict) else None
    if not isinstance(reference, str):
        return NOT_LITERAL
    if reference.startswith("#"):
        return CONTAINED
    found = resolve(reference)
    if found is None:
        return UNKNOWN if "Patient" in reference or reference.startswith("urn:") else NOT_LITERAL
    return found if found.type == "Patient" else NO_PERSON
