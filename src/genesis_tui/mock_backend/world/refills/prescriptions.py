"""Prescriptions and what the pharmacy handed over."""

from datetime import datetime

from genesis_tui.mock_backend.world.authored.catalogue import Drug
from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import AuthoredPrescription, AuthoredRequest
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import OURS, RXNORM, TERMS, concept, meta, reference, stamp
from genesis_tui.mock_backend.world.base.world import Json
from genesis_tui.mock_backend.world.refills.pharmacies import add_request, follow, pharmacy_of

_CATEGORY = concept(f"{TERMS}/medicationrequest-category", "community", "Community")
_FILLS = (("FF", "First Fill"), ("RF", "Refill"))


def add_prescriptions(chart: RecordBuilder) -> None:
    """Writes every prescription of the record with its fills."""
    for prescription in chart.record.prescriptions:
        drug = kinds().drugs[prescription.drug]
        identity = chart.book.new_id("MedicationRequest")
        written = chart.at(prescription.day, "10:05")
        chart.put(_request(chart, prescription, drug, identity, written))
        source = reference("MedicationRequest", identity, drug.name)
        for number, day in enumerate(prescription.fills):
            chart.put(_handed_over(chart, prescription, drug, source, day, first=number == 0))
        for number, ask in enumerate(prescription.asks, start=1):
            filled = _fill(chart, prescription, drug, source, ask) if ask.kind == "refill" and ask.stages else {}
            add_request(chart, ask, number, identity, filled.get("id", ""))


def _request(
    chart: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, identity: str, written: datetime
) -> Json:
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


def _partner(chart: RecordBuilder, prescription: AuthoredPrescription) -> str:
    known = chart.book.directory
    return known.facility_of(prescription.by).name if prescription.origin == "community" else ""


def _coded(drug: Drug) -> Json:
    return concept(RXNORM, drug.rxnorm, drug.display, drug.name) if drug.rxnorm else {"text": drug.name}


def _supply(chart: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, written: datetime) -> Json:
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


def _fill(
    chart: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, source: Json, ask: AuthoredRequest
) -> Json:
    """What came of a refill that was asked for."""
    dispense = _dispense(chart, prescription, drug, source, first=False)
    follow(chart, dispense, ask.stages)
    return dispense


def _handed_over(
    chart: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, source: Json, day: int, *, first: bool
) -> Json:
    dispense = _dispense(chart, prescription, drug, source, first=first)
    return {**dispense, "status": "completed", "whenHandedOver": stamp(chart.at(day, "15:20"))}


def _dispense(
    chart: RecordBuilder, prescription: AuthoredPrescription, drug: Drug, source: Json, *, first: bool
) -> Json:
    """A fill without its status and times."""
    return {
        "resourceType": "MedicationDispense",
        "id": chart.book.new_id("MedicationDispense"),
        "medicationCodeableConcept": _coded(drug),
        "subject": chart.subject,
        "performer": [{"actor": chart.book.directory.organization(chart.person.facility)}],
        "location": chart.book.directory.clinic(_pharmacy(chart, prescription)),
        "authorizingPrescription": [source],
        "type": concept(f"{TERMS}/v3-ActCode", *_FILLS[not first]),
        "quantity": _amount(prescription.quantity, drug),
        "daysSupply": {"value": prescription.days_supply, "unit": "days"},
        "dosageInstruction": [{"text": prescription.sig}],
    }


def _pharmacy(chart: RecordBuilder, prescription: AuthoredPrescription) -> str:
    return prescription.pharmacy or pharmacy_of(chart.book.directory.facilities[chart.person.facility]).key
