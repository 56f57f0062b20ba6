"""A record's sections and entries as tables, JSON and CSV."""

from collections.abc import Iterable
from typing import TypedDict

from genesis_tui.cli.base.json_parts import (
    AlsoOutput,
    Instant,
    MissingOutput,
    PatientOutput,
    Recorded,
    RefusalOutput,
    UnreadableOutput,
    also_json,
    instant,
    missing_json,
    patient_json,
    recorded,
    unreadable_json,
)
from genesis_tui.cli.base.readings import ReadingOutput, reading_json
from genesis_tui.cli.record.reading import CountedSection
from genesis_tui.models.base import dates
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.base.ledger import missing_text
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.record import Entries, Entry, Fact, Section
from genesis_tui.models.results import result
from genesis_tui.models.results.result import Unreadable

HEADS = ("Date", "Title", "What", "State", "Marks", "Key")
SECTION_HEADS = ("section", "title", "count", "closed")


class SectionOutput(TypedDict):
    """A section; `count` is null where it is closed or can't be had, and `closed` says why and what to do."""

    id: str
    title: str
    count: int | None
    closed: RefusalOutput | None
    unreadable: UnreadableOutput
    missing: list[MissingOutput]


class SectionsOutput(TypedDict):
    """The sections of a record that the server offers."""

    patient: PatientOutput
    sections: list[SectionOutput]


class FactOutput(TypedDict):
    """A label with what is known: words, and the time or span that they tell of."""

    label: str
    text: str
    at: Recorded | None
    until: Recorded | None


class TextOutput(TypedDict):
    """A text under its heading."""

    heading: str
    text: str


class AttachmentOutput(TypedDict):
    """A file; `size` is in bytes, null where the server does not say."""

    title: str
    content_type: str
    size: int | None


class EntryOutput(TypedDict):
    """An entry. `modifiers` say what changes its meaning, `status` is its code and `status_word` the same
    in words, `state` what is worth saying of it; `flag` is the gravest
    interpretation in words, and `flag_code` low, high, abnormal, critical-low, critical-high, critical, unknown or
    empty. Where `asks_first` is true, nothing of what was found is here: --yes opens it."""

    key: str
    section: str
    group: str
    modifiers: list[str]
    title: str
    at: Recorded | None
    precision: str
    state: str
    status: str
    status_word: str
    summary: str
    asks_first: bool
    flag: str
    flag_code: str
    corrected: bool
    community: str
    imported: Instant | None
    facts: list[FactOutput]
    texts: list[TextOutput]
    readings: list[ReadingOutput]
    attachments: list[AttachmentOutput]


class EntriesOutput(TypedDict):
    """The entries of one section, newest first; `missing` names the types that could not be had, or not whole."""

    patient: PatientOutput
    section: str
    fetched: Instant | None
    unreadable: UnreadableOutput
    missing: list[MissingOutput]
    entries: list[EntryOutput]


class WholeEntryOutput(EntryOutput):
    """An entry with what else is recorded of it."""

    also: list[AlsoOutput]


class EntryDocumentOutput(TypedDict):
    """One entry whole."""

    patient: PatientOutput
    entry: WholeEntryOutput


def sections_json(person: FamilyMember, found: Iterable[CountedSection]) -> SectionsOutput:
    """Every section with its count."""
    return {"patient": patient_json(person), "sections": [*map(count_json, found)]}


def count_json(one: CountedSection) -> SectionOutput:
    """A section with its count, or with the rule that closes it."""
    closed, known = one.closed, one.entries
    unreadable = known.unreadable if known else Unreadable()
    return {
        "id": one.section.id,
        "title": one.section.title,
        "count": len(known.rows) if known else None,
        "closed": _refusal(closed) if closed else None,
        "unreadable": unreadable_json(unreadable.count, unreadable.reasons),
        "missing": [*map(missing_json, known.missing if known else ())],
    }


def _refusal(refused: ApiError) -> RefusalOutput:
    return {"title": refused.title, "next": refused.next, "rule": refused.rule, "reason": refused.reason}


def count_row(one: CountedSection) -> tuple[str, ...]:
    """Id, title, count, why it is closed or not all here."""
    number = str(len(one.entries.rows)) if one.entries else ""
    if one.entries and one.entries.lacking:
        return one.section.id, one.section.title, number, "; ".join(map(missing_text, one.entries.missing))
    why = f"{one.closed.title} (rule {one.closed.rule})" if one.closed and one.closed.rule else ""
    return one.section.id, one.section.title, number, why or (one.closed.title if one.closed else "")


def tree(person: FamilyMember, section: Section, known: Entries) -> EntriesOutput:
    """A whole section."""
    return {
        "patient": patient_json(person),
        "section": section.id,
        "fetched": instant(known.fetched),
        "unreadable": unreadable_json(known.unreadable.count, known.unreadable.reasons),
        "missing": [*map(missing_json, known.missing)],
        "entries": [entry_json(one) for one in known.rows],
    }


def whole_json(person: FamilyMember, entry: Entry, also: Iterable[AlsoRecorded]) -> EntryDocumentOutput:
    """One entry whole."""
    return {"patient": patient_json(person), "entry": {**entry_json(entry), "also": [*map(also_json, also)]}}


def entry_json(one: Entry) -> EntryOutput:
    """All that is known of an entry."""
    return {
        "key": one.key,
        "section": one.section,
        "group": one.group,
        "modifiers": list(one.modifiers),
        "title": one.title,
        "at": recorded(one.at),
        "precision": str(one.at.precision),
        "state": one.state,
        "status": one.status_code,
        "status_word": one.status,
        "summary": one.summary,
        "asks_first": bool(one.asks),
        "flag": result.flag_word(one.flag),
        "flag_code": result.flag_code(one.flag),
        "corrected": one.corrected,
        "community": one.community,
        "imported": instant(one.imported),
        "facts": [_fact(fact) for fact in one.facts],
        "texts": [{"heading": heading, "text": text} for heading, text in one.texts],
        "readings": [reading_json(reading) for reading in one.readings],
        "attachments": [{"title": a.title, "content_type": a.content_type, "size": a.size} for a in one.attachments],
    }


def table_row(one: Entry) -> tuple[str, ...]:
    """Date, title, summary, state, marks in words, key."""
    marks = ["corrected" if one.corrected else "", f"from {one.community}" if one.community else ""]
    return (
        dates.short_day(one.at),
        one.title,
        one.summary,
        f"{one.flag} {one.state}".strip() if one.flag.severity else one.state,
        ", ".join(mark for mark in marks if mark),
        one.key,
    )


def lines(one: Entry) -> list[tuple[str, str]]:
    """An entry as labels and what they say."""
    found = [
        ("Date", dates.long_time(one.at)),
        ("State", one.state),
        *_usual(one),
        ("Value", one.summary if one.readings else ""),
    ]
    found += [(fact.label, fact.said) for fact in one.facts]
    found += [(dates.long_day(r.at), result.reading_text(r)) for r in one.readings[1:]]
    found += [("From", one.community), *(("File", a.title or a.content_type) for a in one.attachments)]
    return [(label, text) for label, text in found if text]


def _usual(one: Entry) -> list[tuple[str, str]]:
    return [("Status", one.status)] if one.status != one.state else []


def _fact(fact: Fact) -> FactOutput:
    return {"label": fact.label, "text": fact.said, "at": recorded(fact.at), "until": recorded(fact.until)}
