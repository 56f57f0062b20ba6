"""ID-6 and ID-7: making a DS Logon, its password, and proving who one is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.deers import Identity, differing
from genesis_tui.mock_backend.rules.policy import AccountPolicy

DAY = timedelta(days=1)
_CENTER = "or call the Global Service Center."


def may_use_password(password: str, username: str, *, used_before: bool, policy: AccountPolicy) -> Decision:
    """ID-7: long enough, not the user name, none of the last ones; the refusal says which."""
    if len(password) < policy.password_characters:
        return _password(f"The password needs at least {policy.password_characters} characters.")
    if username.strip().casefold() in password.casefold():
        return _password("The password must not hold the user name.")
    if used_before:
        return _password(f"This was one of your last {policy.passwords_kept} passwords.")
    return Allowed("ID-7")


def _password(title: str) -> Refused:
    return Refused("ID-7", "password-policy", title, next="Choose another password.", status=422)


def may_register(
    asked: Identity, deers: Identity | None, *, has_account: bool, name_taken: bool, of_age: bool
) -> Decision:
    """ID-7: a DS Logon for who DEERS knows so, once, under a name of their own; FAM-1: not before they are of age."""
    if deers is None or differing(asked, deers):
        return Refused(
            "ID-7",
            "no-deers-record",
            "DEERS knows nobody with this name, birth date and DoD ID.",
            next="Check them on your ID card; have DEERS corrected at an ID card office.",
            status=422,
        )
    if not of_age:
        return Refused("FAM-1", "no-deers-record", "A dependent's own sign-in opens on the day they come of age.")
    if has_account:
        return Refused(
            "ID-7",
            "username-taken",
            "You have a DS Logon already.",
            next="Sign in with it; “Forgot password” opens it again.",
            status=409,
        )
    if name_taken:
        return Refused(
            "ID-7", "username-taken", "Somebody else has this user name.", next="Choose another one.", status=409
        )
    return Allowed("ID-7")


def may_prove(failures: Sequence[datetime], policy: AccountPolicy, now: datetime, *, premium: bool = False) -> Decision:
    """ID-6: whether proofing may be tried; `failures` are the instants of those that failed, oldest first.

    `premium`: the sign-in is that already, so that there is nothing to prove.
    """
    if premium:
        return Refused("ID-6", "invalid", "This sign-in is Premium already.")
    again = paused_until(failures, policy)
    if again is None or now >= again:
        return Allowed("ID-6")
    return Refused(
        "ID-6",
        "proofing-paused",
        "Your identity could not be confirmed several times, so this waits for a day.",
        next=f"Check your DEERS record in milConnect meanwhile, {_CENTER}",
        since=again,
    )


def paused_until(failures: Sequence[datetime], policy: AccountPolicy) -> datetime | None:
    """The end of the last pause that failures within a day have led to; None where they never did."""
    most = policy.proofing_failures
    strikes = [last for first, last in zip(failures, failures[most - 1 :], strict=False) if last - first < DAY]
    return strikes[-1] + timedelta(hours=policy.proofing_pause_hours) if strikes else None


def proofings_left(failures: Sequence[datetime], policy: AccountPolicy, now: datetime) -> int:
    """How many proofings may still fail before they pause."""
    return max(0, policy.proofing_failures - sum(now - failed < DAY for failed in failures))


PROOFING_FAILED = Refused(
    "ID-6",
    "proofing-failed",
    "What you answered does not match DEERS.",
    next=f"Check what DEERS holds in milConnect (milconnect.dmdc.osd.mil), then try again, {_CENTER}",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of remote proofing. It is about what DEERS holds, never about money (ID-6)."""

    id: str
    text: str
    hint: str


def questions(known: Mapping[str, str]) -> tuple[Question, ...]:
    """ID-6: what can be asked, of what DEERS holds (`birth_date`, `dod_id`, `address`, `phone`)."""
    asked = (
        Question("birth_date", "What is your birth date?", "year-month-day, as in 1988-04-30"),
        Question("dod_id", "What are the last four digits of your DoD ID number?", "4 digits"),
        Question("postal_code", "What is the postal code of your address?", "digits"),
        Question("phone", "What are the last four digits of your phone number?", "4 digits"),
    )
    right = _answers(known)
    return tuple(question for question in asked if right[question.id])


def answers_match(known: Mapping[str, str], given: Mapping[str, str]) -> bool:
    """ID-6: whether every question that can be asked was answered as DEERS has it; blanks and dashes don't count.

    Whom DEERS does not know can prove nothing.
    """
    right, asked = _answers(known), questions(known)
    return bool(asked) and all(_bare(given.get(question.id, "")) == right[question.id] for question in asked)


def _answers(known: Mapping[str, str]) -> dict[str, str]:
    postal = re.findall(r"(?<!\d)\d{5}(?!\d)", known.get("address", ""))
    return {
        "birth_date": _bare(known.get("birth_date", "")),
        "dod_id": known.get("dod_id", "")[-4:],
        "postal_code": postal[-1] if postal else "",
        "phone": _bare(known.get("phone", ""))[-4:],
    }


def _bare(text: str) -> str:
    return re.sub(r"\D", "", text)
