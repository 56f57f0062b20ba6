"""When results show: at once from the effective date on, before it at the earliest of three, and some never."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.mock_backend.rules.policy import ReleasePolicy
from genesis_tui.mock_backend.rules.results import asks_first, kind_of, release_at, shows

POLICY = ReleasePolicy()
EFFECTIVE = datetime(2026, 1, 1, tzinfo=UTC)
SUMMER = datetime(2025, 6, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize("offset", [0 * INSTANT, INSTANT, 300 * DAY])
@pytest.mark.parametrize("reviewed", [None, 5 * DAY])
@pytest.mark.rule("REL-1")
def test_from_the_effective_date_a_result_shows_the_moment_it_is_final(
    offset: timedelta, reviewed: timedelta | None
) -> None:
    final = EFFECTIVE + offset
    assert release_at(final, reviewed and final + reviewed, POLICY) == final


@pytest.mark.rule("REL-1", "REL-2")
def test_an_instant_before_the_effective_date_it_waits_for_that_date_at_most() -> None:
    assert release_at(EFFECTIVE - INSTANT, None, POLICY) == EFFECTIVE


@pytest.mark.parametrize(
    ("reviewed", "released"),
    [
        (None, 3 * DAY),
        (0 * DAY, 0 * DAY),
        (DAY, DAY),
        (3 * DAY - INSTANT, 3 * DAY - INSTANT),
        (3 * DAY, 3 * DAY),
        (3 * DAY + INSTANT, 3 * DAY),
        (-DAY, 0 * DAY),
    ],
)
@pytest.mark.rule("REL-2")
def test_before_it_a_result_waits_for_review_or_three_days(reviewed: timedelta | None, released: timedelta) -> None:
    at = None if reviewed is None else SUMMER + reviewed
    assert release_at(SUMMER, at, POLICY) == SUMMER + released


@pytest.mark.parametrize(
    ("days_before", "released"),
    [
        (4 * DAY, EFFECTIVE - DAY),
        (3 * DAY + INSTANT, EFFECTIVE - INSTANT),
        (3 * DAY, EFFECTIVE),
        (3 * DAY - INSTANT, EFFECTIVE),
        (DAY, EFFECTIVE),
    ],
)
@pytest.mark.rule("REL-2")
def test_the_effective_date_releases_whatever_still_waits(days_before: timedelta, released: datetime) -> None:
    assert release_at(EFFECTIVE - days_before, None, POLICY) == released


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "America/New_York"])
@pytest.mark.rule("REL-1", "REL-2")
def test_the_effective_date_begins_at_midnight_where_the_mtf_is(zone: str) -> None:
    midnight = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    assert release_at(midnight - INSTANT, None, POLICY, zone=zone) == midnight
    assert release_at(midnight, None, POLICY, zone=zone) == midnight
    assert release_at(midnight + INSTANT, None, POLICY, zone=zone) == midnight + INSTANT


@pytest.mark.rule("REL-2")
def test_the_policy_says_how_long_and_from_when() -> None:
    policy = ReleasePolicy(effective=date(2030, 1, 1), delay_days=10)
    assert release_at(EFFECTIVE, None, policy) == EFFECTIVE + 10 * DAY


@pytest.mark.parametrize("status", ["preliminary", "registered", "partial", "entered-in-error"])
@pytest.mark.rule("REL-3")
def test_what_is_not_final_or_was_a_mistake_never_shows(status: str) -> None:
    assert not shows(status)
    assert not shows("current", status)


@pytest.mark.parametrize("status", ["final", "amended", "corrected", "appended", "current", "cancelled", "booked"])
@pytest.mark.rule("REL-3")
def test_what_is_final_or_replaces_it_shows(status: str) -> None:
    assert shows(status)


@pytest.mark.rule("REL-6")
@pytest.mark.parametrize(
    ("type", "categories", "kind"),
    [
        ("DiagnosticReport", ["LAB", "PAT"], "pathology"),
        ("DiagnosticReport", ["XRC", "laboratory"], "radiology"),
        ("DiagnosticReport", ["HM"], "labs"),
        ("DiagnosticReport", [], "labs"),
        ("DiagnosticReport", ["LP29708-2"], "notes"),
        ("DiagnosticReport", ["EC"], ""),
        ("Observation", ["laboratory"], "labs"),
        ("DocumentReference", ["clinical-note"], "notes"),
    ],
)
def test_a_result_asks_first_where_its_kind_was_chosen(type: str, categories: list[str], kind: str) -> None:
    kinds = {"pathology", "radiology", "labs", "notes"}
    assert kind_of(type, categories) == kind
    assert asks_first(kind, {kind} & kinds) == bool(kind)
    assert not asks_first(kind, kinds - {kind})
