"""Devices that wait to be signed in (RFC 8628): their codes, how often they may ask, and what they are told."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from genesis_tui.mock_backend.state.authorization_codes import Authorization, fingerprint
from genesis_tui.mock_backend.state.authorization_requests import AuthorizationRequest

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no code is a word (RFC 8628, 6.1)."""
SLOWER = 5.0
"""Seconds that each poll that comes too soon adds to the interval, for good (RFC 8628, 3.5)."""
MOST = 1000
MOST_GUESSES = 20
"""Wrong user codes of one browser that are looked at within the life of a code; guessing one takes some 10^9."""
MOST_OF_ADDRESS = 200
"""Those of one address: many people may be behind it, and a guesser has as many browsers as they like."""


@dataclass(slots=True)
class WaitingDevice:
    """One device that waits. `until` in microseconds of the mock's clock, `polled` in seconds of real time."""

    asked: AuthorizationRequest
    until: int
    interval: float
    polled: float = float("-inf")
    granted: Authorization | None = None
    denied: bool = False


@dataclass(slots=True)
class DeviceCodes:
    """Devices that wait, by the hash of their device code; user codes lead to them."""

    now: Callable[[], float] = time.monotonic
    _waiting: dict[str, WaitingDevice] = field(default_factory=dict)
    _codes: dict[str, str] = field(default_factory=dict)
    _guesses: dict[str, list[int]] = field(default_factory=dict)

    def begin(self, waiting: WaitingDevice, *, now: int) -> tuple[str, str]:
        """A device code and a user code for it."""
        kept = [(key, one) for key, one in self._waiting.items() if now < one.until][-MOST:]
        self._waiting = dict(kept)
        self._codes = {code: key for code, key in self._codes.items() if key in self._waiting}
        device, letters = secrets.token_urlsafe(32), "".join(secrets.choice(LETTERS) for _ in range(8))
        code = f"{letters[:4]}-{letters[4:]}"
        self._waiting[fingerprint(device)] = waiting
        self._codes[code] = fingerprint(device)
        return device, code

    def named(self, code: str, *, browser: str, address: str, now: int, lifetime: int) -> WaitingDevice | None:
        """The device behind a user code that still waits; None for any other, and after too many wrong ones.

        They are counted by the browser that they come from, and by its address.
        """
        self._forget_guesses(before=now - lifetime)
        limits = {f"browser {browser}": MOST_GUESSES, f"address {address}": MOST_OF_ADDRESS}
        open_to = all(len(self._guesses.get(whose, ())) < most for whose, most in limits.items())
        found = self._waiting.get(self._codes.get(code, "")) if open_to else None
        if found is None or now >= found.until or found.denied or found.granted is not None:
            for whose in limits:
                self._guesses.setdefault(whose, []).append(now)
            return None
        return found

    def _forget_guesses(self, *, before: int) -> None:
        kept = {whose: [at for at in made if at > before] for whose, made in self._guesses.items()}
        self._guesses = {whose: made for whose, made in kept.items() if made}

    def settle(self, code: str, granted: Authorization | None) -> None:
        """The person behind a user code has allowed the device what is `granted`, or, with None, denied it."""
        waiting = self._waiting.get(self._codes.get(code, ""))
        if waiting is not None:
            waiting.granted, waiting.denied = granted, granted is None

    def poll(self, device: str, client_id: str, *, now: int) -> Authorization | str:
        """What a device is told: what was granted, once; else the error code of RFC 8628, 3.5."""
        waiting = self._waiting.get(fingerprint(device))
        if waiting is None or waiting.asked.client.id != client_id:
            return "invalid_grant"
        if now >= waiting.until:
            return "expired_token"
        too_soon = self.now() < waiting.polled + waiting.interval
        waiting.polled = self.now()
        if too_soon:
            waiting.interval += SLOWER
            return "slow_down"
        if waiting.denied:
            return "access_denied"
        if waiting.granted is None:
            return "authorization_pending"
        del self._waiting[fingerprint(device)]
        return waiting.granted

    def revoke(self, person_id: str) -> None:
        """Take back what a person has allowed to devices that did not fetch it yet."""
        for one in self._waiting.values():
            if one.granted is not None and one.granted.person_id == person_id:
                one.granted, one.denied = None, True

    def clear(self) -> None:
        self._waiting.clear()
        self._codes.clear()
        self._guesses.clear()
