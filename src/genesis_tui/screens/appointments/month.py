"""The month view: a calendar over the agenda, from which `enter` goes back to a day's appointment."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.screens.appointments.month_grid import MonthGrid
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.frame.bar import Fetched


class MonthScreen(Place):
    """What is loaded, as a calendar; it asks the server for nothing."""

    PLACE = "appointments"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,M", "back", "agenda", key_display="esc", id="month.back"),
    ]

    def __init__(
        self, rows: Sequence[Appointment], chosen: date, fetched: Fetched, opened: Callable[[str], None]
    ) -> None:
        """A calendar that begins on the day `chosen`.

        Args:
            rows: the appointments of the agenda.
            chosen: the day that the cursor begins on.
            fetched: how fresh they are.
            opened: called with an appointment's key when `enter` asks for its day.
        """
        super().__init__()
        self._rows = rows
        self._chosen = chosen
        self._opened = opened
        self.set_reactive(MonthScreen.fetched, fetched)

    def compose_body(self) -> ComposeResult:
        grid = MonthGrid(id="month")
        grid.add_class("pane")
        yield grid

    def on_mount(self) -> None:
        self.query_one(MonthGrid).show(self._rows, self._chosen, self.shell.now().date())

    @on(MonthGrid.Opened)
    def _open(self, event: MonthGrid.Opened) -> None:
        self.dismiss()
        self._opened(event.key)
