"""Radiology and pathology: one report each, with its text."""

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace as altered

from genesis_tui.mock_backend.world.authored.catalogue import StudyKind
from genesis_tui.mock_backend.world.authored.read import kinds
from genesis_tui.mock_backend.world.authored.records import ReleaseMarks, Study
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, due_at, origin, review_time
from genesis_tui.mock_backend.world.base.elements import LOINC, TERMS, concept, meta, reviewed, stamp
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


def add_studies(chart: RecordBuilder) -> None:
    """Writes every report of the record, and what is still to come of it."""
    for study in chart.record.studies:
        identity = chart.book.new_id("DiagnosticReport")
        facility = study.marks.partner or study.facility or chart.person.facility
        at = chart.at(study.day, study.at, facility)
        issued = at + timedelta(hours=study.hours)
        released = Release(issued, review_time(issued, study.marks))
        done = _Done(identity, at, files(chart, study.files, at, released))
        chart.book.resources.append(_report(chart, study, done, issued, study.marks))
        _later(chart, study, done, issued)


def _later(chart: RecordBuilder, study: Study, done: _Done, issued: datetime) -> None:
    marks = study.marks
    if marks.final_in is not None:
        issued = due_at(chart, marks.final_in)
        marks = altered(marks, status="final", review_days=None)
        chart.book.due.append(due_resource(issued, _report(chart, study, done, issued, marks)))
    if marks.review_in is not None:
        at = due_at(chart, marks.review_in)
        marks = altered(marks, review_days=(at - issued) / timedelta(days=1))
        chart.book.due.append(due_resource(at, _report(chart, study, done, issued, marks)))


def _report(chart: RecordBuilder, study: Study, done: _Done, issued: datetime, marks: ReleaseMarks) -> Resource:
    kind = kinds().studies[study.kind]
    reviewed_at = review_time(issued, marks)
    partner, extension = origin(chart, issued, marks)
    body = {"resourceType": "DiagnosticReport", "id": done.identity, **meta(partner=partner), "status": marks.status}
    body |= _heading(chart, study, kind) | {
        "extension": reviewed(by_clinician=reviewed_at is not None) + extension,
        "effectiveDateTime": stamp(done.at),
        "issued": stamp(issued),
        "conclusion": study.conclusion,
        "presentedForm": [attachment(written(study.text, chart, done.at), kind.name, stamp(issued)), *done.files],
    }
    visit = chart.encounters.get(study.day)
    if visit is not None:
        body["encounter"] = visit
    return Resource(body, chart.person.id, final_at=issued, reviewed_at=reviewed_at)


def _heading(chart: RecordBuilder, study: Study, kind: StudyKind) -> Json:
    known = chart.book.directory
    facility = study.marks.partner or study.facility or chart.person.facility
    return {
        "category": [_GROUPS[kind.group], concept(f"{TERMS}/v2-0074", kind.section, kind.section_name)],
        "code": concept(LOINC, kind.loinc, kind.display, kind.name) if kind.loinc else {"text": kind.name},
        "subject": chart.subject,
        "performer": [known.organization(facility)],
        "resultsInterpreter": [known.who(study.reader)],
    }
