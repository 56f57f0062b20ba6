"""ID-7: making a DS Logon, and its password."""

from collections.abc import Sequence
from datetime import datetime

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.deers import Identity, differing
from genesis_tui.mock_backend.rules.policy import AccountPolicy
from genesis_tui.mock_backend.rules.sign_in.proofing import paused_until


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


def may_begin(
    begun_for_id: Sequence[datetime], begun_from_address: Sequence[datetime], policy: AccountPolicy, now: datetime
) -> Decision:
    """ID-11: whether a registration may begin, right or wrong: each costs a try of its DoD ID and of its address."""
    ends = (
        paused_until(begun_for_id, policy.proofing_failures, policy),
        paused_until(begun_from_address, policy.address_tries, policy),
    )
    again = max((end for end in ends if end is not None and now < end), default=None)
    if again is None:
        return Allowed("ID-11")
    return Refused(
        "ID-11",
        "proofing-paused",
        "Registering was tried too often; you can try again in a day.",
        next="Wait until then, or go to an ID card office (RAPIDS) with two forms of ID.",
        from_=again,
    )


def may_register(asked: Identity, deers: Identity | None, *, has_account: bool, of_age: bool) -> Decision:
    """ID-7: a DS Logon for who DEERS knows so, once; FAM-1: not before they are of age.

    Nobody but the owner of the contact in DEERS is told which (ID-11).
    """
    if deers is None or differing(asked, deers):
        return Refused("ID-7", "no-deers-record", "DEERS knows nobody with this name, birth date and DoD ID.")
    if not of_age:
        return Refused("FAM-1", "no-deers-record", "A dependent's own sign-in opens on the day they come of age.")
    return HAS_ACCOUNT if has_account else Allowed("ID-7")


HAS_ACCOUNT = Refused(
    "ID-7",
    "username-taken",
    "You have a DS Logon already.",
    next="Sign in with it; “Forgot password” unlocks it.",
    status=409,
)
NAME_TAKEN = Refused(
    "ID-7", "username-taken", "Somebody else has this user name.", next="Choose another one.", status=409
)
