"""Results on the real client and the real mock: what a person sees and presses, at every size."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Protocol

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.results.result import ResultKind, Results, Unreadable
from genesis_tui.screens.results.screen import ResultsScreen
from genesis_tui.testing.plugin import SignIn
from tests.screens.signed_in import BOTH_ENDS, Session, session


class Open(Protocol):
    """Opens the app at a size, on somebody's results."""

    def __call__(
        self, size: tuple[int, int] = (80, 24), *, patient: str | None = "you", username: str = "daniel.reyes"
    ) -> AbstractAsyncContextManager[Session]: ...


@pytest.fixture
def opened(mock: Mock, transport: httpx.ASGITransport) -> Open:
    def open(
        size: tuple[int, int] = (80, 24), *, patient: str | None = "you", username: str = "daniel.reyes"
    ) -> AbstractAsyncContextManager[Session]:
        return session(mock, transport, size=size, patient=patient, username=username)

    return open


def results(app: Session) -> ResultsScreen:
    screen = app.app.screen
    assert isinstance(screen, ResultsScreen)
    return screen


# the list


@pytest.mark.rule("REL-4")
async def test_the_newest_result_comes_first_with_its_marks(opened: Open) -> None:
    async with opened() as app:
        async for size in app.sizes():
            first = app.line("20 Nov 26")
            assert first.startswith("▌•")
            assert "▲" in first
            assert "20 Nov 26" in first
            marks = app.lines[app.lines.index(first) + 1] if size == (45, 50) else first
            assert "○" in marks
            assert len(app.lines) == size[1]
            assert all(len(line) <= size[0] for line in app.lines)


async def test_columns_at_80(opened: Open) -> None:
    async with opened() as app:
        assert app.lines[3] == "  All  Labs  Radiology  Pathology  Notes         ▲ abnormal only   newest first"
        assert app.line("Lipid panel") == (
            "▌•  ▲ High      Lab  Lipid panel                LDL 148 mg/dL    ○    20 Nov 26"
        )
        assert "Δ" in app.line("Complete blood count")
        assert "»" in app.line("Critical")


async def test_filters_sorting_and_abnormal_only(opened: Open) -> None:
    async with opened() as app:
        await app.press("right", "right")
        assert "MRI left knee" in app.text
        assert "Lipid panel" not in app.text
        await app.press("escape", "v")
        kinds = [row.flag.severity for row in results(app).list.rows]
        assert kinds
        assert all(kinds)
        await app.press("v", "o")
        assert "oldest first" in app.text
        dates = [row.at.instant for row in results(app).list.rows]
        assert dates == sorted(dates)


async def test_search_filters_while_it_is_typed(opened: Open) -> None:
    async with opened() as app:
        total = len(results(app).list.rows)
        await app.press("slash", *"knee")
        assert [row.title for row in results(app).list.rows] == ["MRI left knee", "X-ray left knee, 3 views"]
        assert "open" not in app.keys
        await app.press("enter", "enter")
        await app.expect("EXAM: MRI left knee", "1 of 2")
        await app.press("escape", "escape")
        assert len(results(app).list.rows) == total
        await app.press("slash", *"zzz")
        await app.expect(f"No results with “zzz” among {total} results.", "shows all")
        await app.press("escape")
        assert len(results(app).list.rows) == total


# the detail


