"""Encounters, what was measured at them, and the notes written about them."""

from datetime import datetime, timedelta

from genesis_tui.mock_backend.world.authored.records import Note, Visit
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, review_time
from genesis_tui.mock_backend.world.base.elements import (
    LOINC,
    OURS,
    SNOMED,
    TERMS,
    concept,
    meta,
    reference,
    reviewed,
    stamp,
)
from genesis_tui.mock_backend.world.base.world import Json
from genesis_tui.mock_backend.world.record.documents import Release, attachment, filed, files, written
from genesis_tui.mock_backend.world.record.vitals import add_vitals

_CLASSES = {
    "office": ("AMB", "ambulatory", "11429006", "Consultation"),
    "well": ("AMB", "ambulatory", "410620009", "Well child visit"),
    "physical": ("AMB", "ambulatory", "185349003", "Encounter for check up"),
    "therapy": ("AMB", "ambulatory", "390906007", "Follow-up encounter"),
    "emergency": ("EMER", "emergency", "4525004", "Emergency department patient visit"),
    "virtual": ("VR", "virtual", "448337001", "Telemedicine consultation with patient"),
}
_NOTE_TYPES = {
    "progress": ("11506-3", "Progress note"),
    "consult": ("11488-4", "Consult note"),
    "history": ("34117-2", "History and physical note"),
    "discharge": ("18842-5", "Discharge summary"),
    "emergency": ("34111-5", "Emergency department Note"),
    "procedure": ("28570-0", "Procedure note"),
    "telephone": ("34748-4", "Telephone encounter Note"),
}
_NOTE = concept(
    "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note", "Clinical Note"
)
_UNSCHEDULED = frozenset({"emergency"})
_HIDDEN = frozenset({"preliminary", "entered-in-error"})
"""States in which a note never shows."""


def add_visits(record: RecordBuilder) -> None:
    """Writes every visit of the record; results ordered on its day refer to it."""
    for visit in record.authored.visits:
        routine = visit.kind not in _UNSCHEDULED
        start = record.at(visit.day, visit.at, record.builder.directory.clinics[visit.clinic][1].key, routine=routine)
        identity = record.builder.new_id("Encounter")
        encounter = reference("Encounter", identity, visit.reason)
        record.put(_encounter(record, visit, identity, start), sensitive=visit.sensitive)
        if not visit.sensitive:
            record.encounters[visit.day] = encounter
        add_vitals(record, visit, start, encounter)
        note = [] if visit.note is None else _add_note(record, visit, visit.note, start, encounter)
        record.written_up.append([encounter, *note])


def _encounter(record: RecordBuilder, visit: Visit, identity: str, start: datetime) -> Json:
    known = record.builder.directory
    code, display, snomed, kind = _CLASSES[visit.kind]
    end = start + timedelta(minutes=visit.minutes)
    return {
        "resourceType": "Encounter",
        "id": identity,
        **meta(sensitive=visit.sensitive),
        "identifier": [{"system": f"{OURS}/NamingSystem/encounter", "value": f"FIN{identity}"}],
        "status": "finished",
        "class": {"system": f"{TERMS}/v3-ActCode", "code": code, "display": display},
        "type": [concept(SNOMED, snomed, kind, visit.reason)],
        "subject": record.subject,
        "participant": [{"individual": known.who(visit.by)}],
        "period": {"start": stamp(start), "end": stamp(end)},
        "reasonCode": [{"text": visit.reason}],
        "location": [{"location": known.clinic(visit.clinic)}],
        "serviceProvider": known.organization(known.clinics[visit.clinic][1].key),
    }


def _add_note(record: RecordBuilder, visit: Visit, note: Note, start: datetime, encounter: Json) -> list[Json]:
    """A reference to it, where it can be read from the start of the world on."""
    signed = start + timedelta(minutes=visit.minutes + 95)
    text = written(note.text, record, start, **_measured(visit))
    title = note.title or visit.reason
    identity = record.builder.new_id("DocumentReference")
    body = _document(record, visit, note, title, signed)
    body["id"] = identity
    body["context"] = {"encounter": [encounter], "period": {"start": stamp(start)}}
    attachments = files(record, note.files, start, _release(visit, note, signed))
    body["content"] = [{"attachment": a} for a in (_content(record, visit, note, text, title, signed), *attachments)]
    record.put(body, sensitive=visit.sensitive, final_at=signed, reviewed_at=review_time(signed, note.marks))
    shows = note.marks.status not in _HIDDEN and signed <= record.builder.calendar.start
    return [reference("DocumentReference", identity, title)] if shows else []


def _document(record: RecordBuilder, visit: Visit, note: Note, title: str, signed: datetime) -> Json:
    known = record.builder.directory
    code, display = _NOTE_TYPES[note.kind]
    return {
        "resourceType": "DocumentReference",
        "id": "",
        **meta(sensitive=visit.sensitive),
        "extension": reviewed(by_clinician=note.marks.review_days is not None),
        "status": "entered-in-error" if note.marks.status == "entered-in-error" else "current",
        "docStatus": note.marks.status,
        "type": concept(LOINC, code, display, title),
        "category": [_NOTE],
        "subject": record.subject,
        "date": stamp(signed),
        "author": [known.who(visit.by)],
        "custodian": known.organization(known.clinics[visit.clinic][1].key),
        "description": title,
    }


def _content(record: RecordBuilder, visit: Visit, note: Note, text: str, title: str, signed: datetime) -> Json:
    """Where the text is: a Binary; inline in a note that never shows, since a Binary says nothing of its state."""
    if note.marks.status in _HIDDEN:
        return attachment(text, title, stamp(signed))
    return filed(record, text.encode(), "text/plain; charset=utf-8", title, _release(visit, note, signed))


def _release(visit: Visit, note: Note, signed: datetime) -> Release:
    return Release(signed, review_time(signed, note.marks), visit.sensitive)


def _measured(visit: Visit) -> dict[str, object]:
    names = ("systolic", "diastolic", "pulse", "temperature", "weight", "height")
    taken: dict[str, object] = {name: f"{value:g}" for name, value in zip(names, visit.vitals, strict=False)}
    taken["bp"] = f"{taken.get('systolic', '')}/{taken.get('diastolic', '')}"
    return taken
