"""Results of the open patient: list and detail, side by side from 120 columns (MOCKUPS §2)."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from genesis_tui.models.base.errors import ApiError, RecordClosed
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.record import of_result
from genesis_tui.models.results.result import Result, Results, gravest, keys_of
from genesis_tui.models.results.trends import ByCode, by_code
from genesis_tui.screens.base.care_team import AskCareTeam, Subject
from genesis_tui.screens.base.error_notice import lacking_text, reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.base.place import Place
from genesis_tui.screens.base.save_file import FileSaver
from genesis_tui.screens.base.trend import Trends
from genesis_tui.screens.results.chips import Chips, kind_at
from genesis_tui.screens.results.detail import ResultFacts
from genesis_tui.screens.results.detail_pane import ResultPane
from genesis_tui.screens.results.filter import FilteredResults, ResultFilter
from genesis_tui.screens.results.open_question import ASK, OPEN, OpenQuestion
from genesis_tui.screens.results.rows import ResultView, quote, reading_line, result_line
from genesis_tui.screens.results.value_dialog import ValueDialog
from genesis_tui.widgets.load_state import Notice, empty, loading
from genesis_tui.widgets.virtual_list import VirtualList, columns_for

if TYPE_CHECKING:
    from genesis_tui.models.base.also_recorded import AlsoRecorded
    from genesis_tui.session.open_record import OpenRecord

LIST_WIDTH = 44
_BETWEEN_PAGES = 0.25
"""Seconds between two drawings of the list while pages come in."""
_SCREEN_KEYS = [one for one in Screen.BINDINGS if isinstance(one, Binding) and one.key != "tab"]
"""Textual's own, but for the key that goes to the other pane here."""
_OF_THE_LIST = frozenset({"search", "kind", "order", "abnormal"})
"""Actions that do nothing while the detail has the keys, nor where there is no result."""


