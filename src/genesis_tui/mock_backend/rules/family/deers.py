"""DEERS-2 and DEERS-3: who a person is, as DEERS has it. No route changes what DEERS owns (DEERS-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused


@dataclass(frozen=True, slots=True)
class Identity:
    """What a sign-in and DEERS must agree on."""

    given: str
    family: str
    birth_date: date
    dod_id: str


def differing(account: Identity, deers: Identity) -> tuple[str, ...]:
    """DEERS-3: the fields on which the account and DEERS differ, by name; letter case and outer blanks don't count."""
    same = {
        "name": _name(account) == _name(deers),
        "birth_date": account.birth_date == deers.birth_date,
        "dod_id": account.dod_id == deers.dod_id,
    }
    return tuple(field for field, equal in same.items() if not equal)


OFFICE = "an ID card office (RAPIDS), with two forms of ID"
MILCONNECT = "milConnect (milconnect.dmdc.osd.mil)"
_PLACES = dict.fromkeys(("name", "birth_date", "dod_id"), OFFICE)
_WORDS = {"name": "name", "birth_date": "birth date", "dod_id": "DoD ID"}


def mended_at(field: str) -> str:
    """DEERS-3: where what DEERS has in a field is mended."""
    return _PLACES.get(field, MILCONNECT)


def how_to_mend(fields: Sequence[str]) -> str:
    """DEERS-3: where each of some fields is mended, in words."""
    parts = []
    for place in dict.fromkeys(mended_at(field) for field in fields):
        words = [_WORDS.get(field, field) for field in fields if mended_at(field) == place]
        verb = "is" if len(words) == 1 else "are"
        listed = " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
        parts.append(f"Your {listed} {verb} corrected at {place}.")
    return " ".join(parts)


def may_sign_in(account: Identity, deers: Identity) -> Decision:
    """DEERS-3: a sign-in that does not match DEERS is refused; the refusal holds no value on file."""
    fields = differing(account, deers)
    if not fields:
        return Allowed("DEERS-3")
    return Refused(
        "DEERS-3",
        "deers-mismatch",
        "Your sign-in does not match DEERS.",
        next=f"{how_to_mend(fields)} Then sign in again.",
    )


def faulty(*, known: bool, fault: str) -> Refused | None:
    """DEERS-2: what keeps the portal from reading DEERS; None where nothing does."""
    if not known:
        return Refused(
            "DEERS-2",
            "no-deers-record",
            "DEERS holds no record for this person.",
            next="Go to an ID card office (RAPIDS) with two forms of ID.",
        )
    if fault:
        return Refused(
            "DEERS-2",
            "invalid",
            f"DEERS reports an error in this record: {fault}",
            next="Have it corrected in milConnect (milconnect.dmdc.osd.mil) or at an ID card office.",
        )
    return None


def _name(identity: Identity) -> tuple[str, str]:
    return identity.given.strip().casefold(), identity.family.strip().casefold()
