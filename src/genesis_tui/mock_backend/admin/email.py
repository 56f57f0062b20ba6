"""`/mock/v1/mailbox`: what the portal sent by e-mail; `/mock/v1/deers`: an error in somebody's DEERS record."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.database.family.deers import set_fault
from genesis_tui.mock_backend.database.sign_in.accounts import account_by_username
from genesis_tui.mock_backend.database.sign_in.email import mails
from genesis_tui.mock_backend.database.sign_in.usernames import plain_name
from genesis_tui.mock_backend.http.json import Body, micros_iso
from genesis_tui.mock_backend.http.problems import NOT_FOUND, Problem

router = APIRouter(prefix="/mock/v1")


class Fault(Body):
    """Whose DEERS record is wrong, and how; an empty text mends it."""

    username: str = Field(min_length=1, max_length=256)
    fault: str = Field(max_length=200)


@router.get("/mailbox")
async def mailbox(mock: Tested, to: str = "") -> Response:
    """The last e-mails, newest first; to one address where one is given."""
    with mock.database.begin() as conn:
        found = mails(conn, to)
    listed = [{"at": micros_iso(m.at), "to": m.receiver, "subject": m.subject, "body": m.body} for m in found]
    return JSONResponse({"mails": listed})


@router.post("/deers", status_code=204)
async def break_deers(mock: Tested, fault: Fault) -> Response:
    """The next read of this person's DEERS record finds the error."""
    with mock.database.begin() as conn:
        account = account_by_username(conn, plain_name(fault.username))
        if account is None:
            raise Problem(NOT_FOUND)
        set_fault(conn, account.person_id, fault.fault)
    return Response(status_code=204)
