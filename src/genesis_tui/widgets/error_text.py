"""An error as a person reads it: what, why, what to do, and what to say on the phone."""

from collections.abc import Sequence
from typing import Protocol

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.page import Para


class Failure(Protocol):
    """What an error says of itself (the session's errors do)."""

    title: str
    detail: str
    next: str
    rule: str
    request_id: str


def error_paras(error: Failure, title: str = "") -> list[Para]:
    """`title` (else the error's own), cause, next step, then rule and request id."""
    heading = title or error.title
    body: Sequence[str] = tuple(dict.fromkeys((error.title, error.detail, error.next)))
    marks = marks_words(error.rule, error.request_id)
    return [
        Para(heading, "critical bold"),
        *(Para(text) for text in body if text and text != heading),
        *([Para(marks, "muted")] if marks else []),
    ]


def marks_words(rule: str, request_id: str) -> str:
    """`Rule LOCK-3 · request 7f3a-91c2`, as far as they are known."""
    marks = (rule and f"Rule {rule}", request_id and f"request {request_id}")
    return f" {symbols.get('dot')} ".join(mark for mark in marks if mark)
