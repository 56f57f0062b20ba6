"""What a test measured on a day: straight lines between authored anchors, with noise; ranges and interpretation."""

from bisect import bisect_left
from random import Random

from genesis_tui.mock_backend.world.authored.catalogue import LabTest, RangeRow

_WITHIN = 0.08


def range_for(test: LabTest, sex: str, age: int) -> RangeRow | None:
    """The first range of the test that fits a sex and an age in whole years."""
    return next((r for r in test.ranges if r.sex in ("", sex) and r.since <= age < r.until), None)


def on_line(anchors: list[tuple[int, float]], day: int) -> tuple[float, bool]:
    """The authored value on `day`, and whether an anchor gives it exactly; flat before the first and after the last."""
    at = bisect_left(anchors, day, key=lambda anchor: anchor[0])
    if at == len(anchors):
        return anchors[-1][1], False
    later_day, later = anchors[at]
    if later_day == day:
        return later, True
    if at == 0:
        return later, False
    earlier_day, earlier = anchors[at - 1]
    return earlier + (later - earlier) * (day - earlier_day) / (later_day - earlier_day), False


def measured(
    test: LabTest, anchors: list[tuple[int, float]], day: int, bounds: RangeRow | None, noise: Random
) -> float:
    """One measurement: the authored one where there is one, else a healthy person's, whose noise stays in range."""
    wobble = noise.gauss(0.0, test.spread)
    if anchors:
        value, exact = on_line(anchors, day)
        return value if exact else value * (1 + wobble)
    value = healthy(test, bounds) * (1 + wobble)
    return inside(value, bounds) if bounds else value


def healthy(test: LabTest, bounds: RangeRow | None) -> float:
    """The value that a healthy person has."""
    usual = test.usual if bounds is None or bounds.usual is None else bounds.usual
    if usual is not None:
        return usual if bounds is None else inside(usual, bounds)
    if bounds is None or bounds.low is None or bounds.high is None:
        raise ValueError(f"{test.name} needs a usual value or a range with both ends")
    return (bounds.low + bounds.high) / 2


def inside(value: float, bounds: RangeRow) -> float:
    """The value held a little inside the range."""
    high = bounds.high if bounds.high is not None else bounds.under
    width = ((high or 0) - (bounds.low or 0)) or 1.0
    if bounds.low is not None:
        value = max(value, bounds.low + abs(width) * _WITHIN)
    return value if high is None else min(value, high - abs(width) * _WITHIN)


def rounded(value: float, digits: int) -> float | int:
    """The value as the laboratory reports it."""
    return round(value, digits) if digits else round(value)


def interpretation(test: LabTest, value: float, bounds: RangeRow | None) -> str:
    """HL7 v3 ObservationInterpretation code: LL, L, N, H, HH; empty where the test has no range."""
    low, high = test.critical
    if low is not None and value <= low:
        return "LL"
    if high is not None and value >= high:
        return "HH"
    if bounds is None:
        return ""
    if bounds.low is not None and value < bounds.low:
        return "L"
    above = (bounds.high is not None and value > bounds.high) or (bounds.under is not None and value >= bounds.under)
    return "H" if above else "N"
