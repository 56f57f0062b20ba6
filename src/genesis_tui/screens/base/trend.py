"""`t`: how one test went over the years; `T` chooses any test, and on a plot a second one beside the first."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.base.dates import short_day
from genesis_tui.models.base.search import folded
from genesis_tui.models.results.ask_first import asks_anew
from genesis_tui.models.results.trends import ByCode, Series, plottable, series_of
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.drawing.cells import left, right
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.picker import Picker
from genesis_tui.widgets.trend.trend_plot import TrendPlot
from genesis_tui.widgets.virtual_list import RowView

Opened = Callable[[str, str], None]
"""Called with the key of what shows a value, and the reading's id, when `enter` asks for it."""


class SeriesView(RowView[Series]):
    """A test, its latest value, how many there are and when the latest was."""

    def key(self, row: Series) -> str:
        return f"{row.code} {row.unit}"

    def draw(self, row: Series, width: int) -> list[Line]:
        if not row.entries:
            return [[(" ", ""), (left(row.name, width - 2), "muted")]]
        latest = row.entries[-1]
        end = [right(f"{latest.text} {row.unit}", 16), right(short_day(latest.at), 11)]
        room = width - 2 - sum(map(len, end))
        return [[(" ", ""), (left(row.name, room), ""), (end[0], ""), (end[1], "muted")]]


class SeriesPicker(Picker[Series]):
    """Which test."""

    HINT: ClassVar[str] = "type a test's name"
    VERB: ClassVar[str] = "plot"
    NOTHING: ClassVar[str] = "No test of that name has two values or more."

    def __init__(self, heading: str, tests: Sequence[Series], chosen: Callable[[Series], None]) -> None:
        super().__init__()
        self._heading, self._tests, self._chosen = heading, tests, chosen

    def heading(self) -> str:
        return self._heading

    def candidates(self, text: str) -> list[Series]:
        words = folded(text).split()
        return [one for one in self._tests if all(word in folded(one.name) for word in words)]

    def view(self) -> RowView[Series]:
        return SeriesView()

    def choose(self, item: Series) -> None:
        self.dismiss()
        self._chosen(item)


class TrendScreen(Place):
    """The plot of a test of the open patient, over the place it was asked for from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("T", "add", "add a test", id="trend.add"),
        Binding("escape", "back", "back", id="trend.back"),
    ]

    def __init__(self, series: tuple[Series, ...], reading: str, place: Place, opened: Opened) -> None:
        """A plot of what is loaded; only for a second test it asks the server, for vital signs.

        Args:
            series: of one test, one for each unit.
            reading: id of the reading to start on.
            place: where it was asked for.
            opened: what `enter` does.
        """
        super().__init__()
        self.PLACE = place.PLACE  # type: ignore[misc]
        self._series = series
        self._reading = reading
        self._opened = opened
        self._me = place.shell.portal.sign_in.me
        self.set_reactive(TrendScreen.fetched, place.fetched)

    def compose_body(self) -> ComposeResult:
        yield TrendPlot(id="trend")

    def on_mount(self) -> None:
        """Shows the series on the reading it was asked for from."""
        self.query_one(TrendPlot).show(self._series, self._reading)

    def on_screen_resume(self) -> None:
        """REL-6: after a lock, or another choice of what asks first, its values may not be open any more."""
        if asks_anew(self._me, self.shell.portal.sign_in.me):
            self.dismiss()

    @property
    def code(self) -> str:
        """What the plot was opened for."""
        return self._series[0].code

    def show(self, series: tuple[Series, ...], fetched: Fetched) -> None:
        """The same test with what has come in since, however early that is; the chosen value stays chosen."""
        self._series, self.fetched = series, fetched
        for plot in self.query(TrendPlot):
            plot.show(series, plot.entry.id if plot.entry else self._reading)

    def action_add(self) -> None:
        """`T`: another test beside this one."""
        self.start("tests", self._choose_test, exclusive=True)

    async def _choose_test(self) -> None:
        record, plot = self.shell.portal.record, self.query_one(TrendPlot)
        if record is None or plot.first is None:
            return
        with reported(self.shell):
            found = [one for one in plottable(await record.entries.measured()) if one.code != self.code]
            none = Series("", f"{plot.first.name} alone", "", ())
            tests = [none, *found] if plot.series is not plot.first else found
            self.app.push_screen(
                SeriesPicker(f"Beside {plot.first.name}", tests, lambda one: plot.add(one if one.entries else None))
            )

    @on(TrendPlot.Opened)
    def _open(self, event: TrendPlot.Opened) -> None:
        self.dismiss()
        self._opened(event.result, event.reading)


class Trends:
    """What `t` and `T` do on a place whose entries have values."""

    def __init__(self, place: Place, opened: Opened) -> None:
        self._place = place
        self._opened = opened
        self._screen: TrendScreen | None = None

    def plot(self, index: ByCode, code: str, reading: str = "") -> None:
        """The plot of the test of this code, on the reading of this id."""
        series = series_of(index, code) if code else ()
        if not any(len(one.entries) > 1 or one.numbers for one in series):
            self._place.shell.tell("Nothing to plot here.", "A trend needs a test with a value.")
            return
        self._screen = TrendScreen(series, reading, self._place, self._opened)
        self._place.app.push_screen(self._screen)

    def choose(self) -> None:
        """`T`: any test of the record, vital signs among them."""
        self._place.start("tests", self._choose, exclusive=True)

    async def _choose(self) -> None:
        record = self._place.shell.portal.record
        if record is None:
            return
        with reported(self._place.shell):
            index = await record.entries.measured()
            picker = SeriesPicker("Trend of which test?", plottable(index), lambda one: self.plot(index, one.code))
            self._place.app.push_screen(picker)

    def freshen(self, index: Callable[[], ByCode]) -> None:
        """A plot that was opened while pages still came in gets all of them."""
        if self._screen is not None and self._screen in self._place.app.screen_stack:
            series = series_of(index(), self._screen.code)
            if series:
                self._screen.show(series, self._place.fetched)
