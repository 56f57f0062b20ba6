"""The whole trend plot: what stands where at a size, and the widget's keys."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from textual.app import App, ComposeResult

from genesis_tui.models.base.dates import Moment
from genesis_tui.models.results.result import DIASTOLIC, SYSTOLIC, Flag, Quantity, Range, Reading, Result, ResultKind
from genesis_tui.models.results.trends import Series, beside, by_code, series_of
from genesis_tui.widgets.drawing import symbols, themes
from genesis_tui.widgets.drawing.lines import text_of
from genesis_tui.widgets.trend.plot import Look, here, plot
from genesis_tui.widgets.trend.trend_plot import TrendPlot
from genesis_tui.widgets.trend.wording import point_line, title_line

CODE = "http://loinc.org|13457-7"
LDL = [
    ("2018-02-06", 108), ("2019-03-11", 112), ("2020-02-20", 119), ("2021-09-02", 116), ("2022-10-11", 124),
    ("2023-09-19", 127), ("2024-10-08", 136), ("2025-11-12", 141), ("2026-05-04", 133), ("2026-11-20", 148),
]  # fmt: skip
BELOW_130 = Range("< 130 mg/dL", None, 130.0)


def reading(day: str, value: float, span: Range | None = BELOW_130, unit: str = "mg/dL") -> Reading:
    at = Moment(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC))
    high = span is not None and span.high is not None and value >= span.high
    low = span is not None and span.low is not None and value < span.low
    flag = Flag.HIGH if high else Flag.LOW if low else Flag.NORMAL
    word = {Flag.HIGH: "High", Flag.LOW: "Low"}.get(flag, "")
    return Reading(
        day, CODE, "LDL cholesterol", at, f"{value:g}", Quantity(value, f"{value:g}", unit), flag, word, range=span
    )


def of(*readings: Reading) -> tuple[Series, ...]:
    rows = [
        Result(f"R/{r.id}", ResultKind.LAB, "Lipids", r.at, readings=(r,), place="Belvoir Laboratory") for r in readings
    ]
    return series_of(by_code(rows), readings[0].code)


@pytest.fixture
def ldl() -> Series:
    return of(*(reading(day, value) for day, value in LDL))[0]


def lines(series: Series, width: int = 80, height: int = 20, chosen: int = -1, look: Look | None = None) -> list[str]:
    chosen = chosen % len(series.numbers)
    return text_of(plot(series, chosen, width, height, look or Look())).split("\n")


def test_the_plot_of_the_mockup_reads_at_80_by_24(ldl: Series) -> None:
    drawn = lines(ldl)
    assert len(drawn) == 20
    assert all(len(line) <= 80 for line in drawn)
    assert [line[:6].strip() for line in drawn if line[:6].strip()] == ["150", "140", "130", "120", "110", ""][:5]
    assert drawn[-1].split() == [str(year) for year in range(2018, 2028)]
    text = "\n".join(drawn)
    assert [text.count(mark) for mark in "●▲"] == [6, 4]
    assert all(str(value) in text for _, value in LDL)
    assert "in range" in text


def test_the_chosen_point_has_the_guide_and_a_bold_label(ldl: Series) -> None:
    drawn = plot(ldl, 9, 80, 20)
    assert sum(span == ("┆", "sign accent") or span[0] == "┆" for line in drawn for span in line) >= 10
    assert ("148", "sign bold") in [(text, role.strip()) for line in drawn for text, role in line]


def test_the_band_lies_between_the_limits(ldl: Series) -> None:
    drawn = plot(ldl, 9, 80, 20)
    banded = [any("on-band" in role for _, role in line) for line in drawn]
    limit = next(i for i, line in enumerate(drawn) if line[0][0].strip() == "130")
    assert banded[:18] == [i >= limit for i in range(18)]
    plain = plot(ldl, 9, 80, 20, Look(band=False))
    assert not any("on-band" in role for line in plain for _, role in line)
    assert "in range" in text_of(plain)


def test_without_braille_points_stand_alone(ldl: Series) -> None:
    text = "\n".join(lines(ldl, look=Look(braille=False, band=False)))
    assert not any(0x2800 <= ord(char) <= 0x28FF for char in text)
    assert text.count("●") == 6


def test_a_range_that_changed_steps_at_the_first_result_with_the_new_one() -> None:
    old, new = Range("< 160", None, 160.0), Range("< 130", None, 130.0)
    (one,) = of(reading("2020-01-01", 140, old), reading("2023-01-01", 141, new), reading("2026-01-01", 120, new))
    drawn = lines(one)
    first = next(line for line in drawn if line[:6].strip() == "160")
    second = next(line for line in drawn if line[:6].strip() == "130")
    middle = (first.rindex("┄") + second.index("┄")) / 2
    assert first.index("┄") == 8
    assert second.rindex("┄") > 70
    assert middle == pytest.approx(8 + 69 / 2, abs=2)


def test_a_series_without_a_range_has_no_band_and_says_so() -> None:
    (one,) = of(reading("2020-01-01", 140, None), reading("2023-01-01", 141, None))
    assert "┄" not in "\n".join(lines(one))
    assert "no reference range given" in text_of([title_line(one, 100, band=True)])


def test_the_abnormal_one_of_two_in_a_cell_wins_and_the_readout_counts_them() -> None:
    days = [("2018-01-01", 100), ("2026-01-01", 129), ("2026-01-02", 131), ("2026-01-03", 131.1)]
    (one,) = of(*(reading(day, value) for day, value in days))
    assert here(one, 3, 80, 20) == (2, 2)
    assert "2 of 2 here" in text_of([point_line(one, one.numbers[3], 120, here=(2, 2))])
    assert "\n".join(lines(one)).count("▲") == 1


def test_a_comparator_stands_at_its_number_behind_an_arrow() -> None:
    at = Moment(datetime(2026, 1, 1, tzinfo=UTC))
    low = Reading("x", CODE, "TSH", at, "<5", Quantity(5, "<5", "mg/dL", "<"))
    (one,) = of(reading("2020-01-01", 9, None), low)
    assert "↓5" in "\n".join(lines(one))


def pressure(day: str, high: float, low: float) -> Reading:
    at = Moment(datetime.fromisoformat(day).replace(tzinfo=UTC))
    parts = tuple(
        Reading("", code, "", at, f"{v:g}", Quantity(v, f"{v:g}", "mmHg"), range=Range(f"< {limit:g}", None, limit))
        for code, v, limit in ((SYSTOLIC, high, 130.0), (DIASTOLIC, low, 80.0))
    )
    return Reading(day, "bp", "Blood pressure", at, "", parts=parts)


def test_blood_pressure_draws_two_lines_and_both_bands_in_one_plot() -> None:
    (one,) = of(pressure("2024-01-01", 120, 70), pressure("2025-01-01", 124, 74), pressure("2026-01-01", 128, 78))
    drawn = lines(one)
    text = "\n".join(drawn)
    assert [text.count(mark) for mark in "●○"] == [3, 3]
    assert "systolic in range" in text
    assert "diastolic in range" in text
    rows = {n: next(i for i, line in enumerate(drawn) if line[:6].strip() == n) for n in ("130", "80")}
    banded = [any("on-band" in role for _, role in line) for line in plot(one, 2, 80, 20)]
    assert banded[:18] == [rows["130"] <= i != rows["80"] - 1 for i in range(18)]
    assert "reference < 130 and < 80" in text_of([title_line(one, 100, band=True)])
    assert "128/78 mmHg  +4/+4 since 1 Jan 2025" in text_of([point_line(one, one.numbers[2], 100)])


def test_two_tests_on_one_plot_have_glyphs_and_where_they_need_it_axes_of_their_own(ldl: Series) -> None:
    (weight,) = of(reading("2019-01-01", 80, None, "kg"), reading("2026-01-01", 91, None, "kg"))
    both = beside(ldl, replace(weight, name="Body weight"))
    drawn = lines(both)
    assert both.two_axes
    assert ["\n".join(drawn).count(mark) for mark in "●▲□"] == [6, 4, 2]
    assert "90" in "".join(line.rpartition("│")[2] for line in drawn)
    assert all(len(line) <= 80 for line in drawn)
    title = text_of([title_line(both, 100, band=True)])
    assert title.split() == ["●", "LDL", "cholesterol", "mg/dL", "<", "130", "mg/dL", "□", "Body", "weight", "kg"]
    places = [i for i, entry in enumerate(both.numbers) if entry.test]
    assert "□ 91 kg  +11 since 1 Jan 2019" in text_of([point_line(both, both.numbers[places[1]], 100)])
    assert "+15 since 4 May 2026" in text_of([point_line(both, both.numbers[-1], 100)])
    (hdl,) = of(reading("2019-01-01", 60, None), reading("2026-01-01", 50, None))
    assert not beside(ldl, hdl).two_axes
    assert "in range" not in "\n".join(lines(beside(ldl, hdl)))


def test_the_two_rows_over_the_plot(ldl: Series) -> None:
    assert text_of([title_line(ldl, 80, band=True)]) == (
        "  LDL cholesterol  mg/dL   ░ reference < 130 mg/dL    10 values · 2018 to 2026"
    )
    assert text_of([point_line(ldl, ldl.numbers[-1], 80)]) == (
        "  20 Nov 2026  ▲ 148 mg/dL  High  +15 since 4 May 2026  Belvoir Laboratory"
    )
    assert text_of([point_line(ldl, ldl.numbers[-1], 45)]) == "  20 Nov 2026  ▲ 148 mg/dL  High  +15"


class Bench(App[None]):
    """One trend plot."""

    def __init__(self, series: tuple[Series, ...], theme: str = "dark") -> None:
        super().__init__()
        self.series, self.words = series, theme
        self.opened: list[tuple[str, str]] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint(self.words)

    def compose(self) -> ComposeResult:
        yield TrendPlot()

    def on_mount(self) -> None:
        self.plot.show(self.series)
        self.plot.focus()

    @property
    def plot(self) -> TrendPlot:
        return self.query_one(TrendPlot)

    def on_trend_plot_opened(self, event: TrendPlot.Opened) -> None:
        self.opened.append((event.result, event.reading))

    def text(self) -> str:
        return "\n".join(self.plot.render_line(y).text.rstrip() for y in range(self.plot.size.height))


async def test_arrows_choose_a_point_and_enter_opens_its_result(ldl: Series) -> None:
    app = Bench((ldl,))
    async with app.run_test(size=(80, 21)) as pilot:
        assert "20 Nov 2026" in app.text()
        await pilot.press("left", "left")
        assert "12 Nov 2025" in app.text().split("\n")[1]
        await pilot.press("right", "enter", "home", "enter", "left", "end", "right", "enter")
        assert [reading for _, reading in app.opened] == ["2026-05-04", "2018-02-06", "2026-11-20"]
        assert app.opened[0][0] == "R/2026-05-04"


async def test_tab_shows_the_values_in_the_plots_place_at_24_rows(ldl: Series) -> None:
    app = Bench((ldl,))
    async with app.run_test(size=(80, 21)) as pilot:
        await pilot.press("tab")
        assert "VALUES, NEWEST FIRST" in app.text()
        assert "in range" not in app.text()
        await pilot.press("down", "tab")
        assert "4 May 2026" in app.text().split("\n")[1]
        assert "in range" in app.text()


@pytest.mark.parametrize("size", [(120, 37), (45, 47)])
async def test_a_high_window_shows_plot_and_table(ldl: Series, size: tuple[int, int]) -> None:
    app = Bench((ldl,))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        text = app.text()
        assert "in range" in text
        assert "VALUES, NEWEST FIRST" in text
        assert "20 Feb 2020" in text


@pytest.mark.parametrize("size", [(40, 7), (39, 30)])
async def test_too_small_for_a_plot_the_table_stands_alone(ldl: Series, size: tuple[int, int]) -> None:
    app = Bench((ldl,))
    async with app.run_test(size=size) as pilot:
        await pilot.press("left")
        assert "VALUES, NEWEST FIRST" in app.text()
        assert "│" not in app.text()


async def test_one_number_alone_is_a_table() -> None:
    app = Bench(of(reading("2026-01-01", 128)))
    async with app.run_test(size=(80, 21)) as pilot:
        await pilot.press("tab")
        assert "VALUES, NEWEST FIRST" in app.text()


async def test_brackets_switch_between_units() -> None:
    app = Bench(of(reading("2020-01-01", 3.1, None, "mmol/L"), reading("2021-01-01", 3.3, None, "mmol/L"),
                   reading("2025-01-01", 128), reading("2026-01-01", 131)))  # fmt: skip
    async with app.run_test(size=(80, 21)) as pilot:
        assert "131 mg/dL" in app.text()
        await pilot.press("right_square_bracket")
        assert "3.3 mmol/L" in app.text()
        await pilot.press("left_square_bracket")
        assert "131 mg/dL" in app.text()


async def test_ascii_terminals_get_ascii_only(ldl: Series) -> None:
    symbols.use_ascii(ascii_only=True)
    try:
        app = Bench((ldl,), theme="ansi")
        async with app.run_test(size=(80, 21)) as pilot:
            await pilot.press("left")
            assert app.text().isascii()
            assert "H 133 mg/dL" in app.text()
    finally:
        symbols.use_ascii(ascii_only=False)
