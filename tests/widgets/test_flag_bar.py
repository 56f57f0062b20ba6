"""The flag bar (MOCKUPS §2): where the marker stands, and when there is none."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.models.results.result import Flag, Quantity, Range
from genesis_tui.widgets.drawing.lines import line_width, text_of
from genesis_tui.widgets.flag_bar import WIDTH, flag_bar, flag_role


def bar(value: float, low: float | None, high: float | None, flag: Flag = Flag.NORMAL, comparator: str = "") -> str:
    quantity = Quantity(value, f"{comparator}{value:g}", "mg/dL", comparator)
    return "".join(text for text, _ in flag_bar(quantity, Range("", low, high), flag))


@pytest.mark.parametrize(
    ("value", "low", "high", "flag", "drawn"),
    [
        (224, None, 200, Flag.HIGH, "  ────────┤◆ "),
        (148, None, 130, Flag.HIGH, "  ────────┤◆ "),
        (38, 40, None, Flag.LOW, " ◆├────────  "),
        (122, None, 150, Flag.NORMAL, "  ──────●─┤  "),
        (5.9, 3.0, 4.5, Flag.CRITICAL_HIGH, "  ├───────┤ ◆"),
        (91, 70, 99, Flag.NORMAL, "  ├────●──┤  "),
    ],
)
def test_the_bars_of_the_mockup(value: float, low: float | None, high: float | None, flag: Flag, drawn: str) -> None:
    assert bar(value, low, high, flag) == drawn


@pytest.mark.parametrize(
    ("value", "drawn"),
    [(10, "  ├●──────┤  "), (15, "  ├───●───┤  "), (20, "  ├──────●┤  ")],
)
def test_both_limits_are_in_range(value: float, drawn: str) -> None:
    assert bar(value, 10, 20) == drawn


@pytest.mark.parametrize(
    ("value", "drawn"),
    [(22.4, "  ├───────┤◆ "), (22.5, "  ├───────┤◆ "), (22.6, "  ├───────┤ ◆")],
)
def test_more_than_a_quarter_of_the_width_above_is_one_cell_further(value: float, drawn: str) -> None:
    assert bar(value, 10, 20, Flag.HIGH) == drawn


@pytest.mark.parametrize(
    ("value", "drawn"),
    [(7.6, " ◆├───────┤  "), (7.5, " ◆├───────┤  "), (7.4, "◆ ├───────┤  ")],
)
def test_more_than_a_quarter_of_the_width_below_is_one_cell_further(value: float, drawn: str) -> None:
    assert bar(value, 10, 20, Flag.LOW) == drawn


def test_the_open_end_stands_for_twice_the_limit() -> None:
    assert bar(60, 40, None) == "  ├───●────  "
    assert bar(500, 40, None) == "  ├──────●─  "


@pytest.mark.parametrize(
    ("value", "flag"),
    [(15, Flag.HIGH), (15, Flag.CRITICAL_LOW), (15, Flag.ABNORMAL), (25, Flag.NORMAL), (25, Flag.LOW), (5, Flag.HIGH)],
)
def test_code_and_range_at_odds_show_the_range_without_a_marker(value: float, flag: Flag) -> None:
    assert bar(value, 10, 20, flag) == "  ├───────┤  "


def test_an_abnormal_code_without_direction_goes_by_the_number() -> None:
    assert bar(21, 10, 20, Flag.ABNORMAL) == "  ├───────┤◆ "
    assert bar(9, 10, 20, Flag.CRITICAL) == " ◆├───────┤  "


def test_a_comparator_that_leaves_the_side_open_follows_the_code() -> None:
    assert bar(5, 10, 20, Flag.LOW, "<") == "◆ ├───────┤  "
    assert bar(15, 10, 20, Flag.NORMAL, "<") == "  ├───●───┤  "
    assert bar(5, 10, 20, Flag.NORMAL, "<") == "  ├───────┤  "
    assert bar(15, 10, 20, Flag.HIGH, ">") == "  ├───────┤◆ "


@pytest.mark.parametrize(
    ("low", "high"), [(None, None), (20.0, 10.0), (0.0, None), (None, 0.0), (None, -3.0), (nan, 4.0), (None, inf)]
)
def test_a_range_that_cannot_be_drawn_gives_no_bar(low: float | None, high: float | None) -> None:
    assert bar(5, low, high) == ""


def test_no_number_and_no_range_give_no_bar() -> None:
    assert flag_bar(None, Range("", 1, 2)) == ()
    assert flag_bar(Quantity(1, "1"), None) == ()
    assert bar(nan, 1, 2) == ""


def test_the_marker_has_the_colour_of_the_flag() -> None:
    spans = flag_bar(Quantity(7, "7"), Range("", 1, 2), Flag.CRITICAL_HIGH)
    assert ("◆", "sign critical") in spans
    assert flag_role(Flag.HIGH) == "abnormal"
    assert flag_role(Flag.NORMAL) == flag_role(Flag.UNKNOWN) == ""


numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(
    value=numbers,
    low=st.none() | numbers,
    high=st.none() | numbers,
    flag=st.sampled_from(Flag),
    comparator=st.sampled_from(["", "<", "<=", ">", ">="]),
)
def test_any_value_and_range_draw_13_cells_or_none(
    value: float, low: float | None, high: float | None, flag: Flag, comparator: str
) -> None:
    spans = flag_bar(Quantity(value, "x", "", comparator), Range("", low, high), flag)
    assert line_width(spans) in (0, WIDTH)


@given(value=st.floats(-1e6, 1e6), low=st.floats(-1e6, 1e6), width=st.floats(0.01, 1e6), flag=st.sampled_from(Flag))
def test_the_marker_never_contradicts_the_number(value: float, low: float, width: float, flag: Flag) -> None:
    high = low + width
    drawn = bar(value, low, high, flag)
    if "●" in drawn:
        assert low <= value <= high
        assert not flag.severity
    if "◆" in drawn:
        assert value <= low if drawn.index("◆") < drawn.index("├") else value >= high
        assert flag.severity
    assert text_of([[(drawn, "")]]).count("◆") + drawn.count("●") <= 1
