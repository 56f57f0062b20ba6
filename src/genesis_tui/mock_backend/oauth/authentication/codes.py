"""Sending a one-time code and judging what was typed, the same for everything that asks for one (LOCK-4, LOCK-6)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection

from genesis_tui.mock_backend.database.sign_in import codes as stored
from genesis_tui.mock_backend.database.sign_in.email import Mail, send_mail
from genesis_tui.mock_backend.database.sign_in.usernames import name_key
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.sign_in import codes as rules


class CodePurpose(StrEnum):
    """What a code is for: one for one thing is good for no other."""

    RESET = "reset"
    PROOFING = "proofing"
    REGISTRATION = "registration"
    DEERS = "deers"


@dataclass(frozen=True, slots=True)
class CodeFor:
    """A purpose, and whom it is for as the asker named them: a user name, a DoD ID, a person."""

    purpose: CodePurpose
    name: str

    def key(self, mock: Mock) -> str:
        return name_key(f"{self.purpose}:{self.name}", mock.name_secret)


def send_code(mock: Mock, conn: Connection, to: CodeFor, *, person_id: str, receiver: str, words: str = "") -> Decision:
    """A fresh code to `receiver`; where that is empty nobody gets it, at the same cost.

    Args:
        mock: the portal.
        conn: the transaction to do it in.
        to: what it is for, and whom.
        person_id: whose code it is; empty for nobody's.
        receiver: an e-mail address or phone number.
        words: what is sent in place of the code.
    """
    policy, now, key = mock.policy.account, mock.clock.now(), to.key(mock)
    decision = rules.may_send(stored.uses(conn, key, stored.SENT), policy, now)
    if isinstance(decision, Refused):
        return decision
    code, until = f"{secrets.randbelow(1_000_000):06d}", now + timedelta(minutes=policy.code_minutes)
    stored.note_use(conn, key, stored.SENT, now)
    stored.put_code(conn, stored.CodeRow(key, person_id, _hash(mock, code), until))
    body = words or f"Your code is {code}. It is valid until {until:%H:%M} UTC. If you did not ask for it, ignore it."
    send_mail(conn, Mail(mock.clock.micros(), receiver, "Your one-time code", body))
    return decision


def use_code(mock: Mock, conn: Connection, to: CodeFor, code: str) -> tuple[Decision, int | None]:
    """What the rules say of a code that was typed, and the tries left after a wrong one."""
    policy, now, key = mock.policy.account, mock.clock.now(), to.key(mock)
    kept = stored.read_code(conn, key)
    until, tries = (None, 0) if kept is None else (kept.until, kept.tries)
    paused = rules.may_try(stored.uses(conn, key, stored.TRIED), policy, now)
    if isinstance(paused, Refused):
        return paused, None
    if rules.is_good(until=until, tries=tries, policy=policy, now=now):
        stored.note_use(conn, key, stored.TRIED, now)
    right = kept is not None and hmac.compare_digest(kept.code_hash, _hash(mock, code))
    decision = rules.may_use_code(right, until=until, tries=tries, policy=policy, now=now)
    if isinstance(decision, Allowed) or decision.reason != "code-wrong":
        return decision, None
    stored.count_wrong(conn, key)
    return decision, max(0, policy.code_tries - tries - 1)


def owner(mock: Mock, conn: Connection, to: CodeFor) -> str:
    """Whose code was sent; empty for one that went to nobody."""
    kept = stored.read_code(conn, to.key(mock))
    return "" if kept is None else kept.person_id


def drop_code(mock: Mock, conn: Connection, to: CodeFor) -> None:
    """It has been used."""
    stored.drop_code(conn, to.key(mock))


def _hash(mock: Mock, code: str) -> str:
    return hmac.new(mock.name_secret, code.encode(), hashlib.sha256).hexdigest()
