"""ID-6 and ID-7 on plain facts, at their boundaries."""

from datetime import UTC, date, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.family.deers import Identity, faulty
from genesis_tui.mock_backend.rules.policy import AccountPolicy
from genesis_tui.mock_backend.rules.sign_in import accounts

NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
POLICY = AccountPolicy()
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
DEERS = Identity("Daniel", "Reyes", date(1988, 4, 30), "1187204453")


def reason(decision: Decision) -> str:
    return decision.reason if isinstance(decision, Refused) else "allowed"


@pytest.mark.rule("ID-7")
@pytest.mark.parametrize(
    ("password", "used", "expected"),
    [
        ("x" * 14, False, "password-policy"),
        ("x" * 15, False, "allowed"),
        ("x" * 16, False, "allowed"),
        ("my daniel.reyes password", False, "password-policy"),
        ("my DANIEL.Reyes password", False, "password-policy"),
        ("x" * 15, True, "password-policy"),
    ],
)
def test_a_password_keeps_the_policy(password: str, used: bool, expected: str) -> None:
    assert reason(accounts.may_use_password(password, "daniel.reyes", used_before=used, policy=POLICY)) == expected


@pytest.mark.rule("ID-7", "FAM-1")
@pytest.mark.parametrize(
    ("asked", "deers", "more", "expected"),
    [
        (DEERS, DEERS, {}, "allowed"),
        (Identity(" daniel", "REYES ", date(1988, 4, 30), "1187204453"), DEERS, {}, "allowed"),
        (DEERS, None, {}, "no-deers-record"),
        (Identity("Daniel", "Reyes", date(1988, 4, 29), "1187204453"), DEERS, {}, "no-deers-record"),
        (Identity("Dan", "Reyes", date(1988, 4, 30), "1187204453"), DEERS, {}, "no-deers-record"),
        (DEERS, DEERS, {"has_account": True}, "username-taken"),
        (DEERS, DEERS, {"of_age": False}, "no-deers-record"),
    ],
)
def test_who_may_register(asked: Identity, deers: Identity | None, more: dict[str, bool], expected: str) -> None:
    facts = {"has_account": False, "of_age": True} | more
    decision = accounts.may_register(asked, deers, **facts)
    assert reason(decision) == expected
    assert not isinstance(decision, Refused) or decision.status == (409 if expected == "username-taken" else 403)


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize(
    ("for_id", "from_address", "expected"),
    [
        (2, 2, "allowed"),
        (3, 3, "proofing-paused"),
        (4, 4, "proofing-paused"),
        (0, 9, "allowed"),
        (0, 10, "proofing-paused"),
        (0, 11, "proofing-paused"),
    ],
)
def test_a_registration_costs_a_try_of_its_id_and_its_address(for_id: int, from_address: int, expected: str) -> None:
    begun = [[NOW - n * SECOND for n in reversed(range(most))] for most in (for_id, from_address)]
    assert reason(accounts.may_begin(*begun, POLICY, NOW)) == expected


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize(
    ("after", "expected"), [(-SECOND, "proofing-paused"), (timedelta(), "allowed"), (SECOND, "allowed")]
)
def test_registering_pauses_for_24_hours(after: timedelta, expected: str) -> None:
    begun = [NOW - 2 * SECOND, NOW - SECOND, NOW]
    assert reason(accounts.may_begin(begun, [], POLICY, NOW + 24 * HOUR + after)) == expected


@pytest.mark.rule("DEERS-2")
def test_what_keeps_deers_from_being_read() -> None:
    assert faulty(known=True, fault="") is None
    missing, broken = faulty(known=False, fault=""), faulty(known=True, fault="two birth dates")
    assert missing is not None
    assert broken is not None
    assert "two birth dates" in broken.title
    assert missing.next
    assert broken.next