@pytest.mark.parametrize("size", BOTH_ENDS)
@pytest.mark.rule("REL-4", "FAM-9")
async def test_enter_opens_the_detail_and_esc_goes_back(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as app:
        await app.press("enter")
        await app.expect("1 of ", "Not reviewed yet.")
        assert "DANIEL" in app.lines[0]
        async for width, _ in app.sizes():
            side_by_side = "All  Labs" in app.text
            assert side_by_side == (width >= 120)
        await app.pilot.resize_terminal(*size)
        await app.press("j", "k", "escape")
        assert "All  Labs" in app.text
        assert app.line("20 Nov 26").startswith("▌")


async def test_focus_shows_in_the_rule_and_the_cursor(opened: Open) -> None:
    async with opened((120, 40)) as app:
        assert app.lines[2].startswith("━" * 30)
        assert app.lines[2][40:46].endswith("━┬─")
        await app.press("tab")
        await app.until(lambda: app.lines[2].startswith("─" * 30) and "┬━" in app.lines[2])
        assert app.line("20 Nov 26").startswith("▎")
        await app.press("tab")
        await app.until(lambda: app.lines[2].startswith("━"))


async def test_the_pane_beside_the_list_follows_the_cursor(opened: Open) -> None:
    async with opened((120, 40)) as app:
        await app.press("j", "j")
        await app.expect("3 of ", "Corrected 18 Nov 2026", "Hemoglobin")
        assert "EARLIER: HEMOGLOBIN" in app.text


async def test_the_chosen_test_has_its_own_earlier_values(opened: Open) -> None:
    async with opened() as app:
        await app.press("enter")
        await app.expect("EARLIER: LDL CHOLESTEROL", "20 Nov 26 ▲ 148")
        await app.press("j")
        await app.expect("EARLIER: HDL CHOLESTEROL")


async def test_brackets_go_to_the_neighbour(opened: Open) -> None:
    async with opened() as app:
        await app.press("enter", "right_square_bracket")
        await app.expect("2 of ", "MRI left knee", "FINDINGS")
        await app.press("left_square_bracket")
        await app.expect("1 of ", "Lipid panel")
        assert "[ ] previous, next" in app.keys
        await app.press("escape")
        assert "[ ]" not in app.keys


async def test_the_text_of_a_note_is_fetched_when_it_is_opened(opened: Open) -> None:
    async with opened() as app:
        await app.press("left", "enter")
        await app.expect("Note · written", "Chief complaint")
        assert "t trend" not in app.keys


async def test_a_narrower_window_keeps_what_is_read(opened: Open) -> None:
    async with opened((120, 40)) as app:
        await app.press("tab")
        await app.pilot.resize_terminal(80, 24)
        await app.until(lambda: "All  Labs" not in app.text)
        await app.expect("LDL cholesterol", "1 of ")
        await app.press("escape")
        assert app.line("20 Nov 26").startswith("▌")


async def test_copying_gives_one_line_of_plain_text(opened: Open) -> None:
    async with opened() as app:
        await app.press("y")
        assert app.app.clipboard == "20 Nov 2026  Lipid panel  LDL 148 mg/dL  High"
        await app.press("enter", "y")
        assert app.app.clipboard.startswith("20 Nov 2026  LDL cholesterol 148 mg/dL  High  reference < 130")


# what the list says of itself


async def test_the_list_says_what_is_missing(opened: Open) -> None:
    async with opened() as app:
        screen = results(app)
        whole = screen.results
        screen.show(replace(whole, unreadable=Unreadable(2, ("an invalid date",))))
        await app.expect("2 entries could not be read (an invalid date).")
        screen.show(replace(whole, unreadable=Unreadable(1)))
        await app.expect("1 entry could not be read.")
        screen.show(replace(whole, complete=False))
        await app.expect(f"Loading, {len(whole.rows)} so far")
        screen.show(Results(fetched=whole.fetched))
        await app.expect("No results yet", "They show here the moment they are final.")
        assert "open" not in app.keys
        assert "search" not in app.keys


async def test_a_result_that_the_filters_leave_out_can_still_be_asked_for(opened: Open) -> None:
    async with opened() as app:
        note = next(row for row in results(app).list.rows if row.kind is ResultKind.NOTE)
        await app.press("right")
        assert note not in results(app).list.rows
        results(app).show_result(note.key)
        await app.expect("Note · written", f"of {len(results(app).results.rows)}")


async def test_a_click_chooses_a_filter(opened: Open) -> None:
    async with opened() as app:
        await app.pilot.click("Chips", offset=(14, 0))
        await app.until(lambda: all(row.kind is ResultKind.RADIOLOGY for row in results(app).list.rows))
        await app.pilot.click("Chips", offset=(3, 0))
        await app.expect("Lipid panel")


# new


@pytest.mark.rule("REL-5")
async def test_opening_a_result_clears_new_for_this_viewer_only(opened: Open, mock: Mock, sign_in: SignIn) -> None:
    async with opened(patient="Maya") as app:
        member = results(app).patient
        assert member is not None
        count = len(results(app).results.new)
        assert f"Results•{count}" in app.lines[1]
        await app.press("enter")
        await app.until(lambda: f"Results•{count - 1}" in app.lines[1])
        await app.press("escape")
        assert not app.line("19 Nov 26").startswith("▌•")
        opened_key = results(app).list.rows[0].key

        async def unseen(username: str) -> list[str]:
            answer = await (await sign_in(username)).get(f"/portal/v1/patients/{member.id}/seen")
            new: list[str] = answer.raise_for_status().json()["new"]
            return new

        assert opened_key not in await unseen("daniel.reyes")
        assert opened_key in await unseen("elena.reyes")


@pytest.mark.rule("REL-5")
async def test_looking_at_the_list_opens_nothing(opened: Open) -> None:
    async with opened((120, 40)) as app:
        new = results(app).results.new
        await app.press("j", "j", "k")
        await app.expect("2 of ")
        assert results(app).results.new == new


# the trend


@pytest.mark.parametrize("size", BOTH_ENDS)
@pytest.mark.rule("FAM-9")
async def test_t_shows_the_trend_of_the_test_that_the_row_speaks_of(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as app:
        await app.press("t")
        await app.expect("LDL cholesterol", "148 mg/dL")
        assert "DANIEL" in app.lines[0]
        async for now in app.sizes():
            plotted = "in range" in app.text
            assert plotted == (now != (40, 10))
            if plotted:
                assert "2020" in app.text
        await app.press("escape")
        await app.expect("Lipid panel")


async def test_enter_in_the_trend_opens_the_result_of_the_point(opened: Open) -> None:
    async with opened() as app:
        await app.press("t", "left", "enter")
        await app.expect("collected Mon 4 May 2026")
        assert app.line("LDL cholesterol").startswith("▌")
        assert "▲    133 mg/dL" in app.line("LDL cholesterol")


async def test_a_report_without_values_has_no_trend_and_says_so(opened: Open) -> None:
    async with opened() as app:
        await app.press("j", "t")
        await app.expect("Nothing to plot here.")


async def test_capital_t_plots_vital_signs_and_puts_a_second_test_beside_them(opened: Open) -> None:
    async with opened() as app:
        await app.press("T")
        await app.expect("Trend of which test?", "Blood pressure")
        await app.press(*"blood p", "enter")
        await app.expect("systolic in range", "diastolic in range", "○", "mmHg")
        await app.press("T")
        await app.expect("Beside Blood pressure")
        await app.press(*"ldl", "enter")
        await app.expect("● Blood pressure", "□ LDL cholesterol", "T add a test")
        await app.press("T", "enter")
        await app.until(lambda: "□" not in app.text)
        await app.press("enter")
        await app.expect("That value is in Record.")


# states


@pytest.mark.rule("FAM-9")
async def test_another_patients_screens_are_gone(opened: Open) -> None:
    async with opened() as app:
        await app.press("enter")
        before = app.app.screen
        await app.open("Maya")
        await app.expect("Iron studies")
        assert "DANIEL" not in app.text
        assert "Lipid panel" not in app.text
        await app.until(lambda: not before.is_attached)


@pytest.mark.rule("FAM-3")
async def test_a_teenagers_results_are_refused_in_the_rules_words(opened: Open) -> None:
    async with opened(patient=None) as app:
        await app.open("Leo")
        await app.press("2")
        await app.expect("Can't show Leo's results", "Rule FAM-3", "patient information", "who to call")
        assert results(app).list.rows == []
        assert "open" not in app.keys


@pytest.mark.rule("FAM-5")
async def test_access_that_ends_takes_the_rows_away(opened: Open, mock: Mock, sign_in: SignIn) -> None:
    async with opened(patient="Sofia") as app:
        assert results(app).list.rows
        sofia = await sign_in("sofia.reyes")
        grants = (await sofia.get("/portal/v1/family")).json()["grants"]
        for grant in (g for g in grants if g["mine"] and not g["ended"]):
            (await sofia.delete(f"/portal/v1/family/grants/{grant['id']}")).raise_for_status()
        await app.press("f5")
        await app.expect("Can't show Sofia's results")
        assert len(results(app).list.rows) == 0


class Cut(httpx.AsyncBaseTransport):
    """Carries requests to the mock until the line is cut."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut", request=request)
        return await self.inner.handle_async_request(request)


@pytest.fixture
async def on_a_line(mock: Mock, transport: httpx.ASGITransport) -> AsyncIterator[tuple[Session, Cut]]:
    line = Cut(transport)
    async with session(mock, line, patient="you") as app:
        yield app, line


async def test_old_rows_stay_when_a_refresh_fails(on_a_line: tuple[Session, Cut]) -> None:
    app, line = on_a_line
    line.cut = True
    await app.press("f5")
    await app.until(lambda: "Can't show your results" in app.text)
    assert "Lipid panel" in app.text
    assert "offline since 09:42" in app.lines[0]
    line.cut = False
    await app.press("full_stop")
    await app.until(lambda: "Can't show" not in app.text)
    assert "✓" in app.lines[0]


@pytest.mark.rule("REL-5")
async def test_what_was_opened_is_no_longer_counted_on_other_places(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, patient="you") as app:
        before = app.line("Results")
        assert "Results•3" in before
        await app.press("enter", "5")
        await app.expect("CAN BE REFILLED NOW")
        assert "Results•2" in app.line("Results")


class Held(httpx.AsyncBaseTransport):
    """Keeps later pages of labs back until they are let through."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.let_through = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/Observation") and "page" in request.url.params:
            await self.let_through.wait()
        return await self.inner.handle_async_request(request)


async def test_a_trend_that_is_open_gets_what_still_comes_in(mock: Mock, transport: httpx.ASGITransport) -> None:
    line = Held(transport)
    async with session(mock, line) as app:
        await app.press("2")
        await app.expect("Lipid panel")
        await app.press("t")
        await app.expect("LDL cholesterol  mg/dL")
        assert "10 values" not in app.text
        line.let_through.set()
        await app.expect("10 values", "╰─")
