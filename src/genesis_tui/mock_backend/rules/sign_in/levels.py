"""ID-4, ID-5 and FAM-1: the levels of a DS Logon, and what they allow to do."""

from datetime import date
from enum import IntEnum

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused


class Level(IntEnum):
    """ID-4: the two assurance levels."""

    BASIC = 1
    PREMIUM = 2

    @property
    def title(self) -> str:
        """The level as a person reads it."""
        return self.name.capitalize()


WRONG_CREDENTIALS = Refused(
    "LOCK-1",
    "wrong-credentials",
    "The user name or the password is wrong.",
    next="Check both and try again.",
    status=400,
)
"""The one answer to a wrong password and to an unknown user name."""


def role_of(status: str) -> str:
    """SUP-5: the role that a person's status signs in to: `support` for an agent, `patient` for everybody else."""
    return "support" if status == "support" else "patient"


def has_sign_in(adult_on: date, today: date) -> Decision:
    """FAM-1: a dependent's account opens on the day they come of age; before it, there is none to sign in to."""
    return Allowed("FAM-1") if today >= adult_on else WRONG_CREDENTIALS


def may_act(level: int) -> Decision:
    """ID-5: every action needs Premium."""
    if level >= Level.PREMIUM:
        return Allowed("ID-5")
    return Refused(
        "ID-5",
        "premium-required",
        "This needs a Premium DS Logon.",
        next="Upgrade to Premium at myaccess.dmdc.osd.mil, or call the Global Service Center.",
    )
