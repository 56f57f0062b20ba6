"""A place with a list and the detail of its chosen row: side by side from 120 columns, else one at a time."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget

from genesis_tui.models.base.errors import ApiError, RecordClosed, Refused, SignedOut
from genesis_tui.screens.base.error_notice import error_notice
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.forms.search_field import SearchRow
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.load_state import LoadState, Notice, loading
from genesis_tui.widgets.page import Page, Shown
from genesis_tui.widgets.virtual_list import RowView, VirtualList

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.open_record import OpenRecord

R = TypeVar("R")
_REST = 0.06
"""Seconds that the cursor rests on a row before the pane beside the list follows: holding a key repaints little."""


class RowList(VirtualList[R]):
    """The rows at the left."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing opens from an empty list."""
        return action != "open" or bool(self.rows)


class DetailPage(Page):
    """The detail at the right; `esc` goes back to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "screen.back", "list", id="detail.list")]


class ListDetail(Place, Generic[R]):
    """Subclasses say what rows there are (`read`), how they look (`show_rows`), what is told of one (`detail_of`)."""

    DEFAULT_CSS = """
    ListDetail #panes, ListDetail #listing, ListDetail #rows, ListDetail #detail { height: 1fr; }
    ListDetail #listing, ListDetail #detail { width: 1fr; }
    """
    AUTO_FOCUS = "#rows"
    WHAT: ClassVar[str] = ""
    """What is shown, as in "Can't show Leo's messages"."""
    SEARCH: ClassVar[str] = ""
    """What can be searched for, as the empty search field says it."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "turn", "detail", show=False, id="pair.turn"),
        Binding("left_square_bracket", "neighbour(-1)", "previous, next", key_display="[ ]", id="pair.before"),
        Binding("right_square_bracket", "neighbour(1)", show=False, id="pair.next"),
        Binding("y", "copy", "copy", id="pair.copy"),
        Binding("f5,full_stop", "reload", "refresh", id="pair.reload"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.record: OpenRecord | None = None
        self.words = ""
        """What is looked for among the rows."""
        self._error: ApiError | None = None
        self._timer: Timer | None = None
        self._reading = False
        self._shown = ""

    # what subclasses say

    @property
    def what(self) -> str:
        """What could not be shown, where that differs from load to load."""
        return self.WHAT

    def compose_before(self) -> ComposeResult:
        """What stands left of the list."""
        yield from ()

    def compose_above(self) -> ComposeResult:
        """What stands over the list: filters, a heading."""
        yield from ()

    def make_detail(self) -> Widget:
        """The detail pane: `id="detail"`, class `pane`."""
        detail = DetailPage(id="detail")
        detail.add_class("pane")
        return detail

    async def read(self, record: "OpenRecord") -> None:
        """Ask the record for the rows and keep them; call `show_rows` as they come."""
        raise TypeError(f"{type(self).__name__} reads nothing")

    def show_rows(self) -> None:
        """Put the rows that are kept into the list (`put`), for the width there is."""
        raise TypeError(f"{type(self).__name__} arranges nothing")

    def forget(self) -> None:
        """Drop the rows that are kept: the record is closed to the viewer (FAM-11)."""
        raise TypeError(f"{type(self).__name__} forgets nothing")

    def detail_of(self, row: R | None) -> Sequence[Shown]:
        """What the detail says of a row; of None where nothing is chosen."""
        return ()

    def line_of(self, row: R) -> str:
        """The row as one line of plain text, for the clipboard."""
        raise TypeError(f"{type(self).__name__} copies nothing")

    def arrived(self, row: R) -> None:
        """The detail shows this row now: ask for what is not there yet."""

    def opened(self, row: R) -> None:
        """The person opened this row."""

    # panes

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield from self.compose_before()
            with Vertical(id="listing", classes="pane"):
                yield from self.compose_above()
                yield SearchRow(self.SEARCH, id="search")
                yield LoadState(id="unreadable")
                yield LoadState(id="state")
                yield RowList[R](RowView(), id="rows")
            yield self.make_detail()

    def on_mount(self) -> None:
        self.record = self.shell.portal.record
        self._lay_out()
        self.load()

    def on_resize(self) -> None:
        """Another width may put the panes side by side, or one in place of the other, and asks for other rows."""
        self._lay_out()
        self.show_rows()

    @property
    def list(self) -> VirtualList[R]:
        """The rows."""
        return cast("VirtualList[R]", self.query_one("#rows", VirtualList))

    @property
    def detail(self) -> VirtualList[object]:
        """The pane at the right."""
        return cast("VirtualList[object]", self.query_one("#detail", VirtualList))

    @property
    def in_detail(self) -> bool:
        """Whether the keys go to the detail."""
        return self.focused is self.detail

    def _lay_out(self) -> None:
        self.detail.set_class(self.wide, "divided")
        self.query_one("#listing").display = self.wide or not self._reading
        self.detail.display = self.wide or self._reading

    # loading

    def action_reload(self) -> None:
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Old rows stay until new ones are there."""
        record = self.record
        if record is None:
            return
        before, self._error = self.fetched, None
        self.fetched = before._replace(state="fetching")
        if not self.list.rows:
            self.say(loading())
        try:
            await self.read(record)
        except RecordClosed:
            return
        except ApiError as error:
            self.not_fetched(before, error)
            self._failed(error, record.patient)
        else:
            self.fetched = Fetched("ready", self.shell.now())

    def _failed(self, error: ApiError, person: "FamilyMember") -> None:
        if isinstance(error, SignedOut):
            self.shell.report(error)
            return
        self._error = error
        if isinstance(error, Refused):
            self.forget()
            self.show_rows()
        self.say(error_notice(error, person, self.what))

    def say(self, notice: Notice | None) -> None:
        """Words over the rows; None takes them away."""
        self.query_one("#state", LoadState).notice = notice

    def say_unreadable(self, words: str) -> None:
        """Tell what could not be read; nothing is told where there are no words."""
        self.query_one("#unreadable", LoadState).notice = Notice(words, "muted") if words else None

    def put(self, rows: Sequence[R], view: RowView[R], *, nothing: Notice | None = None) -> None:
        """Show these rows; `nothing` says why there are none. The cursor stays, or goes to what was asked for."""
        other_keys = bool(rows) != bool(self.list.rows)
        self.list.show(rows, view)
        if self._error is None:
            self.say(None if rows else nothing)
        wanted = self.shell.take_wanted()
        if wanted and any(view.key(row) == wanted for row in rows):
            self.list.show(rows, view, key=wanted)
            self.call_after_refresh(self.open_row)
        elif wanted and not self.fetched.at:
            self.shell.wanted = wanted
        self.follow()
        if other_keys:
            self.refresh_bindings()
        self.refresh_frame()

    # the search

    @property
    def search(self) -> SearchRow:
        """The search field over the rows."""
        return self.query_one(SearchRow)

    def action_search(self) -> None:
        """Type in the search field, also from the detail."""
        if self.in_detail:
            self.to_list()
        self.search.open()

    @on(SearchRow.Asked)
    def _words_typed(self, event: SearchRow.Asked) -> None:
        if event.words != self.words:
            self.search_for(event.words)

    @on(SearchRow.Left)
    def _search_left(self, event: SearchRow.Left) -> None:
        self.list.focus()
        if event.entered:
            self.search_entered()

    def search_for(self, words: str) -> None:
        """Show the rows that hold these words."""
        self.words = words
        self.show_rows()

    def search_entered(self) -> None:
        """`enter` asked for the words in the search field."""

    def stop_searching(self) -> None:
        """Clear the search field; `show_rows` shows every row again."""
        self.words = ""
        self.search.clear()

    # the detail

    @on(VirtualList.Highlighted, "#rows")
    def _highlighted(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_REST, self.follow if self.wide else self.refresh_bindings)

    def follow(self) -> None:
        """Show the row under the cursor in the detail, where that is on the screen."""
        if not self.detail.display:
            return
        row = self.list.current
        key = self.list.key
        self.fill(() if row is None and self.list.rows else self.detail_of(row))
        if key != self._shown:
            self._shown = key
            self.detail.action_first()
            self.refresh_bindings()
        if row is not None:
            self.arrived(row)

    def fill(self, paras: Iterable[Shown]) -> None:
        """Put this into the detail."""
        cast("Page", self.detail).rows = tuple(paras)

    @on(VirtualList.Opened, "#rows")
    def _row_opened(self) -> None:
        self.open_row()

    def open_row(self) -> None:
        """`enter`: go to the detail of the row under the cursor."""
        row = self.list.current
        if row is None:
            return
        self._reading = True
        self._lay_out()
        self.follow()
        self.detail.focus()
        self.opened(row)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something now."""
        if not self.is_mounted:
            return True
        if action == "neighbour":
            return self.in_detail
        if action == "turn":
            return self.wide or self.in_detail
        return True

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()

    def action_back(self) -> None:
        """`esc`: from the detail to the list, then from the rows that were found to all of them."""
        if self.has_trouble or not (self.in_detail or self.words):
            self.shell.back()
        elif self.in_detail:
            self.to_list()
        else:
            self.stop_searching()
            self.show_rows()
            self.list.focus()

    def to_list(self) -> None:
        """Put the detail away where there is no room for both."""
        self._reading = False
        self._lay_out()
        self.set_focus(self.list)

    def action_turn(self) -> None:
        if self.in_detail:
            self.action_back()
        else:
            self.open_row()

    def action_neighbour(self, by: int) -> None:
        """The row above or below, opened."""
        self.list.action_move(by)
        self.open_row()

    def action_copy(self) -> None:
        """`y`: the request id of what failed, or the chosen row, as one line of plain text."""
        row = self.list.current
        if self._error is not None and self._error.request_id:
            text = self._error.request_id
        elif row is not None:
            text = self.line_of(row)
        else:
            return
        self.app.copy_to_clipboard(text)
        self.shell.say("Copied", text)
