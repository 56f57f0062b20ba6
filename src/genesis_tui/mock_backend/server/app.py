"""Puts the mock's HTTP applications together: FHIR beside OAuth, portal and tester API, behind one gateway."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from genesis_tui import __version__
from genesis_tui.mock_backend.admin import routes as admin
from genesis_tui.mock_backend.fhir.app import create_fhir_app
from genesis_tui.mock_backend.http import validation
from genesis_tui.mock_backend.http.description import description
from genesis_tui.mock_backend.http.problems import FAULT, NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.http.routing import join
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth import routes as oauth
from genesis_tui.mock_backend.oauth.forms import OAuthProblem
from genesis_tui.mock_backend.pages import card_office, forgot_password, milconnect
from genesis_tui.mock_backend.portal import routes as portal
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.server.gateway import Gateway


def create_app(mock: Mock) -> Gateway:
    return Gateway(mock, fhir=create_fhir_app(mock), rest=create_api(mock))


def create_api(mock: Mock) -> FastAPI:
    """All but FHIR, with its OpenAPI description at `/openapi.json`."""
    api = _Api(title="genesis-tui mock portal", version=__version__, docs_url=None, redoc_url=None)
    api.state.mock = mock
    parts = (oauth, portal, admin, forgot_password, milconnect, card_office)
    join(api.router, *(part.router for part in parts))
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(OAuthProblem, _oauth_problem)
    api.add_exception_handler(RequestValidationError, _malformed)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _fault)
    return api


class _Api(FastAPI):
    """Describes itself with what its endpoints answer."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
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
