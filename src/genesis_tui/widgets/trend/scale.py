"""From values and instants to rows and columns (MOCKUPS §3, rules 3 to 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

AIR = 0.12
_X_AIR = 0.03
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of the reference band: from an instant (seconds since the epoch) until the next step."""

    since: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of numbers or instants, `low` < `high`."""

    low: float
    high: float

    def part(self, value: float) -> float:
        """Where a value lies: 0 at `low`, 1 at `high`."""
        return (value - self.low) / (self.high - self.low)


def value_span(values: Sequence[float], limits: Iterable[float]) -> Span:
    """The y axis: over all values and limits with 12% air; below 0 only when something is."""
    numbers = [*values, *limits]
    least, most = min(numbers), max(numbers)
    air = AIR * (most - least) or abs(most) * AIR or 1.0
    low = least - air
    return Span(0.0 if least >= 0 > low else low, most + air)


def time_span(instants: Sequence[float]) -> Span:
    """The x axis: true time with a little air; one instant alone gets a day on each side."""
    first, last = min(instants), max(instants)
    air = _X_AIR * (last - first) or _DAY
    return Span(first - air, last + air)


def column(instant: float, span: Span, columns: int) -> int:
    """0-based column of an instant, kept inside the plot."""
    return min(columns - 1, max(0, round(span.part(instant) * (columns - 1))))


def plain_row(value: float, span: Span, rows: int) -> int:
    """0-based row of a value, top row first, as rounding gives it."""
    return min(rows - 1, max(0, round((1 - span.part(value)) * (rows - 1))))


def limit_rows(step: Step, span: Span, rows: int) -> tuple[int | None, int | None]:
    """Rows of the low and the high limit, with room for a point above, between and below."""
    low = None if step.low is None else min(rows - 2, max(1, plain_row(step.low, span, rows)))
    high = None if step.high is None else min(rows - 2, max(1, plain_row(step.high, span, rows)))
    if low is not None and high is not None and low - high < 2:
        high = max(1, min(high, rows - 4))
        low = min(rows - 2, high + 2)
    return low, high


def row(value: float, step: Step | None, span: Span, rows: int) -> int:
    """Row of a value; nudged so that it never stands on the wrong side of a limit's row (rule 5)."""
    place = plain_row(value, span, rows)
    if step is None:
        return place
    low, high = limit_rows(step, span, rows)
    place = _beside(place, value, step.high, high)
    return min(rows - 1, max(0, _beside(place, value, step.low, low)))


def _beside(place: int, value: float, limit: float | None, line: int | None) -> int:
    if limit is None or line is None:
        return place
    if value > limit:
        return min(place, line - 1)
    return line if value == limit else max(place, line + 1)


def round_ticks(span: Span, rows: int) -> list[float]:
    """Round numbers (1, 2, 2.5, 5 x 10^n) inside the span, at most one in three rows."""
    most = max(1, rows // 3)
    step = _round_step((span.high - span.low) / most)
    first = floor(span.low / step)
    ticks = [step * n for n in range(first, first + most + 3)]
    return [tick for tick in ticks if span.low <= tick <= span.high]


def _round_step(least: float) -> float:
    """The smallest round step of at least `least`."""
    power = 10.0 ** floor(log10(least))
    return next(m * power for m in (1, 2, 2.5, 5, 10, 20) if m * power >= least * (1 - 1e-9))


def tick_text(value: float, others: Sequence[float]) -> str:
    """A tick's number with as many decimals as its neighbours need, at most 6 cells."""
    decimals = next((d for d in range(7) if all(abs(round(o, d) - o) < 1e-9 * max(1, abs(o)) for o in others)), 6)
    text = f"{value:.{decimals}f}"
    return text if len(text) <= 6 else f"{value:.3g}"
