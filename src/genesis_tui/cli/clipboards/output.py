"""What `clipboards` prints: rows of a list, and one clipboard with its questions."""

from typing import TypedDict

from genesis_tui.cli.base.json_parts import (
    ActionOutput,
    Instant,
    PatientOutput,
    UnreadableOutput,
    action_json,
    instant,
    patient_json,
    unreadable_json,
)
from genesis_tui.models.appointments.clipboards.form import AskedItem, laid_out, missing, questions_asked, unasked
from genesis_tui.models.appointments.clipboards.keys import key_of
from genesis_tui.models.appointments.clipboards.questions import Clipboard, Clipboards, Filling
from genesis_tui.models.appointments.clipboards.wording import asks_for, state_text, typed_text, values_text
from genesis_tui.models.base.dates import in_zone, instant_text
from genesis_tui.models.family import FamilyMember


class HandedInOutput(TypedDict):
    """When it was submitted, and by whom."""

    at: Instant
    by: str


class ClipboardOutput(TypedDict):
    """A clipboard before one visit. `version` is 0 before anything was answered; `start` is in the clinic's `zone`."""

    id: str
    version: int
    title: str
    appointment: str
    what: str
    start: Instant | None
    zone: str
    answered: int
    asked: int
    saved: Instant | None
    submitted: HandedInOutput | None
    can: list[ActionOutput]


class ClipboardsOutput(TypedDict):
    """The clipboards of one person by the time of the visit."""

    patient: PatientOutput
    unreadable: UnreadableOutput
    clipboards: list[ClipboardOutput]


class QuestionOutput(TypedDict):
    """A question that is asked with the answers so far, as they are typed.

    `key` names it for `clipboards fill`; `kind` is FHIR's word. `missing` is true where it must be answered first.
    """

    key: str
    number: int
    section: str
    text: str
    kind: str
    asks_for: str
    required: bool
    repeats: bool
    options: list[str]
    answers: list[str]
    missing: bool


class FillingOutput(TypedDict):
    """One clipboard with its questions. `kept_here` is true where the clinic does not have all of these answers;
    `bring` names what a terminal can't ask."""

    patient: PatientOutput
    clipboard: ClipboardOutput
    kept_here: bool
    questions: list[QuestionOutput]
    bring: list[str]


def tree(person: FamilyMember, known: Clipboards) -> ClipboardsOutput:
    """The whole list."""
    return {
        "patient": patient_json(person),
        "unreadable": unreadable_json(known.unreadable),
        "clipboards": [clipboard_json(row) for row in known.rows],
    }


def clipboard_json(row: Clipboard) -> ClipboardOutput:
    """A row."""
    handed = None
    if row.submitted is not None:
        handed = HandedInOutput(at=instant(row.submitted.at, row.zone), by=row.submitted.by)
    return {
        "id": row.id,
        "version": row.version,
        "title": row.title,
        "appointment": row.appointment_id,
        "what": row.what,
        "start": instant(row.start, row.zone),
        "zone": row.zone,
        "answered": row.answered,
        "asked": row.asked,
        "saved": instant(row.saved, row.zone),
        "submitted": handed,
        "can": [action_json(can, row.zone) for can in row.can],
    }


def filling_json(person: FamilyMember, filling: Filling) -> FillingOutput:
    """A clipboard with its questions."""
    root = laid_out(filling.clipboard.questions, filling.answers)
    empty = missing(root)
    return {
        "patient": patient_json(person),
        "clipboard": clipboard_json(filling.clipboard),
        "kept_here": not filling.on_server,
        "questions": [_question(one, missing=one in empty) for one in questions_asked(root)],
        "bring": [one.question.words for one in unasked(root)],
    }


def _question(one: AskedItem, *, missing: bool) -> QuestionOutput:
    question, section = one.question, one.section
    return {
        "key": key_of(one),
        "number": one.number,
        "section": section.question.text if section is not None else "",
        "text": question.words,
        "kind": str(question.kind),
        "asks_for": asks_for(question),
        "required": question.required,
        "repeats": question.repeats,
        "options": [choice.text for choice in question.choices],
        "answers": [typed_text(question, value) for value in one.values],
        "missing": missing,
    }


def table_row(row: Clipboard) -> tuple[str, ...]:
    """Id, when the visit is, which, what is asked, how far it is."""
    return row.id, when(row), row.what, row.title, state_text(row)


def when(row: Clipboard) -> str:
    """`Tue 1 Dec 2026 10:00 EST`; `no date` for a request."""
    if row.start is None:
        return "no date"
    return instant_text(in_zone(row.start, row.zone) if row.zone else row.start)


def question_row(one: AskedItem, *, missing: bool) -> tuple[str, ...]:
    """Number, key, question, what is asked for, the answer."""
    marks = "required" if missing else ""
    told = values_text(one.question, one.values)
    return str(one.number), key_of(one), one.question.words, asks_for(one.question), told or marks
