"""Conditions, allergies, procedures, and whether somebody smokes."""

from datetime import date

from genesis_tui.mock_backend.world.authored import read
from genesis_tui.mock_backend.world.authored.records import Allergy, AuthoredProblem, AuthoredProcedure, Social
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import ICD10, LOINC, RXNORM, SNOMED, TERMS, coding, concept, stamp
from genesis_tui.mock_backend.world.base.world import Json

_PROBLEM = concept(f"{TERMS}/condition-category", "problem-list-item", "Problem List Item")
_SOCIAL = concept(f"{TERMS}/observation-category", "social-history", "Social History")
_SMOKING = concept(LOINC, "72166-2", "Tobacco smoking status", "Smoking status")
_NO_ALLERGY = Allergy("No known allergies", "716186003", system="snomed", category="", criticality="")
_SYSTEMS = {"rxnorm": RXNORM, "snomed": SNOMED}


def add_problems(record: RecordBuilder) -> None:
    """Writes conditions, allergies, procedures and smoking status of the record."""
    for problem in record.authored.problems:
        record.put(_condition(record, problem))
    allergies = [_NO_ALLERGY] if record.authored.no_known_allergies else record.authored.allergies
    for allergy in allergies:
        record.put(_allergy(record, allergy))
    for procedure in record.authored.procedures:
        record.put(_procedure(record, procedure))
    for social in record.authored.smoking:
        record.put(_smoking(record, social))


def partly(day: date, places: int) -> str:
    """The date as precisely as it was recorded (REC-6): 4 places the year, 7 the month, 0 the whole date."""
    return day.isoformat()[: places or None]


def _clinical(kind: str, status: str) -> Json:
    return concept(f"{TERMS}/{kind}-clinical", status, status.capitalize())


def _verified(system: str, certainty: str = "confirmed") -> Json:
    return concept(system, certainty, certainty.capitalize())


def _condition(record: RecordBuilder, problem: AuthoredProblem) -> Json:
    onset = record.builder.calendar.day(problem.day, record.zone)
    body: Json = {
        "resourceType": "Condition",
        "id": record.builder.new_id("Condition"),
        "clinicalStatus": _clinical("condition", problem.status),
        "verificationStatus": _verified(f"{TERMS}/condition-ver-status"),
        "category": [_PROBLEM],
        "code": _diagnosis(problem),
        "subject": record.subject,
        "onsetDateTime": partly(onset, problem.partial),
        "recordedDate": onset.isoformat(),
    }
    if problem.until is not None:
        body["abatementDateTime"] = record.builder.calendar.day(problem.until, record.zone).isoformat()
    return body


def _diagnosis(problem: AuthoredProblem) -> Json:
    codes = [_coding(SNOMED, problem.snomed), _coding(ICD10, problem.icd)]
    return {"coding": codes, "text": problem.name}


def _coding(system: str, code: str) -> Json:
    return coding(system, code, read.codes()[system][code])


def _coded(system: str, code: str, text: str) -> Json:
    """A code as its system names it, with the words of whoever wrote it down."""
    return {"coding": [_coding(system, code)], "text": text}


def _allergy(record: RecordBuilder, allergy: Allergy) -> Json:
    body: Json = {
        "resourceType": "AllergyIntolerance",
        "id": record.builder.new_id("AllergyIntolerance"),
        "clinicalStatus": _clinical("allergyintolerance", "inactive" if allergy.certainty == "refuted" else "active"),
        "verificationStatus": _verified(f"{TERMS}/allergyintolerance-verification", allergy.certainty),
        "code": _coded(_SYSTEMS[allergy.system], allergy.code, allergy.name),
        "patient": record.subject,
    }
    if allergy.category:
        body |= {"type": "allergy", "category": [allergy.category], "criticality": allergy.criticality}
    if allergy.day is not None:
        noted = record.builder.calendar.day(allergy.day, record.zone)
        body["recordedDate"] = partly(noted, allergy.partial)
    if allergy.reaction:
        body["reaction"] = [_reaction(allergy)]
    if allergy.note:
        body["note"] = [{"text": allergy.note}]
    return body


def _reaction(allergy: Allergy) -> Json:
    reaction: Json = {"manifestation": [_coded(SNOMED, allergy.reaction_code, allergy.reaction)]}
    return {**reaction, "severity": allergy.severity} if allergy.severity else reaction


def _procedure(record: RecordBuilder, procedure: AuthoredProcedure) -> Json:
    known = record.builder.directory
    day = record.builder.calendar.workday(procedure.day, record.zone)
    body: Json = {
        "resourceType": "Procedure",
        "id": record.builder.new_id("Procedure"),
        "status": "completed",
        "code": _coded(SNOMED, procedure.snomed, procedure.name),
        "subject": record.subject,
        "performedDateTime": partly(day, procedure.partial),
    }
    if procedure.by:
        body["performer"] = [{"actor": known.who(procedure.by)}]
        body["location"] = known.clinic(known.staff[procedure.by].clinic)
    return body


def _smoking(record: RecordBuilder, social: Social) -> Json:
    return {
        "resourceType": "Observation",
        "id": record.builder.new_id("Observation"),
        "status": "final",
        "category": [_SOCIAL],
        "code": _SMOKING,
        "subject": record.subject,
        "effectiveDateTime": stamp(record.at(social.day, "09:30")),
        "valueCodeableConcept": _coded(SNOMED, social.code, social.name),
    }
