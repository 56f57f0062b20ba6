"""The agenda of the whole family: what is booked and asked for, soonest first; `enter` opens it as its person."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.appointments.appointment import Appointment, Appointments, arranged
from genesis_tui.models.appointments.wording import one_line_text
from genesis_tui.models.base.dates import in_zone
from genesis_tui.models.base.errors import ApiError, Refused, SignedOut
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.screens.appointments.detail import paras
from genesis_tui.screens.appointments.rows import FULL_FROM, AgendaRow, Remark, agenda_rows, view_for
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.load_state import Notice, empty
from genesis_tui.widgets.page import Para, Shown
from genesis_tui.widgets.virtual_list import columns_for

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

AT_ONCE = 4
"""People who are asked for at the same time."""
_FRAME = 4
"""Rows of the window that are not the agenda's."""


class FamilyAgendaScreen(ListDetail[AgendaRow]):
    """Everybody whose record is open to the person."""

    PLACE = "appointments"
    FAMILY_WIDE = True
    WHAT = "appointments"
    SEARCH = "who, what, where, month"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("F", "own", "one person", id="family-agenda.back", tooltip="back to the agenda of one person"),
        Binding("slash", "search", "search", id="family-agenda.search"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ahead: dict[str, Appointments] = {}
        self._failures: dict[str, str] = {}

    async def read(self, record: "OpenRecord") -> None:
        """Everybody's; a failure is that person's own line."""
        turns = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._ask(person, turns) for person in self._people))
        self.show_rows()

    @property
    def _people(self) -> tuple[FamilyMember, ...]:
        people = self.shell.people.people if self.shell.people else ()
        return tuple(person for person in people if person.access is not Access.NONE)

    async def _ask(self, person: FamilyMember, turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                self._ahead[person.id] = await self.shell.portal.home.ahead(person)
                self._failures.pop(person.id, None)
            except SignedOut:
                raise
            except ApiError as error:
                if isinstance(error, Refused):
                    self._ahead.pop(person.id, None)
                self._failures[person.id] = " ".join(part for part in (error.title, error.next) if part)

    def forget(self) -> None:
        self._ahead.clear()

    @property
    def _whose(self) -> dict[str, FamilyMember]:
        people = self._people
        return {row.key: one for one in people if one.id in self._ahead for row in self._ahead[one.id].rows}

    def show_rows(self) -> None:
        known = [row for agenda in self._ahead.values() for row in agenda.rows]
        unreadable = sum(agenda.unreadable for agenda in self._ahead.values())
        tall = 2 if self.two_rows else 1
        agenda, whose = Appointments(arranged(known), unreadable), self._whose
        rows = agenda_rows(agenda, self.words, room=self.app.size.height - _FRAME, tall=tall, whose=whose)
        rows += [Remark(f"{one.given}: {self._failures[one.id]}") for one in self._people if one.id in self._failures]
        width = self.app.size.width if not self.wide else self.list.size.width or self.app.size.width // 2
        columns = columns_for(width - 1, two_rows=self.two_rows, full_from=FULL_FROM)
        self.put(rows, view_for(rows, columns, self._here, whose), nothing=self._nothing(len(known)))

    def _nothing(self, total: int) -> Notice | None:
        if self.words and total:
            return Notice(f"Nothing with “{self.words}” among {total} appointments.", keys=(("esc", "shows all"),))
        if not self._ahead:
            return None
        return empty("Nothing is booked or asked for", "n in the agenda of one person books a visit.")

    def _here(self, moment: datetime) -> datetime | None:
        me = self.shell.portal.sign_in.me
        return in_zone(moment, me.zone) if me and me.zone else None

    def detail_of(self, row: AgendaRow | None) -> Sequence[Shown]:
        person = self._whose.get(row.key) if isinstance(row, Appointment) else None
        if not isinstance(row, Appointment) or person is None:
            return ()
        me = self.shell.portal.sign_in.me
        here = self._here(row.start) if row.start else None
        whose = Para(person.name.upper(), f"bold {patient_word(person.number)}-ink")
        return [whose, *paras(row, here, me.zone if me else "")]

    def line_of(self, row: AgendaRow) -> str:
        person = self._whose.get(row.key) if isinstance(row, Appointment) else None
        return f"{person.name}: {one_line_text(row)}" if person and isinstance(row, Appointment) else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is read here but beside the list."""
        return False if action in ("turn", "neighbour") else super().check_action(action, parameters)

    def open_row(self) -> None:
        """`enter`: the record of its person, at this appointment."""
        row = self.list.current
        if isinstance(row, Appointment) and row.key in self._whose:
            self.shell.open_record(self._whose[row.key], "appointments", row.key)

    def action_own(self) -> None:
        """`F`: the agenda below this one."""
        self.dismiss()
