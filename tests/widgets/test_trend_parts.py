"""The parts of the trend plot (MOCKUPS §3): scales, ticks, calendar, joined lines, labels, table."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.widgets.drawing.cells import fit, left, right, width_of, wrap
from genesis_tui.widgets.trend.axis import calendar_ticks
from genesis_tui.widgets.trend.canvas import joined
from genesis_tui.widgets.trend.scale import (
    Span,
    Step,
    column,
    limit_rows,
    round_ticks,
    row,
    tick_text,
    time_span,
    value_span,
)

values = st.floats(-1e6, 1e6)


def test_the_value_axis_has_air_on_both_sides_and_is_not_forced_to_zero() -> None:
    span = value_span([108, 148], [130])
    assert (span.low, span.high) == pytest.approx((103.2, 152.8))


def test_the_value_axis_stays_at_zero_where_nothing_is_below() -> None:
    assert value_span([0.1, 5.0], []).low == 0.0
    assert value_span([-2.0, 5.0], []).low < -2


def test_equal_values_still_give_a_span() -> None:
    span = value_span([5.0, 5.0], [])
    assert span.low < 5 < span.high
    flat = value_span([0.0], [])
    assert flat.low < flat.high


@pytest.mark.parametrize(
    ("value", "side"), [(130.1, "above"), (130.0, "on"), (129.9, "below"), (153, "above"), (104, "below")]
)
def test_a_point_is_never_on_the_wrong_side_of_its_limit(value: float, side: str) -> None:
    step, span = Step(0, None, 130), Span(103.2, 152.8)
    limit = limit_rows(step, span, 18)[1]
    assert limit is not None
    place = row(value, step, span, 18)
    assert {"above": place < limit, "on": place == limit, "below": place > limit}[side]


@given(
    value=values, low=values, width=st.floats(1e-3, 1e6), rows=st.integers(8, 60), others=st.lists(values, max_size=5)
)
def test_nudging_holds_for_any_two_sided_range(
    value: float, low: float, width: float, rows: int, others: list[float]
) -> None:
    step = Step(0, low, low + width)
    span = value_span([value, *others], [low, low + width])
    bottom, top = limit_rows(step, span, rows)
    assert top is not None
    assert bottom is not None
    place = row(value, step, span, rows)
    assert 0 <= place < rows
    assert top < bottom
    if value > low + width:
        assert place < top
    elif value < low:
        assert place > bottom
    else:
        assert top <= place <= bottom


def test_ticks_are_round_numbers_at_most_one_in_three_rows() -> None:
    assert round_ticks(Span(103.2, 152.8), 18) == [110, 120, 130, 140, 150]
    assert round_ticks(Span(3.0, 7.2), 9) == [4, 6]


@given(low=values, width=st.floats(1e-3, 1e6), rows=st.integers(8, 60))
def test_ticks_lie_inside_and_never_crowd(low: float, width: float, rows: int) -> None:
    ticks = round_ticks(Span(low, low + width), rows)
    assert len(ticks) <= rows // 3 + 1
    assert all(low <= tick <= low + width for tick in ticks)
    assert all(len(tick_text(tick, ticks)) <= 10 for tick in ticks)


@pytest.mark.parametrize(
    ("value", "others", "text"),
    [(140.0, [130.0, 140.0], "140"), (0.5, [0.25, 0.5], "0.50"), (4.5, [4.5], "4.5"), (2500000.0, [], "2.5e+06")],
)
def test_a_tick_shows_the_decimals_it_needs(value: float, others: list[float], text: str) -> None:
    assert tick_text(value, others) == text


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def ticks(start: str, end: str, columns: int) -> list[tuple[int, str]]:
    return calendar_ticks(Span(instant(start), instant(end)), UTC, columns)


def test_each_first_of_january_has_a_tick_with_its_year() -> None:
    found = ticks("2017-12-01", "2027-02-01", 69)
    assert [label for _, label in found] == [str(year) for year in range(2018, 2028)]
    assert found[0][0] == 1


def test_a_year_that_would_touch_the_one_before_it_is_skipped() -> None:
    labels = [label for _, label in ticks("2017-12-01", "2027-02-01", 34)]
    assert labels == ["2018", "", "2020", "", "2022", "", "2024", "", "2026", ""]


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        ("2025-10-05", "2026-03-20", ["Nov", "Dec", "2026", "Feb", "Mar"]),
        ("2026-03-02T06:00", "2026-03-06", ["3 Mar", "4 Mar", "5 Mar", "6 Mar"]),
        ("2026-03-02T07:00", "2026-03-03T01:00", ["12:00", "18:00", "3 Mar"]),
    ],
)
def test_shorter_spans_count_months_days_or_hours(start: str, end: str, labels: list[str]) -> None:
    assert [label for _, label in ticks(start, end, 80) if label] == labels


def test_one_instant_alone_gets_a_day_on_each_side() -> None:
    span = time_span([1000.0])
    assert (span.low, span.high) == (1000.0 - 86_400, 1000.0 + 86_400)
    assert column(1000.0, span, 41) == 20


@given(st.lists(st.tuples(st.integers(0, 70), st.integers(0, 20)), min_size=2, max_size=8))
def test_joined_lines_leave_taken_cells_and_reach_from_point_to_point(points: list[tuple[int, int]]) -> None:
    cells = joined(points, points)
    assert not set(cells) & set(points)
    assert all(0x2800 < ord(char) <= 0x28FF for char in cells.values())
    for (x0, y0), (x1, y1) in pairwise(points):
        far = max(abs(x1 - x0), abs(y1 - y0)) > 2
        between = {(x, y) for x, y in cells if min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1)}
        assert between or not far or set(points) - {(x0, y0), (x1, y1)}


@given(st.text(max_size=40), st.integers(0, 30))
def test_cut_text_never_takes_more_cells_than_there_are(text: str, width: int) -> None:
    assert width_of(fit(text, width)) <= width
    assert width_of(left(text, width)) == width_of(right(text, width)) == width


def test_cut_text_ends_in_an_ellipsis() -> None:
    assert fit("Skin biopsy, left forearm", 20) == "Skin biopsy, left f…"
    assert fit("short", 20) == "short"
    assert fit("anything", 1) == "a"


def test_wrapped_text_keeps_newlines_indents_and_every_letter() -> None:
    assert wrap("FINDINGS:\n\nNo acute osseous abnormality is seen.", 20) == [
        "FINDINGS:", "", "No acute osseous", "abnormality is seen.",
    ]  # fmt: skip
    assert wrap("  - one two three", 10) == ["  - one", "  two", "  three"]
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("Na  139  mmol/L\nK     4  mmol/L", 12) == ["Na  139", "mmol/L", "K     4", "mmol/L"]


@given(st.text(st.characters(codec="ascii", categories=["L", "Zs"]), max_size=200), st.integers(5, 40))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
