"""Pictures of what Results, a trend and Home are made of, in every theme, so that no change of looks goes unseen.

They show results made by hand, so that they change only with the looks.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from textual.app import App
from textual.containers import Vertical
from textual.widget import Widget

from genesis_tui.models.base.dates import Moment
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.models.home import NewItem, PersonNews
from genesis_tui.models.results.result import Flag, Range, Result, ResultKind
from genesis_tui.models.results.trends import Series, by_code, series_of
from genesis_tui.screens.home.rows import HomeRow, HomeView, home_rows
from genesis_tui.screens.results.chips import Chips
from genesis_tui.screens.results.detail import ResultFacts
from genesis_tui.screens.results.detail_pane import ResultPane
from genesis_tui.screens.results.rows import ResultView
from genesis_tui.widgets.load_state import LoadState, refused
from genesis_tui.widgets.trend.trend_plot import TrendPlot
from genesis_tui.widgets.virtual_list import VirtualList, columns_for
from tests.screens.gallery import Gallery
from tests.screens.results_of import LDL, RATIO, TRIGLYCERIDES, reading, result

BELOW_130 = Range("< 130 mg/dL", None, 130.0)
VALUES = [(2018, 108), (2019, 112), (2020, 119), (2021, 116), (2022, 124), (2023, 127), (2024, 136), (2025, 141)]
PANEL = result(
    LDL, TRIGLYCERIDES, RATIO, reviewed=False, specimen="Blood", place="Belvoir Laboratory", orderer="Dr. Anna Okafor"
)


def lipids() -> Iterable[Result]:
    """One value a year, and the panel."""
    yield PANEL
    for year, value in VALUES:
        at = Moment(datetime(year, 10, 11, 13, tzinfo=UTC))
        flag = Flag.HIGH if value >= 130 else Flag.NORMAL
        word = "High" if value >= 130 else ""
        row = reading(text=str(value), flag=flag, word=word, span=BELOW_130, at=at, id=str(year))
        yield result(row, key=f"DiagnosticReport/{year}", at=at)


def rows() -> tuple[Result, ...]:
    """A row with each mark."""
    scan = result(key="DiagnosticReport/2", kind=ResultKind.RADIOLOGY, title="MRI left knee", reviewed=False)
    bad = result(RATIO, key="DiagnosticReport/3", title="Basic metabolic panel", community="Lakeview Medical Group")
    mended = result(TRIGLYCERIDES, key="DiagnosticReport/4", title="Triglycerides", corrected=True)
    note = result(
        key="DocumentReference/5", kind=ResultKind.NOTE, title="Family medicine visit", author="Dr. Anna Okafor"
    )
    return PANEL, scan, bad, mended, note


class ResultsGallery(Gallery):
    CSS = Gallery.CSS + "#listing, #rows, #detail { height: 1fr; } #listing, #detail { width: 1fr; }"


def listing() -> Widget:
    """What stands at the left of Results."""
    return Vertical(Chips(), VirtualList[Result](ResultView(), id="rows"), id="listing", classes="pane")


def fill_list(app: App[None], new: frozenset[str], width: int) -> VirtualList[Result]:
    """The rows in the columns that Results has in a list of so many cells."""
    shown: VirtualList[Result] = app.query_one("#rows", VirtualList)
    two_rows = app.size.width < 60 and app.size.height >= 16
    shown.show(rows(), ResultView(columns_for(width, two_rows=two_rows), new))
    return shown


def show_results(app: App[None]) -> None:
    app.query_one("#listing").styles.width = 44
    detail = app.query_one(ResultPane)
    detail.add_class("divided")
    fill_list(app, frozenset({PANEL.key, rows()[1].key}), 44)
    detail.index = by_code(lipids())
    detail.show_result(ResultFacts(PANEL, "1 of 5"))
    detail.focus()


def show_list(app: App[None]) -> None:
    fill_list(app, frozenset({PANEL.key}), app.size.width).focus()


def show_trend(app: App[None]) -> None:
    series: tuple[Series, ...] = series_of(by_code(lipids()), LDL.code)
    app.query_one(TrendPlot).show(series)


def show_home(app: App[None]) -> None:
    can = (Permission("results.read", allowed=True),)
    daniel = FamilyMember("1", 1, "Daniel Reyes", "Daniel", "Reyes", "you", 38, Access.FULL, "your own record", can=can)
    elena = FamilyMember("2", 2, "Elena Reyes", "Elena", "Reyes", "spouse", 36, Access.FULL, "by grant", can=can)
    item = NewItem("results", "DiagnosticReport/1", "Lipid panel: LDL 148", "high", PANEL.at.instant)
    people: list[tuple[FamilyMember, PersonNews | str | None]] = [
        (daniel, PersonNews(daniel, (item,))),
        (elena, PersonNews(elena)),
    ]
    home: VirtualList[HomeRow] = app.query_one(VirtualList)
    home.show(home_rows(people, gaps=True), HomeView())


def show_refusal(app: App[None]) -> None:
    app.query_one(LoadState).notice = refused(
        "Can't show Leo's results",
        "From 12 to 17, results, notes and refills are the patient's own.",
        rule="FAM-3",
        request="7f3a-91c2",
        keys=(("p", "patient information"), ("f1", "who to call")),
    )


def panes() -> list[Widget]:
    return [listing(), ResultPane(id="detail")]


@pytest.mark.parametrize(
    ("theme", "size", "widgets", "fill"),
    [
        ("dark", (120, 30), panes, show_results),
        ("light", (120, 30), panes, show_results),
        ("contrast", (120, 30), panes, show_results),
        ("colour-blind", (120, 30), panes, show_results),
        ("ansi", (120, 30), panes, show_results),
        ("dark", (45, 30), lambda: [listing()], show_list),
        ("dark", (80, 20), lambda: [listing()], show_list),
        ("ansi", (80, 20), lambda: [listing()], show_list),
        ("dark", (80, 21), lambda: [TrendPlot()], show_trend),
        ("ansi", (80, 21), lambda: [TrendPlot()], show_trend),
        ("light", (120, 37), lambda: [TrendPlot()], show_trend),
        ("dark", (80, 12), lambda: [VirtualList(HomeView())], show_home),
        ("contrast", (80, 12), lambda: [VirtualList(HomeView())], show_home),
        ("dark", (80, 12), lambda: [LoadState()], show_refusal),
    ],
    ids=[
        "detail-dark-120",
        "detail-light-120",
        "detail-contrast-120",
        "detail-colour-blind-120",
        "detail-ansi-120",
        "list-dark-45",
        "list-dark-80",
        "list-ansi-80",
        "trend-dark-80",
        "trend-ansi-80",
        "trend-light-120",
        "home-dark-80",
        "home-contrast-80",
        "refused-dark-80",
    ],
)
def test_it_looks_as_it_did(
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
    widgets: Callable[[], list[Widget]],
    fill: Callable[[App[None]], None],
) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(ResultsGallery(theme, widgets, fill), terminal_size=size)
