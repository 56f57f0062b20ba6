"""`t`: how one test went over the years."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.results.trends import Series
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.trend.trend_plot import TrendPlot


class TrendScreen(Place):
    """The plot of a test of the open patient, over the results it came from."""

    PLACE = "results"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "back", id="trend.back")]

    def __init__(
        self, series: tuple[Series, ...], reading: str, fetched: Fetched, opened: Callable[[str, str], None]
    ) -> None:
        """A plot of what is loaded; it asks the server for nothing.

        Args:
            series: of one test, one for each unit.
            reading: id of the reading to start on.
            fetched: how fresh the results are that it came from.
            opened: called with a result's key and a reading's id when `enter` asks for the result.
        """
        super().__init__()
        self._series = series
        self._reading = reading
        self._opened = opened
        self.set_reactive(TrendScreen.fetched, fetched)

    def compose_body(self) -> ComposeResult:
        yield TrendPlot(id="trend")

    def on_mount(self) -> None:
        """Shows the series on the reading it was asked for from."""
        self.query_one(TrendPlot).show(self._series, self._reading)

    def show(self, series: tuple[Series, ...], fetched: Fetched) -> None:
        """The same test with what has come in since, however early that is; the chosen value stays chosen."""
        self._series, self.fetched = series, fetched
        for plot in self.query(TrendPlot):
            plot.show(series, plot.entry.id if plot.entry else self._reading)

    @on(TrendPlot.Opened)
    def _open(self, event: TrendPlot.Opened) -> None:
        self.dismiss()
        self._opened(event.result, event.reading)
