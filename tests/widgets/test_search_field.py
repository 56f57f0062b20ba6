"""The search row: no key is lost between the one that opens it and its focus."""

from typing import ClassVar

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.keys import _character_to_key
from textual.pilot import Pilot

from genesis_tui.app.type_ahead import Passed, TypeAhead
from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.forms.search_field import SearchRow
from genesis_tui.widgets.virtual_list import VirtualList
from tests.widgets.test_record_list import Numbers

NAMED = {"\r": "enter", "\x7f": "backspace", "\x1b": "escape"}


class Finding(App[int]):
    """A list with a search over it, and a key of the screen that must not work while one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search"),
        Binding("d", "delete", "delete", id="finding.delete"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.type_ahead = TypeAhead(self, super().on_event)
        self.deleted = 0
        self.left: list[bool] = []

    async def on_event(self, event: events.Event) -> None:
        await self.type_ahead.take(event)

    def on_passed(self, event: Passed) -> None:
        self.type_ahead.passed(event)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint("dark")

    def compose(self) -> ComposeResult:
        yield SearchRow("words", id="search")
        yield VirtualList(Numbers(), id="rows")

    def on_mount(self) -> None:
        self.query_one(VirtualList).rows = range(100)
        self.query_one(VirtualList).focus()

    @property
    def row(self) -> SearchRow:
        return self.query_one(SearchRow)

    def action_search(self) -> None:
        self.row.open()

    def action_delete(self) -> None:
        self.deleted += 1

    @on(SearchRow.Left)
    def _left(self, event: SearchRow.Left) -> None:
        self.left.append(event.entered)
        self.query_one(VirtualList).focus()

    def type(self, text: str) -> None:
        """Keys as a terminal sends them in one write: none waits for the one before."""
        for letter in text:
            key = NAMED.get(letter) or _character_to_key(letter)
            self.post_message(events.Key(key, letter))


async def settled(app: Finding, pilot: Pilot[int]) -> None:
    """Everything that was typed has got somewhere; a busy machine looks idle to Textual's own pause."""
    await pilot.pause()
    while app.type_ahead.waiting:
        await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/dose", "dose"),
        ("/jk gG", "jk gG"),
        ("/a/b", "a/b"),
        ('/it\'s (1), "2" \\', 'it\'s (1), "2" \\'),
        ("/Müller", "Müller"),
        ("/Жанна 漢", "Жанна 漢"),
        ("/dx\x7f", "d"),
    ],
)
async def test_what_is_typed_behind_the_key_gets_into_the_field(typed: str, words: str) -> None:
    app = Finding()
    async with app.run_test() as pilot:
        app.type(typed)
        await settled(app, pilot)
        assert app.row.words == words
        assert app.row.display
        assert (app.deleted, app.query_one(VirtualList).cursor) == (0, 0)
        await pilot.press("d")
        assert app.row.words == f"{words}d"


async def test_enter_and_escape_behind_it_leave_the_field() -> None:
    app = Finding()
    async with app.run_test() as pilot:
        app.type("/dose\r")
        await settled(app, pilot)
        assert (app.row.words, app.left) == ("dose", [True])
        app.type("/s\x1b")
        await settled(app, pilot)
        assert (app.row.words, app.left) == ("", [True, False])
        await pilot.press("d")
        assert app.deleted == 1
