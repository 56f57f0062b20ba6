"""Whose record a resource belongs to: which of its references name the patient, by type, and why none does."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from genesis_tui.mock_backend.fhir.table import KINDS
from genesis_tui.mock_backend.imports.bundles import Json
from genesis_tui.mock_backend.imports.names import Here

_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "Appointment": ("participant.actor",),
    "Coverage": ("beneficiary",),
    **dict.fromkeys(
        (
            *("RelatedPerson", "Consent", "Immunization", "AllergyIntolerance"),
            *("FamilyMemberHistory", "Device"),
        ),
        ("patient",),
    ),
}
_SUBJECT: Final = ("subject",)

SELF: Final = frozenset({"Patient"})
BY_OTHERS: Final = frozenset({"Binary", "Provenance"})
"""Types that belong to whom the resources belong that they speak of."""

NOT_SERVED = "not-served"
NO_PATIENT = "names-no-patient"
CONTAINED = "patient-is-contained"
NOT_LITERAL = "patient-not-by-reference"
NO_PERSON = "subject-is-no-patient"
UNKNOWN = "unknown-patient"
SEVERAL = "several-patients"

Resolve = Callable[[str], Here | None]
Knows = Callable[[str], bool]


def served(resource_type: str) -> bool:
    """Whether the mock serves resources of a type at all."""
    return resource_type in KINDS


def patient_named(body: Json, resource_type: str, resolve: Resolve, knows: Knows) -> tuple[str, str]:
    """The id here of the patient whom a resource is about, and '' for the reason; or '' and the reason.

    `resolve` finds what a reference points to, `knows` tells whether a patient was imported. A resource that names
    two patients belongs to neither (FAM-9).
    """
    reason, named = NO_PATIENT, set[str]()
    for element in _naming(body, resource_type):
        found = _of_element(element, resolve)
        if isinstance(found, Here):
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
    """The elements that name the patient: those of the first path that holds any."""
    for path in _PATHS.get(resource_type, _SUBJECT):
        found = list(_at(body, path))
        if found:
            return found
    return []


def _at(node: Any, path: str) -> Iterator[Any]:
    step, _, rest = path.partition(".")
    found = node.get(step) if isinstance(node, dict) else None
    for one in found if isinstance(found, list) else [] if found is None else [found]:
        if rest:
            yield from _at(one, rest)
        else:
            yield one


def _of_element(element: Any, resolve: Resolve) -> Here | str:
    reference = element.get("reference") if isinstance(element, dict) else None
    if not isinstance(reference, str):
        return NOT_LITERAL
    if reference.startswith("#"):
        return CONTAINED
    found = resolve(reference)
    if found is None:
        return UNKNOWN if "Patient" in reference or reference.startswith("urn:") else NOT_LITERAL
    return found if found.type == "Patient" else NO_PERSON
