"""Prescriptions and what the pharmacy handed over."""

from datetime import datetime

from genesis_tui.mock_backend.world.authored import Drug
from genesis_tui.mock_backend.world.book import Chart
from genesis_tui.mock_backend.world.elements import OURS, RXNORM, TERMS, concept, meta, reference, stamp
from genesis_tui.mock_backend.world.files import kinds
from genesis_tui.mock_backend.world.shape import Json
from genesis_tui.mock_backend.world.story import Prescription

_CATEGORY = concept(f"{TERMS}/medicationrequest-category", "community", "Community")
_FILLS = (("FF", "First Fill"), ("RF", "Refill"))


def add_prescriptions(chart: Chart) -> None:
    """Writes every prescription of the record with its fills."""
    for prescription in chart.record.prescriptions:
        drug = kinds().drugs[prescription.drug]
        identity = chart.book.new_id("MedicationRequest")
        written = chart.at(prescription.day, "10:05")
        chart.put(_request(chart, prescription, drug, identity, written))
        source = reference("MedicationRequest", identity, drug.name)
        for number, day in enumerate(prescription.fills):
            chart.put(_dispense(chart, prescription, drug, source, day, first=number == 0))


def _request(chart: Chart, prescription: Prescription, drug: Drug, identity: str, written: datetime) -> Json:
    known = chart.book.directory
    elsewhere = prescription.origin != "order"
    body: Json = {
        "resourceType": "MedicationRequest",
        "id": identity,
        **meta(partner=_partner(chart, prescription)),
        "identifier": [{"system": f"{OURS}/NamingSystem/prescription", "value": f"RX{identity}"}],
        "status": prescription.status,
        "intent": "plan" if prescription.origin == "reported" else "order",
        "category": [_CATEGORY],
        "reportedBoolean": elsewhere,
        "medicationCodeableConcept": _coded(drug),
        "subject": chart.subject,
        "authoredOn": stamp(written),
        "requester": known.who(prescription.by),
        "dosageInstruction": [{"text": prescription.sig, "patientInstruction": prescription.sig}],
    }
    if prescription.reason:
        body["reasonCode"] = [{"text": prescription.reason}]
    if prescription.origin == "order":
        body["dispenseRequest"] = _supply(chart, prescription, drug, written)
    return body


def _partner(chart: Chart, prescription: Prescription) -> str:
    known = chart.book.directory
    return known.facility_of(prescription.by).name if prescription.origin == "community" else ""


def _coded(drug: Drug) -> Json:
    return concept(RXNORM, drug.rxnorm, drug.display, drug.name) if drug.rxnorm else {"text": drug.name}


def _supply(chart: Chart, prescription: Prescription, drug: Drug, written: datetime) -> Json:
    end = prescription.day + 365 if prescription.end is None else prescription.end
    pharmacy = chart.book.directory.facilities[chart.person.facility]
    return {
        "validityPeriod": {"start": stamp(written), "end": stamp(chart.at(end, "23:59", routine=False))},
        "numberOfRepeatsAllowed": prescription.repeats,
        "quantity": _amount(prescription.quantity, drug),
        "expectedSupplyDuration": {
            "value": prescription.days_supply,
            "unit": "days",
            "system": "http://unitsofmeasure.org",
            "code": "d",
        },
        "performer": chart.book.directory.organization(pharmacy.key),
    }


def _amount(quantity: float, drug: Drug) -> Json:
    value = int(quantity) if quantity == int(quantity) else quantity
    return {"value": value, "unit": drug.unit}


def _dispense(chart: Chart, prescription: Prescription, drug: Drug, source: Json, day: int, *, first: bool) -> Json:
    handed = chart.at(day, "15:20")
    return {
        "resourceType": "MedicationDispense",
        "id": chart.book.new_id("MedicationDispense"),
        "status": "completed",
        "medicationCodeableConcept": _coded(drug),
        "subject": chart.subject,
        "performer": [{"actor": chart.book.directory.organization(chart.person.facility)}],
        "location": chart.book.directory.clinic(_pharmacy(chart, prescription)),
        "authorizingPrescription": [source],
        "type": concept(f"{TERMS}/v3-ActCode", *_FILLS[not first]),
        "quantity": _amount(prescription.quantity, drug),
        "daysSupply": {"value": prescription.days_supply, "unit": "days"},
        "whenHandedOver": stamp(handed),
        "dosageInstruction": [{"text": prescription.sig}],
    }


def _pharmacy(chart: Chart, prescription: Prescription) -> str:
    if prescription.pharmacy:
        return prescription.pharmacy
    clinics = chart.book.directory.facilities[chart.person.facility].clinics
    return next(clinic.key for clinic in clinics if clinic.type == "PHARM")
