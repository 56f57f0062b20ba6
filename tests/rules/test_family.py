"""Whose record is open to whom: ages, birthdays, grants, and every boundary a day or an instant before and after."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.family.access import (
    FamilyFacts,
    GrantFacts,
    RecordAccess,
    age,
    may_read,
    standing,
    turns,
)
from genesis_tui.mock_backend.rules.policy import FamilyPolicy, Policy
from genesis_tui.mock_backend.rules.record import CATEGORIES, LIMITED

POLICY = Policy()
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def facts(
    *,
    birth: date = date(1980, 1, 1),
    viewer: str = "viewer",
    today: date = TODAY,
    parental: bool = False,
    kin: bool = False,
    grants: tuple[GrantFacts, ...] = (),
    zone: str = "UTC",
) -> FamilyFacts:
    return FamilyFacts(viewer, "patient", birth, today, parental, kin or parental, grants, zone)


def as_parent(birth: date, today: date = TODAY, policy: Policy = POLICY) -> RecordAccess:
    return standing(facts(birth=birth, today=today, parental=True), policy, NOW)


@pytest.mark.parametrize(
    ("birth", "today", "years"),
    [
        (date(2014, 11, 21), TODAY, 11),
        (date(2014, 11, 20), TODAY, 12),
        (date(2014, 11, 19), TODAY, 12),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
@pytest.mark.rule("FAM-2", "FAM-3", "FAM-4")
def test_age_is_whole_years_and_leap_birthdays_turn_on_1_march(birth: date, today: date, years: int) -> None:
    assert age(birth, today) == years


@pytest.mark.rule("FAM-4")
def test_who_was_born_on_29_february_turns_on_that_day_in_leap_years_and_on_1_march_otherwise() -> None:
    assert turns(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert turns(date(2008, 2, 29), 20) == date(2028, 2, 29)


@pytest.mark.rule("FAM-1")
def test_ones_own_record_is_open_in_full() -> None:
    own = standing(facts(viewer="patient", birth=date(2009, 1, 1)), POLICY, NOW)
    assert (own.access, own.rule, own.why) == ("full", "FAM-1", "your own record")


@pytest.mark.parametrize(
    ("birth", "access", "rule"),
    [
        (turns(TODAY, -12) + DAY, "full", "FAM-2"),
        (turns(TODAY, -12), "limited", "FAM-3"),
        (turns(TODAY, -12) - DAY, "limited", "FAM-3"),
        (turns(TODAY, -18) + DAY, "limited", "FAM-3"),
        (turns(TODAY, -18), "none", "FAM-4"),
        (turns(TODAY, -18) - DAY, "none", "FAM-4"),
    ],
)
@pytest.mark.rule("FAM-2", "FAM-3", "FAM-4")
def test_a_parents_access_changes_on_the_12th_and_the_18th_birthday(birth: date, access: str, rule: str) -> None:
    found = as_parent(birth)
    assert (found.access, found.rule) == (access, rule)


@pytest.mark.rule("FAM-2", "FAM-3", "FAM-4")
def test_a_standing_says_why_and_until_when() -> None:
    child, teen, adult = (as_parent(date(year, 11, 3)) for year in (2018, 2012, 2008))
    assert (child.why, child.until) == ("under 12", date(2030, 11, 3))
    assert (teen.why, teen.until) == ("ages 12 to 17", date(2030, 11, 3))
    assert (adult.why, adult.reason, adult.until) == ("adult since 3 Nov 2026", "adult-dependent", None)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "America/New_York"])
@pytest.mark.rule("FAM-3", "FAM-4")
def test_a_birthday_happens_at_midnight_in_the_zone_of_the_sponsors_mtf(zone: str) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    birth = date(2008, 11, 20)
    for moment, access in ((midnight - INSTANT, "limited"), (midnight, "none"), (midnight + INSTANT, "none")):
        today = moment.astimezone(ZoneInfo(zone)).date()
        assert standing(facts(birth=birth, today=today, parental=True, zone=zone), POLICY, moment).access == access


@pytest.mark.rule("FAM-1", "FAM-4")
def test_a_tester_may_lower_the_age_of_adults() -> None:
    policy = Policy(family=FamilyPolicy(teen_from=12, adult_from=16))
    assert as_parent(turns(TODAY, -16), policy=policy).access == "none"
    assert as_parent(turns(TODAY, -16) + DAY, policy=policy).access == "limited"


def granted(
    grant: GrantFacts, *, now: datetime = NOW, birth: date = date(1980, 1, 1), zone: str = "UTC"
) -> RecordAccess:
    return standing(facts(birth=birth, today=now.date(), grants=(grant,), zone=zone), POLICY, now)


@pytest.mark.parametrize("scope", ["full", "limited"])
@pytest.mark.rule("FAM-5")
def test_a_grant_gives_its_scope_until_revoked(scope: str) -> None:
    found = granted(GrantFacts(scope, "proxy", NOW - DAY))
    assert (found.access, found.rule, found.why, found.until) == (scope, "FAM-5", "by grant", None)


@pytest.mark.parametrize(("offset", "access"), [(-INSTANT, "none"), (0 * INSTANT, "full"), (INSTANT, "full")])
@pytest.mark.rule("FAM-5")
def test_a_grant_starts_at_its_instant(offset: timedelta, access: str) -> None:
    assert granted(GrantFacts("full", "proxy", since=NOW), now=NOW + offset).access == access


@pytest.mark.parametrize(("offset", "access"), [(-INSTANT, "full"), (0 * INSTANT, "none"), (INSTANT, "none")])
@pytest.mark.parametrize("field", ["until", "revoked"])
@pytest.mark.rule("FAM-5")
def test_a_grant_ends_at_its_instant_and_on_revocation(field: str, offset: timedelta, access: str) -> None:
    grant = GrantFacts("full", "proxy", NOW - DAY, **{field: NOW})
    found = granted(grant, now=NOW + offset)
    assert found.access == access
    assert found.reason == ("" if access == "full" else "grant-ended")


@pytest.mark.rule("FAM-5")
def test_the_last_day_of_a_grant_is_told_in_the_zone_of_the_mtf() -> None:
    end = datetime(2027, 7, 1, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)
    found = granted(GrantFacts("full", "proxy", NOW - DAY, until=end), zone="Asia/Tokyo")
    assert (found.why, found.until) == ("by grant until 30 Jun 2027", date(2027, 7, 1))


@pytest.mark.rule("FAM-5")
def test_the_widest_of_several_grants_counts() -> None:
    grants = (GrantFacts("limited", "proxy", NOW - DAY), GrantFacts("full", "proxy", NOW - DAY, NOW + DAY))
    assert standing(facts(grants=grants), POLICY, NOW).access == "full"
    assert standing(facts(grants=grants), POLICY, NOW + DAY).access == "limited"


@pytest.mark.parametrize("offset", [-DAY, 0 * DAY, DAY])
@pytest.mark.rule("FAM-4", "FAM-5")
def test_a_legal_grant_survives_the_18th_birthday(offset: timedelta) -> None:
    birth = turns(TODAY + offset, -18)
    legal = GrantFacts("full", "legal", NOW - DAY)
    found = standing(facts(birth=birth, parental=True, grants=(legal,)), POLICY, NOW)
    assert (found.access, found.rule, found.why) == ("full", "FAM-5", "by legal grant")


@pytest.mark.parametrize(
    ("days", "until"), [(-1, 0), (0, 0), (1, 1), (None, None)], ids=["before", "on", "after", "no end"]
)
@pytest.mark.parametrize("scope", ["full", "limited"])
@pytest.mark.rule("FAM-2", "FAM-3", "FAM-11")
def test_access_ends_with_the_last_of_the_standings_that_give_it(
    scope: str, days: int | None, until: int | None
) -> None:
    """A parent's access until the 12th (full) or 18th birthday (limited), and a legal grant that ends near it."""
    years, birthday = (12 if scope == "full" else 18), TODAY + 100 * DAY
    end = None if days is None else datetime.combine(birthday + days * DAY, NOW.min.time(), UTC)
    legal = GrantFacts(scope, "legal", NOW - DAY, until=end)
    found = standing(facts(birth=turns(birthday, -years), parental=True, grants=(legal,)), POLICY, NOW)
    assert (found.access, found.until) == (scope, None if until is None else birthday + until * DAY)


