"""How the agenda looks: groups with a heading, a row for each appointment, two where it is narrow (MOCKUPS §2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from genesis_tui.models.appointments.appointment import Appointment, AppointmentGroup, Appointments
from genesis_tui.models.appointments.booking import Slot, SlotWatch, slot_text
from genesis_tui.models.appointments.wording import (
    GROUPS,
    day_text,
    long_text,
    short_clinician,
    short_where,
    status_text,
    time_text,
    watch_text,
    yours_text,
)
from genesis_tui.models.base.search import folded
from genesis_tui.models.family import FamilyMember
from genesis_tui.screens.base.error_notice import unreadable_text
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left, width_of
from genesis_tui.widgets.drawing.lines import Line, Span, line_width, spread
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.virtual_list import Columns, Gap, GroupedView, GroupHeading

NEW = "new "
"""What the agenda is opened with to book for its person at once; the code of a visit type follows."""


def form_key(patient_id: str, about: Appointment | None = None) -> str:
    """What a form that was left half-filled is kept by: whose, and of which appointment it was begun."""
    return f"booking {patient_id} {about.key if about is not None else ''}"


_DAY, _NAME, _WHO, _LAST = 10, 7, 15, 16
_TIMES = (9, 15)
"""Cells of the time column: `10:00 EST` to `10:00 UTC-05:00`."""
FULL_FROM, _LAST_FROM = 72, 48
"""Narrower than the first a row has one of clinician, place and status; narrower than the second its status alone."""
_ROLES = {"cancelled": "muted bold", "noshow": "abnormal bold", "arrived": "ok bold", "checked-in": "ok bold"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence under the agenda."""

    text: str


AgendaRow = GroupHeading | Remark | Gap | Appointment | SlotWatch
Whose = Mapping[str, FamilyMember]
"""Whose an appointment is, by its key, where the agenda is the whole family's."""
_ONE: Whose = {}


def agenda_rows(
    agenda: Appointments, words: str = "", *, room: int = 0, tall: int = 1, whose: Whose = _ONE
) -> list[AgendaRow]:
    """The groups that have something in them; with `words` only what all of these words are found in.

    Empty rows stand between them where all of it still fits in `room` rows, `tall` for an appointment.
    """
    groups = _groups(agenda, words, whose)
    needed = sum(2 + tall * (len(group) - 1) for group in groups) - 1
    rows: list[AgendaRow] = []
    for group in groups:
        rows += [Gap(), *group] if rows and needed <= room else group
    if agenda.unreadable and rows:
        rows.append(Remark(unreadable_text(agenda.unreadable, "appointment")))
    return rows


def _groups(agenda: Appointments, words: str, whose: Whose) -> list[list[AgendaRow]]:
    groups: list[list[AgendaRow]] = []
    for group in AppointmentGroup:
        found = [row for row in agenda.group(group) if matches(row, words, whose)]
        if found:
            counted = [row for row in found if not (row.off and group is AppointmentGroup.UPCOMING)]
            groups.append([GroupHeading(f"{GROUPS[group]}  {len(counted)}"), *found])
        if group is AppointmentGroup.REQUESTED and agenda.watches and not words:
            groups.append([GroupHeading(f"Watched  {len(agenda.watches)}"), *agenda.watches])
    return groups


def matches(row: Appointment, words: str, whose: Whose = _ONE) -> bool:
    """Whether each word is found in what the agenda and the detail say of it."""
    name = whose[row.key].name if row.key in whose else ""
    said = (name, row.what, row.clinician, row.clinic, row.facility, row.how_word, row.status_word, row.reason)
    when = (day_text(row), time_text(row), long_text(row))
    text = folded(" ".join((*said, *when))) if words else ""
    return all(word in text for word in folded(words).split())


def _never(_: datetime) -> datetime | None:
    return None


