"""Who an access token stands for. A token is verified once and remembered: a page of labs pays for no signature."""

from collections.abc import Callable
from dataclasses import dataclass

from genesis_tui.mock_backend.clock import Clock
from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.sign_in import sessions
from genesis_tui.mock_backend.database.sign_in.accounts import status_of
from genesis_tui.mock_backend.http.problems import NOT_SIGNED_IN
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.sign_in.levels import role_of
from genesis_tui.mock_backend.rules.sign_in.sessions import OFFLINE, SIGNED_OUT
from genesis_tui.mock_backend.state.signing_key import ACCESS_TYPE, SigningKey, audience_of

REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person and the session of one verified token.

    `level` is 1 (Basic) or 2 (Premium), `role` `patient` or `support`. `only_patient` names the one patient of a
    `launch/patient` token and is None for a token that stands for a person (WIRE: `user/*.rs`).
    """

    person_id: str
    role: str
    level: int
    method: str
    session_id: str
    scopes: frozenset[str]
    only_patient: str | None
    client_id: str


class AccessTokens:
    """The tokens of one mock. `key` gives the key that signs them, `issuer` the origin that they are made for."""

    def __init__(
        self, database: Database, clock: Clock, key: Callable[[], SigningKey], issuer: Callable[[], str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._key = key
        self._issuer = issuer
        self._known: dict[str, tuple[int, Viewer]] = {}

    def authenticate(self, authorization: str | None) -> Viewer | Refused:
        """The viewer of an `Authorization` header; refused (401) when it is missing, false, expired or ended."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return NOT_SIGNED_IN
        until, viewer = self._known.get(token) or self._verify(token)
        if viewer is None or self._clock.micros() >= until:
            return SIGNED_OUT
        return viewer

    def forget(self, session_id: str) -> None:
        """Stop accepting the tokens of a sign-in that has ended."""
        self._known = {token: known for token, known in self._known.items() if known[1].session_id != session_id}

    def clear(self) -> None:
        self._known.clear()

    def _verify(self, token: str) -> tuple[int, Viewer | None]:
        claims, issuer = self._key().verify(token, kind=ACCESS_TYPE), self._issuer()
        if claims is None or claims.get("iss") != issuer or claims.get("aud") != audience_of(issuer):
            return 0, None
        until = int(claims["exp"]) * 1_000_000
        viewer = self._viewer(str(claims["sid"]), frozenset(str(claims["scope"]).split()))
        if viewer is None:
            return 0, None
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[token] = (until, viewer)
        return until, viewer

    def _viewer(self, session_id: str, scopes: frozenset[str]) -> Viewer | None:
        """`scopes` are the token's, which a refresh may have narrowed; one of a script stays one whatever they are."""
        with self._database.begin() as conn:
            row = sessions.session_by_id(conn, session_id)
            if row is None or row.ended is not None:
                return None
            role = role_of(status_of(conn, row.person_id))
        return Viewer(
            person_id=row.person_id,
            role=role,
            level=row.level,
            method=row.method,
            session_id=row.id,
            scopes=scopes | {OFFLINE} if row.kind == "offline" else scopes,
            only_patient=row.patient_id,
            client_id=row.client_id,
        )
