"""The token endpoint and revocation (RFC 6749, 7636, 7009)."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.sign_in import sessions
from genesis_tui.mock_backend.database.sign_in.sessions import SessionRow
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.discovery import DEVICE_GRANT
from genesis_tui.mock_backend.oauth.forms import NO_STORE, client_form, oauth_error, refusal, seconds_until
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.sign_in.scopes import within
from genesis_tui.mock_backend.rules.sign_in.sessions import access_until, may_refresh, may_reuse, session_end
from genesis_tui.mock_backend.state.authorization_codes import Authorization, fingerprint, verifier_matches
from genesis_tui.mock_backend.state.authorization_requests import is_offline
from genesis_tui.mock_backend.state.signing_key import ACCESS_TYPE

_DEVICE_WORDS = {
    "invalid_grant": "The device code is unknown, used, or another client's.",
    "expired_token": "The code was not used in time.",
    "slow_down": "This was asked too soon; the interval is five seconds longer from now on.",
    "access_denied": "The person did not allow it.",
    "authorization_pending": "The person has not answered yet.",
}

SECOND = 1_000_000


async def token(request: Request) -> Response:
    """`POST /oauth/token`: `authorization_code` (with PKCE) or `refresh_token`."""
    mock: Mock = request.app.state.mock
    _, form = await client_form(request)
    kind = form.get("grant_type")
    if kind == "authorization_code":
        return _answer(_by_code(mock, form))
    if kind == "refresh_token":
        return _answer(_by_refresh(mock, form))
    if kind == DEVICE_GRANT:
        return _answer(_by_device(mock, form))
    return oauth_error("unsupported_grant_type", "This grant type is not offered.")


async def revoke(request: Request) -> Response:
    """`POST /oauth/revoke`: end the sign-in behind a refresh or access token; 200 whatever the token was."""
    mock: Mock = request.app.state.mock
    _, form = await client_form(request)
    with mock.database.begin() as conn:
        row, _ = _refreshed_by(conn, form.get("token", ""))
        if row is None:
            claims = mock.key.verify(form.get("token", ""), kind=ACCESS_TYPE) or {}
            row = sessions.session_by_id(conn, str(claims.get("sid", "")))
    if row is not None and row.client_id == form["client_id"]:
        mock.end_session(row.id)
    return Response(status_code=200, headers=NO_STORE)


@dataclass(frozen=True, slots=True)
class Issued:
    """The body of a token answer; `patient` only where the token opens one patient (SMART App Launch)."""

    access_token: str
    expires_in: int
    scope: str
    refresh_token: str
    patient: str | None = None
    id_token: str | None = None

    def body(self) -> dict[str, object]:
        """The members that are set, ready for JSON."""
        return {"token_type": "Bearer"} | {name: value for name, value in asdict(self).items() if value is not None}


def _answer(issued: Issued | JSONResponse) -> JSONResponse:
    return JSONResponse(issued.body(), headers=NO_STORE) if isinstance(issued, Issued) else issued


def _by_code(mock: Mock, form: dict[str, str]) -> Issued | JSONResponse:
    now, code = mock.clock.micros(), form.get("code", "")
    granted = mock.codes.take(code, now=now)
    if granted is None:
        replayed = mock.codes.replayed(code)
        if replayed is not None:
            mock.end_session(replayed)
        return _no_grant("The code is unknown, used or older than a minute.")
    if granted.client_id != form["client_id"] or granted.redirect_uri != form.get("redirect_uri", ""):
        return _no_grant("The code was given to another client or redirect_uri.")
    if not verifier_matches(form.get("code_verifier", ""), granted.code_challenge):
        return _no_grant("code_verifier does not match.")
    session_id, issued = open_session(mock, granted)
    mock.codes.used_for(code, session_id, now=now)
    return issued


def _by_device(mock: Mock, form: dict[str, str]) -> Issued | JSONResponse:
    said = mock.devices.poll(form.get("device_code", ""), form["client_id"], now=mock.clock.micros())
    if isinstance(said, str):
        return oauth_error(said, _DEVICE_WORDS[said])
    return open_session(mock, said)[1]


def _by_refresh(mock: Mock, form: dict[str, str]) -> Issued | JSONResponse:
    refresh, now = form.get("refresh_token", ""), mock.clock.micros()
    with mock.database.begin() as conn:
        row, rotated = _refreshed_by(conn, refresh)
    if row is None or row.client_id != form["client_id"] or row.ended is not None or row.ends <= now:
        return _no_grant("The refresh token is unknown or its sign-in has ended.")
    if rotated is not None and isinstance(reused := may_reuse(rotated, mock.policy.session, from_micros(now)), Refused):
        mock.end_session(row.id)
        return refusal("invalid_grant", reused)
    scope = form.get("scope", row.scope)
    if not within(frozenset(row.scope.split()), scope.split()):
        return oauth_error("invalid_scope", "A refresh cannot widen the scope.")
    if rotated is not None:
        return issue(mock, row, _newest(mock, row, refresh), scope=scope)
    last = None if row.refreshed is None else from_micros(row.refreshed)
    decision = may_refresh(last, mock.policy.session, from_micros(now))
    if isinstance(decision, Refused):
        answer = refusal("temporarily_unavailable", decision)
        answer.headers["Retry-After"] = seconds_until(decision, now)
        return answer
    return refresh_session(mock, row, refresh, scope=scope)


def _refreshed_by(conn: Connection, refresh: str) -> tuple[SessionRow | None, datetime | None]:
    """The sign-in of a refresh token, and when another took its place; None for the one that is good now."""
    row = sessions.session_by_refresh(conn, fingerprint(refresh))
    if row is not None:
        return row, None
    before = sessions.session_by_rotated(conn, fingerprint(refresh))
    return (None, None) if before is None else (before[0], from_micros(before[1]))


def _next_refresh(mock: Mock, refresh: str) -> str:
    """What a refresh token is rotated to: always the same, so that an answer that was lost can be given again."""
    return urlsafe_b64encode(hmac.digest(mock.name_secret, b"refresh " + refresh.encode(), "sha256")).decode()


def _newest(mock: Mock, row: SessionRow, refresh: str) -> str:
    """The refresh token of a sign-in that is good now, from one that came before it."""
    while fingerprint(refresh) != row.refresh_hash:
        refresh = _next_refresh(mock, refresh)
    return refresh


def _no_grant(description: str) -> JSONResponse:
    return oauth_error("invalid_grant", description)


def open_session(mock: Mock, granted: Authorization) -> tuple[str, Issued]:
    """Keep a new sign-in for what a code stood for; its id and its first tokens."""
    now, refresh = mock.clock.micros(), secrets.token_urlsafe(32)
    offline = is_offline(granted.scope)
    row = SessionRow(
        id=secrets.token_hex(16),
        person_id=granted.person_id,
        client_id=granted.client_id,
        method=granted.method,
        level=granted.level,
        scope=granted.scope,
        patient_id=granted.patient_id,
        refresh_hash=fingerprint(refresh),
        started=now,
        refreshed=None,
        ends=to_micros(session_end(from_micros(now), mock.policy.session, offline=offline)),
        ended=None,
        kind="offline" if offline else "interactive",
    )
    with mock.database.begin() as conn:
        sessions.add_session(conn, row)
    return row.id, issue(mock, row, refresh, scope=row.scope, nonce=granted.nonce)


def refresh_session(mock: Mock, row: SessionRow, refresh: str, *, scope: str) -> Issued:
    """New tokens for a sign-in: the refresh token is rotated or kept, as the policy says (SESS-1)."""
    if mock.policy.session.refresh_rotates:
        refresh = _next_refresh(mock, refresh)
    with mock.database.begin() as conn:
        sessions.mark_refreshed(conn, row, now=mock.clock.micros(), refresh_hash=fingerprint(refresh))
    return issue(mock, row, refresh, scope=scope)


def issue(mock: Mock, row: SessionRow, refresh: str, *, scope: str, nonce: str = "") -> Issued:
    """The tokens of a sign-in as of now; `scope` is its own, or a narrower one (RFC 6749, 6)."""
    now = mock.clock.micros()
    until = to_micros(access_until(from_micros(now), from_micros(row.ends), mock.policy.session))
    claims = {
        "iss": mock.issuer,
        "sub": row.person_id,
        "aud": mock.fhir_base,
        "client_id": row.client_id,
        "scope": scope,
        "sid": row.id,
        "jti": secrets.token_hex(8),
        "iat": now // SECOND,
        "exp": until // SECOND,
    }
    return Issued(
        access_token=mock.key.sign(claims, kind=ACCESS_TYPE),
        expires_in=(until - now) // SECOND,
        scope=scope,
        refresh_token=refresh,
        patient=row.patient_id,
        id_token=_id_token(mock, row, claims, nonce) if "openid" in scope.split() else None,
    )


def _id_token(mock: Mock, row: SessionRow, access: dict[str, Any], nonce: str) -> str:
    claims = {name: access[name] for name in ("iss", "sub", "iat", "exp", "sid")}
    claims |= {"aud": row.client_id, "auth_time": row.started // SECOND}
    if "fhirUser" in access["scope"].split():
        claims["fhirUser"] = f"{mock.fhir_base}/Patient/{row.person_id}"
    if nonce:
        claims["nonce"] = nonce
    return mock.key.sign(claims)
