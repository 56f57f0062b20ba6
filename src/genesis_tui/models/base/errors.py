"""The one tree of errors that everything above the API client meets.

Each says what happened in plain words (`title`, `detail`), what to do (`next`), which portal rule decided (`rule`,
`reason`) and which request it was (`request_id`). `str(error)` never holds text of a record, so it may be logged.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

__all__ = [
    "NOT_SENT",
    "ApiError",
    "BadAnswer",
    "CardFault",
    "DiskFault",
    "HostRefused",
    "NotFound",
    "NotOffered",
    "RecordClosed",
    "Refused",
    "ServerFault",
    "SignInRefused",
    "SignedOut",
    "TimedOut",
    "Unreachable",
    "reason_of",
]


NOT_SENT = "not-sent"
"""Reason where no connection came about: it is certain that the server got nothing."""


class ApiError(Exception):
    """Anything that kept an answer from being given."""

    heading = "The request could not be done."

    def __init__(
        self,
        title: str = "",
        *,
        detail: str = "",
        next: str = "",
        rule: str = "",
        reason: str = "",
        request_id: str = "",
    ) -> None:
        """Words reach this already harmless (`sanitize.plain`)."""
        super().__init__(title or self.heading)
        self.title = title or self.heading
        self.detail = detail
        self.next = next
        self.rule = rule
        self.reason = reason
        self.request_id = request_id

    def __str__(self) -> str:
        """Kind, rule, reason and request id: nothing that a server wrote about a person."""
        marks = [type(self).__name__, self.rule, self.reason, self.request_id and f"request {self.request_id}"]
        return " ".join(m for m in marks if m)


class Refused(ApiError):
    """The server decided against it; `rule` and `reason` say by what. `from_` is when it will be allowed, if ever."""

    heading = "The server refused this."
    from_: datetime | None = None
    status: int = 403
    members: Mapping[str, Any] = MappingProxyType({})
    """What its kind of problem says besides, as it came: for `api_client` to read."""


class SignInRefused(Refused):
    """The sign-in was not accepted (LOCK-1 to LOCK-5, DEERS-3)."""

    heading = "Sign-in was not accepted."
    tries_left: int | None = None
    """How many tries are left before the account locks; None where the server does not say."""
    locked_until: datetime | None = None
    offer_reset: bool = False
    """True when "Forgot password" should come first (LOCK-3)."""
    fields: tuple[str, ...] = ()
    """Names of the fields that differ from DEERS, never their values (DEERS-3)."""
    auth_session: str = ""
    """What a next step of the same sign-in goes on with; empty where there is none (ID-3)."""


class CardFault(ApiError):
    """A card or its file can't be used: nothing was sent. `reason` is `no-module`, `no-card`, `card-file`, `pin-wrong`
    or `pin-locked`."""

    heading = "The card can't be used."
    tries_left: int | None = None
    """How many PINs the card still takes; None where it does not tell."""


class DiskFault(ApiError):
    """This computer's disk does not take what was written: it is full, read-only or gone (MSG-9)."""

    why: str = ""
    """In the system's words."""

    @classmethod
    def of(cls, error: OSError) -> "DiskFault":
        """What the system said, without the path: that can name a person."""
        why = error.strerror or "the disk can't be written to"
        fault = cls(f"What you write can't be kept on this computer: {why}.", rule="MSG-9", reason="not-written")
        fault.why = why
        return fault


class HostRefused(ApiError):
    """HOST-1: nothing was sent, because credentials may not go to that address."""

    heading = "This address is not one that credentials may be sent to."


class Unreachable(ApiError):
    """No connection came about, or it broke before the answer was whole."""

    heading = "The server can't be reached."


class TimedOut(Unreachable):
    """The server did not answer in time."""

    heading = "The server did not answer in time."


class ServerFault(ApiError):
    """The server answered that it failed (5xx), or asks to be left alone for a while (429)."""

    heading = "The server had a problem of its own."
    status: int = 500


class BadAnswer(ApiError):
    """The answer was not what the interface promises: broken, too large, or of another kind."""

    heading = "The server's answer could not be read."


class NotFound(ApiError):
    """What was named is not there, or not open to whoever asks: which of both is not told (FAM-8)."""

    def __init__(self, title: str, *, next: str = "") -> None:
        super().__init__(title, next=next, reason="not-found")


class NotOffered(ApiError):
    """The server has no such thing: nothing was asked of it."""

    heading = "This server does not offer that."


class SignedOut(ApiError):
    """Nobody is signed in, or the server ended the session."""

    heading = "You are not signed in, or the session has ended."


class RecordClosed(ApiError):
    """The record was closed, usually because another one was opened (FAM-9)."""

    heading = "This record is no longer open."


def reason_of(error: ApiError) -> str:
    """Why something could not be had, as sentences: what happened, and details; of a refused address these alone."""
    title = "" if isinstance(error, HostRefused) and error.detail else error.title
    said = (part.rstrip(".") for part in (title, error.detail) if part)
    return " ".join(f"{part}." for part in dict.fromkeys(said))
