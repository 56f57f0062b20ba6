"""Remote proofing (ID-6, ID-11): a code to a DEERS contact, then questions; the portal and the pages share it."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.family.deers import contacts_of
from genesis_tui.mock_backend.database.record.proofs import names_of_all, readings, record_facts
from genesis_tui.mock_backend.database.sign_in import proofing as stored
from genesis_tui.mock_backend.database.sign_in.accounts import set_level
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication import codes
from genesis_tui.mock_backend.oauth.authentication.codes import CodeFor, CodePurpose
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.sign_in import proofing as rules
from genesis_tui.mock_backend.rules.sign_in.contacts import Contact, usable
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.proofing import Question


@dataclass(frozen=True, slots=True)
class ProofingState:
    """What stands of somebody's proofing: whether it may go on, where a code may go, how often it may still fail."""

    decision: Decision
    contacts: tuple[Contact, ...]
    left: int


def state_of(mock: Mock, conn: Connection, person_id: str, *, premium: bool = False) -> ProofingState:
    """ID-6, ID-11: whoever lacks a contact or enough to ask about is sent to an ID card office."""
    policy, now = mock.policy.account, mock.clock.now()
    failures = stored.proofing_failures(conn, person_id, now)
    contacts = usable(contacts_of(conn, person_id), policy, now)
    decision = rules.may_prove(failures, policy, now, premium=premium)
    if isinstance(decision, Allowed) and not contacts:
        decision = rules.NO_CONTACT
    elif isinstance(decision, Allowed) and not _questions(mock, conn, person_id):
        decision = rules.NO_QUESTIONS
    return ProofingState(decision, contacts, rules.proofings_left(failures, policy, now))


def send_code(mock: Mock, conn: Connection, person_id: str, contact: str, *, premium: bool = False) -> Decision:
    """ID-11: the first step: a code to one of the contacts, by its kind."""
    state = state_of(mock, conn, person_id, premium=premium)
    chosen = next((one for one in state.contacts if one.kind == contact), None)
    if isinstance(state.decision, Refused) or chosen is None:
        return state.decision if isinstance(state.decision, Refused) else rules.NO_CONTACT
    return codes.send_code(mock, conn, _code_for(person_id), person_id=person_id, receiver=chosen.value)


def ask(
    mock: Mock, conn: Connection, person_id: str, code: str, *, premium: bool = False
) -> tuple[Decision, tuple[Question, ...]]:
    """ID-11: the second step: questions for a right code, open for the policy's minutes."""
    state = state_of(mock, conn, person_id, premium=premium)
    if isinstance(state.decision, Refused):
        return state.decision, ()
    decision, left = codes.use_code(mock, conn, _code_for(person_id), code)
    if isinstance(decision, Refused):
        told = decision.title if left is None else f"The code is wrong. Tries left: {left}."
        return replace(decision, title=told), ()
    codes.drop_code(mock, conn, _code_for(person_id))
    asked, now = _questions(mock, conn, person_id), mock.clock.now()
    until = now + timedelta(minutes=mock.policy.account.question_minutes)
    stored.ask_questions(conn, person_id, {one.id: one.right for one in asked}, now=now, until=until)
    return decision, asked


def prove(
    mock: Mock, conn: Connection, person_id: str, answers: dict[str, str], *, premium: bool = False
) -> tuple[Decision, int]:
    """ID-6: judge the answers, and raise the account's level where they are right; with how often it may still fail."""
    policy, now = mock.policy.account, mock.clock.now()
    right = stored.open_questions(conn, person_id, now)
    if right is None or premium:
        state = state_of(mock, conn, person_id, premium=premium)
        return (state.decision if isinstance(state.decision, Refused) else rules.TOO_LATE), state.left
    decision: Decision
    if rules.all_right(right, answers):
        stored.close_questions(conn, person_id)
        set_level(conn, person_id, Level.PREMIUM)
        decision = Allowed("ID-6")
    else:
        stored.add_proofing_failure(conn, person_id, now)
        decision = rules.PROOFING_FAILED
    failures = stored.proofing_failures(conn, person_id, now)
    return decision, rules.proofings_left(failures, policy, now)


def _questions(mock: Mock, conn: Connection, person_id: str) -> tuple[Question, ...]:
    facts = record_facts(conn, person_id, to_micros(mock.clock.now()))
    own = rules.own_alone(facts, readings(conn, person_id, mock.policy.family), mock.policy)
    everybody = names_of_all(conn)
    seed = hmac.new(mock.name_secret, f"questions:{person_id}".encode(), hashlib.sha256).hexdigest()
    return rules.questions(own, person_id, everybody, mock.policy.account, seed)


def _code_for(person_id: str) -> CodeFor:
    return CodeFor(CodePurpose.PROOFING, person_id)
