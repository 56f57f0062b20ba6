"""`/mock/v1/deers`: an error in somebody's DEERS record, at a tester's wish (DEERS-2)."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.database.family.deers import set_fault
from genesis_tui.mock_backend.database.sign_in.accounts import account_by_username
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.http.problems import NOT_FOUND, Problem

router = APIRouter(prefix="/mock/v1")


class Fault(RequestBody):
    """Whose DEERS record is wrong, and how; an empty text mends it."""

    username: str = Field(min_length=1, max_length=256)
    fault: str = Field(max_length=200)


@router.post("/deers", status_code=204)
async def break_deers(mock: Tested, fault: Fault) -> Response:
    """The next read of this person's DEERS record finds the error."""
    with mock.database.begin() as conn:
        account = account_by_username(conn, fault.username)
        if account is None:
            raise Problem(NOT_FOUND)
        set_fault(conn, account.person_id, fault.fault)
    return Response(status_code=204)
