"""A record's sections and entries as tables, JSON and CSV."""

from collections.abc import Iterator
from typing import Any

from genesis_tui.cli.base.ledger import missing_json
from genesis_tui.cli.base.output import moment_text
from genesis_tui.cli.base.readings import reading_json
from genesis_tui.cli.record.reading import CountedSection
from genesis_tui.models.base import dates
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.record import Entries, Entry, Fact, Section
from genesis_tui.models.results import result
from genesis_tui.models.results.result import Unreadable

HEADS = ("Date", "Title", "What", "State", "Marks", "Key")
CSV_HEADS = (
    *("patient", "key", "section", "group", "title", "at", "state", "summary", "community", "corrected", "facts"),
)
SECTION_HEADS = ("section", "title", "count", "closed")


def patient_json(person: FamilyMember) -> dict[str, str]:
    """Whose record it is."""
    return {"id": person.id, "name": person.name, "relation": person.relation}


def count_json(one: CountedSection) -> dict[str, Any]:
    """A section with its count, or with the rule that closes it."""
    closed = one.closed
    words = (
        {"title": closed.title, "next": closed.next, "rule": closed.rule, "reason": closed.reason} if closed else None
    )
    known = one.entries
    return {
        "id": one.section.id,
        "title": one.section.title,
        "count": len(known.rows) if known else None,
        "closed": words,
        "unreadable": _unreadable(known.unreadable if known else Unreadable()),
    }


def count_row(one: CountedSection) -> tuple[str, ...]:
    """Id, title, count, why it is closed."""
    number = str(len(one.entries.rows)) if one.entries else ""
    why = f"{one.closed.title} (rule {one.closed.rule})" if one.closed and one.closed.rule else ""
    return one.section.id, one.section.title, number, why or (one.closed.title if one.closed else "")


def tree(person: FamilyMember, section: Section, known: Entries) -> dict[str, Any]:
    """A whole section."""
    return {
        "patient": patient_json(person),
        "section": section.id,
        "fetched": known.fetched.isoformat() if known.fetched else None,
        "unreadable": _unreadable(known.unreadable),
        "missing": [*map(missing_json, known.missing)],
        "entries": [entry_json(one) for one in known.rows],
    }


def entry_json(one: Entry) -> dict[str, Any]:
    """All that is known of an entry."""
    return {
        "key": one.key,
        "section": one.section,
        "group": one.group,
        "modifiers": list(one.modifiers),
        "title": one.title,
        "at": moment_text(one.at),
        "precision": str(one.at.precision),
        "state": one.state,
        "status": one.status,
        "summary": one.summary,
        "flag": result.flag_word(one.flag),
        "corrected": one.corrected,
        "community": one.community,
        "imported": one.imported.isoformat() if one.imported else None,
        "facts": [_fact(fact) for fact in one.facts],
        "texts": [{"heading": heading, "text": text} for heading, text in one.texts],
        "readings": [reading_json(reading) for reading in one.readings],
        "attachments": [{"title": a.title, "content_type": a.content_type, "size": a.size} for a in one.attachments],
    }


def also_json(one: AlsoRecorded) -> dict[str, str]:
    """What is on record beyond what the entry says."""
    return {"resource": one.resource, "element": one.element, "of": one.of, "label": one.label, "text": one.text}


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


def csv_rows(person: FamilyMember, known: Entries) -> Iterator[tuple[str, ...]]:
    """One line an entry; facts as `label: text`, one after the other."""
    for one in known.rows:
        facts = "; ".join(f"{fact.label}: {said_of(fact)}" for fact in one.facts)
        corrected = "yes" if one.corrected else "no"
        head = (person.name, one.key, one.section, one.group, one.title, moment_text(one.at) or "")
        yield (*head, one.state, one.summary, one.community, corrected, facts)


def lines(one: Entry) -> list[tuple[str, str]]:
    """An entry as labels and what they say."""
    found = [
        ("Date", dates.long_time(one.at)),
        ("State", one.state),
        *_usual(one),
        ("Value", one.summary if one.readings else ""),
    ]
    found += [(fact.label, said_of(fact)) for fact in one.facts]
    found += [(dates.long_day(r.at), result.reading_text(r)) for r in one.readings[1:]]
    found += [("From", one.community), *(("File", a.title or a.content_type) for a in one.attachments)]
    return [(label, text) for label, text in found if text]


def _usual(one: Entry) -> list[tuple[str, str]]:
    return [("Status", one.status)] if one.status != one.state else []


def said_of(fact: Fact) -> str:
    """A fact in words."""
    ends = [dates.long_time(moment) for moment in (fact.at, fact.until) if moment is not None]
    return " to ".join(ends) if len(ends) > 1 else f"{fact.text} {ends[0]}".strip() if ends else fact.text


def _fact(fact: Fact) -> dict[str, str | None]:
    return {
        "label": fact.label,
        "text": said_of(fact),
        "at": moment_text(fact.at) if fact.at else None,
        "until": moment_text(fact.until) if fact.until else None,
    }


def _unreadable(unreadable: Unreadable) -> dict[str, Any]:
    return {"count": unreadable.count, "reasons": list(unreadable.reasons)}
