"""`/mock/v1/mailbox`: what the portal sent by e-mail."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.database.sign_in.email import mails
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import Instant


class MailSent(TypedDict):
    at: Instant
    to: str
    subject: str
    body: str


class MailboxAnswer(TypedDict):
    mails: list[MailSent]


router = APIRouter(prefix="/mock/v1")


@router.get("/mailbox", **answers(MailboxAnswer))
async def mailbox(mock: Tested, to: str = "") -> Response:
    """The last e-mails, newest first; to one address where one is given."""
    with mock.database.begin() as conn:
        found = mails(conn, to)
    listed = [{"at": micros_iso(m.at), "to": m.receiver, "subject": m.subject, "body": m.body} for m in found]
    return JSONResponse({"mails": listed})
