"""What the program tells a person in passing; the status line shows it."""

from typing import Literal, NamedTuple

SECONDS = 6.0
"""How long a note stays that only says what was done."""

NOT_KEPT = "not-kept"
"""What is said about words that would be lost is about this."""
UNSENT = "unsent"
"""What is said about leaving before a message is sent."""
UNREACHED = "unreached"
"""That a server could not be reached; no longer true once something was fetched from it."""
SIGN_IN = "sign-in"
"""Why the sign-in has ended: all that is still told after it."""

Tone = Literal["ok", "accent", "critical", "pending"]

PASSING = frozenset({"ok", "accent"})
"""Tones of notes that go by themselves: what was done, which has a tick, and what is only told."""


class Status(NamedTuple):
    """One message: `lead` in bold, then `text`. Notes in a `PASSING` tone go by themselves; others stay until `esc`.

    `about`: what it tells the state of; the next one about the same takes its place.
    `stands`: newer ones do not push it out.
    """

    lead: str
    text: str = ""
    tone: Tone = "ok"
    about: str = ""
    stands: bool = False

    @property
    def waits(self) -> bool:
        """Whether it waits for the reader; others go by themselves and take no key."""
        return self.tone not in PASSING and not self.stands
