"""Resources of every type that the record shows, as small as they can be, and shelves filled with them."""

import json
from typing import Any

from genesis_tui.api_client.fhir.bundles import BundlePage, page_of
from genesis_tui.api_client.fhir.record.patient_section import PatientSection
from genesis_tui.api_client.fhir.record.sections import PLANS, shelf_for
from genesis_tui.api_client.http.client import Response

PATIENT = "12724066"
OURS = "https://genesis-tui.example/fhir"
Body = dict[str, Any]
US = {"reference": f"Patient/{PATIENT}"}


def page(*bodies: Any) -> BundlePage:
    entries = [{"resource": body} for body in bodies]
    return page_of(Response(200, json.dumps({"resourceType": "Bundle", "entry": entries}).encode(), {}, ""))


def shelf(section: str, *bodies: Any) -> PatientSection:
    """A shelf of a section that saw these resources."""
    made = shelf_for(PATIENT, section)
    for kind in (*PLANS[section].types, "Provenance"):
        made.take(kind, page(*bodies))
    return made


def text(words: str) -> Body:
    return {"text": words}


def community() -> Body:
    return {"tag": [{"system": f"{OURS}/CodeSystem/origin", "code": "community", "display": "Lakeview Medical Group"}]}


EVERY: dict[str, tuple[str, Body]] = {
    "Immunization": (
        "immunizations",
        {"status": "completed", "patient": US, "vaccineCode": text("Tdap"), "occurrenceDateTime": "2017-07-13"},
    ),
    "MedicationRequest": (
        "medications",
        {
            "status": "active",
            "subject": US,
            "authoredOn": "2026-01-02",
            "medicationCodeableConcept": text("Naproxen 500 mg"),
            "dosageInstruction": [{"text": "twice a day"}],
        },
    ),
    "MedicationDispense": (
        "medications",
        {
            "status": "completed",
            "subject": US,
            "whenHandedOver": "2026-01-03",
            "medicationCodeableConcept": text("Naproxen 500 mg"),
            "quantity": {"value": 28, "unit": "tablet"},
        },
    ),
    "MedicationStatement": (
        "medications",
        {
            "status": "active",
            "subject": US,
            "effectivePeriod": {"start": "2025-05"},
            "medicationCodeableConcept": text("Fish oil"),
        },
    ),
    "MedicationAdministration": (
        "medications",
        {
            "status": "completed",
            "subject": US,
            "effectiveDateTime": "2026-01-01T10:00:00Z",
            "medicationCodeableConcept": text("Ceftriaxone"),
            "dosage": {"dose": {"value": 1.50, "unit": "g"}},
        },
    ),
    "AllergyIntolerance": (
        "allergies",
        {
            "patient": US,
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": text("Peanut"),
            "recordedDate": "2018",
            "criticality": "unable-to-assess",
        },
    ),
    "Condition": (
        "conditions",
        {
            "subject": US,
            "clinicalStatus": {"coding": [{"code": "resolved"}]},
            "code": text("COVID-19"),
            "onsetDateTime": "2026-03",
        },
    ),
    "Procedure": (
        "procedures",
        {"status": "completed", "subject": US, "code": text("Appendectomy"), "performedDateTime": "2006"},
    ),
    "Encounter": (
        "visits",
        {
            "status": "finished",
            "subject": US,
            "class": {"code": "AMB", "display": "ambulatory"},
            "type": [text("Knee pain")],
            "period": {"start": "2026-11-11T09:20:00-05:00", "end": "2026-11-11T09:50:00-05:00"},
        },
    ),
    "Appointment": (
        "appointments",
        {
            "status": "booked",
            "start": "2026-12-02T15:00:00-05:00",
            "description": "Sports physical",
            "participant": [{"actor": {**US, "display": "SELF"}}, {"actor": {"display": "Dr. Grace Kim"}}],
        },
    ),
    "DocumentReference": (
        "documents",
        {
            "status": "current",
            "subject": US,
            "date": "2026-05-04T10:00:00Z",
            "type": text("Visit summary"),
            "content": [{"attachment": {"contentType": "application/pdf", "url": "Binary/9", "title": "Summary"}}],
        },
    ),
    "CareTeam": (
        "careteam",
        {"subject": US, "name": "Care team", "participant": [{"role": [text("PCM")], "member": {"display": "Dr. A"}}]},
    ),
    "CarePlan": (
        "careplans",
        {
            "status": "active",
            "intent": "plan",
            "subject": US,
            "title": "Asthma plan",
            "period": {"start": "2026-02-01"},
            "activity": [{"detail": {"code": text("Peak flow every morning")}}],
        },
    ),
    "Goal": (
        "goals",
        {
            "lifecycleStatus": "active",
            "subject": US,
            "description": text("Walk 8,000 steps"),
            "startDate": "2026-01-01",
            "target": [{"dueDate": "2026-12-31"}],
        },
    ),
    "FamilyMemberHistory": (
        "family-history",
        {
            "status": "completed",
            "patient": US,
            "relationship": text("Father"),
            "condition": [{"code": text("Diabetes"), "onsetAge": {"value": 52, "unit": "years"}}],
        },
    ),
    "Device": (
        "devices",
        {"patient": US, "type": text("Insulin pump"), "manufacturer": "Acme", "manufactureDate": "2024-01"},
    ),
    "Coverage": (
        "coverage",
        {"status": "active", "beneficiary": US, "payor": [{"display": "TRICARE"}], "type": text("Prime")},
    ),
    "ServiceRequest": (
        "orders",
        {
            "status": "active",
            "intent": "order",
            "subject": US,
            "code": text("Lipid panel"),
            "authoredOn": "2026-11-01",
            "priority": "urgent",
        },
    ),
    "QuestionnaireResponse": (
        "forms",
        {
            "status": "completed",
            "subject": US,
            "authored": "2026-11-01",
            "item": [
                {"linkId": "1", "text": "Do you smoke?", "answer": [{"valueBoolean": False}]},
                {"linkId": "2", "text": "Pain", "item": [{"text": "How much?", "answer": [{"valueInteger": 3}]}]},
            ],
        },
    ),
    "ImagingStudy": (
        "imaging",
        {
            "status": "available",
            "subject": US,
            "started": "2026-10-28",
            "description": "Chest X-ray",
            "series": [{"modality": {"code": "DX", "display": "Digital radiography"}}],
        },
    ),
}
"""Section and resource of each type, without id and type."""


def one(kind: str, id: str = "1", **more: Any) -> Body:
    """A resource of the type; what is None in `more` is left out of it."""
    body = {"resourceType": kind, "id": id, **EVERY[kind][1], **more}
    return {name: value for name, value in body.items() if value is not None}


def vital(id: str, value: float, *, at: str, code: str = "8867-4", category: str = "vital-signs", **more: Any) -> Body:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "subject": US,
        "category": [{"coding": [{"code": category}]}] if category else [],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": "Heart rate"},
        "effectiveDateTime": at,
        "valueQuantity": {"value": value, "unit": "/min"},
        **more,
    }
