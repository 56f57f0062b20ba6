"""The flag bar: where a value lies against its reference range, in 13 cells (MOCKUPS §2)."""

from math import inf, isfinite

from genesis_tui.models.results.result import Flag, Quantity, Range
from genesis_tui.widgets.drawing.lines import Span

WIDTH = 13
"""2 cells below, a cap, 7 inside, a cap, 2 above."""

_INSIDE = 7
_OUTSIDE = 2
_FAR = 0.25
_BELOW = frozenset({Flag.LOW, Flag.CRITICAL_LOW})
_ABOVE = frozenset({Flag.HIGH, Flag.CRITICAL_HIGH})
_EITHER = frozenset({Flag.ABNORMAL, Flag.CRITICAL})


def flag_role(flag: Flag) -> str:
    """The colour variable of a flag; empty for a value that is not flagged."""
    return ("", "abnormal", "critical")[flag.severity]


def flag_bar(quantity: Quantity | None, span: Range | None, flag: Flag = Flag.NORMAL) -> tuple[Span, ...]:
    """The bar as spans of 13 cells in all; empty where there is no number or no numeric range.

    The bar never decides: where the interpretation code and the range are at odds, the range shows without a marker.
    """
    scale = _scale(span)
    if quantity is None or scale is None or span is None or not isfinite(quantity.value):
        return ()
    side = _agreed(_sides(quantity, span), flag)
    cells = _track(span)
    if side is not None:
        cells[_cell(quantity.value, side, *scale)] = ("◆", f"sign {flag_role(flag)}") if side else ("●", "sign")
    return _joined(cells)


def _scale(span: Range | None) -> tuple[float, float] | None:
    """The numbers under the two caps; an open end stands for 0 below, for twice the limit above."""
    if span is None or (span.low is None and span.high is None):
        return None
    low = 0.0 if span.low is None else span.low
    high = 2 * low if span.high is None else span.high
    drawable = isfinite(low) and isfinite(high) and (low < high or (low == high and None not in (span.low, span.high)))
    return (low, high) if drawable else None


def _sides(quantity: Quantity, span: Range) -> frozenset[int]:
    """On which sides the value can lie: -1 below, 0 inside, 1 above; a comparator can leave more than one."""
    least = -inf if quantity.comparator.startswith("<") else quantity.value
    most = inf if quantity.comparator.startswith(">") else quantity.value
    low = -inf if span.low is None else span.low
    high = inf if span.high is None else span.high
    sides = set()
    if least <= low != -inf:
        sides.add(-1)
    if most >= low and least <= high:
        sides.add(0)
    if most >= high != inf:
        sides.add(1)
    return frozenset(sides)


def _agreed(sides: frozenset[int], flag: Flag) -> int | None:
    """The one side that the number allows and the code says; None where they are at odds or nothing is certain."""
    if flag in _BELOW:
        wanted = {-1}
    elif flag in _ABOVE:
        wanted = {1}
    elif flag in _EITHER:
        wanted = {-1, 1}
    else:
        wanted = {0}
    both = wanted & sides
    return both.pop() if len(both) == 1 else None


def _cell(value: float, side: int, low: float, high: float) -> int:
    if side == 0:
        fraction = 0.5 if low == high else (value - low) / (high - low)
        return _OUTSIDE + 1 + round(min(1.0, max(0.0, fraction)) * (_INSIDE - 1))
    away = low - value if side < 0 else value - high
    far = away > _FAR * (high - low)
    return _OUTSIDE - 1 - far if side < 0 else _OUTSIDE + _INSIDE + 2 + far


def _track(span: Range) -> list[Span]:
    lower = "─" if span.low is None else "├"
    upper = "─" if span.high is None else "┤"
    blank: list[Span] = [(" ", "")] * _OUTSIDE
    return [*blank, *((char, "sign range") for char in lower + "─" * _INSIDE + upper), *blank]


def _joined(cells: list[Span]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for text, role in cells:
        if spans and spans[-1][1] == role:
            spans[-1] = (spans[-1][0] + text, role)
        else:
            spans.append((text, role))
    return tuple(spans)
