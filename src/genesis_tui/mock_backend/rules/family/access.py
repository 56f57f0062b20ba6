"""FAM-1 to FAM-8: whose record a person may open, how far, why, and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.rules.record import LIMITED

Access = Literal["full", "limited", "none"]

PREMIUM = 2
_UNKNOWN = "FAM-8"


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """One grant of access to the patient's record. `scope` is full or limited, `kind` proxy or legal.

    `since` is when its receiver accepted it, None for one that waits or was refused (FAM-12).
    """

    scope: str
    kind: str
    since: datetime | None
    until: datetime | None = None
    revoked: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it gives access at `now`: accepted, not ended, not revoked (FAM-5, FAM-12)."""
        return self.has_stood(now) and not self.is_over(now)

    def has_stood(self, now: datetime) -> bool:
        """Whether it gave access at any time until `now`; what never did is not known of (FAM-12)."""
        return self.since is not None and self.since <= now

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended by `now`, or its giver has taken it back."""
        return any(end is not None and end <= now for end in (self.until, self.revoked))


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What the rules need to know of a viewer and a patient.

    `today` is the date in `zone`, the zone of the sponsor's MTF, where birthdays happen. `parental`: the viewer is a
    parent of the patient with a parent's access. `kin`: any family tie from the viewer to the patient.
    """

    viewer_id: str
    patient_id: str
    patient_birth: date
    today: date
    parental: bool
    kin: bool
    grants: tuple[GrantFacts, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class RecordAccess:
    """How far a record is open to a viewer. `why` is in words, `until` the first day on which it will be otherwise."""

    access: Access
    rule: str
    reason: str = ""
    why: str = ""
    next: str = ""
    until: date | None = None

    @property
    def known(self) -> bool:
        """False where the patient answers the viewer exactly as an unknown id does (FAM-8)."""
        return self.rule != _UNKNOWN


NO_TIE = RecordAccess("none", _UNKNOWN)
"""The standing of a stranger, and of an id that nobody has."""


def age(birth: date, today: date) -> int:
    """Whole years on `today`; who was born on 29 February turns on 1 March in common years."""
    years = today.year - birth.year
    return years if turns(birth, years) <= today else years - 1


def turns(birth: date, years: int) -> date:
    """The day on which someone born on `birth` turns `years`."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def standing(facts: FamilyFacts, policy: Policy, now: datetime) -> RecordAccess:
    """FAM-1 to FAM-6: the widest access that self, parenthood or a grant gives at `now`; of several that are equally
    wide the one that ends last, so that `until` is the first day without it (FAM-11)."""
    if facts.viewer_id == facts.patient_id:
        return RecordAccess("full", "FAM-1", why="your own record")
    parental = _as_parent(facts, policy) if facts.parental else None
    granted = _by_grant(facts, policy, now)
    standings = [one for one in (parental, granted) if one is not None and one.access != "none"]
    widest = [one for one in standings if one.access == "full"] or standings
    if widest:
        return max(widest, key=lambda one: one.until or date.max)
    return parental or _refusal(facts, now)


def may_read(standing: RecordAccess, category: str, *, level: int, role: str, policy: Policy) -> Decision:
    """Whether one category of a patient's record may be read: SUP-5, FAM-4 to FAM-6, ID-5, FAM-3 in that order.

    `level` is the viewer's assurance level. A patient without a tie is refused with status 404, all else with 403.
    """
    if role == "support":
        return NO_CLINICAL
    if standing.access == "none":
        return refused(standing)
    if level < PREMIUM and category not in policy.basic.reads:
        return NEEDS_PREMIUM
    if standing.access == "limited" and category not in LIMITED:
        return _withheld(standing, policy)
    return Allowed(standing.rule)


NO_CLINICAL = Refused(
    "SUP-5",
    "support-no-clinical",
    "A support agent's sign-in opens no clinical record.",
    next="Send medical questions to the patient's care team.",
)

NEEDS_PREMIUM = Refused(
    "ID-5",
    "premium-required",
    "A Basic DS Logon does not open this part of the record.",
    next="Upgrade the DS Logon to Premium, or sign in with a CAC.",
)

NOT_FOUND = Refused(_UNKNOWN, "", "There is nothing with that id for you here.", next="Check the id.", status=404)


def refused(standing: RecordAccess) -> Refused:
    """The refusal that a standing without access stands for."""
    if not standing.known:
        return NOT_FOUND
    return Refused(standing.rule, standing.reason, _TITLES[standing.reason], next=standing.next)


_TITLES = {
    "adult-dependent": "This person is an adult now; a parent's access has ended.",
    "no-grant": "This person has not granted you access.",
    "grant-ended": "The access that this person granted you has ended.",
}
_ASK = "They can grant you access under Family, from their own sign-in."


def _as_parent(facts: FamilyFacts, policy: Policy) -> RecordAccess:
    """FAM-2 to FAM-4: what a parent's access is at the patient's age."""
    teen, adult = policy.family.teen_from, policy.family.adult_from
    years = age(facts.patient_birth, facts.today)
    if years >= adult:
        since = turns(facts.patient_birth, adult)
        return RecordAccess("none", "FAM-4", "adult-dependent", f"adult since {_day(since)}", _ASK)
    if years >= teen:
        until = turns(facts.patient_birth, adult)
        return RecordAccess("limited", "FAM-3", "restricted-teen", f"ages {teen} to {adult - 1}", until=until)
    return RecordAccess("full", "FAM-2", why=f"under {teen}", until=turns(facts.patient_birth, min(teen, adult)))


def _by_grant(facts: FamilyFacts, policy: Policy, now: datetime) -> RecordAccess | None:
    """FAM-5: the best grant that stands; of a minor's record only a legal one, for a minor can give none."""
    minor = age(facts.patient_birth, facts.today) < policy.family.adult_from
    live = [g for g in facts.grants if g.stands(now) and (g.kind == "legal" or not minor)]
    if not live:
        return None
    best = max(live, key=lambda g: (g.scope == "full", g.until is None, g.until or now))
    return _granted(best, ZoneInfo(facts.zone))


def _granted(grant: GrantFacts, zone: ZoneInfo) -> RecordAccess:
    words = "by legal grant" if grant.kind == "legal" else "by grant"
    until = None
    if grant.until is not None:
        until = grant.until.astimezone(zone).date()
        words += f" until {_day((grant.until - timedelta(microseconds=1)).astimezone(zone).date())}"
    return RecordAccess("full" if grant.scope == "full" else "limited", "FAM-5", why=words, until=until)


def _refusal(facts: FamilyFacts, now: datetime) -> RecordAccess:
    """FAM-5, FAM-6, FAM-8: why somebody who is no parent has no access. A grant that waits tells nothing (FAM-12)."""
    known = [grant for grant in facts.grants if grant.has_stood(now)]
    if any(grant.is_over(now) for grant in known):
        return RecordAccess("none", "FAM-5", "grant-ended", "grant ended", _ASK)
    if facts.kin or known:
        return RecordAccess("none", "FAM-6", "no-grant", "no grant", _ASK)
    return NO_TIE


def _withheld(standing: RecordAccess, policy: Policy) -> Refused:
    if standing.rule == "FAM-3":
        teen, adult = policy.family.teen_from, policy.family.adult_from
        return Refused(
            "FAM-3",
            "restricted-teen",
            f"From {teen} to {adult - 1}, results, notes and refills are the patient's own.",
            next="Appointments, messages you took part in, immunizations and allergies stay open to you.",
        )
    return Refused("FAM-5", "no-grant", "The access you were granted does not cover this part.", next=_ASK)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
