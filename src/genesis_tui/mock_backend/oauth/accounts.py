"""`/oauth/account`: registering a DS Logon and replacing a forgotten password, before anybody is signed in."""

import asyncio
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.family.people import deers_row, level_of, person_rows
from genesis_tui.mock_backend.database.sign_in import accounts as stored
from genesis_tui.mock_backend.database.sign_in.accounts import Account, account_by_username
from genesis_tui.mock_backend.database.sign_in.lockouts import write_lock
from genesis_tui.mock_backend.database.sign_in.passwords import password_hash, password_matches
from genesis_tui.mock_backend.database.sign_in.usernames import name_key, plain_name
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody, day
from genesis_tui.mock_backend.http.problems import Problem
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication import codes
from genesis_tui.mock_backend.oauth.authentication.codes import CodeFor, CodePurpose
from genesis_tui.mock_backend.oauth.models import AccountMade, CodeSent
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.access import turns
from genesis_tui.mock_backend.rules.family.deers import Identity
from genesis_tui.mock_backend.rules.sign_in import accounts as rules
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.lockout import CLEAR

router = APIRouter(prefix="/oauth/account")
SENT = "If this user name exists, a code has been sent to the e-mail address that DEERS holds for it."
Word = Annotated[str, Field(min_length=1, max_length=256)]


class Forgotten(RequestBody):
    """Whose password is to be replaced."""

    username: Word


class Finish(RequestBody):
    """The code that came by e-mail, and the password to have from now on."""

    username: Word
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    password: Word


class Registration(RequestBody):
    """Who one is by DEERS, and the DS Logon to have."""

    given: Word
    family: Word
    birth_date: Annotated[date, BeforeValidator(day, json_schema_input_type=str)]
    dod_id: Annotated[str, Field(pattern=r"^[0-9]{10}$")]
    username: Annotated[str, Field(min_length=3, max_length=64)]
    password: Word


@router.post("/reset", status_code=202, **answers(CodeSent, refused=(403, 429)))
async def reset(request: Request, forgotten: Forgotten) -> Response:
    """LOCK-4: send a code. The answer, and the work behind it, are the same for a name that nobody has."""
    mock: Mock = request.app.state.mock
    decision = send_code(mock, forgotten.username, request_id=request.scope["entry"].id)
    if isinstance(decision, Refused):
        raise Problem(decision)
    return JSONResponse({"title": SENT, "expires_in": mock.policy.account.code_minutes * 60}, 202)


@router.post("/reset/finish", status_code=204, **answers(refused=(403, 429)))
async def finish(request: Request, asked: Finish) -> Response:
    """LOCK-4: a new password for the right code; it unlocks the account, and ends every sign-in of before."""
    mock: Mock = request.app.state.mock
    decision, left = await use_code(
        mock, asked.username, asked.code, asked.password, request_id=request.scope["entry"].id
    )
    if isinstance(decision, Refused):
        raise Problem(decision, more={} if left is None else {"tries_left": left})
    return Response(status_code=204)


@router.post("/register", status_code=201, **answers(AccountMade, refused=(403, 409, 429)))
async def register(request: Request, asked: Registration) -> Response:
    """ID-7: a Basic DS Logon for somebody whom DEERS knows."""
    mock: Mock = request.app.state.mock
    username = plain_name(asked.username)
    hashed = await asyncio.to_thread(password_hash, asked.password)
    identity = Identity(asked.given, asked.family, asked.birth_date, asked.dod_id)
    with mock.database.begin() as conn:
        person_id = stored.person_with(conn, asked.dod_id)
        decision = _may_register(mock, conn, person_id, identity, username)
        if isinstance(decision, Allowed):
            decision = rules.may_use_password(asked.password, username, used_before=False, policy=mock.policy.account)
        if isinstance(decision, Allowed):
            stored.add_account(conn, person_id, username, asked.password, hashed)
    mock.note(decision, "register", who_id="", for_id=person_id, request_id=request.scope["entry"].id)
    if isinstance(decision, Refused):
        raise Problem(decision)
    level = Level.BASIC
    return JSONResponse({"username": username, "level": int(level), "level_title": level.title}, 201)


def send_code(mock: Mock, username: str, *, request_id: str) -> Decision:
    """LOCK-4: a fresh code to the DEERS e-mail; a name that nobody has gets a code that nobody gets."""
    with mock.database.begin() as conn:
        account = account_by_username(conn, username)
        person_id = "" if account is None else account.person_id
        known = deers_row(conn, person_id)
        receiver = "" if known is None else known["email"]
        decision = codes.send_code(mock, conn, _reset_of(username), person_id=person_id, receiver=receiver)
    mock.note(decision, "forgot-password", who_id="", for_id=person_id, request_id=request_id)
    return decision


async def use_code(
    mock: Mock, username: str, code: str, password: str, *, request_id: str
) -> tuple[Decision, int | None]:
    """LOCK-4, ID-7: a new password for a right code; what the rules say, and the tries left after a wrong one."""
    with mock.database.begin() as conn:
        account = account_by_username(conn, username)
        decision, left = codes.use_code(mock, conn, _reset_of(username), code)
    if isinstance(decision, Allowed) and account is not None:
        decision = await _replace(mock, account, plain_name(username), password)
    owner = "" if account is None else account.person_id
    mock.note(decision, "reset-password", who_id="", for_id=owner, request_id=request_id)
    return decision, left


def _reset_of(username: str) -> CodeFor:
    return CodeFor(CodePurpose.RESET, plain_name(username))


async def _replace(mock: Mock, account: Account, username: str, password: str) -> Decision:
    policy = mock.policy.account
    with mock.database.begin() as conn:
        before = stored.password_hashes(conn, account.person_id, policy.passwords_kept)
    used = await asyncio.to_thread(lambda: any(password_matches(password, one) for one in before))
    decision = rules.may_use_password(password, username, used_before=used, policy=policy)
    if isinstance(decision, Refused):
        return decision
    hashed = await asyncio.to_thread(password_hash, password)
    with mock.database.begin() as conn:
        stored.set_password(conn, account.person_id, password, hashed)
        codes.drop_code(mock, conn, _reset_of(username))
        write_lock(conn, name_key(username, mock.name_secret), CLEAR)
    mock.revoke_account(account.person_id, scripts=True)
    return decision


def _may_register(mock: Mock, conn: Connection, person_id: str, asked: Identity, username: str) -> Decision:
    row, person = deers_row(conn, person_id), person_rows(conn, [person_id]).get(person_id)
    known, of_age = None, False
    if row is not None and person is not None:
        known = Identity(row["given"], row["family"], date.fromisoformat(row["birth_date"]), row["dod_id"])
        today = mock.clock.now().astimezone(ZoneInfo(person["mtf_zone"])).date()
        of_age = today >= turns(known.birth_date, mock.policy.family.adult_from)
    return rules.may_register(
        asked,
        known,
        has_account=level_of(conn, person_id) is not None,
        name_taken=stored.name_taken(conn, username),
        of_age=of_age,
    )
