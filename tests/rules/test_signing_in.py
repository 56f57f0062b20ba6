"""ID-4, ID-5, FAM-1, DEERS-3, SESS-1, SESS-2: who may sign in, and what a sign-in is good for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.family import deers
from genesis_tui.mock_backend.rules.family.access import turns
from genesis_tui.mock_backend.rules.policy import SessionPolicy
from genesis_tui.mock_backend.rules.sign_in import levels, sessions

NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
ANA = deers.Identity("Ana", "Costa", date(1990, 2, 28), "1234567890")
INSTANT = timedelta(microseconds=1)


@pytest.mark.rule("ID-4")
def test_there_are_two_levels() -> None:
    assert [(level.value, level.title) for level in levels.Level] == [(1, "Basic"), (2, "Premium")]


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize(("level", "allowed"), [(1, False), (2, True)])
def test_every_action_needs_premium(level: int, allowed: bool) -> None:
    decision = levels.may_act(level)
    assert isinstance(decision, Allowed) is allowed
    assert allowed or (isinstance(decision, Refused) and decision.reason == "premium-required")


@pytest.mark.rule("FAM-1")
@pytest.mark.parametrize(("today", "opens"), [("2026-12-02", False), ("2026-12-03", True), ("2026-12-04", True)])
def test_a_dependents_account_opens_on_the_eighteenth_birthday(today: str, opens: bool) -> None:
    adult_on = turns(date(2008, 12, 3), 18)
    assert isinstance(levels.has_sign_in(adult_on, date.fromisoformat(today)), Allowed) is opens


@pytest.mark.rule("FAM-1")
def test_before_it_the_answer_is_that_of_a_wrong_password() -> None:
    assert levels.has_sign_in(date(2026, 12, 3), date(2026, 12, 2)) == levels.WRONG_CREDENTIALS


@pytest.mark.rule("DEERS-3")
@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, ()),
        ({"given": "ANA "}, ()),
        ({"given": "Anna"}, ("name",)),
        ({"family": "Da Costa"}, ("name",)),
        ({"birth_date": date(1990, 2, 27)}, ("birth_date",)),
        ({"dod_id": "1234567891"}, ("dod_id",)),
        ({"given": "Anna", "birth_date": date(1991, 2, 28), "dod_id": "1"}, ("name", "birth_date", "dod_id")),
    ],
)
def test_a_mismatch_names_the_fields_that_differ(change: dict[str, object], fields: tuple[str, ...]) -> None:
    on_file = replace(ANA, **change)  # type: ignore[arg-type]
    assert deers.differing(ANA, on_file) == fields
    assert isinstance(deers.may_sign_in(ANA, on_file), Refused) is bool(fields)


@pytest.mark.rule("DEERS-3")
def test_a_mismatch_tells_no_value_on_file() -> None:
    on_file = deers.Identity("Maria", "Pereira", date(1970, 1, 2), "9876543210")
    decision = deers.may_sign_in(ANA, on_file)
    assert isinstance(decision, Refused)
    words = f"{decision.title} {decision.next}"
    assert "Your name, birth date and DoD ID are corrected at an ID card office (RAPIDS)" in decision.next
    assert not any(value in words for value in ("Maria", "Pereira", "1970", "9876543210"))


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(
    ("after", "allowed"),
    [
        (timedelta(seconds=59), False),
        (timedelta(seconds=60) - INSTANT, False),
        (timedelta(seconds=60), True),
        (timedelta(seconds=61), True),
    ],
)
def test_a_second_refresh_within_a_minute_is_throttled(after: timedelta, allowed: bool) -> None:
    decision = sessions.may_refresh(NOW, SessionPolicy(), NOW + after)
    assert isinstance(decision, Allowed) is allowed
    assert allowed or (isinstance(decision, Refused) and decision.reason == "refresh-throttled")


@pytest.mark.rule("SESS-1")
def test_the_first_refresh_waits_for_nothing() -> None:
    assert isinstance(sessions.may_refresh(None, SessionPolicy(), NOW), Allowed)


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), ""),
        (timedelta(seconds=59), ""),
        (timedelta(seconds=60) - INSTANT, ""),
        (timedelta(seconds=60), "session-ended"),
        (timedelta(seconds=61), "session-ended"),
    ],
)
def test_a_rotated_refresh_token_works_for_less_than_a_minute(after: timedelta, expected: str) -> None:
    decision = sessions.may_reuse(NOW, SessionPolicy(), NOW + after)
    assert (decision.reason if isinstance(decision, Refused) else "") == expected


@pytest.mark.rule("SESS-4")
@pytest.mark.parametrize(
    ("path", "reading", "reads", "counts"),
    [
        ("session", True, True, True),
        ("session", False, True, True),
        ("session/lock", False, True, True),
        ("session/grants", True, True, True),
        ("session/grants/another", False, False, False),
        ("sessions", False, False, False),
        ("session/vault", True, False, False),
        ("counts", True, True, True),
        ("family", True, True, False),
        ("messages", False, False, False),
    ],
)
def test_a_sign_in_for_scripts_reads_and_ends_itself(path: str, *, reading: bool, reads: bool, counts: bool) -> None:
    for scope, expected in (("portal", reads), ("portal.counts", counts)):
        scopes = frozenset({scope, "offline_access"})
        assert isinstance(sessions.may_use_portal(scopes, path, reads=reading), Allowed) is expected


@pytest.mark.rule("SESS-1", "SESS-2")
def test_an_access_token_lives_570_seconds_but_never_longer_than_its_sign_in() -> None:
    ends = sessions.session_end(NOW, SessionPolicy())
    assert ends == NOW + timedelta(hours=12)
    assert sessions.access_until(NOW, ends, SessionPolicy()) == NOW + timedelta(seconds=570)
    late = ends - timedelta(seconds=569)
    assert sessions.access_until(late, ends, SessionPolicy()) == ends


@pytest.mark.rule("DEERS-3")
@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("name", "ID card office"),
        ("birth_date", "ID card office"),
        ("dod_id", "ID card office"),
        ("address", "milConnect"),
        ("email", "milConnect"),
        ("phone", "milConnect"),
    ],
)
def test_each_field_has_one_place_where_it_is_mended(field: str, place: str) -> None:
    assert place in deers.mended_at(field)
    assert place in deers.how_to_mend([field])
