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
        (DEERS, DEERS, {"name_taken": True}, "username-taken"),
        (DEERS, DEERS, {"of_age": False}, "no-deers-record"),
    ],
)
def test_who_may_register(asked: Identity, deers: Identity | None, more: dict[str, bool], expected: str) -> None:
    facts = {"has_account": False, "name_taken": False, "of_age": True} | more
    assert reason(accounts.may_register(asked, deers, **facts)) == expected


@pytest.mark.rule("ID-6")
@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], "allowed"),
        ([-2, -1], "allowed"),
        ([-3, -2, -1], "proofing-paused"),
        ([-47, -25, -24], "allowed"),
        ([-25, -24, -23.999], "proofing-paused"),
        ([-26, -25, -24], "allowed"),
        ([-24.5, -23, -1], "proofing-paused"),
        ([-30, -20, -1], "allowed"),
    ],
)
def test_three_failures_within_a_day_stop_proofing_for_one(hours: list[float], expected: str) -> None:
    failures = [NOW + HOUR * hour for hour in hours]
    assert reason(accounts.may_prove(failures, POLICY, NOW)) == expected


@pytest.mark.rule("ID-6")
@pytest.mark.parametrize(
    ("after", "expected"), [(-SECOND, "proofing-paused"), (timedelta(), "allowed"), (SECOND, "allowed")]
)
def test_the_pause_ends_after_24_hours(after: timedelta, expected: str) -> None:
    failures = [NOW - 2 * SECOND, NOW - SECOND, NOW]
    assert reason(accounts.may_prove(failures, POLICY, NOW + 24 * HOUR + after)) == expected


@pytest.mark.rule("ID-6")
def test_questions_are_of_deers_and_never_of_money() -> None:
    known = {
        "birth_date": "1988-04-30",
        "dod_id": "1187204453",
        "address": "1 Road\nAlexandria, VA 22307",
        "phone": "703-555-0164",
    }
    asked = accounts.questions(known)
    words = " ".join(f"{one.text} {one.hint}" for one in asked).casefold()
    assert [one.id for one in asked] == ["birth_date", "dod_id", "postal_code", "phone"]
    assert not any(word in words for word in ("card number", "credit", "bank", "account", "pay"))
    right = {"birth_date": "1988-04-30", "dod_id": "4453", "postal_code": "22307", "phone": "01 64"}
    assert accounts.answers_match(known, right)
    for id in right:
        assert not accounts.answers_match(known, right | {id: "0000"})
        assert not accounts.answers_match(known, {name: text for name, text in right.items() if name != id})


@pytest.mark.rule("ID-6")
def test_what_deers_does_not_hold_is_not_asked() -> None:
    known = {"birth_date": "1988-04-30", "dod_id": "1187204453", "address": "Via della Marina", "phone": ""}
    assert [one.id for one in accounts.questions(known)] == ["birth_date", "dod_id"]


@pytest.mark.rule("ID-6")
def test_whom_deers_does_not_know_can_prove_nothing() -> None:
    assert accounts.questions({}) == ()
    assert not accounts.answers_match({}, {})


@pytest.mark.rule("DEERS-2")
def test_what_keeps_deers_from_being_read() -> None:
    assert faulty(known=True, fault="") is None
    missing, broken = faulty(known=False, fault=""), faulty(known=True, fault="two birth dates")
    assert missing is not None
    assert broken is not None
    assert "two birth dates" in broken.title
    assert missing.next
    assert broken.next