@pytest.mark.rule("FAM-11")
def test_a_narrower_access_that_lasts_longer_keeps_nothing_of_the_wider_one() -> None:
    legal = GrantFacts("limited", "legal", NOW - DAY)
    child = facts(birth=turns(TODAY + DAY, -12), parental=True, grants=(legal,))
    found = standing(child, POLICY, NOW)
    assert (found.access, found.until) == ("full", TODAY + DAY)


@pytest.mark.rule("FAM-5", "FAM-12")
@pytest.mark.parametrize("kin", [True, False])
def test_a_grant_that_waits_opens_nothing_and_tells_nothing(kin: bool) -> None:
    for end in ({}, {"until": NOW - DAY}, {"revoked": NOW - DAY}):
        waiting = GrantFacts("full", "legal", None, **end)
        assert standing(facts(kin=kin, grants=(waiting,)), POLICY, NOW) == standing(facts(kin=kin), POLICY, NOW)


@pytest.mark.rule("FAM-3", "FAM-5")
def test_a_minor_cannot_open_their_record_by_a_proxy_grant() -> None:
    proxy = GrantFacts("full", "proxy", NOW - DAY)
    teen = facts(birth=turns(TODAY, -18) + DAY, parental=True, grants=(proxy,))
    adult = facts(birth=turns(TODAY, -18), parental=True, grants=(proxy,))
    assert standing(teen, POLICY, NOW).access == "limited"
    assert standing(adult, POLICY, NOW).access == "full"


