"""What a list says in place of rows (MOCKUPS §8)."""

import pytest
from textual.app import App, ComposeResult

from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.drawing.lines import line_width, text_of
from genesis_tui.widgets.load_state import LoadState, Notice, empty, failed, loading, notice_lines, refused

REFUSED = refused(
    "Can't show Leo's results",
    "From 12 to 17, results, notes and refills are the patient's own.",
    "Appointments, messages you took part in, immunizations and allergies stay open to you.",
    rule="FAM-3",
    request="7f3a-91c2",
    keys=(("6", "see what is open to you"), ("f1", "who to ask")),
)


def test_a_refusal_gives_the_rules_words_its_id_and_the_open_ways() -> None:
    assert text_of(notice_lines(REFUSED, 80)).split("\n") == [
        "  Can't show Leo's results",
        "  From 12 to 17, results, notes and refills are the patient's own.",
        "  Appointments, messages you took part in, immunizations and allergies stay",
        "  open to you.",
        "  Rule FAM-3 · request 7f3a-91c2",
        "",
        "  6  see what is open to you",
        "  f1 who to ask",
    ]


def test_a_failure_gives_cause_next_step_and_request() -> None:
    notice = failed(
        "Can't load results", "The server did not answer.", "Try again.", request="7f3a", keys=(("f5", "again"),)
    )
    assert text_of(notice_lines(notice, 80, blanks=False)).split("\n") == [
        "  Can't load results",
        "  The server did not answer.",
        "  Try again.",
        "  request 7f3a",
        "  f5 again",
    ]
    assert notice.role == "bold critical"


def test_loading_is_the_only_thing_in_italics_and_empty_is_an_answer() -> None:
    assert notice_lines(loading(), 80) == [[("  ", ""), ("Loading…", "italic muted")]]
    said = empty("No results yet", "They show here the moment they are final.")
    assert [line[1][1] for line in notice_lines(said, 80)] == ["bold", "muted"]


@pytest.mark.parametrize("width", [30, 40, 45, 80, 120])
def test_no_row_of_a_notice_is_too_wide(width: int) -> None:
    assert all(line_width(line) <= width for line in notice_lines(REFUSED, width))


class Bench(App[None]):
    """A notice alone."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint("dark")

    def compose(self) -> ComposeResult:
        yield LoadState()


async def test_it_takes_as_many_rows_as_it_says_something() -> None:
    app = Bench()
    async with app.run_test(size=(45, 24)) as pilot:
        state = app.query_one(LoadState)
        assert not state.display
        state.notice = Notice("1 entry could not be read.", "muted")
        await pilot.pause()
        assert state.size.height == 1
        state.notice = REFUSED
        await pilot.pause()
        assert state.size.height == len(notice_lines(REFUSED, 45))
        assert "Rule FAM-3" in "".join(state.render_line(y).text for y in range(state.size.height))
        state.notice = None
        await pilot.pause()
        assert not state.display
