"""Results of the open patient: list and detail, side by side from 120 columns (MOCKUPS §2)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer

from genesis_tui.models.base.errors import ApiError, RecordClosed, Refused, SignedOut
from genesis_tui.models.results.result import Reading, Result, ResultKind, Results, gravest, keys_of
from genesis_tui.models.results.trends import ByCode, by_code, series_of
from genesis_tui.screens.base.care_team import AskCareTeam, Subject
from genesis_tui.screens.base.error_notice import error_notice
from genesis_tui.screens.results.detail import ResultFacts
from genesis_tui.screens.results.detail_pane import ResultPane
from genesis_tui.screens.results.listing import Listing, ResultList
from genesis_tui.screens.results.rows import quote, reading_line, result_line
from genesis_tui.screens.results.trend import TrendScreen
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.load_state import loading

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

_BETWEEN_PAGES = 0.25
"""Seconds between two drawings of the list while pages come in."""
_REST = 0.06
"""Seconds that the cursor rests on a row before the pane beside the list follows: holding a key repaints little."""


class ResultsScreen(AskCareTeam):
    """Labs, radiology, pathology and notes of the open patient."""

    PLACE = "results"
    CSS_PATH = "results.tcss"
    AUTO_FOCUS = "ResultList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "turn", "detail", show=False, id="results.pane"),
        Binding("left_square_bracket", "neighbour(-1)", "previous, next", key_display="[ ]", id="results.before"),
        Binding("right_square_bracket", "neighbour(1)", show=False, id="results.next"),
        Binding("y", "copy", "copy", id="results.copy"),
        Binding("f5,full_stop", "reload", "refresh", id="results.reload"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._record: OpenRecord | None = None
        self._error: ApiError | None = None
        self._index: ByCode | None = None
        self._timer: Timer | None = None
        self._reading_now = False
        self._trend: TrendScreen | None = None
        self._plotted = ""

    def compose_body(self) -> ComposeResult:
        """List and detail."""
        with Horizontal(id="panes"):
            yield Listing(id="listing")
            yield ResultPane(id="detail")

    def on_mount(self) -> None:
        """Loads at once."""
        self._record = self.shell.portal.record
        self._lay_out()
        self.load()

    def on_resize(self) -> None:
        """Another width may put the panes side by side, or one in place of the other."""
        self._lay_out()

    @property
    def listing(self) -> Listing:
        """The pane at the left."""
        return self.query_one(Listing)

    @property
    def detail(self) -> ResultPane:
        """The pane at the right."""
        return self.query_one(ResultPane)

    def counts(self) -> Mapping[str, int]:
        """New results as this screen knows them, as soon as it knows."""
        results = self.listing.results
        return {**super().counts(), "results": len(results.new)} if results.fetched else super().counts()

    # loading

    def action_reload(self) -> None:
        """`f5`."""
        self.load()

    @work(exclusive=True, group="results")
    async def load(self) -> None:
        """What is in memory first, then what is new; old rows stay until then."""
        record = self._record
        if record is None:
            return
        before, self._error = self.fetched, None
        self.fetched = replace(before, state="fetching")
        if not self.listing.results.rows:
            self.listing.say(loading())
        try:
            await self._read(record)
        except RecordClosed:
            return
        except ApiError as error:
            self.not_fetched(before, error)
            self._failed(error, record)

    async def _read(self, record: OpenRecord) -> None:
        drawn = 0.0
        page = self.listing.results
        async for page in record.results():
            if page.complete or time.monotonic() - drawn >= _BETWEEN_PAGES:
                self._show(page)
                drawn = time.monotonic()
        if page.complete and page.fetched:
            self.fetched = Fetched("ready", self.shell.now())
            self._freshen_trend()
            self.read_corrections(record)

    def _show(self, page: Results) -> None:
        self._index = None
        self.listing.show(page)
        wanted = self.shell.take_wanted()
        if any(row.key == wanted for row in page.rows):
            self.call_after_refresh(self.show_result, wanted)
        elif wanted and not page.complete:
            self.shell.wanted = wanted
        self._follow()
        self.refresh_frame()

    def _failed(self, error: ApiError, record: OpenRecord) -> None:
        if isinstance(error, SignedOut):
            self.shell.report(error)
            return
        self._error = error
        if isinstance(error, Refused):
            self.listing.show(Results())
            self.detail.show_result(None)
        self.listing.say(error_notice(error, record.patient, "results"))

    def on_screen_resume(self) -> None:
        """Goes to the result that was asked for elsewhere; what was read in Record is no longer new here either."""
        self._show_seen()
        if self.listing.results.complete and (wanted := self.shell.take_wanted()):
            self.show_result(wanted)

    def _show_seen(self) -> None:
        results = self.listing.results
        if self._record is None or self._record.closed:
            return
        now = self._record.still_new(results)
        if now.new != results.new:
            self.listing.show(now)
            self.refresh_frame()

    def show_result(self, key: str, reading: str = "") -> None:
        """Opens the result of this key, whatever the filters leave out."""
        if all(row.key != key for row in self.listing.rows):
            self.listing.clear()
        self.listing.show(self.listing.results, key=key)
        current = self.listing.list.current
        if current is not None and current.key == key:
            self._open(reading=reading)

    # panes

    def _lay_out(self) -> None:
        self.detail.set_class(self.wide, "divided")
        self.listing.display = self.wide or not self._reading_now
        self.detail.display = self.wide or self._reading_now

    @property
    def _in_detail(self) -> bool:
        return self.focused is self.detail

    @on(ResultList.Highlighted)
    def _highlighted(self, event: ResultList.Highlighted) -> None:
        if event.record_list is self.listing.list and self.wide:
            self._follow_soon()

    def _follow_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_REST, self._follow)

    def _follow(self, reading: str = "") -> None:
        """Shows the result under the cursor in the detail, where that is on the screen."""
        result = self.listing.list.current
        if not self.detail.display or (result is None and self.listing.rows):
            return
        if result is None:
            self.detail.show_result(None)
            return
        if self._index is None:
            self._index = by_code(self.listing.results.rows)
        me = self.shell.portal.me
        old = self.detail.result
        if old is not None and old.key == result.key and old.text:
            result = replace(result, text=old.text)
        needs_text = result.kind is ResultKind.NOTE and not result.text
        zone, said = me.zone if me else "", self.correction_on(*keys_of(result))
        facts = ResultFacts(result, self.listing.place, zone=zone, loading=needs_text, correction=said)
        self.detail.index = self._index
        self.detail.show_result(facts, reading=reading)
        if needs_text:
            self.fetch_text(facts)

    @work(exclusive=True, group="text")
    async def fetch_text(self, facts: ResultFacts) -> None:
        """The text of a note, as soon as it is read."""
        if self._record is None:
            return
        try:
            whole = await self._record.text(facts.result)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
            whole = facts.result
        if self.detail.result is not None and self.detail.result.key == whole.key:
            self.detail.show_result(replace(facts, result=whole, loading=False))

    @on(ResultList.Opened)
    def _opened(self, event: ResultList.Opened) -> None:
        if event.record_list is self.listing.list:
            self._open()
        else:
            self.action_trend()

    def _open(self, *, reading: str = "") -> None:
        """Shows the result under the cursor and goes to it; it is no longer new to the viewer (REL-5)."""
        result = self.listing.list.current
        if result is None:
            return
        self._reading_now = True
        self._lay_out()
        self._follow(reading)
        self.detail.focus()
        if any(key in self.listing.results.new for key in keys_of(result)):
            self.mark_seen(result)

    @work(group="seen")
    async def mark_seen(self, result: Result) -> None:
        """Tells the server that the viewer opened the result."""
        results = self.listing.results
        self.listing.show(replace(results, new=results.new - set(keys_of(result))))
        self.keep_counts(new_results=len(self.listing.results.new))
        self.refresh_frame()
        try:
            if self._record is not None:
                await self._record.mark_seen(result)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something now."""
        if not self.is_mounted:
            return True
        if action == "neighbour":
            return self._in_detail
        if action == "trend":
            return self.detail.reading is not None if self._in_detail else bool(self.listing.rows)
        if action == "turn":
            return self.wide or self._in_detail
        return self.may_ask() if action in ("ask", "wrong") else True

    def about(self) -> Subject | None:
        """The result under the cursor."""
        result = self.listing.list.current
        return Subject(result.key, result.title, quote(result), "test-results") if result is not None else None

    def corrections_came(self) -> None:
        """They stand on the result."""
        self._follow()

    def on_descendant_focus(self) -> None:
        """Another pane has other keys."""
        self.refresh_bindings()

    def action_back(self) -> None:
        """`esc`: from the detail to the list, then from a narrowed list to all of it."""
        if any(note.tone != "ok" for note in self.shell.notes):
            self.shell.back()
        elif self._in_detail:
            self._reading_now = False
            self._lay_out()
            self.listing.list.focus()
        elif not self.listing.clear():
            self.shell.back()

    def action_turn(self) -> None:
        """`tab`: the other pane."""
        if self._in_detail:
            self.action_back()
        else:
            self._open()

    def action_neighbour(self, by: int) -> None:
        """The result above or below, opened."""
        self.listing.list.action_move(by)
        self._open()

    def _chosen_reading(self) -> Reading | None:
        if self._in_detail:
            return self.detail.reading
        result = self.listing.list.current
        return gravest(result) if result is not None else None

    def action_trend(self) -> None:
        """`t`: the chosen test over the years."""
        reading = self._chosen_reading()
        if self._index is None:
            self._index = by_code(self.listing.results.rows)
        series = series_of(self._index, reading.code) if reading is not None else ()
        if reading is None or not any(len(one.entries) > 1 or one.numbers for one in series):
            self.shell.say("Nothing to plot here.", "A trend needs a test with a value.")
            return
        self._plotted, self._trend = reading.code, TrendScreen(series, reading.id, self.fetched, self.show_result)
        self.app.push_screen(self._trend)

    def _freshen_trend(self) -> None:
        """A plot that was opened while pages still came in gets all of them."""
        if self._trend is not None and self._trend in self.app.screen_stack:
            self._trend.show(series_of(by_code(self.listing.results.rows), self._plotted), self.fetched)

    def action_copy(self) -> None:
        """`y`: the request id of what failed, the chosen value, or the chosen result, as one line of plain text."""
        reading = self.detail.reading if self._in_detail else None
        result = self.listing.list.current
        if self._error is not None and self._error.request_id:
            text = self._error.request_id
        elif reading is not None:
            text = reading_line(reading)
        elif result is not None:
            text = result_line(result)
        else:
            return
        self.app.copy_to_clipboard(text)
        self.shell.say("Copied", text)
