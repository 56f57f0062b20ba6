"""Errors as notices over a list: what happened, why, what to do, and the keys that lead on (MOCKUPS §8)."""

from genesis_tui.models.base.errors import ApiError, NotOffered, Refused
from genesis_tui.models.family import FamilyMember
from genesis_tui.widgets.load_state import Notice, failed, refused

Keys = tuple[tuple[str, str], ...]


def whose(person: FamilyMember) -> str:
    """`your`, or `Leo's`."""
    return "your" if person.relation == "you" else f"{person.given}'s"


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
        if person.may("demographics.read").allowed:
            open_ways = (("p", "patient information"), *open_ways)
        return refused(heading, cause_of(error), error.next, rule=error.rule, request=error.request_id, keys=open_ways)
    keys: Keys = (("f5", "try again"), ("f1", "who to call"))
    if error.request_id:
        keys = (keys[0], ("y", "copy request id"), keys[1])
    return failed(heading, cause_of(error), error.next, request=error.request_id, keys=keys)
