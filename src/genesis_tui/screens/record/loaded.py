"""What the Record place knows of each section: its entries, why it is closed, what could not be had."""

from dataclasses import dataclass, field

from genesis_tui.models.base.errors import ApiError, Refused
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.record import LEDGER, Entries, Entry, Section
from genesis_tui.screens.record.rows import Choice, SectionHeading, SectionRow


@dataclass
class LoadedSections:
    """One patient's sections as far as they were asked for."""

    sections: tuple[Section, ...] = ()
    entries: dict[str, Entries] = field(default_factory=dict)
    errors: dict[str, ApiError] = field(default_factory=dict)
    read: dict[str, Entry] = field(default_factory=dict)
    """Entries with the text of their documents, by key."""

    def take(self, section: Section, entries: Entries) -> None:
        """A section, or a part of it."""
        self.errors.pop(section.id, None)
        self.entries[section.id] = entries

    def fail(self, section: Section, error: ApiError) -> None:
        """A section that could not be had. What is closed is forgotten (FAM-11)."""
        self.errors[section.id] = error
        if isinstance(error, Refused):
            self.forget(section)

    def close(self, section: Section, said: Permission | None) -> None:
        """The server said beforehand that the section is closed to the viewer."""
        if said is not None:
            self.fail(section, Refused(said.title, next=said.next, rule=said.rule, reason=said.reason))

    def forget(self, section: Section) -> None:
        """Drop its entries."""
        for entry in self.entries.pop(section.id, Entries()).rows:
            self.read.pop(entry.key, None)

    def unknown(self, section: Section) -> bool:
        """Whether it is still to be asked for."""
        return section.id not in self.entries and section.id not in self.errors

    def rows(self) -> tuple[Choice, ...]:
        """The sections as they stand: open ones first, then closed ones under the reason.

        Those that gather from others show once there is something in them.
        """
        open_: list[Choice] = []
        closed: dict[str, list[Choice]] = {}
        for section in self.sections:
            known, error = self.entries.get(section.id), self.errors.get(section.id)
            if section.across and not (known and known.rows):
                continue
            if isinstance(error, Refused):
                closed.setdefault(error.title, []).append(SectionRow(section, word="closed"))
            elif error is not None and known is None:
                open_.append(SectionRow(section, word="failed"))
            else:
                open_.append(_row(section, known))
        return (*open_, *(row for why, rows in closed.items() for row in (SectionHeading(why), *rows)))


def _row(section: Section, known: Entries | None) -> SectionRow:
    """The section with what is known of how many entries it has."""
    if known is None or not known.complete or section is LEDGER:
        return SectionRow(section)
    return SectionRow(section, len(known.rows), lacking=known.lacking)