@pytest.mark.rule("FAM-6")
def test_kin_without_a_grant_see_nothing() -> None:
    found = standing(facts(kin=True), POLICY, NOW)
    assert (found.access, found.rule, found.reason, found.known) == ("none", "FAM-6", "no-grant", True)


@pytest.mark.rule("FAM-8")
def test_a_stranger_is_told_what_an_unknown_id_is_told() -> None:
    found = standing(facts(), POLICY, NOW)
    assert (found.access, found.known) == ("none", False)
    decision = may_read(found, "demographics", level=2, role="patient", policy=POLICY)
    assert isinstance(decision, Refused)
    assert (decision.status, decision.reason) == (404, "")


def reads(found: RecordAccess, *, level: int = 2, role: str = "patient") -> set[str]:
    decisions = {c: may_read(found, c, level=level, role=role, policy=POLICY) for c in CATEGORIES}
    return {category for category, decision in decisions.items() if isinstance(decision, Allowed)}


@pytest.mark.rule("FAM-3")
def test_limited_access_reads_its_five_categories_and_no_other() -> None:
    teen = as_parent(turns(TODAY, -12))
    assert reads(teen) == set(LIMITED)
    decision = may_read(teen, "results", level=2, role="patient", policy=POLICY)
    assert isinstance(decision, Refused)
    assert (decision.rule, decision.reason, decision.status) == ("FAM-3", "restricted-teen", 403)


@pytest.mark.rule("FAM-5")
def test_a_limited_grant_withholds_the_same_and_says_that_the_grant_does() -> None:
    found = granted(GrantFacts("limited", "proxy", NOW - DAY))
    decision = may_read(found, "results", level=2, role="patient", policy=POLICY)
    assert reads(found) == set(LIMITED)
    assert isinstance(decision, Refused)
    assert (decision.rule, decision.reason) == ("FAM-5", "no-grant")


@pytest.mark.rule("FAM-2")
def test_full_access_reads_every_category() -> None:
    assert reads(as_parent(turns(TODAY, -12) + DAY)) == set(CATEGORIES)


@pytest.mark.rule("ID-5")
def test_a_basic_account_reads_what_the_policy_names_and_premium_reads_all() -> None:
    own = RecordAccess("full", "FAM-1")
    assert reads(own, level=1) == {"demographics", "appointments", "immunizations", "medications"}
    assert reads(own, level=2) == set(CATEGORIES)
    decision = may_read(own, "results", level=1, role="patient", policy=POLICY)
    assert isinstance(decision, Refused)
    assert (decision.rule, decision.reason, decision.status) == ("ID-5", "premium-required", 403)


@pytest.mark.rule("SUP-5")
def test_a_support_agent_reads_no_category_of_anybody() -> None:
    assert reads(RecordAccess("full", "FAM-1"), role="support") == set()
    decision = may_read(RecordAccess("full", "FAM-2"), "results", level=2, role="support", policy=POLICY)
    assert isinstance(decision, Refused)
    assert decision.reason == "support-no-clinical"
