"""The errors that a session raises, for whoever calls it: the API client's own tree."""

from genesis_tui.models.base.errors import (
    ApiError,
    BadAnswer,
    CardFault,
    HostRefused,
    NotOffered,
    RecordClosed,
    Refused,
    ServerFault,
    SignedOut,
    SignInRefused,
    TimedOut,
    Unreachable,
)

__all__ = [
    "ApiError",
    "BadAnswer",
    "CardFault",
    "HostRefused",
    "NotOffered",
    "RecordClosed",
    "Refused",
    "ServerFault",
    "SignInRefused",
    "SignedOut",
    "TimedOut",
    "Unreachable",
]
