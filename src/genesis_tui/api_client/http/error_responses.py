"""Answers that say no, as errors that say it to a person: problem+json, OperationOutcome and OAuth alike."""

from typing import Any, TypeVar

import msgspec

from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.http.client import Response
from genesis_tui.models.base.errors import ApiError, BadAnswer, Refused, ServerFault, SignedOut, SignInRefused
from genesis_tui.sanitize import one_line

_LONGEST = 600
_FIELDS = {"birth_date": "birth date", "dod_id": "DoD ID"}
"""Fields of DEERS as a person calls them, where that differs (DEERS-3)."""
E = TypeVar("E", bound=ApiError)


class _Coding(msgspec.Struct, frozen=True):
    system: str = ""
    code: str = ""


class _Details(msgspec.Struct, frozen=True):
    coding: list[_Coding] = []
    text: str = ""


class _Issue(msgspec.Struct, frozen=True):
    details: _Details = _Details()
    diagnostics: str = ""


def succeed(answer: Response) -> Response:
    """The answer itself, when its status is 2xx.

    Raises:
        SignedOut: 401.
        Refused: another 4xx, with the rule that decided.
        ServerFault: 5xx and 429.
    """
    if 200 <= answer.status < 300:
        return answer
    words = _words(answer)
    if answer.status == 401:
        raise _fill(SignedOut(request_id=answer.request_id), words, next="Sign in again.")
    if answer.status >= 500 or answer.status == 429:
        raise _fault(answer, words)
    refused = _fill(Refused(request_id=answer.request_id), words)
    refused.status = answer.status
    refused.from_ = bounds.instant(words.get("from"))
    refused.members = words
    raise refused


def sign_in_answer(answer: Response) -> dict[str, Any]:
    """The JSON object of a sign-in step that was accepted.

    Raises:
        SignInRefused: any 4xx, with tries left, end of a lock and fields that differ.
        ServerFault, BadAnswer: as everywhere.
    """
    words = _words(answer)
    if 400 <= answer.status < 500 and answer.status != 429:
        raise _sign_in_refused(answer, words)
    succeed(answer)
    if not words:
        raise unreadable(answer)
    return words


def unreadable(answer: Response) -> BadAnswer:
    """The error for an answer of the wrong shape; it never quotes the answer."""
    return BadAnswer(
        detail=f"Status {answer.status}, {len(answer.body)} bytes.",
        next="Try again; if it stays so, tell the support desk the request id.",
        request_id=answer.request_id,
    )


def _sign_in_refused(answer: Response, words: dict[str, Any]) -> SignInRefused:
    refused = _fill(SignInRefused(request_id=answer.request_id), words)
    refused.status = answer.status
    refused.tries_left = bounds.count(words.get("tries_left"))
    refused.locked_until = bounds.instant(words.get("locked_until"))
    refused.offer_reset = words.get("offer_reset") is True
    refused.auth_session = str(words.get("auth_session") or "")
    fields = words.get("fields")
    refused.fields = tuple(_FIELDS.get(str(f), _word(f)) for f in fields) if isinstance(fields, list) else ()
    return refused


def _fault(answer: Response, words: dict[str, Any]) -> ServerFault:
    wait = bounds.retry_after(answer.headers.get("retry-after", ""))
    advice = "Try again in a while." if wait is None else f"Try again in {wait} seconds."
    fault = _fill(ServerFault(request_id=answer.request_id), words, next=advice)
    fault.status = answer.status
    if answer.status == 429 and "title" not in words:
        fault.title = "The server asks for a pause between requests."
    return fault


def _fill(error: E, words: dict[str, Any], *, next: str = "") -> E:
    error.title = _word(words.get("title")) or error.title
    error.detail = _word(words.get("detail") or words.get("error_description"))
    error.next = _word(words.get("next")) or next
    error.rule = _word(words.get("rule"))
    error.reason = _word(words.get("reason") or words.get("error"))
    return error


def _word(value: object) -> str:
    return one_line(value)[:_LONGEST] if isinstance(value, str) else ""


def _words(answer: Response) -> dict[str, Any]:
    try:
        tree = bounds.tree(answer.body)
    except msgspec.DecodeError:
        return {}
    if not isinstance(tree, dict):
        return {}
    return _outcome(tree) if tree.get("resourceType") == "OperationOutcome" else tree


def _outcome(tree: dict[str, Any]) -> dict[str, Any]:
    try:
        issue = msgspec.convert(tree.get("issue", []), list[_Issue])[0]
    except (msgspec.ValidationError, IndexError):
        return {}
    codes = {c.system.rpartition("/")[2]: c.code for c in issue.details.coding}
    return {
        "title": issue.details.text,
        "next": issue.diagnostics,
        "rule": codes.get("rule"),
        "reason": codes.get("reason"),
    }
