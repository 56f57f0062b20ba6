"""The record list under a real app: what the cursor does, what is drawn, and how little is repainted."""

from collections.abc import Sequence
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.strip import Strip

from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.virtual_list import RowView, VirtualList


class Numbers(RowView[int]):
    """Each number on its own row; drawn numbers are noted."""

    def __init__(self) -> None:
        self.drawn: list[int] = []

    def key(self, row: int) -> str:
        return str(row)

    def draw(self, row: int, width: int) -> Sequence[Line]:
        self.drawn.append(row)
        return [[(f"row {row}", "bold"), (" of many", "muted")]]


class Pairs(Numbers):
    """Two rows a number; every tenth is a heading of one row."""

    def heights(self, rows: Sequence[int], width: int) -> Sequence[int]:
        return [1 if row % 10 == 0 else 2 for row in rows]

    def selectable(self, row: int) -> bool:
        return row % 10 != 0

    def draw(self, row: int, width: int) -> Sequence[Line]:
        return [[(f"row {row}", "")], [("  more", "muted")]][: 1 if row % 10 == 0 else 2]


class CountingList(VirtualList[int]):
    """A record list that notes which of its lines Textual asked for."""

    asked: ClassVar[set[int]] = set()

    def render_line(self, y: int) -> Strip:
        self.asked.add(y)
        return super().render_line(y)


class Bench(App[None]):
    """One list, as high as the window."""

    def __init__(self, view: RowView[int], rows: Sequence[int]) -> None:
        super().__init__()
        self.view, self.given = view, rows
        self.opened: list[object] = []
        self.highlighted: list[object] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint("dark")

    def compose(self) -> ComposeResult:
        yield CountingList(self.view)

    def on_mount(self) -> None:
        self.list.rows = self.given

    @property
    def list(self) -> CountingList:
        return self.query_one(CountingList)

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.opened.append(event.row)

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        self.highlighted.append(event.row)

    def text(self) -> Sequence[str]:
        return [self.list.render_line(y).text.rstrip() for y in range(self.list.size.height)]


async def test_keys_move_the_cursor_and_enter_opens() -> None:
    app = Bench(Numbers(), range(1000))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "down", "k", "enter")
        assert app.opened == [1]
        await pilot.press("G")
        assert app.list.cursor == 999
        assert app.text()[-1] == "▌row 999 of many"
        await pilot.press("g")
        assert app.list.cursor == 0
        await pilot.press("ctrl+d", "ctrl+d", "ctrl+u")
        assert app.list.cursor == 5
        await pilot.press("pagedown", "pageup", "end", "home", "k")
        assert app.list.cursor == 0
        assert app.highlighted[-1] == 0


async def test_marks_and_a_position_tell_what_is_not_in_view() -> None:
    app = Bench(Pairs(), range(1000))
    async with app.run_test(size=(40, 10)) as pilot:
        assert [line[-1] for line in app.text()][-1] == "↓"
        assert "↑" not in "".join(app.text())
        assert app.list.position == "  1 of 900"
        await pilot.press("G")
        assert app.list.position == "900 of 900"
        assert app.text()[0].endswith("↑")
        assert "↓" not in "".join(app.text())
        app.list.rows = range(3)
        await pilot.pause()
        assert not {"↑", "↓"} & set("".join(app.text()))


async def test_the_last_line_stays_in_sight_while_rows_still_come_in() -> None:
    app = Bench(Numbers(), range(100))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("G")
        app.list.rows = range(200)
        assert app.text()[-1] == "▌row 199 of many"
        await pilot.press("k")
        app.list.rows = range(300)
        await pilot.pause()
        assert app.list.current == 198


async def test_the_cursor_row_is_always_in_sight() -> None:
    app = Bench(Numbers(), range(100))
    async with app.run_test(size=(40, 10)) as pilot:
        for key in [*("j" * 37), *("k" * 20), "ctrl+d", "G", "k", "ctrl+u", "ctrl+u"]:
            await pilot.press(key)
            assert any(line.startswith("▌") for line in app.text()), key


async def test_a_list_without_focus_keeps_a_fainter_cursor() -> None:
    app = Bench(Numbers(), range(5))
    async with app.run_test(size=(40, 10)) as pilot:
        app.set_focus(None)
        await pilot.pause()
        assert app.text()[0].startswith("▎row 0")


