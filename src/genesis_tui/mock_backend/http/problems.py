"""Refusals and errors of the portal as `application/problem+json` (RFC 9457, WIRE)."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from genesis_tui.mock_backend.clock import iso
from genesis_tui.mock_backend.rules.decision import Refused

MEDIA_TYPE = "application/problem+json"
TYPES = "https://genesis-tui.example/problems/"


class Problem(Exception):
    """Ends a request with a refusal; the application answers with `answer()`."""

    def __init__(
        self,
        refused: Refused,
        *,
        detail: str = "",
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        """`more` are members of the problem document that its own kind has (RFC 9457, 3.2)."""
        super().__init__(refused.reason or refused.title)
        self.refused = refused
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def body(self, request_id: str) -> dict[str, object]:
        refused = self.refused
        return {
            "type": TYPES + (refused.reason or "not-found"),
            "title": refused.title,
            "status": refused.status,
            "detail": self.detail or refused.title,
            "rule": refused.rule,
            "reason": refused.reason,
            "next": refused.next,
            "from": iso(refused.from_),
            "request_id": request_id,
            **self.more,
        }

    def answer(self, request_id: str) -> JSONResponse:
        """The whole answer; a 401 says how to authenticate."""
        headers = {"Cache-Control": "no-store"} | self.headers
        if self.refused.status == 401:
            headers["WWW-Authenticate"] = challenge(self.refused)
        return JSONResponse(self.body(request_id), self.refused.status, headers=headers, media_type=MEDIA_TYPE)


def challenge(refused: Refused) -> str:
    """How to authenticate; an error code only where a token came (RFC 6750, 3.1)."""
    return "Bearer" if refused == NOT_SIGNED_IN else 'Bearer error="invalid_token"'


def invalid(title: str, *, detail: str = "", status: int = 422, more: Mapping[str, object] | None = None) -> Problem:
    """The problem of a request that cannot be understood."""
    return Problem(Refused("", "invalid", title, status=status), detail=detail, more=more)


NOT_SIGNED_IN = Refused("SESS-1", "session-ended", "This needs a sign-in.", next="Sign in.", status=401)
"""The answer to a request without a token."""
NEEDS_TESTER = Refused("", "session-ended", "This needs the tester token that the mock printed.", status=401)
NOT_FOUND = Refused("", "", "There is nothing at this address.", status=404)
FAULT = Refused("", "outage", "The server failed.", next="Try again in a moment.", status=500)
