"""Series of one test over the years: readings joined by code and unit, never across units."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.results.result import Flag, Quantity, Range, Reading, Result, blood_pressure

_NEAR = 4
"""Two tests of one unit share an axis while the highest value of one is at most so many times that of the other."""


class Origin(NamedTuple):
    """Where a reading came from: the key of what shows it, and who measured it, as far as that is known."""

    key: str
    source: str = ""


ByCode = dict[str, list[tuple[Origin, Reading]]]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One line of the values table: a reading as it prints, with where it came from.

    `points` holds one number for each line of the plot (two for blood pressure); None where that number is missing,
    as it is for every text result.
    """

    id: str
    """The Observation's id."""
    result: str
    """Key of the result it belongs to."""
    at: Moment
    text: str
    flag: Flag
    word: str
    points: tuple[Quantity | None, ...]
    ranges: tuple[Range | None, ...]
    flags: tuple[Flag, ...]
    source: str = ""
    test: int = 0
    """1 for a value of the test that was added to the plot (`beside`)."""

    @property
    def plots(self) -> bool:
        """True where the entry has a date and at least one number."""
        return self.at.precision is not Precision.NONE and any(self.points)


@dataclass(frozen=True, slots=True)
class Series:
    """All readings of one test in one unit, oldest first. `lines` names what each number of an entry is."""

    code: str
    name: str
    unit: str
    entries: tuple[TrendPoint, ...]
    lines: tuple[str, ...] = ("",)
    added: "Series | None" = None
    """Another test on the same plot (`beside`); its lines are the last ones."""

    @property
    def own(self) -> int:
        """How many of the lines are this test's own."""
        return len(self.lines) - (len(self.added.lines) if self.added else 0)

    @property
    def two_axes(self) -> bool:
        """Whether the added test needs an axis of its own: another unit, or values of another size."""
        if self.added is None:
            return False
        most = sorted(
            max((abs(q.value) for e in self.numbers if e.test == test for q in e.points if q), default=0.0)
            for test in (0, 1)
        )
        return self.added.unit != self.unit or most[1] > _NEAR * most[0]

    @property
    def numbers(self) -> tuple[TrendPoint, ...]:
        """The entries that a plot can show, oldest first."""
        return tuple(e for e in self.entries if e.plots)

    @property
    def drawable(self) -> bool:
        """Two numbers or more."""
        return len(self.numbers) >= 2


def by_code(results: Iterable[Result]) -> ByCode:
    """Every reading with its result, by code; what `series_of` takes. Readings without a code join nothing."""
    origins = ((Origin(r.key, r.community or r.place or r.performer), r.readings) for r in results)
    return indexed((origin, reading) for origin, readings in origins for reading in readings)


def indexed(pairs: Iterable[tuple[Origin, Reading]]) -> ByCode:
    """The pairs by code."""
    found: ByCode = {}
    for origin, reading in pairs:
        if reading.code:
            found.setdefault(reading.code, []).append((origin, reading))
    return found


def joined(*indexes: ByCode) -> ByCode:
    """The readings of several parts of a record; what stands in two of them counts once."""
    pairs = (pair for index in indexes for found in index.values() for pair in found)
    return indexed({(pair[1].code, pair[1].id or pair[0].key): pair for pair in pairs}.values())


def plottable(index: ByCode) -> tuple[Series, ...]:
    """Every test that has a trend, in the unit used last, by name."""
    found = (series_of(index, code) for code in index)
    return tuple(sorted((s[0] for s in found if s and s[0].drawable), key=lambda s: s.name.casefold()))


def beside(first: Series, second: Series) -> Series:
    """Both tests on one plot: the entries of both by time, each with the numbers of its own test alone."""
    before, after = (None,) * len(first.lines), (None,) * len(second.lines)
    calm = (Flag.NORMAL,)
    mine = (
        replace(e, points=e.points + after, ranges=e.ranges + after, flags=e.flags + calm * len(after))
        for e in first.entries
    )
    other = (
        replace(e, points=before + e.points, ranges=before + e.ranges, flags=calm * len(before) + e.flags, test=1)
        for e in second.entries
    )
    entries = tuple(sorted((*mine, *other), key=lambda e: e.at))
    return replace(first, entries=entries, lines=first.lines + second.lines, added=second)


def series_of(index: ByCode, code: str) -> tuple[Series, ...]:
    """The series of a test, one for each unit, the unit used last first; empty where nothing has that code.

    Text results (`Positive`, `see comment`) join the unit that was used last, in the values table only.
    """
    pairs = sorted(index.get(code, ()), key=lambda pair: pair[1].at)
    if not pairs:
        return ()
    lines = ("systolic", "diastolic") if any(blood_pressure(reading) for _, reading in pairs) else ("",)
    entries: dict[str, dict[str, TrendPoint]] = {}
    for origin, reading in pairs:
        entries.setdefault(_unit(reading), {})[reading.id or origin.key] = _entry(origin, reading, len(lines))
    units = [unit for unit, found in entries.items() if any(e.plots for e in found.values())] or list(entries)
    texts = [e for unit, found in entries.items() if unit not in units for e in found.values()]
    name = pairs[-1][1].name
    made = [Series(code, name, unit, tuple(entries[unit].values()), lines) for unit in units]
    made.sort(key=lambda s: s.entries[-1].at, reverse=True)
    return replace(made[0], entries=tuple(sorted((*made[0].entries, *texts), key=lambda e: e.at))), *made[1:]


def change(series: Series, entry: TrendPoint) -> tuple[str, TrendPoint] | None:
    """How the numbers changed since the entry before, signed, and that entry: `("+15", …)`, `("+4/-2", …)`.

    None for the first entry, for text, and where a comparator (`<5`) leaves the difference unknown.
    """
    numbers = [e for e in series.numbers if e.test == entry.test]
    place = next((i for i, e in enumerate(numbers) if e.id == entry.id and e.result == entry.result), 0)
    if place == 0:
        return None
    before = numbers[place - 1]
    pairs = zip(entry.points, before.points, strict=True)
    steps = [_difference(new, old) for new, old in pairs if new is not None or old is not None]
    return ("/".join(steps), before) if all(steps) else None


def _unit(reading: Reading) -> str:
    parts = blood_pressure(reading)
    return parts[0].unit if parts else reading.unit


def _entry(origin: Origin, reading: Reading, lines: int) -> TrendPoint:
    drawn = blood_pressure(reading) or (reading,)
    missing = (None,) * (lines - len(drawn))
    return TrendPoint(
        id=reading.id,
        result=origin.key,
        at=reading.at,
        text="/".join(part.text for part in drawn),
        flag=max((part.flag for part in (reading, *drawn)), key=lambda f: f.severity),
        word=next((part.word for part in (reading, *drawn) if part.word), ""),
        points=(*(part.quantity for part in drawn), *missing),
        ranges=(*(part.range for part in drawn), *missing),
        flags=(*(part.flag for part in drawn), *(Flag.NORMAL for _ in missing)),
        source=origin.source,
    )


def _difference(new: Quantity | None, old: Quantity | None) -> str:
    """`+15`, with as many decimals as the more exact of the two; empty where it is not known."""
    if new is None or old is None or new.comparator or old.comparator:
        return ""
    try:
        step = Decimal(_digits(new)) - Decimal(_digits(old))
    except InvalidOperation:
        return ""
    return f"{step:+f}" if step else "±0"


def _digits(quantity: Quantity) -> str:
    text = quantity.text.replace(",", "").strip()
    return text.removesuffix(quantity.unit).strip() if quantity.unit else text
