"""`/mock/v1/requests`: what the mock was asked lately, and the rules that decided. `/mock/v1/audit/verify`: whether the
audit is as it was written."""

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


class AuditCheck(TypedDict):
    events: int
    broken_at: int | None


router = APIRouter(prefix="/mock/v1")


@router.get("/audit/verify", **answers(AuditCheck))
async def verify(mock: Tested) -> Response:
    """S7: how many events of the audit follow from each other, and the id of the first that does not."""
    return JSONResponse(mock.audit.check()._asdict())


@router.get("/requests", **answers(RequestsAnswer))
async def requests(mock: Tested, last: Annotated[int, Query(ge=1, le=KEPT)] = 50) -> Response:
    """The last requests to the mock, newest first."""
    return JSONResponse({"requests": [entry.listed() for entry in mock.log.last(last)]})
