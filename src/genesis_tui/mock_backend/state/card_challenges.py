"""Challenges that a card has to sign, each for a minute and once."""

import secrets
from dataclasses import dataclass, field

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.rules.sign_in.cards import Nonce

MOST = 1000
REMEMBERED = 600_000_000
"""Microseconds for which a nonce is known at all, so that a replay can be told from one that was never given."""


@dataclass(frozen=True, slots=True)
class WaitingCard:
    """A good card that waits to be registered: the DoD ID on it, and the hash of its key."""

    edipi: str
    key_hash: str


@dataclass(slots=True)
class _Waiting:
    nonce: str
    made: int
    used: bool = False
    card: WaitingCard | None = None
    """Set once the card was good and waits to be registered."""


@dataclass(slots=True)
class CardChallenges:
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

    def wait_to_register(self, card: WaitingCard, *, now: int) -> str:
        """Remember a good card that is not registered yet, under a new id."""
        session, _ = self.begin(now=now)
        self._open[session] = _Waiting("", now, used=True, card=card)
        return session

    def to_register(self, session: str, *, not_before: int) -> WaitingCard | None:
        """The card that waits under this id; None where none does, or it has waited too long."""
        waiting = self._open.get(session)
        return waiting.card if waiting is not None and waiting.made > not_before else None

    def close(self, session: str) -> None:
        self._open.pop(session, None)

    def clear(self) -> None:
        self._open.clear()
