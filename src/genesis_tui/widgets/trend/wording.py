"""The two rows over the plot: what is shown, and the chosen point in words (MOCKUPS §3, rule 1)."""

from genesis_tui.models.base.dates import Precision, day
from genesis_tui.models.results.result import Range
from genesis_tui.models.results.trends import Series, TrendPoint, change
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import Line, Span, fitted, line_width, spread
from genesis_tui.widgets.flag_bar import flag_role


def flag_sign(entry: TrendPoint) -> str:
    """The symbol of an entry's flag; empty for one that is not flagged."""
    return entry.flag.value if entry.flag.severity else ""


def title_line(series: Series, width: int, *, band: bool) -> Line:
    """Name, unit, reference, and at the right how many values and from when to when; the right end drops first."""
    if series.added is not None:
        return _two_tests(series, series.added, width)
    start: list[Span] = [("  ", ""), (series.name, "bold"), (f"  {series.unit}" if series.unit else "", "muted")]
    reference = _reference(series)
    shade: Span = ("   ░ ", "sign range") if band and reference else ("   ", "")
    told: Span = (f"reference {reference}" if reference else "no reference range given", "muted")
    count: Line = [(_count(series), "muted"), ("  ", "")]
    full = [*start, shade, told]
    if line_width(full) <= width:
        return spread(full, count, width)
    return spread(start, count, width)


def _two_tests(series: Series, added: Series, width: int) -> Line:
    """What each glyph stands for; the references drop first."""
    for told in (True, False):
        line: list[Span] = [("  ", "")]
        for glyph, one, test in (("●", series, 0), ("□", added, 1)):
            reference = _reference(series, test) if told else ""
            line += [
                ("   " if test else "", ""),
                (f"{glyph} ", "sign accent" if test else "sign"),
                (one.name, "bold accent" if test else "bold"),
                (f"  {one.unit}" if one.unit else "", "muted"),
                (f"  {reference}" if reference else "", "muted"),
            ]
        if line_width(line) <= width - 1:
            break
    return fitted(line, width - 1)


def point_line(series: Series, entry: TrendPoint, width: int, *, here: tuple[int, int] = (1, 1)) -> Line:
    """Date, flag, value, unit, word, the change since the value before and the source; what does not fit drops."""
    role = f"bold {flag_role(entry.flag)}"
    one = series.added if series.added is not None and entry.test else series
    line: list[Span] = [("  ", ""), (f"{day(entry.at)}  ", "bold accent")]
    if series.added is not None:
        line.append((f"{'□' if entry.test else '●'} ", "sign accent" if entry.test else "sign"))
    line.append((f"{flag_sign(entry)} ".lstrip(), f"sign {role}"))
    line.append((f"{entry.text} {one.unit}".rstrip() if any(entry.points) else entry.text, role))
    if entry.word:
        line.append((f"  {entry.word}", role))
    extras: list[str] = []
    if here[1] > 1:
        extras.append(f"{here[0]} of {here[1]} here")
    if (changed := change(series, entry)) is not None:
        extras.append(f"{changed[0]} since {day(changed[1].at)}")
    if entry.source:
        extras.append(entry.source)
    for extra in extras:
        if line_width(line) + 2 + len(extra) <= width - 1:
            line.append((f"  {extra}", "muted"))
        elif " since " in extra and line_width(line) + 2 + len(extra.split(" ")[0]) <= width - 1:
            line.append((f"  {extra.split(' ')[0]}", "muted"))
    return line


def _count(series: Series) -> str:
    dated = [e.at.instant.year for e in series.entries if e.at.precision is not Precision.NONE]
    number = f"{len(series.entries)} value{'s' if len(series.entries) != 1 else ''}"
    if not dated:
        return number
    span = str(dated[0]) if dated[0] == dated[-1] else f"{dated[0]} to {dated[-1]}"
    return f"{number} {symbols.get('dot')} {span}"


def _reference(series: Series, test: int = 0) -> str:
    """The range in force at the newest value that gave one, as it prints; both of a blood pressure."""
    last: list[Range] = []
    every = range(len(series.lines))
    for line in every[series.own :] if test else every[: series.own]:
        found = next((e.ranges[line] for e in reversed(series.entries) if e.ranges[line] is not None), None)
        if found is not None:
            last.append(found)
    return " and ".join(span.text for span in last if span.text)
