"""Appointments of the open patient: agenda and detail, side by side from 120 columns, and a month view."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.appointments.appointment import Appointment, Appointments
from genesis_tui.models.appointments.clipboards.questions import Clipboard
from genesis_tui.models.appointments.wording import one_line_text
from genesis_tui.models.base.dates import MONTHS, in_zone
from genesis_tui.models.base.errors import ApiError, NotOffered, Refused, Unreachable
from genesis_tui.models.family import FamilyMember
from genesis_tui.screens.appointments.actions import AppointmentActions
from genesis_tui.screens.appointments.detail import clipboard_paras, paras
from genesis_tui.screens.appointments.month import MonthScreen
from genesis_tui.screens.appointments.rows import (
    FULL_FROM,
    NEW,
    AgendaRow,
    Remark,
    agenda_rows,
    view_for,
)
from genesis_tui.screens.base.error_notice import unreadable_text
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.widgets.frame.keys_row import KeysRow
from genesis_tui.widgets.load_state import Notice, empty, loading
from genesis_tui.widgets.page import Shown
from genesis_tui.widgets.virtual_list import columns_for

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord


_WHEN = "They show here once a clinic has booked one."
_EVER = date(1900, 1, 1)
"""The day from which all years are asked for."""
_FRAME = 4
"""Rows of the window that are not the agenda's."""


