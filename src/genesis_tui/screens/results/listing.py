"""The list of results with its filters, its search field, and what it says when there is nothing to list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from genesis_tui.models.results.result import Result, Results
from genesis_tui.screens.results.chips import Chips, kind_at
from genesis_tui.screens.results.filter import FilteredResults, ResultFilter
from genesis_tui.screens.results.rows import ResultView, columns_for
from genesis_tui.widgets.forms.search_field import SearchRow
from genesis_tui.widgets.load_state import LoadState, Notice, empty
from genesis_tui.widgets.virtual_list import VirtualList

_TWO_ROWS_FROM = 16
"""Rows of the window from which a narrow list takes two rows an item."""


class ResultList(VirtualList[Result]):
    """The results under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="list.open"),
        Binding("t", "screen.trend", "trend", id="results.trend"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing opens from an empty list."""
        return action != "open" or bool(self.rows)


class Listing(Vertical):
    """Filters over rows. It knows what was asked for; the screen knows where rows come from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search", id="results.search"),
        Binding("left", "kind(-1)", "kind", key_display="← →", id="results.kind-before"),
        Binding("right", "kind(1)", show=False, id="results.kind"),
        Binding("o", "order", "sort", id="results.sort"),
        Binding("v", "abnormal", "abnormal only", id="results.abnormal"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self.choice = ResultFilter()
        self.results = Results(complete=False)
        self._shelf = FilteredResults()

    def compose(self) -> ComposeResult:
        """Filters, search, states, rows, what could not be read."""
        yield Chips()
        yield SearchRow("title, test, value, author", id="search")
        yield LoadState(id="state")
        yield ResultList(ResultView(), id="rows")
        yield LoadState(id="unreadable")

    @property
    def list(self) -> ResultList:
        """The rows."""
        return self.query_one(ResultList)

    @property
    def rows(self) -> Sequence[Result]:
        """The results that show now, in their order."""
        return self.list.rows

    def show(self, results: Results, *, key: str | None = None) -> None:
        """Replaces the rows; the cursor stays, or goes to the result named by `key`."""
        if results.rows is not self.results.rows:
            self._shelf = FilteredResults(results.rows)
        self.results = results
        self._arrange(key)

    def say(self, notice: Notice | None) -> None:
        """Words over the rows; None takes them away."""
        self.query_one("#state", LoadState).notice = notice

    @property
    def place(self) -> str:
        """Which of how many the chosen row is: `1 of 20`."""
        return f"{self.list.cursor + 1} of {len(self.rows)}" if self.list.current is not None else ""

    def ask(self, choice: ResultFilter) -> None:
        """Shows what is asked for."""
        self.choice = choice
        self._arrange(None)

    def clear(self) -> bool:
        """Shows everything again; False where everything shows already."""
        field = self.query_one(SearchRow)
        if not self.choice.narrowed and not field.has_class("open"):
            return False
        field.clear()
        self.ask(ResultFilter(order=self.choice.order))
        self.list.focus()
        return True

    def _arrange(self, key: str | None) -> None:
        rows = self._shelf.chosen(self.choice)
        other_keys = bool(rows) != bool(self.rows)
        self.list.show(rows, self._view(), key=key)
        if other_keys:
            self.refresh_bindings()
        chips = self.query_one(Chips)
        chips.choice = self.choice
        chips.coming = f"{len(self.results.rows)} so far" if self.results.rows and not self.results.complete else ""
        if self.results.complete:
            self.say(self._nothing() if not rows else None)
        elif rows:
            self.say(None)
        self._count_unreadable()

    def _view(self) -> ResultView:
        high = self.app.size.height >= _TWO_ROWS_FROM
        columns = columns_for(self.size.width, two_rows=high and self.app.size.width < 60)
        return ResultView(columns, self.results.new)

    def _nothing(self) -> Notice:
        total = len(self.results.rows)
        if not total:
            return empty("No results yet", "They show here the moment they are final.")
        what = f"{self.choice.kind.value.lower()} results" if self.choice.kind else "results"
        if self.choice.abnormal:
            what = f"abnormal {what}"
        with_words = f" with “{self.choice.words.strip()}”" if self.choice.words.strip() else ""
        return Notice(f"No {what}{with_words} among {total} results.", keys=(("esc", "shows all"),))

    def _count_unreadable(self) -> None:
        unread = self.results.unreadable
        state = self.query_one("#unreadable", LoadState)
        entries = "1 entry" if unread.count == 1 else f"{unread.count} entries"
        why = f" ({'; '.join(unread.reasons)})" if unread.reasons else ""
        state.notice = Notice(f"{entries} could not be read{why}.", "muted") if unread.count else None

    def on_resize(self, event: events.Resize) -> None:
        """Another width may ask for other columns."""
        self._arrange(None)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing to narrow or to order where there is nothing."""
        return bool(self.results.rows) or action not in ("search", "kind", "order", "abnormal")

    def action_search(self) -> None:
        """`/`."""
        self.query_one(SearchRow).open()

    def action_kind(self, by: int) -> None:
        """The filter chip `by` places further."""
        self.ask(replace(self.choice, kind=kind_at(self.choice, by)))

    def action_abnormal(self) -> None:
        """Abnormal results only, or all again."""
        self.ask(replace(self.choice, abnormal=not self.choice.abnormal))

    def action_order(self) -> None:
        """The next order."""
        self.ask(replace(self.choice, order=self.choice.order.next))

    @on(Chips.Chosen)
    def _chip(self, event: Chips.Chosen) -> None:
        self.ask(replace(self.choice, kind=event.kind))

    @on(SearchRow.Asked)
    def _asked(self, event: SearchRow.Asked) -> None:
        event.stop()
        if event.words != self.choice.words:
            self.ask(replace(self.choice, words=event.words))

    @on(SearchRow.Left)
    def _left(self, event: SearchRow.Left) -> None:
        event.stop()
        self.list.focus()
