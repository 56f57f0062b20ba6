"""FAM-5: what one adult may grant another."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.family.grants import Proposal, may_grant, may_revoke
from genesis_tui.mock_backend.rules.policy import FamilyPolicy

TODAY = date(2026, 11, 23)
ELENA_TO_DANIEL = Proposal("elena", 36, "daniel", 38, None)


def allowed(**change: object) -> bool:
    proposal = replace(ELENA_TO_DANIEL, **change)  # type: ignore[arg-type]
    return isinstance(may_grant(proposal, FamilyPolicy(), TODAY), Allowed)


@pytest.mark.rule("FAM-5")
def test_an_adult_grants_another_adult() -> None:
    assert allowed()


@pytest.mark.rule("FAM-5")
@pytest.mark.parametrize(("age", "may"), [(17, False), (18, True), (19, True)])
def test_both_must_be_of_age(age: int, may: bool) -> None:
    assert allowed(giver_age=age) is may
    assert allowed(receiver_age=age) is may


@pytest.mark.rule("FAM-5")
@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (1, True)])
def test_the_last_day_is_today_at_the_earliest(days: int, may: bool) -> None:
    assert allowed(until=TODAY + timedelta(days=days)) is may


@pytest.mark.rule("FAM-5")
def test_nobody_grants_themselves_or_nobody() -> None:
    assert not allowed(receiver_id="elena")
    assert not allowed(receiver_age=None)


@pytest.mark.rule("FAM-5", "FAM-8")
def test_only_the_giver_takes_back_and_others_learn_nothing() -> None:
    assert isinstance(may_revoke("elena", "elena"), Allowed)
    decision = may_revoke("elena", "daniel")
    assert isinstance(decision, Refused)
    assert decision == may_revoke("", "daniel")
    assert decision.status == 404
