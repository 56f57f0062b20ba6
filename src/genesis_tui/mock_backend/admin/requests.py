"""`/mock/v1/requests`: what the mock was asked lately, and the rules that decided."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.state.request_log import KEPT

router = APIRouter(prefix="/mock/v1/requests")


@router.get("")
async def requests(mock: Tested, last: Annotated[int, Query(ge=1, le=KEPT)] = 50) -> Response:
    """The last requests to the mock, newest first."""
    return JSONResponse({"requests": [entry.listed() for entry in mock.log.last(last)]})