class AppointmentsScreen(ListDetail[AgendaRow]):
    """Upcoming, requested, past."""

    PLACE = "appointments"
    WHAT = "appointments"
    SEARCH = "what, who, where, month"
    BINDINGS: ClassVar[list[BindingType]] = [
        *AppointmentActions.BINDINGS,
        Binding("b", "clipboard", "clipboard", id="appointments.clipboard"),
        Binding("M", "month", "month", id="appointments.month"),
        Binding("slash", "search", "search", id="appointments.search"),
        Binding("A", "all", "all years", id="appointments.all"),
        Binding("F", "everybody", "whole family", id="appointments.family", tooltip="the agenda of the whole family"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.actions = AppointmentActions(self)
        self._clipboards: tuple[Clipboard, ...] = ()
        self._loaded = False
        self._first: date | None = None

    def on_mount(self) -> None:
        """Another person was chosen on the form for a booking: it goes on for them."""
        if self.shell.wanted.startswith(NEW):
            self.start("new", self._go_on, self.shell.take_wanted().removeprefix(NEW))

    async def _go_on(self, visit: str) -> None:
        with self.shell.opening():
            self.actions.new(visit)

    # the agenda

    @property
    def _agenda(self) -> Appointments:
        return self.actions.agenda

    async def read(self, record: "OpenRecord") -> None:
        self.actions.agenda = await record.appointments.load(self._first)
        with suppress(Refused, NotOffered, Unreachable):  # the agenda shows without them
            self._clipboards = (await record.appointments.clipboards()).rows
        if self.actions.changed:
            self.shell.wanted, self.actions.changed = self.actions.changed, ""
        self._loaded = True
        if self._agenda.watches:
            self.shell.follow_slots()
        self.show_rows()

    def forget(self) -> None:
        self.actions.agenda = Appointments()
        self._clipboards = ()

    def show_rows(self) -> None:
        """The agenda, narrowed to what is searched for."""
        height = self.app.size.height
        rows = agenda_rows(self._agenda, self.words, room=height - _FRAME, tall=2 if self.two_rows else 1)
        if rows and self._first is None and self._agenda.since is not None:
            rows.append(Remark(f"Since {_day(self._agenda.since)}; A looks further back."))
        width = self.app.size.width if not self.wide else self.list.size.width or self.app.size.width // 2
        columns = columns_for(width - 1, two_rows=self.two_rows, full_from=FULL_FROM)
        self.put(rows, view_for(rows, columns, self._here), nothing=self._nothing())

    def _nothing(self) -> Notice:
        total = len(self._agenda.rows)
        if not self._loaded:
            return loading()
        if total:
            words = self.words
            return Notice(f"Nothing with “{words}” among {total} appointments.", keys=(("esc", "shows all"),))
        if self._agenda.unreadable:
            return Notice(unreadable_text(self._agenda.unreadable, "appointment"), "muted")
        since = self._agenda.since
        if self._first is None and since is not None:
            heading = f"No appointments since {_day(since)}"
            return Notice(heading, text=(_WHEN,), text_role="muted", keys=(("A", "looks further back"),))
        return empty("No appointments yet", _WHEN)

    def _here(self, moment: datetime) -> datetime | None:
        """A moment on the viewer's clock; None where nobody knows what zone they are in."""
        me = self.shell.portal.sign_in.me
        return in_zone(moment, me.zone) if me and me.zone else None

    def detail_of(self, row: AgendaRow | None) -> Sequence[Shown]:
        if not isinstance(row, Appointment):
            return ()
        me = self.shell.portal.sign_in.me
        here = self._here(row.start) if row.start else None
        return [*paras(row, here, me.zone if me else ""), *clipboard_paras(self._clipboards_of(row))]

    def line_of(self, row: AgendaRow) -> str:
        return one_line_text(row) if isinstance(row, Appointment) else ""

    # keys

    def _clipboards_of(self, row: AgendaRow | None) -> list[Clipboard]:
        id = row.id if isinstance(row, Appointment) else ""
        return [one for one in self._clipboards if id and one.appointment_id == id]

    def action_clipboard(self) -> None:
        """`b`: what is filled in before this visit."""
        found = self._clipboards_of(self.list.current)
        if found and self.record is not None:
            chosen = next((one for one in found if one.save.allowed), found[0])
            self.start("clipboard", self._open_clipboard, self.record.patient, chosen, exclusive=True)

    async def _open_clipboard(self, patient: FamilyMember, chosen: Clipboard) -> None:
        from genesis_tui.screens.appointments.clipboard.screen import ClipboardScreen

        try:
            with self.shell.opening():
                clipboards = (await self.shell.portal.messaging()).clipboards
                filling = await clipboards.begin(await clipboards.named(patient.id, chosen.id))
                await self.app.push_screen(ClipboardScreen(patient, filling, clipboards))
        except ApiError as error:
            self.shell.report(error)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No month and no search over nothing."""
        if self.is_mounted and action == "clipboard":
            return bool(self._clipboards_of(self.list.current))
        if self.is_mounted and action == "everybody":
            return self.shell.people is not None and len(self.shell.people.people) > 1
        if self.is_mounted and action in ("month", "search"):
            return bool(self._agenda.rows)
        if self.is_mounted and not self.actions.may(action):
            return False
        return super().check_action(action, parameters)

    def show_keys(self) -> None:
        super().show_keys()
        if self.is_mounted and self.actions.booking:
            row = self.query_one(KeysRow)
            row.keys = tuple((key, "go on booking" if words == "new" else words) for key, words in row.keys)

    def action_new(self) -> None:
        self.actions.new()

    def action_answer(self) -> None:
        self.actions.answer()

    def action_cancel(self) -> None:
        self.actions.cancel()

    def action_move(self) -> None:
        self.actions.move()

    def action_again(self) -> None:
        self.actions.again()

    def action_summary(self) -> None:
        self.actions.summary()

    def action_ics(self) -> None:
        self.actions.ics()

    def action_ics_all(self) -> None:
        self.actions.ics_all()

    def action_watch(self) -> None:
        self.actions.watch()

    def action_all(self) -> None:
        """`A`: what is older than the server tells of by itself, or no longer."""
        self._first = None if self._first else _EVER
        self.load()

    def action_everybody(self) -> None:
        """`F`: what lies ahead for the whole family."""
        from genesis_tui.screens.appointments.family import FamilyAgendaScreen

        self.app.push_screen(FamilyAgendaScreen())

    def action_month(self) -> None:
        row = self.list.current
        days = row.days if isinstance(row, Appointment) else ()
        chosen: date = days[0] if days else self.shell.now().date()
        self.app.push_screen(MonthScreen(self._agenda.rows, chosen, self.fetched, self.show_appointment))

    def show_appointment(self, key: str) -> None:
        """Open the appointment of this key, whatever the search leaves out."""
        self.shell.wanted = key
        self.stop_searching()
        self.list.focus()
        self.show_rows()

    def on_screen_resume(self) -> None:
        """Goes to the appointment that was asked for elsewhere, where more may be known of it than here; unless that is
        in the record of another person."""
        if self.record is not self.shell.portal.record:
            return
        wanted = self.shell.wanted
        if self._loaded and wanted and not wanted.startswith(NEW):
            self.show_appointment(wanted)
            if not any(row.key == wanted for row in self._agenda.rows):
                self.shell.wanted = wanted
            self.load()


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
