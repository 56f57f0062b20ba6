"""The tester token: without it nothing under `/mock/v1` answers, on loopback neither."""

import hmac
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import Request

from genesis_tui.mock_backend.problems import Problem
from genesis_tui.mock_backend.rules.decision import Refused

if TYPE_CHECKING:
    from genesis_tui.mock_backend.mock import Mock

NEEDS_TOKEN = Refused("", "session-ended", "This needs the tester token that the mock printed.", status=401)


def _tester(request: Request) -> "Mock":
    mock: Mock = request.app.state.mock
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    sent = request.headers.get("x-tester-token") or (bearer if scheme.lower() == "bearer" else "")
    if not hmac.compare_digest(sent.encode(), mock.tester_token.encode()):
        raise Problem(NEEDS_TOKEN)
    return mock


async def _checked(request: Request) -> "Mock":
    return _tester(request)


Tested = Annotated["Mock", Depends(_checked)]
"""The parameter of every tester's handler: the mock itself."""
