"""`/mock/v1/requests`: what the mock was asked lately, and the rules that decided."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import Instant
from genesis_tui.mock_backend.state.request_log import KEPT


class RequestListed(TypedDict):
    at: Instant
    method: str
    path: str
    id: str
    status: int
    person: str
    patient: str
    decisions: list[str]


class RequestsAnswer(TypedDict):
    requests: list[RequestListed]


router = APIRouter(prefix="/mock/v1/requests")


@router.get("", **answers(RequestsAnswer))
async def requests(mock: Tested, last: Annotated[int, Query(ge=1, le=KEPT)] = 50) -> Response:
    """The last requests to the mock, newest first."""
    return JSONResponse({"requests": [entry.listed() for entry in mock.log.last(last)]})