class ResultsScreen(ListDetail[Result], inherit_bindings=False):
    """Labs, radiology, pathology and notes of the open patient. Its keys for list and detail have ids of their own."""

    PLACE = "results"
    WHAT = "results"
    SEARCH = "title, test, value, author"
    CSS_PATH = "results.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *_SCREEN_KEYS,
        *Place.BINDINGS,
        Binding("t", "trend", "trend", id="results.trend"),
        Binding("T", "any_trend", "trend of any test", show=False, id="results.any-trend"),
        Binding("slash", "search", "search", id="results.search"),
        Binding("left", "kind(-1)", "kind", key_display="← →", id="results.kind-before"),
        Binding("right", "kind(1)", show=False, id="results.kind"),
        Binding("o", "order", "sort", id="results.sort"),
        Binding("v", "abnormal", "abnormal only", id="results.abnormal"),
        *AskCareTeam.BINDINGS,
        Binding("e", "save", "save file", id="results.save"),
        Binding("tab", "turn", "detail", show=False, id="results.pane"),
        Binding("left_square_bracket", "neighbour(-1)", "previous, next", key_display="[ ]", id="results.before"),
        Binding("right_square_bracket", "neighbour(1)", show=False, id="results.next"),
        Binding("y", "copy", "copy", id="results.copy"),
        Binding("f5,full_stop", "reload", "refresh", id="results.reload"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.choice = ResultFilter()
        self.results = Results(complete=False)
        self.ask = AskCareTeam(self, self.about, self.follow)
        self._files = FileSaver(self, self._save)
        self._shelf = FilteredResults()
        self._index: ByCode | None = None
        self.trends = Trends(self, self.show_result)
        self._reading_wanted = ""
        """Id of the reading that the cursor of the detail goes to when it shows next."""

    def compose_above(self) -> ComposeResult:
        yield Chips()

    def make_detail(self) -> Widget:
        return ResultPane(id="detail")

    @property
    def pane(self) -> ResultPane:
        """The detail."""
        return self.query_one(ResultPane)

    def counts(self) -> Mapping[str, int]:
        """New results as this screen knows them, as soon as it knows."""
        return {**super().counts(), "results": len(self.results.new)} if self.results.fetched else super().counts()

    # rows

    async def read(self, record: "OpenRecord") -> None:
        """What is in memory first, then what is new."""
        drawn = 0.0
        async for page in record.results.load():
            if page.complete or time.monotonic() - drawn >= _BETWEEN_PAGES:
                self._take(page)
                drawn = time.monotonic()
        self.trends.freshen(self._by_code)
        self.ask.read_corrections(record)

    def _take(self, page: Results) -> None:
        self._index = None
        wanted = self.shell.take_wanted()
        self.show(page)
        if any(row.key == wanted for row in page.rows):
            self.call_after_refresh(self.show_result, wanted)
        elif wanted and not page.complete:
            self.shell.wanted = wanted

    def show(self, results: Results) -> None:
        """Replace the rows; the cursor stays."""
        if results.rows is not self.results.rows:
            self._shelf, self._index = FilteredResults(results.rows), None
        self.results = results
        self.show_rows()

    def show_rows(self) -> None:
        """The results that were chosen, in their order."""
        results, chips = self.results, self.query_one(Chips)
        chips.choice = self.choice
        chips.coming = f"{len(results.rows)} so far" if results.rows and not results.complete else ""
        self.say_unreadable(lacking_text(results.unreadable, results.missing))
        nothing = self._nothing() if results.complete else loading()
        self.put(self._shelf.chosen(self.choice), self._view(), nothing=nothing)

    def _view(self) -> ResultView:
        width = LIST_WIDTH if self.wide else self.app.size.width
        return ResultView(columns_for(width, two_rows=self.two_rows), self.results.new)

    def _nothing(self) -> Notice:
        total = len(self.results.rows)
        if not total and self.results.missing:
            return empty("No results to show", "There may be some that could not be had.")
        if not total:
            return empty("No results yet", "They show here the moment they are final.")
        what = f"{self.choice.kind.value.lower()} results" if self.choice.kind else "results"
        if self.choice.abnormal:
            what = f"abnormal {what}"
        with_words = f" with “{self.choice.words.strip()}”" if self.choice.words.strip() else ""
        return Notice(f"No {what}{with_words} among {total} results.", keys=(("esc", "shows all"),))

    def forget(self) -> None:
        self.results, self._shelf = Results(), FilteredResults()
        self.pane.show_result(None)

    def on_screen_resume(self) -> None:
        """Go to the result that was asked for elsewhere; what was read in Record is no longer new here either, and
        what was chosen to ask first asks."""
        self._show_seen()
        if self.results.complete and (wanted := self.shell.take_wanted()):
            self.show_result(wanted)
        self.ask.read_corrections(self.shell.portal.record)

    def _show_seen(self) -> None:
        if self.record is None or self.record.closed:
            return
        now = self.record.results.still_new(self.results)
        if now != self.results:
            self.show(now)

    def show_result(self, key: str, reading: str = "") -> None:
        """Open the result of this key, whatever the filters leave out; the cursor on `reading` where it is named."""
        if all(row.key != key for row in self.results.rows):
            self.shell.tell("That value is in Record.", "6 opens it; vital signs are a section there.")
            return
        if self._narrowed and all(row.key != key for row in self.list.rows):
            self.clear()
        self.list.show(self.list.rows, self._view(), key=key)
        if self.list.key == key:
            self._reading_wanted = reading
            self.open_row()

    # one result

    def follow(self) -> None:
        """Show the result under the cursor in the detail, where that is on the screen."""
        reading, self._reading_wanted = self._reading_wanted, ""
        result, pane = self.list.current, self.pane
        if not pane.display or (result is None and self.list.rows):
            return
        if result is None:
            pane.show_result(None)
            return
        before = pane.facts if pane.result is not None and pane.result.key == result.key else None
        if before is not None and result.unread and not before.result.unread:
            result = result._replace(text=before.result.text, missing=before.result.missing, unread=False)
        needs_text, said = result.unread, self.ask.correction_on(*keys_of(result))
        place = f"{self.list.cursor + 1} of {len(self.list.rows)}"
        also = before.also if before is not None and before.result == result else self._also_of(result)
        facts = ResultFacts(result, place, loading=needs_text, also=also, correction=said)
        pane.index = self._by_code()
        pane.show_result(facts, reading=reading)
        if needs_text and not (before is not None and before.loading):
            self.fetch_text(facts)

    def _by_code(self) -> ByCode:
        if self._index is None:
            self._index = by_code(self.results.rows)
        return self._index

    @work(exclusive=True, group="text")
    async def fetch_text(self, facts: ResultFacts) -> None:
        """The text of a note, as soon as it is read."""
        if self.record is None:
            return
        try:
            whole = await self.record.results.read(facts.result)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
            whole = facts.result
        if self.pane.result is not None and self.pane.result.key == whole.key:
            self.pane.show_result(replace(facts, result=whole, loading=False, also=self._also_of(whole)))

    def _also_of(self, result: Result) -> "tuple[AlsoRecorded, ...]":
        """What else is on record of the result."""
        return self.record.results.also(result) if self.record is not None and not self.record.closed else ()

    @on(ResultPane.Asked)
    def _asked_again(self) -> None:
        self.open_row()

    def open_row(self) -> None:
        """`enter`: the result; one that asks first after its question (REL-6)."""
        result, patient = self.list.current, self.patient
        if result is None or not result.asks or patient is None:
            super().open_row()
            return
        self.follow()
        question = OpenQuestion(patient, result, writes=self.shell.portal.connection.has_portal)
        self.app.push_screen(question, partial(self._answered, result))

    def _answered(self, result: Result, answer: str | None) -> None:
        if answer == ASK:
            self.ask.ask()
        elif answer == OPEN and self.record is not None and not self.record.closed:
            whole = self.record.results.open(result)
            self.show(
                replace(self.results, rows=tuple(whole if row.key == whole.key else row for row in self.results.rows))
            )
            if self.list.key == whole.key:
                super().open_row()

    def opened(self, row: Result) -> None:
        """REL-5: it is no longer new to the viewer."""
        if any(key in self.results.new for key in keys_of(row)):
            self.mark_seen(row)

    @work(group="seen")
    async def mark_seen(self, result: Result) -> None:
        """Tells the server that the viewer opened the result."""
        self.show(replace(self.results, new=self.results.new - set(keys_of(result))))
        self.keep_counts(new_results=len(self.results.new))
        self.refresh_frame()
        with reported(self.shell):
            if self.record is not None:
                await self.record.results.mark_seen(result)

    def about(self) -> Subject | None:
        """The result under the cursor."""
        result = self.list.current
        if result is None:
            return None
        return Subject(result.key, result.title, quote(result), "test-results", result.author)

    def line_of(self, row: Result) -> str:
        """The chosen value, in the list the result."""
        reading = self.pane.reading if self.in_detail else None
        return reading_line(reading) if reading is not None else result_line(row)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return True
        if action in _OF_THE_LIST:
            return bool(self.results.rows) and not self.in_detail
        if action == "save":
            return self.list.current is not None and bool(self.list.current.files)
        if action == "trend":
            return self.pane.reading is not None if self.in_detail else bool(self.list.rows)
        return self.ask.may(action) and super().check_action(action, parameters)

    def action_ask(self) -> None:
        self.ask.ask()

    def action_wrong(self) -> None:
        self.ask.wrong()

    def action_save(self) -> None:
        if self.list.current is not None:
            self._files.choose(self.list.current.files)

    async def _save(self, file: Attachment, folder: str) -> Path:
        if self.record is None or self.list.current is None:
            raise RecordClosed
        return await self.record.entries.save(of_result(self.list.current).section, file, folder)

    def choose(self, choice: ResultFilter) -> None:
        self.choice = choice
        self.show_rows()

    def search_for(self, words: str) -> None:
        self.choice = replace(self.choice, words=words)
        super().search_for(words)

    @property
    def _narrowed(self) -> bool:
        return self.choice.narrowed or self.search.has_class("open")

    def clear(self) -> None:
        self.stop_searching()
        self.choose(ResultFilter(order=self.choice.order))
        self.list.focus()

    def action_kind(self, by: int) -> None:
        self.choose(replace(self.choice, kind=kind_at(self.choice, by)))

    def action_abnormal(self) -> None:
        self.choose(replace(self.choice, abnormal=not self.choice.abnormal))

    def action_order(self) -> None:
        self.choose(replace(self.choice, order=self.choice.order.next))

    @on(Chips.Chosen)
    def _chip(self, event: Chips.Chosen) -> None:
        self.choose(replace(self.choice, kind=event.kind))

    def action_back(self) -> None:
        """`esc`: from the detail to the list, then from a narrowed list to all of it."""
        if self._narrowed and not (self.has_trouble or self.in_detail):
            self.clear()
        else:
            super().action_back()

    # the trend

    @on(VirtualList.Opened, "#detail")
    def _open_reading(self) -> None:
        """`enter`: a number over the years, a text whole."""
        reading = self.pane.reading
        if reading is None or reading.quantity or reading.parts:
            self.action_trend()
        else:
            self.app.push_screen(ValueDialog(reading, self.shell.portal.sign_in.me))

    def action_trend(self) -> None:
        """`t`: the chosen test over the years."""
        result = self.list.current
        reading = self.pane.reading if self.in_detail else gravest(result) if result is not None else None
        self.trends.plot(self._by_code(), reading.code if reading else "", reading.id if reading else "")

    def action_any_trend(self) -> None:
        self.trends.choose()
