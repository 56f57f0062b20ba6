"""The tester token: without it nothing under `/mock/v1` answers, on loopback neither."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from genesis_tui.mock_backend.admin.persona_rows import holds_token
from genesis_tui.mock_backend.http.problems import NEEDS_TESTER, Problem
from genesis_tui.mock_backend.mock import Mock


async def _tester(request: Request) -> Mock:
    mock: Mock = request.app.state.mock
    headers = request.headers
    if not holds_token(headers.get("x-tester-token", ""), headers.get("authorization", ""), mock.tester_token):
        raise Problem(NEEDS_TESTER)
    return mock


Tested = Annotated[Mock, Depends(_tester)]
"""The parameter of every tester's handler: the mock itself."""
