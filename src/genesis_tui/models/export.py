"""A section of a record on its way into a file: what goes in, what does not, and in which forms it can be (REC-2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from genesis_tui.models.family import FamilyMember
from genesis_tui.models.record import Entry, Section

_ONE = {"immunizations": "dose", "labs": "lab", "medications": "medication"}
_MORE = {"immunizations": "doses"}


class ExportForm(StrEnum):
    """The value is the word that a command takes."""

    PDF = "pdf"
    CSV = "csv"
    FHIR = "fhir"

    @property
    def label(self) -> str:
        """`PDF`, `CSV`, `FHIR JSON`."""
        return "FHIR JSON" if self is ExportForm.FHIR else self.name

    @property
    def ending(self) -> str:
        """Of a file of this form."""
        return ".json" if self is ExportForm.FHIR else f".{self.value}"


class OriginalResource(NamedTuple):
    """A resource as the server sent it: its address, empty where the server did not say it, and its JSON."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class SectionExport:
    """One section of one person's record, whole or as it was filtered, at one moment."""

    person: FamilyMember
    born: str
    """The birth date as the server has it; empty where it can't be had."""
    section: Section
    rows: tuple[Entry, ...]
    whole: int
    """How many there are: those that go in, and those that do not."""
    made: datetime
    server: str
    left_out: tuple[str, ...] = ()
    """Why the others do not go in, a sentence each (REC-8)."""
    closed: tuple[str, ...] = ()
    """Sections that would be in it and are closed to whoever exports, by name with the rule (FAM-3)."""
    originals: tuple[OriginalResource, ...] = ()
    """The resources that the rows are made of, each once."""
    lost: int = 0
    """Rows whose resource is not at hand."""

    @property
    def counts(self) -> str:
        """`28 of 28 doses go in.`"""
        return counts_text(self.section, len(self.rows), self.whole)

    @property
    def absent(self) -> tuple[str, ...]:
        """What is not in it, a sentence each."""
        closed = f"Not in it, closed to you: {', '.join(self.closed)}." if self.closed else ""
        return (*self.left_out, *filter(None, (closed,)))


@dataclass(frozen=True, slots=True)
class SavedExport:
    """A file that was written."""

    path: Path
    size: int
    sha256: str
    replaced: tuple[str, ...] = ()
    """Words with letters that the file's font does not have, which are spelled otherwise in it."""


def counts_text(section: Section, some: int, whole: int) -> str:
    """`28 of 28 doses go in.`"""
    one, more = _ONE.get(section.id, "entry"), _MORE.get(section.id, section.noun if section.id in _ONE else "entries")
    return f"{some:,} of {whole:,} {f'{one} goes' if whole == 1 else f'{more} go'} in."


def file_name(given: str, section: Section, made: datetime, form: ExportForm) -> str:
    """`maya-immunizations-2026-11-30.pdf`, before it is made safe."""
    return f"{given.lower() or 'record'}-{section.id}-{made.date().isoformat()}{form.ending}"
