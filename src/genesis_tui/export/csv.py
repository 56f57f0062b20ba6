"""Entries of the record as CSV (RFC 4180), for spreadsheets: nothing in it can be run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from genesis_tui.models.base.dates import iso
from genesis_tui.models.export import SectionExport
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.record import Entry, Fact, Section
from genesis_tui.models.results.result import flag_word, reading_text, reading_word
from genesis_tui.sanitize import inert, plain

_OWN = ("patient", "key", "section", "group", "title", "at", "state", "summary", "community", "corrected")
COLUMNS = (*_OWN, "facts", "asks_first")
"""Of one line for each entry."""


def section_csv(export: SectionExport) -> bytes:
    """A section as a file: a line an entry, of a test one for each value, with a column for each kind of fact.

    It begins with the mark by which spreadsheets know UTF-8. Facts of results, whose kinds have no end, are one column.
    """
    lines = [line for entry in export.rows for line in _values(entry)]
    labels = () if _mixed(export.section) else tuple(dict.fromkeys(f.label for line in lines for f in line.facts))
    page = io.StringIO()
    writer = csv.writer(page, quoting=csv.QUOTE_ALL)
    writer.writerow(map(_cell, (*_OWN, *(labels or ("facts",)), "status", "text", "files")))
    for line in lines:
        facts = [said_of(line.facts, label) for label in labels] if labels else [_joined(line.facts)]
        text = "\n\n".join(f"{head}\n{words}".strip() for head, words in line.texts)
        files = "; ".join(one.title or one.content_type for one in line.attachments)
        writer.writerow(map(_cell, (*_own(export.person, line), *facts, line.status or line.status_code, text, files)))
    return page.getvalue().encode("utf-8-sig")


def cells(person: FamilyMember, entry: Entry) -> tuple[str, ...]:
    """An entry as `COLUMNS`; facts as `label: text`, one after the other."""
    return (*_own(person, entry), _joined(entry.facts), "yes" if entry.asks else "no")


def said_of(facts: Iterable[Fact], label: str) -> str:
    """What the facts of this label say, each once."""
    return "; ".join(dict.fromkeys(fact.said for fact in facts if fact.label == label))


def _own(person: FamilyMember, entry: Entry) -> tuple[str, ...]:
    corrected = "yes" if entry.corrected else "no"
    head = (person.name, entry.key, entry.section, entry.group, entry.title, iso(entry.at))
    return (*head, entry.state, entry.summary, entry.community, corrected)


def _joined(facts: Sequence[Fact]) -> str:
    return "; ".join(f"{fact.label}: {fact.said}" for fact in facts)


def _mixed(section: Section) -> bool:
    """Whether its entries are of many kinds, each with facts of its own."""
    return section.kind is not None or section.across or section.on_request


def _values(entry: Entry) -> Iterator[Entry]:
    """The entry; after it the earlier values of a test, as entries of their own."""
    yield entry
    for one in entry.readings[1:]:
        yield replace(
            entry,
            key=f"Observation/{one.id}",
            at=one.at,
            state=reading_word(one) or flag_word(one.flag),
            summary=reading_text(one),
            facts=tuple(Fact(part.name, reading_text(part)) for part in one.parts),
            texts=((one.name, one.lines),) if one.lines else (),
        )


def _cell(text: str) -> str:
    return plain(inert(text), lines=True)