async def test_the_cursor_stays_on_its_row_when_rows_are_replaced() -> None:
    app = Bench(Numbers(), range(100, 200))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press(*("j" * 30))
        before = app.text().index("▌row 130 of many")
        app.list.rows = range(200)
        await pilot.pause()
        assert app.list.current == 130
        assert app.text()[before] == "▌row 130 of many"


async def test_a_list_at_its_top_shows_what_comes_in_above_the_cursor() -> None:
    app = Bench(Numbers(), range(100, 200))
    async with app.run_test(size=(40, 10)) as pilot:
        app.list.rows = range(97, 200)
        await pilot.pause()
        assert app.text()[0] == " row 97 of many"
        assert app.text()[3] == "▌row 100 of many"
        app.list.rows = range(50, 200)
        await pilot.pause()
        assert app.text()[3] == "▌row 100 of many"


async def test_a_row_that_is_gone_leaves_the_cursor_at_its_place() -> None:
    app = Bench(Numbers(), range(10))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("G")
        app.list.rows = range(5)
        await pilot.pause()
        assert app.list.current == 4
        app.list.rows = ()
        await pilot.pause()
        assert app.list.current is None
        await pilot.press("j", "enter", "G", "ctrl+d")
        assert app.opened == []


async def test_headings_are_passed_over_and_rows_take_their_own_heights() -> None:
    app = Bench(Pairs(), range(25))
    async with app.run_test(size=(40, 12)) as pilot:
        assert app.list.current == 1
        assert app.text()[:4] == [" row 0", "▌row 1", "▌  more", " row 2"]
        await pilot.press(*("j" * 9))
        assert app.list.current == 11
        await pilot.press("G")
        assert app.list.current == 24
        assert app.text()[-2:] == ["▌row 24", "▌  more"]
        await pilot.press("g")
        assert app.text()[0] == " row 0"


async def test_without_a_row_to_choose_the_keys_scroll() -> None:
    app = Bench(Pairs(), [10 * n for n in range(50)])
    async with app.run_test(size=(40, 10)) as pilot:
        assert app.list.cursor == -1
        await pilot.press("j", "j")
        assert app.text()[0].split() == ["row", "20", "↑"]
        await pilot.press("G")
        assert app.text()[-1] == " row 490"
        await pilot.press("k", "ctrl+u")
        assert app.text()[0].split() == ["row", "340", "↑"]


async def test_a_click_chooses_and_a_click_on_the_chosen_row_opens() -> None:
    app = Bench(Pairs(), range(25))
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.click(VirtualList, offset=(3, 4))
        assert app.list.current == 2
        assert app.opened == []
        await pilot.click(VirtualList, offset=(3, 3))
        assert app.opened == [2]
        await pilot.click(VirtualList, offset=(3, 0))
        assert app.list.current == 2


@pytest.mark.parametrize("length", [1_000, 100_000])
async def test_a_cursor_move_draws_two_rows_however_long_the_list(length: int) -> None:
    view = Numbers()
    app = Bench(view, range(length))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        view.drawn.clear()
        app.list.asked.clear()
        await pilot.press("j")
        assert app.list.asked == {0, 1}
        assert set(view.drawn) <= {0, 1}


async def test_a_narrower_window_draws_again_with_the_cursor_in_sight() -> None:
    app = Bench(Numbers(), range(100))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*("j" * 35))
        await pilot.resize_terminal(45, 12)
        await pilot.pause()
        assert "▌row 35 of many" in app.text()


async def test_a_view_must_say_how_its_rows_look() -> None:
    with pytest.raises(TypeError, match="no key"):
        RowView[int]().key(1)
    with pytest.raises(TypeError, match="draws no int"):
        RowView[int]().draw(1, 80)


class Asked(Numbers):
    """Numbers that note which keys were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def key(self, row: int) -> str:
        self.keys.append(row)
        return super().key(row)


async def test_rows_that_come_at_the_end_ask_no_key_of_the_others() -> None:
    view = Asked()
    app = Bench(view, range(1000))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("G", "k", "j")
        view.keys.clear()
        app.list.rows = range(2000)
        assert set(view.keys) == {999}
        assert app.list.cursor == 999
        app.list.rows = range(500, 2000)
        assert app.list.cursor == 499
        app.list.rows = range(10)
        assert (app.list.cursor, app.list.key) == (9, "9")
