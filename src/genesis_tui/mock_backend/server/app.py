"""Puts the mock's HTTP applications together: FHIR beside OAuth, portal and tester API, behind one gateway.

What the way to Home asks for is there at once; all the rest is loaded with the first request for any of it (P3).
"""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from genesis_tui import __version__
from genesis_tui.mock_backend.admin import personas
from genesis_tui.mock_backend.http import validation
from genesis_tui.mock_backend.http.description import description
from genesis_tui.mock_backend.http.problems import FAULT, NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.http.routing import join
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth import without_pages
from genesis_tui.mock_backend.oauth.forms import OAuthProblem
from genesis_tui.mock_backend.portal.family import profile
from genesis_tui.mock_backend.portal.family import routes as family
from genesis_tui.mock_backend.portal.home import news
from genesis_tui.mock_backend.portal.sign_in import session
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.server.gateway import Gateway

_FIRST = (personas, without_pages, session, family, news, profile)
"""What the sign-in screen, a typed sign-in and Home ask for."""


def create_app(mock: Mock) -> Gateway:
    return Gateway(mock, fhir=lambda: _fhir(mock), rest=create_api(mock))


def _fhir(mock: Mock) -> ASGIApp:
    from genesis_tui.mock_backend.fhir.app import create_fhir_app

    return create_fhir_app(mock)


def create_api(mock: Mock) -> "Api":
    """All but FHIR, with its OpenAPI description at `/openapi.json`."""
    api = Api(title="genesis-tui mock portal", version=__version__, docs_url=None, redoc_url=None)
    api.state.mock = mock
    join(api.router, *(part.router for part in _FIRST))
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(OAuthProblem, _oauth_problem)
    api.add_exception_handler(RequestValidationError, _malformed)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _fault)
    return api


class Api(FastAPI):
    """Loads what is asked for; describes itself with what its endpoints answer."""

    _whole = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._whole and not any(route.matches(scope)[0] is Match.FULL for route in self.routes):
            self.load()
        await super().__call__(scope, receive, send)

    def load(self) -> None:
        """Every endpoint, where they are not all there yet."""
        if not self._whole:
            from genesis_tui.mock_backend.server.parts import ROUTES

            there = {id(route) for route in self.routes}
            self.router.routes += [route for route in ROUTES if id(route) not in there]
            self._whole = True

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.load()
            self.openapi_schema = description(self)
        return self.openapi_schema


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.answer(request.scope["entry"].id)


async def _oauth_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, OAuthProblem)
    return error.answer


async def _malformed(request: Request, error: Exception) -> Response:
    """Which fields are wrong and why; never what was sent in them."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    detail, fields = "; ".join(validation.faults(faults)), validation.fields(faults)
    problem = invalid("Something is not filled in as it must be.", detail=f"{detail}.", more={"fields": fields})
    return problem.answer(request.scope["entry"].id)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reason = "too-large" if error.status_code == 413 else "invalid"
    refused = NOT_FOUND if error.status_code == 404 else Refused("", reason, error.detail, status=error.status_code)
    return Problem(refused, headers=error.headers).answer(request.scope["entry"].id)


async def _fault(request: Request, error: Exception) -> Response:
    return Problem(FAULT).answer(request.scope["entry"].id)