@dataclass(frozen=True)
class AppointmentView(GroupedView[Appointment | Remark | SlotWatch]):
    """Rows of the agenda. `here` turns a moment into the viewer's zone; `times` is how wide the time column is."""

    columns: Columns = Columns.FULL
    here: Callable[[datetime], datetime | None] = field(default=_never)
    times: int = _TIMES[0]
    whose: Whose = field(default_factory=dict)

    def key_of(self, row: Appointment | Remark | SlotWatch) -> str:
        if isinstance(row, SlotWatch):
            return f"SlotWatch/{row.clinic_id}/{row.visit_type}"
        return row.key if isinstance(row, Appointment) else ""

    def heights(self, rows: Sequence[AgendaRow], width: int) -> list[int]:
        """Two rows for an appointment where it is narrow."""
        tall = 2 if self.columns is Columns.TWO_ROWS else 1
        return [tall if isinstance(row, Appointment) else 1 for row in rows]

    def lines_of(self, row: Appointment | Remark | SlotWatch, width: int) -> list[Line]:
        """Day, time, what, with whom, where; in place of the last what there is to know of its status or zone."""
        if isinstance(row, Remark):
            return [[(" ", ""), (fit(row.text, width - 2), "muted")]]
        if isinstance(row, SlotWatch):
            return [[(" ", ""), (fit(watch_text(row), width - 2), "pending" if row.found else "")]]
        if self.columns is Columns.TWO_ROWS:
            return self._two_rows(row, width)
        return [self._one_row(row, width)]

    def _start(self, row: Appointment) -> list[Span]:
        role = "muted" if row.off or row.group is AppointmentGroup.PAST else "pending" if row.start is None else ""
        start: list[Span] = [(" ", ""), (left(day_text(row), _DAY) + " ", role)]
        start.append((left(time_text(row), self.times) + " ", role))
        return start if self.columns is Columns.TWO_ROWS else [*start, *self._name(row, _NAME)]

    def _name(self, row: Appointment, room: int) -> list[Span]:
        """Whose it is, in the person's colour; nothing in the agenda of one person."""
        person = self.whose.get(row.key)
        return [(left(person.given, room) + " ", f"{patient_word(person.number)}-ink")] if person else []

    def _note(self, row: Appointment) -> Span:
        """Its status where that must be said, else the time on the viewer's clock where that differs."""
        status = status_text(row)
        if status:
            return status, _ROLES.get(row.status, "pending")
        yours = yours_text(row, self.here(row.start) if row.start else None)
        return (f"= {yours}", "pending") if yours else ("", "")

    def _one_row(self, row: Appointment, width: int) -> Line:
        start, (note, role) = self._start(row), self._note(row)
        ends: list[Span] = []
        if self.columns is Columns.FULL:
            who = short_clinician(row.clinician) or (short_where(row) if note else "")
            last = note or short_where(row)
            if self.whose:
                ends = [(" " + left(last, _LAST), role or "muted")]
            elif who or last:
                ends = [(" " + left(who, _WHO), "muted"), (" " + left(last, _LAST), role or "muted")]
        elif note:
            ends = [(" " + note, role)]
        elif width >= _LAST_FROM and not self.whose:
            ends = [(" " + left(short_clinician(row.clinician) or short_where(row), _WHO), "muted")]
        room = max(4, width - line_width(start) - line_width(ends) - 1)
        return [*start, (left(row.what, room), self._what(row)), *ends, (" ", "")]

    def _two_rows(self, row: Appointment, width: int) -> list[Line]:
        start, (note, role) = self._start(row), self._note(row)
        first: Line = [*start, (fit(row.what, width - line_width(start) - 1), self._what(row))]
        said = f" {symbols.get('dot')} ".join(
            part for part in (short_clinician(row.clinician), short_where(row)) if part
        )
        room = width - _DAY - 3 - (width_of(note) + 1 if note else 0)
        indent = self._name(row, _DAY) or [(" " * (_DAY + 1), "")]
        second: Line = [(" ", ""), *indent, (fit(said, room), "muted")]
        return [first, spread(second, [(note, role), (" ", "")], width) if note else second]

    @staticmethod
    def _what(row: Appointment) -> str:
        return "muted" if row.off else "bold" if row.group is not AppointmentGroup.PAST else ""


def view_for(
    rows: Sequence[AgendaRow],
    columns: Columns,
    here: Callable[[datetime], datetime | None],
    whose: Whose = _ONE,
) -> AppointmentView:
    """The view of these rows, the time column as wide as the longest time asks for within bounds."""
    longest = max((width_of(time_text(row)) for row in rows if isinstance(row, Appointment)), default=0)
    return AppointmentView(columns, here, min(max(longest, _TIMES[0]), _TIMES[1]), whose)


def slot_line(slot: Slot) -> str:
    """A slot in words, with the signs of the screen: `Wed 2 Dec 2026 09:20–09:40 EST · Dr. Grace Kim · in person`."""
    return slot_text(slot, f" {symbols.get('dot')} ", symbols.get("through"))
