"""`/portal/v1/proofing`: a Basic DS Logon becomes Premium once its person is proved (ID-6, ID-11).

A code to a contact in DEERS first; the right code opens questions for a few minutes; right answers end it.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.sign_in.sessions import raise_level
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.http.problems import Problem
from genesis_tui.mock_backend.oauth.authentication import proofing
from genesis_tui.mock_backend.portal.base.acts import Doing, act, as_patient
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.sign_in.models import ProofingBegun, ProofingQuestions, RaisedLevel
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.sign_in.levels import Level

router = APIRouter(prefix="/portal/v1/proofing")
WHAT = "proofing"


class CodeTarget(RequestBody):
    """To which of the contacts the code goes."""

    contact: Literal["email", "phone"]


class ProofingCode(RequestBody):
    """The code that came."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class Answers(RequestBody):
    """The id of the choice, by the id of its question."""

    answers: dict[Annotated[str, Field(max_length=32)], Annotated[str, Field(max_length=64)]] = Field(max_length=16)


@router.get("", **answers(ProofingBegun))
async def begin(caller: SignedIn) -> Response:
    """Where a code may go, and how often proofing may still fail."""
    person_id = caller.viewer.person_id
    caller.clinical(WHAT)
    with caller.mock.database.begin() as conn:
        state = proofing.state_of(caller.mock, conn, person_id, premium=_is_premium(caller))
        caller.decided(state.decision, WHAT, person_id)
    contacts = [{"id": one.kind, "title": one.hint} for one in state.contacts]
    return JSONResponse({"contacts": contacts, "tries_left": state.left})


@act(router, "POST", "/code", WHAT, "ID-11", may=as_patient)
def send_code(doing: Doing, where: CodeTarget) -> None:
    """A code to one of the contacts."""
    caller = doing.caller
    doing.decided(proofing.send_code(caller.mock, doing.conn, doing.viewer, where.contact, premium=_is_premium(caller)))


@act(router, "POST", "/questions", WHAT, "ID-11", may=as_patient, answers=ProofingQuestions)
def ask(doing: Doing, given: ProofingCode) -> dict[str, Any] | Problem:
    """The questions, for the right code; a wrong one is a try that counts."""
    caller = doing.caller
    decision, asked = proofing.ask(caller.mock, doing.conn, doing.viewer, given.code, premium=_is_premium(caller))
    if isinstance(decision, Refused):
        return Problem(decision)
    listed = [
        {"id": one.id, "text": one.text, "choices": [{"id": key, "text": words} for key, words in one.choices]}
        for one in asked
    ]
    return {"questions": listed, "seconds": caller.mock.policy.account.question_minutes * 60}


@act(router, "POST", "", WHAT, "ID-6", may=as_patient, answers=RaisedLevel)
def answered(doing: Doing, given: Answers) -> dict[str, Any] | Problem:
    """Right answers make the account Premium, this sign-in included; the sign-in's tokens stay."""
    mock, viewer = doing.caller.mock, doing.caller.viewer
    premium = _is_premium(doing.caller)
    decision, left = proofing.prove(mock, doing.conn, viewer.person_id, given.answers, premium=premium)
    if isinstance(decision, Refused):
        return Problem(decision, more={"tries_left": left})
    raise_level(doing.conn, viewer.session_id, Level.PREMIUM)
    doing.afterwards(lambda: mock.access_tokens.forget(viewer.session_id))
    return {"level": int(Level.PREMIUM), "level_title": Level.PREMIUM.title}


def _is_premium(caller: Caller) -> bool:
    return caller.viewer.level >= Level.PREMIUM
