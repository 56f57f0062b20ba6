"""Signing in with a DS Logon: the challenge endpoint, the sign-in page and milConnect all ask here (ID-4)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from genesis_tui.mock_backend.database.sign_in.accounts import Account, account_by_username, keep_hash
from genesis_tui.mock_backend.database.sign_in.lockouts import read_lock, write_lock
from genesis_tui.mock_backend.database.sign_in.passwords import check_password
from genesis_tui.mock_backend.database.sign_in.usernames import name_key
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.family import deers
from genesis_tui.mock_backend.rules.family.access import turns
from genesis_tui.mock_backend.rules.sign_in import levels, lockout
from genesis_tui.mock_backend.state.browser_sign_ins import Authenticated

LONGEST = 256
"""Characters of a user name or password; nothing longer is looked at."""


@dataclass(frozen=True, slots=True)
class SignInRejected:
    """A sign-in that failed, with what the person is told (LOCK-3, LOCK-5, DEERS-3).

    `tries_left` is None where tries are not what failed; `fields` names what differs from DEERS.
    """

    refused: Refused
    tries_left: int | None = None
    locked_until: datetime | None = None
    offer_reset: bool = False
    fields: tuple[str, ...] = ()
    auth_session: str = ""
    """What registering the card that was refused goes on with (ID-3)."""


def credentials(form: Mapping[str, str]) -> tuple[str, str] | None:
    """User name and password of a form; None where one is missing, or longer than anything that is looked at."""
    typed = form.get("username", ""), form.get("password", "")
    return typed if all(0 < len(text) <= LONGEST for text in typed) else None


async def enter(mock: Mock, username: str, password: str, *, request_id: str) -> Authenticated | SignInRejected:
    """ID-4: check a DS Logon. Known and unknown names take the same steps, one scrypt included (LOCK-1)."""
    with mock.database.begin() as conn:
        account = account_by_username(conn, username)
    stored = account.password_hash if account else mock.decoy_hash
    before = mock.revocations[account.person_id] if account else 0
    right, hashed = await asyncio.to_thread(check_password, password, stored)
    ended_meanwhile = account is not None and mock.revocations[account.person_id] != before
    let_in = account if account is not None and right and not ended_meanwhile and _open(mock, account) else None
    key = name_key(username, mock.name_secret)
    with mock.database.begin() as conn:
        if account is not None and hashed != stored:
            keep_hash(conn, account.person_id, stored, hashed)
        outcome = _decide(mock, conn, key, let_in)
    owner = "" if account is None else account.person_id
    note_sign_in(mock, outcome, request_id, rule="ID-4", owner=owner)
    return outcome


def note_sign_in(
    mock: Mock, outcome: Authenticated | SignInRejected, request_id: str, *, rule: str, owner: str = "", what: str = ""
) -> None:
    """AUD-1: every try. Who failed is nobody known; `owner` is whose account was tried, where somebody has it."""
    who, decision = ("", outcome.refused) if isinstance(outcome, SignInRejected) else (outcome.person_id, Allowed(rule))
    mock.note(decision, what or "sign-in", who_id=who, for_id=who or owner, request_id=request_id)


def _decide(mock: Mock, conn: Connection, key: str, account: Account | None) -> Authenticated | SignInRejected:
    """LOCK-1 to LOCK-3 and LOCK-5 on one try; `account` is None for a wrong name or password."""
    now, policy = mock.clock.now(), mock.policy.lock
    state = read_lock(conn, key)
    decision = lockout.may_try(state, now)
    if account is not None and isinstance(decision, Allowed):
        write_lock(conn, key, lockout.CLEAR)
        return as_deers_says(account)
    state = lockout.after_failure(state, policy, now)
    write_lock(conn, key, state)
    decision = lockout.may_try(state, now)
    return SignInRejected(
        decision if isinstance(decision, Refused) else levels.WRONG_CREDENTIALS,
        tries_left=lockout.tries_left(state, policy),
        locked_until=state.locked_until,
        offer_reset=lockout.offers_reset(state, policy),
    )


def as_deers_says(account: Account) -> Authenticated | SignInRejected:
    """DEERS-3: whoever has shown who they are, unless account and DEERS differ."""
    if account.deers is not None:
        decision = deers.may_sign_in(account.identity, account.deers)
        if isinstance(decision, Refused):
            return SignInRejected(decision, fields=deers.differing(account.identity, account.deers))
    return Authenticated(account.person_id, account.level)


def _open(mock: Mock, account: Account) -> bool:
    """FAM-1: a dependent's account opens on the day they come of age, in the zone of the sponsor's MTF."""
    if account.status != "dependent":
        return True
    adult_on = turns(account.identity.birth_date, mock.policy.family.adult_from)
    today = mock.clock.now().astimezone(ZoneInfo(account.mtf_zone)).date()
    return isinstance(levels.has_sign_in(adult_on, today), Allowed)
