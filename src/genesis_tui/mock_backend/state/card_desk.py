"""Cards at the mock: nonces they sign, the authority behind them, and what has been revoked (ID-2, ID-3)."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.schema.sign_in import revoked_card
from genesis_tui.mock_backend.database.settings import read_setting, write_setting
from genesis_tui.mock_backend.rules.sign_in.cards import Nonce
from genesis_tui.mock_backend.state.card_authority import STRANGER, CardCa, Wanted

if TYPE_CHECKING:
    from cryptography import x509

    from genesis_tui.mock_backend.mock import Mock

CA = "card_ca"
MOST = 1000
REMEMBERED = 600_000_000
"""Microseconds for which a nonce is known at all, so that a replay can be told from one that was never given."""


@dataclass(slots=True)
class _Waiting:
    nonce: str
    made: int
    used: bool = False
    edipi: str = ""
    """Set once the card was good and waits to be registered."""


@dataclass(slots=True)
class CardSessions:
    """Card sign-ins under way, by `auth_session`; instants in microseconds."""

    _open: dict[str, _Waiting] = field(default_factory=dict)

    def begin(self, *, now: int) -> tuple[str, str]:
        """A new one: its id and its nonce."""
        kept = [(key, one) for key, one in self._open.items() if now < one.made + REMEMBERED]
        self._open = dict(kept[-MOST:])
        session, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._open[session] = _Waiting(nonce, now)
        return session, nonce

    def take(self, session: str, nonce: str, *, audience_right: bool) -> Nonce:
        """What is known of a nonce that was signed for a sign-in; from now on it has been used."""
        waiting = self._open.get(session)
        if waiting is None or not secrets.compare_digest(waiting.nonce.encode(), nonce.encode()):
            return Nonce(None, used=False, audience_right=audience_right)
        known = Nonce(from_micros(waiting.made), used=waiting.used, audience_right=audience_right)
        waiting.used = True
        return known

    def wait_to_register(self, edipi: str, *, now: int) -> str:
        """Remember a good card that is not registered yet, under a new id."""
        session, _ = self.begin(now=now)
        self._open[session] = _Waiting("", now, used=True, edipi=edipi)
        return session

    def to_register(self, session: str, *, not_before: int) -> str:
        """The DoD ID of the card that waits under this id; empty where none does, or it has waited too long."""
        waiting = self._open.get(session)
        return waiting.edipi if waiting is not None and waiting.made > not_before else ""

    def close(self, session: str) -> None:
        """It has led to a sign-in."""
        self._open.pop(session, None)

    def clear(self) -> None:
        """Forget all of them: the world has begun again."""
        self._open.clear()


class CardDesk:
    """The test CA of one mock, and what it has revoked."""

    def __init__(self, mock: "Mock") -> None:
        self._mock = mock

    @cached_property
    def ca(self) -> CardCa:
        """The authority; made when it is first asked for."""
        with self._mock.database.begin() as conn:
            kept = read_setting(conn, CA)
            if kept is None:
                kept = CardCa.make(self._mock.start).kept_text()
                write_setting(conn, CA, kept)
        return CardCa.of(kept)

    def issue(self, wanted: Wanted) -> "x509.Certificate":
        """A test card in the state that is wanted."""
        ca = CardCa.make(self._mock.start, STRANGER) if wanted.state == "untrusted" else self.ca
        certificate = ca.issue(wanted, self._mock.clock.now())
        if wanted.state == "revoked":
            with self._mock.database.begin() as conn:
                row = {"serial": f"{certificate.serial_number:x}", "at": self._mock.clock.micros()}
                conn.execute(insert(revoked_card).values(row))
        return certificate

    def is_revoked(self, certificate: "x509.Certificate") -> bool:
        """Whether it stands on the revocation list."""
        wanted = select(revoked_card.c.serial).where(revoked_card.c.serial == f"{certificate.serial_number:x}")
        with self._mock.database.begin() as conn:
            return conn.execute(wanted).scalar() is not None

    def forget(self) -> None:
        """The database has been replaced by another."""
        self.__dict__.pop("ca", None)
