"""Results in one line of plain text, for the clipboard."""

from genesis_tui.models.base.dates import day
from genesis_tui.models.results.result import long_day, main_value, range_text, reading_text, reading_word, result_word
from genesis_tui.models.results.results import Reading, Result


def result_line(result: Result) -> str:
    """A result in one line of plain text, for the clipboard."""
    parts = (day(result.at), result.title, main_value(result), result_word(result))
    return "  ".join(dict.fromkeys(part for part in parts if part))


def reading_line(reading: Reading) -> str:
    """A value in one line of plain text, for the clipboard."""
    reference = range_text(reading.range)
    parts = (
        day(reading.at),
        f"{reading.name} {reading_text(reading)}",
        reading_word(reading),
        f"reference {reference}" if reference else "",
    )
    return "  ".join(part for part in parts if part)


def quote(result: Result) -> str:
    """What a message to the care team quotes of a result: when, what, each value."""
    lines = [f"{result.title}, {long_day(result.at)}", *map(reading_line, result.readings)]
    return "\n".join(lines)
