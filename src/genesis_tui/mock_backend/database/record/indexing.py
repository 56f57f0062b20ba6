"""What searches need to know of a FHIR resource, taken from its body when it is stored."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from genesis_tui.mock_backend.database.record.dates import FAR, UNDATED, Span, span
from genesis_tui.mock_backend.database.word_index import folded
from genesis_tui.mock_backend.rules.record import DIRECTORY, SENSITIVE, WORDS
from genesis_tui.mock_backend.rules.results import shows

Json = dict[str, Any]
Token = tuple[str, str, str]
"""Search parameter, system ('' for none), code."""

_OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"
_LOINC = "http://loinc.org"
_V2_0074 = "http://terminology.hl7.org/CodeSystem/v2-0074"

PRIMARY: Final[dict[str, dict[str, str]]] = {
    "Observation": {"laboratory": _OBSERVATION, "vital-signs": _OBSERVATION, "social-history": _OBSERVATION},
    "DiagnosticReport": {"LP29684-5": _LOINC, "LP7839-6": _LOINC, "LAB": _V2_0074},
    "DocumentReference": {"clinical-note": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"},
}
"""Category codes that have a column of their own, with their systems; the first that a resource carries counts."""

_DATES: Final[dict[str, tuple[str, ...]]] = {
    "Observation": ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod", "issued"),
    "DocumentReference": ("date", "context.period"),
    "Immunization": ("occurrenceDateTime", "recorded"),
    "AllergyIntolerance": ("recordedDate", "onsetDateTime"),
    "Condition": ("recordedDate", "onsetDateTime", "onsetPeriod"),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "Encounter": ("period",),
    "MedicationRequest": ("authoredOn",),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
    "Appointment": ("start", "requestedPeriod"),
    "CareTeam": ("period",),
    "Consent": ("dateTime", "provision.period"),
    "Provenance": ("recorded", "occurredDateTime"),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod"),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "CarePlan": ("period", "created"),
    "Goal": ("startDate", "statusDate"),
    "ServiceRequest": ("authoredOn", "occurrenceDateTime", "occurrencePeriod"),
    "FamilyMemberHistory": ("date",),
    "Coverage": ("period",),
    "QuestionnaireResponse": ("authored",),
    "ImagingStudy": ("started",),
}

ATTACHED: Final = "attached"
"""The token of an entry for each Binary that it holds: no search parameter, but what decides on the Binary (FAM-7)."""
_HELD: Final = {"DocumentReference": "content.attachment.url", "DiagnosticReport": "presentedForm.url"}
_BINARY: Final = re.compile(r"(?:^|/)(Binary/[A-Za-z0-9.\-]{1,64})(?:/_history/[A-Za-z0-9.\-]{1,64})?$", re.ASCII)

POINTS: Final = "points"
"""The token of an entry for each other entry that it names, wherever that stands in it: no search parameter (FAM-7)."""
_ENTRIES: Final = "|".join(
    kind for kind, words in WORDS.items() if kind != "Patient" and DIRECTORY not in words.values()
)
_ENTRY: Final = re.compile(
    rf'"reference":"(?:[^"\\]*/)?((?:{_ENTRIES})/[A-Za-z0-9.\-]{{1,64}})(?:/_history/[A-Za-z0-9.\-]{{1,64}})?"'.encode()
)
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode

_STATUS: Final = ("status", "status", "code")
_CATEGORY: Final = ("category", "category", "concept")
_CLINICAL_STATUS: Final = ("clinical-status", "clinicalStatus", "concept")
_IDENTIFIER: Final = ("identifier", "identifier", "identifier")
_PERSON: Final = (_IDENTIFIER, ("name", "name", "name"))
_PLACE: Final = (_IDENTIFIER, ("name", "name", "text"))

_TOKENS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "Patient": _PERSON,
    "RelatedPerson": _PERSON,
    "Consent": (("actor", "provision.actor.reference", "reference"), _STATUS),
    "Observation": (_CATEGORY, ("code", "code", "concept")),
    "DiagnosticReport": (_CATEGORY, ("code", "code", "concept")),
    "DocumentReference": (_CATEGORY, ("type", "type", "concept"), _STATUS),
    "Immunization": (_STATUS,),
    "AllergyIntolerance": (_CLINICAL_STATUS,),
    "Condition": (_CATEGORY, _CLINICAL_STATUS),
    "Procedure": (_STATUS,),
    "Encounter": (_STATUS,),
    "MedicationRequest": (_STATUS, ("intent", "intent", "code")),
    "MedicationDispense": (_STATUS, ("prescription", "authorizingPrescription", "reference")),
    "MedicationAdministration": (_STATUS,),
    "MedicationStatement": (_STATUS,),
    "CarePlan": (_CATEGORY, _STATUS),
    "Goal": (("lifecycle-status", "lifecycleStatus", "code"),),
    "ServiceRequest": (_CATEGORY, _STATUS),
    "Device": (_STATUS,),
    "FamilyMemberHistory": (_STATUS,),
    "Coverage": (_STATUS,),
    "QuestionnaireResponse": (_STATUS,),
    "ImagingStudy": (_STATUS,),
    "Appointment": (_STATUS,),
    "CareTeam": (_STATUS,),
    "Practitioner": _PERSON,
    "PractitionerRole": (("practitioner", "practitioner", "reference"), ("organization", "organization", "reference")),
    "Organization": _PLACE,
    "Location": _PLACE,
    "Provenance": (("target", "target", "reference"),),
    "HealthcareService": (
        ("service-type", "type", "concept"),
        ("organization", "providedBy.reference", "reference"),
    ),
    "Schedule": (("service-type", "serviceType", "concept"),),
}


@dataclass(frozen=True, slots=True)
class Indexed:
    """The search values of one resource: when it was, its column category, whether it never shows, whether it is
    labelled for the patient alone (FAM-7), its tokens."""

    span: Span
    category: str
    hidden: bool
    sensitive: bool
    tokens: frozenset[Token]


def index(body: Json, *, tolerant: bool = False) -> Indexed:
    """Indexes a complete resource.

    A resource filed under several categories with a column keeps tokens for all but the first. `tolerant`: what came
    from elsewhere is taken as it is; an invalid date leaves it undated, and what has the wrong shape goes unfound.
    Raises ValueError for an invalid date unless `tolerant`, KeyError without a resourceType.
    """
    resource_type = body["resourceType"]
    primary = PRIMARY.get(resource_type, {})
    found = _found(body, resource_type)
    filed = next((code for code in primary if ("category", primary[code], code) in found), "")
    if filed:
        found.remove(("category", primary[filed], filed))
    when = _tolerant_span(body, resource_type) if tolerant else _span(body, resource_type)
    return Indexed(when, filed, not shows(*_statuses(body)), _is_sensitive(body), frozenset(found))


def _tolerant_span(body: Json, resource_type: str) -> Span:
    try:
        return _span(body, resource_type)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return UNDATED


def _span(body: Json, resource_type: str) -> Span:
    if resource_type == "Appointment" and "start" in body:
        return span(body["start"])[0], span(body.get("end", body["start"]))[1]
    for path in _DATES.get(resource_type, ()):
        for value in _walk(body, path) if "." in path else listed(body.get(path)):
            return span(value) if isinstance(value, str) else _period(value)
    return UNDATED


def _period(value: Json) -> Span:
    start = span(value["start"])[0] if "start" in value else -FAR + 1
    return start, span(value["end"])[1] if "end" in value else FAR


def _statuses(body: Json) -> Iterator[str]:
    yield from (body[field] for field in ("status", "docStatus") if isinstance(body.get(field), str))
    for coding in _walk(body, "verificationStatus.coding") if "verificationStatus" in body else ():
        if isinstance(coding, dict) and isinstance(coding.get("code"), str):
            yield coding["code"]


def _is_sensitive(body: Json) -> bool:
    labels = [*_walk(body, "meta.security"), *_walk(body, "securityLabel.coding")]
    return any((_text(label, "system"), _text(label, "code")) in SENSITIVE for label in labels)


def _walk(value: Any, path: str) -> Iterator[Any]:
    """Everything at a dotted path, lists opened on the way."""
    if "." not in path and isinstance(value, dict):
        found = value.get(path, ())
        yield from found if isinstance(found, (list, tuple)) else (found,)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        step, _, rest = path.partition(".")
        if step in value:
            yield from _walk(value[step], rest)


def _found(body: Json, resource_type: str) -> set[Token]:
    found: set[Token] = set()
    for param, path, form in _TOKENS.get(resource_type, ()):
        for value in _walk(body, path) if "." in path else listed(body.get(path)):
            if isinstance(value, dict):
                _of_element(param, value, form, found)
            elif isinstance(value, str) and form in ("code", "text"):
                found.add((param, "", value.casefold() if form == "text" else value))
    for url in _walk(body, _HELD[resource_type]) if resource_type in _HELD else ():
        binary = _BINARY.search(url) if isinstance(url, str) else None
        if binary is not None:
            found.add((ATTACHED, "", binary[1]))
    if resource_type != "Provenance":  # which shows without those of its targets that are withheld
        found.update((POINTS, "", name.decode()) for name in _ENTRY.findall(_encode(body)))
    return found


def listed(value: Any) -> Any:
    """A value as a list: itself where it is one."""
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _of_element(param: str, value: Json, form: str, found: set[Token]) -> None:
    if form == "concept":
        for coding in listed(value.get("coding")):
            code = _text(coding, "code")
            if code:
                found.add((param, _text(coding, "system"), code))
    elif form == "identifier":
        found.add((param, _text(value, "system"), _text(value, "value")))
    elif form == "reference":
        found.add((param, "", _text(value, "reference")))
    elif form == "name":
        words = (*listed(value.get("given")), value.get("family"))
        found.update((param, "", folded(word)) for word in words if isinstance(word, str) and word)


def _text(value: Any, key: str) -> str:
    """The string under a key of an element; '' where either is something else."""
    found = value.get(key, "") if isinstance(value, dict) else ""
    return found if isinstance(found, str) else ""
