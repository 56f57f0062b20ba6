"""`/oauth/account`: registering a DS Logon and replacing a forgotten password, before anybody is signed in.

A code goes first to where DEERS reaches the person; no answer tells whether there is one.
"""

import asyncio
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.family.deers import contacts_of
from genesis_tui.mock_backend.database.family.people import deers_row, level_of, person_rows
from genesis_tui.mock_backend.database.sign_in import accounts as stored
from genesis_tui.mock_backend.database.sign_in.accounts import Account, account_by_username
from genesis_tui.mock_backend.database.sign_in.codes import BEGUN, note_use, uses
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
from genesis_tui.mock_backend.rules.sign_in.codes import CODE_WRONG
from genesis_tui.mock_backend.rules.sign_in.contacts import usable
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.lockout import CLEAR

router = APIRouter(prefix="/oauth/account")
SENT = "If this user name exists, a code has been sent to the e-mail address that DEERS holds for it."
REGISTERING = (
    "If DEERS knows you by these and you have no DS Logon yet, a code has been sent to the e-mail or phone that it "
    "holds for you alone. If none comes, go to an ID card office (RAPIDS)."
)
HAS_ONE = "Somebody asked to register a DS Logon for you. You have one already: sign in, or use Forgot password."
Word = Annotated[str, Field(min_length=1, max_length=256)]
DodId = Annotated[str, Field(pattern=r"^[0-9]{10}$")]


class Forgotten(RequestBody):
    """Whose password is to be replaced."""

    username: Word


class Finish(RequestBody):
    """The code that came by e-mail, and the password to have from now on."""

    username: Word
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    password: Word


class Registration(RequestBody):
    """Who one is by DEERS."""

    given: Word
    family: Word
    birth_date: Annotated[date, BeforeValidator(day, json_schema_input_type=str)]
    dod_id: DodId


class NewAccount(RequestBody):
    """The code that came, and the DS Logon to have."""

    dod_id: DodId
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    username: Annotated[str, Field(min_length=3, max_length=64)]
    password: Word


@router.post("/reset", status_code=202, **answers(CodeSent, refused=(403,)))
async def reset(request: Request, forgotten: Forgotten) -> Response:
    """LOCK-4: send a code. The answer, and the work behind it, are the same for a name that nobody has."""
    mock: Mock = request.app.state.mock
    decision = send_code(mock, forgotten.username, request_id=request.scope["entry"].id)
    if isinstance(decision, Refused):
        raise Problem(decision)
    return JSONResponse({"title": SENT, "expires_in": mock.policy.account.code_minutes * 60}, 202)


@router.post("/reset/finish", status_code=204, **answers(refused=(400, 403)))
async def finish(request: Request, asked: Finish) -> Response:
    """LOCK-4: a new password for the right code; it unlocks the account, and ends every sign-in of before."""
    mock: Mock = request.app.state.mock
    decision, left = await use_code(
        mock, asked.username, asked.code, asked.password, request_id=request.scope["entry"].id
    )
    if isinstance(decision, Refused):
        raise Problem(decision, more={} if left is None else {"tries_left": left})
    return Response(status_code=204)


@router.post("/register", status_code=202, **answers(CodeSent, refused=(403,)))
async def register(request: Request, asked: Registration) -> Response:
    """ID-7, ID-11: the answer, and the work behind it, are the same for everybody; the code goes to DEERS's contact."""
    mock: Mock = request.app.state.mock
    address = request.client.host if request.client else ""
    with mock.database.begin() as conn:
        person_id = stored.person_with(conn, asked.dod_id)
        decision = _begin(mock, conn, asked, person_id, address)
    mock.note(decision, "register", who_id="", for_id=person_id, request_id=request.scope["entry"].id)
    if isinstance(decision, Refused):
        raise Problem(decision)
    return JSONResponse({"title": REGISTERING, "expires_in": mock.policy.account.code_minutes * 60}, 202)


@router.post("/register/finish", status_code=201, **answers(AccountMade, refused=(400, 403, 409)))
async def finish_registering(request: Request, asked: NewAccount) -> Response:
    """ID-7: a Basic DS Logon for the right code."""
    mock: Mock = request.app.state.mock
    hashed = await asyncio.to_thread(password_hash, asked.password)
    with mock.database.begin() as conn:
        person_id = stored.person_with(conn, asked.dod_id)
        decision, left = codes.use_code(mock, conn, CodeFor(CodePurpose.REGISTRATION, asked.dod_id), asked.code)
        if isinstance(decision, Allowed):
            decision = _make(mock, conn, person_id, asked, hashed)
    mock.note(decision, "register", who_id="", for_id=person_id, request_id=request.scope["entry"].id)
    if isinstance(decision, Refused):
        raise Problem(decision, more={} if left is None else {"tries_left": left})
    level = Level.BASIC
    return JSONResponse({"username": plain_name(asked.username), "level": int(level), "level_title": level.title}, 201)


def _begin(mock: Mock, conn: Connection, asked: Registration, person_id: str, address: str) -> Decision:
    """Count it, and send what there is to send: nobody but who reads it can tell what that was."""
    policy, now = mock.policy.account, mock.clock.now()
    keys = [name_key(f"{what}:{value}", mock.name_secret) for what, value in (("id", asked.dod_id), ("at", address))]
    for_id, from_address = (uses(conn, key, BEGUN) for key in keys)
    decision = rules.may_begin(for_id, from_address, policy, now)
    if isinstance(decision, Refused):
        return decision
    for key in keys:
        note_use(conn, key, BEGUN, now)
    may = _may_register(mock, conn, person_id, Identity(asked.given, asked.family, asked.birth_date, asked.dod_id))
    reached = usable(contacts_of(conn, person_id), policy, now)
    told = isinstance(may, Allowed) or may is rules.HAS_ACCOUNT
    receiver = reached[0].value if told and reached else ""
    owner, words = (person_id, "") if isinstance(may, Allowed) and receiver else ("", HAS_ONE)
    code_for = CodeFor(CodePurpose.REGISTRATION, asked.dod_id)
    return codes.send_code(mock, conn, code_for, person_id=owner, receiver=receiver, words=words)


def _make(mock: Mock, conn: Connection, person_id: str, asked: NewAccount, hashed: str) -> Decision:
    code_for, username = CodeFor(CodePurpose.REGISTRATION, asked.dod_id), plain_name(asked.username)
    if not codes.owner(mock, conn, code_for):
        return CODE_WRONG
    if level_of(conn, person_id) is not None:
        return rules.HAS_ACCOUNT
    if stored.name_taken(conn, username):
        return rules.NAME_TAKEN
    decision = rules.may_use_password(asked.password, username, used_before=False, policy=mock.policy.account)
    if isinstance(decision, Allowed):
        codes.drop_code(mock, conn, code_for)
        stored.add_account(conn, person_id, username, asked.password, hashed)
    return decision


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


def _may_register(mock: Mock, conn: Connection, person_id: str, asked: Identity) -> Decision:
    row, person = deers_row(conn, person_id), person_rows(conn, [person_id]).get(person_id)
    known, of_age = None, False
    if row is not None and person is not None:
        known = Identity(row["given"], row["family"], date.fromisoformat(row["birth_date"]), row["dod_id"])
        today = mock.clock.now().astimezone(ZoneInfo(person["mtf_zone"])).date()
        of_age = today >= turns(known.birth_date, mock.policy.family.adult_from)
    return rules.may_register(asked, known, has_account=level_of(conn, person_id) is not None, of_age=of_age)
