"""`/mock/v1/staff`: a tester acts for the clinics."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.database.messages.corrections import ASKED, correction_of
from genesis_tui.mock_backend.database.messages.threads import threads_of
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.http.problems import NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.world.simulation.staff import answer

router = APIRouter(prefix="/mock/v1/staff")


class ReplyMade(TypedDict):
    id: str


class StaffReply(RequestBody):
    """What the clinic writes in a conversation. `outcome` settles the correction that it asks for (REC-7)."""

    thread: str = Field(min_length=1, max_length=64)
    body: str = Field(min_length=1, max_length=10_000)
    outcome: Literal["", "amended", "clarified", "declined"] = ""


class AutomaticReplies(RequestBody):
    """Whether the clinics answer by themselves."""

    automatic: bool


@router.post("/messages", status_code=201, **answers(ReplyMade))
async def write(mock: Tested, asked: StaffReply) -> Response:
    """The clinic answers now, to whoever wrote last; what it would have answered by itself later is dropped."""
    with mock.database.begin() as conn:
        if asked.thread not in threads_of(conn, [asked.thread]):
            raise Problem(NOT_FOUND)
        wrong = correction_of(conn, asked.thread)
        if asked.outcome and (wrong is None or wrong.state != ASKED):
            raise invalid("This conversation asks for no correction, or has its answer.", detail="outcome")
        now, policy = mock.clock.micros(), mock.policy
        made = answer(conn, asked.thread, asked.body, asked.outcome, at=now, policy=policy)
    mock.due.forget()
    return JSONResponse({"id": made}, 201)


@router.put("/answering", status_code=204)
async def answering(mock: Tested, asked: AutomaticReplies) -> Response:
    """From now on new messages are answered by the clinics themselves, or by testers alone."""
    messages = mock.policy.message.model_copy(update={"staff_answers": asked.automatic})
    mock.policy = mock.policy.model_copy(update={"message": messages})
    return Response(status_code=204)
