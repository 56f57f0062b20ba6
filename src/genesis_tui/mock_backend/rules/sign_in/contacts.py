"""ID-11: the e-mail and phone in DEERS to which a code proves somebody, and what of DEERS a Basic sign-in sees."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from genesis_tui.mock_backend.rules.policy import AccountPolicy
from genesis_tui.mock_backend.rules.sign_in.levels import Level

MASK = "•••"
_SHOWN = frozenset({"name"})
TITLES = {"email": "E-mail", "phone": "Phone"}


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail or phone in DEERS. `since` is when it was last changed, `shared` whether another person has it too."""

    kind: str
    value: str
    since: datetime
    shared: bool

    @property
    def hint(self) -> str:
        """Enough for its owner to know it by."""
        if self.kind == "email":
            return f"{TITLES[self.kind]} {self.value[:1]}{MASK}@{MASK}"
        return f"{TITLES[self.kind]} that ends in {bare(self.kind, self.value)[-2:]}"


def usable(contacts: Iterable[Contact], policy: AccountPolicy, now: datetime) -> tuple[Contact, ...]:
    """ID-11: those to which a code proves somebody: theirs alone, and unchanged for the policy's days."""
    stood = timedelta(days=policy.contact_days)
    return tuple(one for one in contacts if one.value and not one.shared and now - one.since >= stood)


def bare(kind: str, value: str) -> str:
    """The form in which two spellings of one e-mail or phone number are equal."""
    return value.strip().casefold() if kind == "email" else re.sub(r"\D", "", value)[-10:]


def is_masked(level: int) -> bool:
    """ID-11: whether a sign-in of this level sees what DEERS holds masked."""
    return level < Level.PREMIUM


def masked(shown: Mapping[str, str]) -> dict[str, str]:
    """What DEERS holds as a Basic sign-in sees it: the name, and that there is something."""
    return {name: value if name in _SHOWN or not value else MASK for name, value in shown.items()}
