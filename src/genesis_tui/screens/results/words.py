"""What Results says about itself: errors as notices, and lines for the clipboard."""

from genesis_tui.models.days import day
from genesis_tui.models.people import FamilyMember
from genesis_tui.models.results import Reading, Result
from genesis_tui.models.wording import main_value, range_text, reading_text, reading_word, result_word
from genesis_tui.session.errors import ApiError, Refused
from genesis_tui.widgets.load_state import Notice, failed, refused

Keys = tuple[tuple[str, str], ...]


def whose(person: FamilyMember) -> str:
    """`your`, or `Leo's`."""
    return "your" if person.relation == "you" else f"{person.given}'s"


def cause_of(error: ApiError) -> str:
    """What happened and why, each said once."""
    return " ".join(dict.fromkeys(part for part in (error.title, error.detail) if part))


def error_notice(error: ApiError, person: FamilyMember) -> Notice:
    """What happened, why, what to do, which request, and the keys that lead on (MOCKUPS §8)."""
    what = f"Can't show {whose(person)} results"
    if isinstance(error, Refused):
        open_ways: Keys = (("f", "another person"), ("f1", "who to call"))
        if person.may("demographics.read").allowed:
            open_ways = (("p", "patient information"), *open_ways)
        return refused(what, cause_of(error), error.next, rule=error.rule, request=error.request_id, keys=open_ways)
    keys: Keys = (("f5", "try again"), ("f1", "who to call"))
    if error.request_id:
        keys = (keys[0], ("y", "copy request id"), keys[1])
    return failed(what, cause_of(error), error.next, request=error.request_id, keys=keys)


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
