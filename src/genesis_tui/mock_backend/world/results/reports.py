"""Radiology and pathology: one report each, with its text."""

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace as altered

from genesis_tui.mock_backend.world.authored.catalogue import StudyKind
from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import ReleaseMarks, Study
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, due_at, origin, review_time
from genesis_tui.mock_backend.world.base.elements import LOINC, TERMS, concept, meta, named, reviewed, stamp
from genesis_tui.mock_backend.world.base.world import Json, Resource, due_resource
from genesis_tui.mock_backend.world.record.documents import Release, attachment, files, written

_GROUPS = {
    "radiology": concept(LOINC, "LP29684-5", "Radiology"),
    "pathology": concept(LOINC, "LP7839-6", "Pathology"),
}


class _Done(NamedTuple):
    """What all versions of a report have in common."""

    identity: str
    at: datetime
    files: list[Json]


def add_studies(record: RecordBuilder) -> None:
    """Writes every report of the record, and what is still to come of it."""
    for study in record.authored.studies:
        identity = record.builder.new_id("DiagnosticReport")
        facility = study.marks.partner or study.facility or record.person.facility
        at = record.at(study.day, study.at, facility)
        issued = at + timedelta(hours=study.hours)
        released = Release(issued, review_time(issued, study.marks))
        done = _Done(identity, at, files(record, study.files, at, released))
        record.builder.resources.append(_report(record, study, done, issued, study.marks))
        _later(record, study, done, issued)


def _later(record: RecordBuilder, study: Study, done: _Done, issued: datetime) -> None:
    marks = study.marks
    if marks.final_in is not None:
        issued = due_at(record, marks.final_in)
        marks = altered(marks, status="final", review_days=None)
        record.builder.due.append(due_resource(issued, _report(record, study, done, issued, marks)))
    if marks.review_in is not None:
        at = due_at(record, marks.review_in)
        marks = altered(marks, review_days=(at - issued) / timedelta(days=1))
        record.builder.due.append(due_resource(at, _report(record, study, done, issued, marks)))


def _report(record: RecordBuilder, study: Study, done: _Done, issued: datetime, marks: ReleaseMarks) -> Resource:
    kind = kinds().studies[study.kind]
    reviewed_at = review_time(issued, marks)
    partner, extension = origin(record, issued, marks)
    body = {"resourceType": "DiagnosticReport", "id": done.identity, **meta(partner=partner), "status": marks.status}
    body |= _heading(record, study, kind) | {
        "extension": reviewed(by_clinician=reviewed_at is not None) + extension,
        "effectiveDateTime": stamp(done.at),
        "issued": stamp(issued),
        "conclusion": study.conclusion,
        "presentedForm": [attachment(written(study.text, record, done.at), kind.name, stamp(issued)), *done.files],
    }
    visit = record.encounters.get(study.day)
    if visit is not None:
        body["encounter"] = visit
    return Resource(body, record.person.id, final_at=issued, reviewed_at=reviewed_at)


def _heading(record: RecordBuilder, study: Study, kind: StudyKind) -> Json:
    known = record.builder.directory
    facility = study.marks.partner or study.facility or record.person.facility
    return {
        "category": [_GROUPS[kind.group], concept(f"{TERMS}/v2-0074", kind.section, kind.section_name)],
        "code": named(LOINC, kind.loinc, kind.display, kind.name),
        "subject": record.subject,
        "performer": [known.organization(facility)],
        "resultsInterpreter": [known.who(study.reader)],
    }
