"""The list of personas while the rest of the mock still loads: a sign-in screen waits for nothing else."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.admin.persona_rows import holds_token, personas_of
from genesis_tui.mock_backend.http.problems import NEEDS_TESTER, Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from genesis_tui.mock_backend.world.base.world import World

PATH = "/mock/v1/personas"


def early_personas(world: "World", token: str) -> "ASGIApp":
    """Answers `GET /mock/v1/personas` of a fresh world, with its tester token."""
    listed = personas_of(world.rows)

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope)
        headers = request.headers
        if holds_token(headers.get("x-tester-token", ""), headers.get("authorization", ""), token):
            response: Response = JSONResponse({"personas": listed})
        else:
            response = Problem(NEEDS_TESTER).answer(scope["entry"].id)
        await response(scope, receive, send)

    return answer
