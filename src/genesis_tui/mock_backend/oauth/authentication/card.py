"""Signing in with a card: a nonce to sign, what was signed, and a PIV that is registered once (ID-2, ID-3)."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection
from starlette.responses import Response

from genesis_tui.mock_backend.database.family.people import methods_of
from genesis_tui.mock_backend.database.sign_in.accounts import Account, account_by_username, account_of_card, add_method
from genesis_tui.mock_backend.database.sign_in.cards import is_registered, register_card
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication.certificate import (
    Signed,
    common_name,
    facts_of,
    key_hash,
    read_assertion,
)
from genesis_tui.mock_backend.oauth.authentication.password import (
    SignInRejected,
    as_deers_says,
    credentials,
    enter,
    note_sign_in,
)
from genesis_tui.mock_backend.oauth.forms import oauth_error
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.family import deers
from genesis_tui.mock_backend.rules.sign_in import cards
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.methods import CARD, METHODS, Method
from genesis_tui.mock_backend.state.browser_sign_ins import Authenticated
from genesis_tui.mock_backend.state.card_challenges import WaitingCard

MINUTE = 60_000_000
SEPARATED = "veteran"


async def by_card(
    mock: Mock, method: Method, form: Mapping[str, str], request_id: str
) -> Authenticated | SignInRejected | Response:
    """The step that the form is for: a nonce where nothing is signed yet, the sign-in, or registering a PIV."""
    session = form.get("auth_session", "")
    if not session:
        return _nonce(mock)
    if "username" in form:
        return await _register(mock, method, form, session, request_id)
    outcome = await asyncio.to_thread(_signed_in, mock, method, form.get("assertion", ""), session)
    note_sign_in(mock, outcome, request_id, rule="ID-2")
    return outcome


def _nonce(mock: Mock) -> Response:
    session, nonce = mock.card_challenges.begin(now=mock.clock.micros())
    more = {
        "auth_session": session,
        "nonce": nonce,
        "audience": mock.issuer,
        "expires_in": mock.policy.card.nonce_seconds,
    }
    return oauth_error("insufficient_authorization", "Sign the nonce with the card.", more=more)


def _signed_in(mock: Mock, method: Method, assertion: str, session: str) -> Authenticated | SignInRejected:
    signed = read_assertion(assertion)
    if signed is None:
        return SignInRejected(cards.SIGNATURE_WRONG)
    nonce = mock.card_challenges.take(session, signed.nonce, audience_right=signed.audience == mock.issuer)
    now = mock.clock.now()
    authority = mock.card_authority
    trusted = {known.id: authority.ca(known.id).certificate for known in METHODS if known.kind == CARD}
    facts = facts_of(signed, trusted, revoked=authority.is_revoked(signed.certificate))
    fresh, good = cards.may_use_nonce(nonce, mock.policy.card, now), cards.may_trust(facts, now)
    for decision in (fresh, good, cards.may_be(facts.kind, method.id)):
        if isinstance(decision, Refused):
            return SignInRejected(decision)
    return _holder(mock, method, signed, facts.edipi)


def _holder(mock: Mock, method: Method, signed: Signed, edipi: str) -> Authenticated | SignInRejected:
    """The holder of a card, as DEERS knows them."""
    key = key_hash(signed.certificate)
    with mock.database.begin() as conn:
        account = account_of_card(conn, edipi)
        has_method = account is not None and _has(conn, account.person_id, method, key)
    separated = method.id == "cac" and account is not None and account.status == SEPARATED
    decision = cards.may_sign_in(method.id, known=account is not None, has_method=has_method, separated=separated)
    if isinstance(decision, Refused):
        waits = decision.reason == "piv-not-registered"
        session = (
            mock.card_challenges.wait_to_register(WaitingCard(edipi, key), now=mock.clock.micros()) if waits else ""
        )
        return SignInRejected(decision, auth_session=session)
    assert account is not None
    agreed = _name_agrees(account, common_name(signed.certificate))
    if isinstance(agreed, SignInRejected):
        return agreed
    entered = as_deers_says(account)
    if isinstance(entered, SignInRejected):
        return entered
    return replace(entered, method=method.id, level=Level.PREMIUM if method.id == "cac" else entered.level)


def _has(conn: Connection, person_id: str, method: Method, key: str) -> bool:
    """Whether a card signs this person in: a PIV by its own key, a CAC because they have one (ID-3)."""
    return is_registered(conn, person_id, key) if method.id == "piv" else method.id in methods_of(conn, person_id)


def _name_agrees(account: Account, on_card: str) -> SignInRejected | None:
    """DEERS-3: the name on the card, `FAMILY.GIVEN.MIDDLE.EDIPI`, and the one in DEERS."""
    known = account.deers or account.identity
    family, given = (*on_card.split("."), "")[:2]
    shown = replace(known, family=family.replace("-", " "), given=given.replace("-", " "))
    plain = replace(known, family=known.family.replace("-", " "), given=known.given.replace("-", " "))
    decision = deers.may_sign_in(shown, plain)
    return SignInRejected(decision, fields=("name",)) if isinstance(decision, Refused) else None


async def _register(
    mock: Mock, method: Method, form: Mapping[str, str], session: str, request_id: str
) -> Authenticated | SignInRejected | Response:
    typed = credentials(form)
    if typed is None:
        return oauth_error("invalid_request", "username and password are required.")
    since = mock.clock.micros() - mock.policy.card.registering_minutes * MINUTE
    card = mock.card_challenges.to_register(session, not_before=since)
    if card is None or method.id != "piv":
        return SignInRejected(cards.REGISTERING_LATE)
    entered = await enter(mock, *typed, request_id=request_id)
    if isinstance(entered, SignInRejected):
        return entered
    with mock.database.begin() as conn:
        account = account_by_username(conn, typed[0])
        assert account is not None
        decision = cards.may_register(card.edipi, account.identity.dod_id)
        if isinstance(decision, Refused):
            return SignInRejected(decision, fields=("dod_id",))
        add_method(conn, account.person_id, method.id)
        register_card(conn, account.person_id, card.key_hash, at=mock.clock.micros())
    mock.card_challenges.close(session)
    registered = replace(entered, method=method.id)
    note_sign_in(mock, registered, request_id, rule="ID-2", what="register-piv")
    return registered
