"""Token answers: a sign-in is opened, its access token made, its refresh token kept as a hash (SESS-1, SESS-2)."""

import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.sign_in import sessions
from genesis_tui.mock_backend.database.sign_in.sessions import SessionRow
from genesis_tui.mock_backend.rules.sign_in.sessions import access_until, session_end
from genesis_tui.mock_backend.state.authorization_codes import Authorization, fingerprint
from genesis_tui.mock_backend.state.authorization_requests import is_offline
from genesis_tui.mock_backend.state.signing_key import ACCESS_TYPE

if TYPE_CHECKING:
    from genesis_tui.mock_backend.mock import Mock

SECOND = 1_000_000


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


def open_session(mock: "Mock", granted: Authorization) -> tuple[str, Issued]:
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
    return row.id, issue(mock, row, refresh, nonce=granted.nonce)


def refresh_session(mock: "Mock", row: SessionRow, refresh: str) -> Issued:
    """New tokens for a sign-in: the refresh token is rotated or kept, as the policy says (SESS-1)."""
    if mock.policy.session.refresh_rotates:
        refresh = secrets.token_urlsafe(32)
    with mock.database.begin() as conn:
        sessions.mark_refreshed(conn, row.id, now=mock.clock.micros(), refresh_hash=fingerprint(refresh))
    return issue(mock, row, refresh)


def issue(mock: "Mock", row: SessionRow, refresh: str, *, nonce: str = "") -> Issued:
    """The tokens of a sign-in as of now."""
    now = mock.clock.micros()
    until = to_micros(access_until(from_micros(now), from_micros(row.ends), mock.policy.session))
    claims = {
        "iss": mock.issuer,
        "sub": row.person_id,
        "aud": mock.fhir_base,
        "client_id": row.client_id,
        "scope": row.scope,
        "sid": row.id,
        "jti": secrets.token_hex(8),
        "iat": now // SECOND,
        "exp": until // SECOND,
    }
    scopes = row.scope.split()
    return Issued(
        access_token=mock.key.sign(claims, kind=ACCESS_TYPE),
        expires_in=(until - now) // SECOND,
        scope=row.scope,
        refresh_token=refresh,
        patient=row.patient_id,
        id_token=_id_token(mock, row, claims, nonce) if "openid" in scopes else None,
    )


def _id_token(mock: "Mock", row: SessionRow, access: dict[str, Any], nonce: str) -> str:
    claims = {name: access[name] for name in ("iss", "sub", "iat", "exp", "sid")}
    claims |= {"aud": row.client_id, "auth_time": row.started // SECOND}
    if "fhirUser" in row.scope.split():
        claims["fhirUser"] = f"{mock.fhir_base}/Patient/{row.person_id}"
    if nonce:
        claims["nonce"] = nonce
    return mock.key.sign(claims)
