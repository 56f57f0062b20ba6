"""Prescriptions and what the pharmacy handed over."""

from datetime import datetime

from genesis_tui.mock_backend.world.authored.catalogue import Drug
from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import AuthoredPrescription, AuthoredRequest
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import (
    OURS,
    RXNORM,
    TERMS,
    concept,
    meta,
    named,
    plain_number,
    quantity,
    reference,
    stamp,
)
from genesis_tui.mock_backend.world.base.world import Json
from genesis_tui.mock_backend.world.refills.pharmacies import add_request, follow, pharmacy_of

_CATEGORY = concept(f"{TERMS}/medicationrequest-category", "community", "Community")
_COURSES = f"{TERMS}/medicationrequest-course-of-therapy"
COURSES = {"acute": ("acute", "Short course (acute) therapy")}
_FILLS = (("FF", "First Fill"), ("RF", "Refill"))


def add_prescriptions(record: RecordBuilder) -> None:
    """Writes every prescription of the record with its fills."""
    for prescription in record.authored.prescriptions:
        drug = kinds().drugs[prescription.drug]
        identity = record.builder.new_id("MedicationRequest")
        written = record.at(prescription.day, "10:05")
        record.put(_request(record, prescription, drug, identity, written))
        source = reference("MedicationRequest", identity, drug.name)
        for number, day in enumerate(prescription.fills):
            record.put(_handed_over(record, prescription, drug, source, day, first=number == 0))
        for number, request in enumerate(prescription.requests, start=1):
            begun = request.kind == "refill" and request.stages
            filled = _fill(record, prescription, drug, source, request) if begun else {}
            add_request(record, request, number, identity, filled.get("id", ""))


def _request(
    record: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, identity: str, written: datetime
) -> Json:
    known = record.builder.directory
    elsewhere = prescription.origin != "order"
    body: Json = {
        "resourceType": "MedicationRequest",
        "id": identity,
        **meta(partner=_partner(record, prescription)),
        "identifier": [{"system": f"{OURS}/NamingSystem/prescription", "value": f"RX{identity}"}],
        "status": prescription.status,
        "intent": "plan" if prescription.origin == "reported" else "order",
        "category": [_CATEGORY],
        "reportedBoolean": elsewhere,
        "medicationCodeableConcept": _coded(drug),
        "subject": record.subject,
        "authoredOn": stamp(written),
        "requester": known.who(prescription.by),
        "dosageInstruction": [
            prescription.dosage or {"text": prescription.sig, "patientInstruction": prescription.sig}
        ],
    }
    if prescription.course:
        body["courseOfTherapyType"] = concept(_COURSES, *COURSES[prescription.course])
    if prescription.reason:
        body["reasonCode"] = [{"text": prescription.reason}]
    if prescription.origin == "order":
        body["dispenseRequest"] = _supply(record, prescription, drug, written)
    return body


def _partner(record: RecordBuilder, prescription: AuthoredPrescription) -> str:
    known = record.builder.directory
    return known.facility_of(prescription.by).name if prescription.origin == "community" else ""


def _coded(drug: Drug) -> Json:
    return named(RXNORM, drug.rxnorm, drug.display, drug.name)


def _supply(record: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, written: datetime) -> Json:
    end = prescription.day + 365 if prescription.end is None else prescription.end
    return {
        "validityPeriod": {"start": stamp(written), "end": stamp(record.at(end, "23:59", routine=False))},
        "numberOfRepeatsAllowed": prescription.repeats,
        "quantity": _amount(prescription.quantity, drug),
        "expectedSupplyDuration": quantity(prescription.days_supply, "days", "d"),
        "performer": record.builder.directory.organization(record.person.facility),
    }


def _amount(amount: float, drug: Drug) -> Json:
    return {"value": plain_number(amount), "unit": drug.unit}


def _fill(
    record: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, source: Json, request: AuthoredRequest
) -> Json:
    """What came of a refill that was asked for."""
    dispense = _dispense(record, prescription, drug, source, first=False)
    return follow(record, dispense, request.stages)


def _handed_over(
    record: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, source: Json, day: int, *, first: bool
) -> Json:
    dispense = _dispense(record, prescription, drug, source, first=first)
    return {**dispense, "status": "completed", "whenHandedOver": stamp(record.at(day, "15:20"))}


def _dispense(
    record: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, source: Json, *, first: bool
) -> Json:
    """A fill without its status and times."""
    return {
        "resourceType": "MedicationDispense",
        "id": record.builder.new_id("MedicationDispense"),
        "medicationCodeableConcept": _coded(drug),
        "subject": record.subject,
        "performer": [{"actor": record.builder.directory.organization(record.person.facility)}],
        "location": record.builder.directory.clinic(_pharmacy(record, prescription)),
        "authorizingPrescription": [source],
        "type": concept(f"{TERMS}/v3-ActCode", *_FILLS[not first]),
        "quantity": _amount(prescription.quantity, drug),
        "daysSupply": {"value": prescription.days_supply, "unit": "days"},
        "dosageInstruction": [prescription.dosage or {"text": prescription.sig}],
    }


def _pharmacy(record: RecordBuilder, prescription: AuthoredPrescription) -> str:
    return prescription.pharmacy or pharmacy_of(record.builder.directory.facilities[record.person.facility]).key
