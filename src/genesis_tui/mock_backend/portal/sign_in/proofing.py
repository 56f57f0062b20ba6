"""`/portal/v1/proofing`: a Basic DS Logon becomes Premium once its person is proved (ID-6)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.sign_in import accounts as stored
from genesis_tui.mock_backend.database.sign_in.sessions import raise_level
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.http.problems import Problem
from genesis_tui.mock_backend.oauth.authentication.proofing import known_to_deers, prove
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.sign_in.models import ProofingQuestions, RaisedLevel
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.sign_in import accounts as rules
from genesis_tui.mock_backend.rules.sign_in.levels import Level

router = APIRouter(prefix="/portal/v1/proofing")


class Answers(RequestBody):
    """What was answered, by the id of the question."""

    answers: dict[Annotated[str, Field(max_length=32)], Annotated[str, Field(max_length=64)]] = Field(max_length=16)


@router.get("", **answers(ProofingQuestions))
async def asked(caller: SignedIn) -> Response:
    """What is asked, of what DEERS holds, and how often it may still fail."""
    mock, person_id = caller.mock, caller.viewer.person_id
    caller.clinical("proofing")
    with mock.database.begin() as conn:
        failures = stored.proofing_failures(conn, person_id)
        policy, now = mock.policy.account, mock.clock.now()
        may = rules.may_prove(failures, policy, now, premium=caller.viewer.level >= Level.PREMIUM)
        caller.decided(may, "proofing", person_id)
        questions = rules.questions(known_to_deers(conn, person_id))
    left = rules.proofings_left(failures, policy, now)
    listed = [{"id": one.id, "text": one.text, "hint": one.hint} for one in questions]
    return JSONResponse({"questions": listed, "tries_left": left})


@router.post("", **answers(RaisedLevel))
async def answered(caller: SignedIn, given: Answers) -> Response:
    """Right answers make the account Premium, this sign-in included; the sign-in's tokens stay."""
    mock, viewer = caller.mock, caller.viewer
    caller.clinical("proofing")
    decision, left = prove(mock, viewer.person_id, given.answers, premium=viewer.level >= Level.PREMIUM)
    caller.note(decision, "proofing", viewer.person_id)
    if isinstance(decision, Refused):
        raise Problem(decision, more={"tries_left": left})
    with mock.database.begin() as conn:
        raise_level(conn, viewer.session_id, Level.PREMIUM)
    mock.access_tokens.forget(viewer.session_id)
    return JSONResponse({"level": int(Level.PREMIUM), "level_title": Level.PREMIUM.title})
