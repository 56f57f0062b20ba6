"""Errors as notices over a list: what happened, why, what to do, and the keys that lead on (MOCKUPS §8)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, NotOffered, RecordClosed, Refused
from genesis_tui.models.base.ledger import Missing, missing_text
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.results.result import Unreadable
from genesis_tui.widgets.load_state import Notice, failed, refused

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell

Keys = tuple[tuple[str, str], ...]


@contextmanager
def reported(shell: "Shell") -> Iterator[None]:
    """Put an ApiError raised inside into the message line; a record that was closed meanwhile needs no words."""
    try:
        yield
    except RecordClosed:
        return
    except ApiError as error:
        shell.report(error)


def whose(person: FamilyMember) -> str:
    """`your`, or `Leo's`."""
    return "your" if person.relation == "you" else f"{person.given}'s"


def unreadable_text(count: int, what: str, reasons: Sequence[str] = ()) -> str:
    """`2 entries could not be read (an invalid date).`; empty for none."""
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return f"{count:,} {what if count == 1 else plural} could not be read{why}." if count else ""


def lacking_text(unreadable: Unreadable, missing: Sequence[Missing]) -> str:
    """What could not be read or had, as sentences; empty where everything was (REC-8)."""
    said = unreadable_text(unreadable.count, "entry", unreadable.reasons)
    return " ".join([*filter(None, (said,)), *map(missing_text, missing)])


def cause_of(error: ApiError) -> str:
    """What happened and why, each said once."""
    return " ".join(dict.fromkeys(part for part in (error.title, error.detail) if part))


def no_portal() -> Notice:
    """What a place of the whole family says on a server that has records and no portal."""
    keys: Keys = (("2", "Results"), ("6", "Record"), ("f", "another patient"))
    return Notice(
        "Not offered here", text=("This server has health records, and no portal.",), text_role="muted", keys=keys
    )


def error_notice(error: ApiError, person: FamilyMember, what: str) -> Notice:
    """The notice for an error met while `what` (such as `results`) of a person was asked for."""
    if isinstance(error, NotOffered):
        return Notice("Not offered here", text=(error.title, error.next), text_role="muted")
    heading = f"Can't show {whose(person)} {what}"
    if isinstance(error, Refused):
        open_ways: Keys = (("f", "another person"), ("f1", "who to call"))
        if error.rule == "ID-5":
            open_ways = (("p, then P", "become Premium"), *open_ways)
        elif person.may("demographics.read").allowed:
            open_ways = (("p", "patient information"), *open_ways)
        return refused(heading, cause_of(error), error.next, rule=error.rule, request=error.request_id, keys=open_ways)
    keys: Keys = (("f5", "try again"), ("f1", "who to call"))
    if error.request_id:
        keys = (keys[0], ("y", "copy request id"), keys[1])
    return failed(heading, cause_of(error), error.next, request=error.request_id, keys=keys)
