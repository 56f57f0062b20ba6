"""FAM-5, FAM-12: what may be granted, to whom, until when; who accepts, refuses, takes back, and asks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.grants import (
    Offer,
    Proposal,
    may_accept,
    may_ask,
    may_grant,
    may_refuse,
    may_revoke,
)
from genesis_tui.mock_backend.rules.policy import FamilyPolicy
from tests.rules.test_family import INSTANT, NOW

TODAY = date(2026, 11, 20)
POLICY = FamilyPolicy()
OFFER = Offer("elena", "daniel")


def granted(*, age: int = 40, oneself: bool = False, until: date | None = None, waits: bool = False) -> Decision:
    return may_grant(Proposal(age, oneself, until, waits), POLICY, TODAY)


def told(decision: Decision) -> tuple[int, str]:
    return (decision.status, decision.reason) if isinstance(decision, Refused) else (200, "")


@pytest.mark.rule("FAM-5")
@pytest.mark.parametrize(("age", "may"), [(17, False), (18, True), (19, True)])
def test_only_adults_give_take_and_ask(age: int, may: bool) -> None:
    for decision in (
        granted(age=age),
        may_accept(OFFER, "daniel", age, POLICY, NOW),
        may_ask(age, POLICY, of_oneself=False),
    ):
        assert isinstance(decision, Allowed) is may


@pytest.mark.rule("FAM-5")
@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (1, True)])
def test_the_last_day_is_today_at_the_earliest(days: int, may: bool) -> None:
    assert isinstance(granted(until=TODAY + timedelta(days=days)), Allowed) is may


@pytest.mark.rule("FAM-5", "FAM-12")
def test_nobody_grants_or_asks_themselves() -> None:
    assert told(granted(oneself=True)) == (422, "invalid")
    assert told(may_ask(40, POLICY, of_oneself=True)) == (422, "invalid")


@pytest.mark.rule("FAM-12")
def test_one_offer_to_a_name_waits_at_a_time() -> None:
    assert told(granted(waits=True)) == (409, "grant-waits")


@pytest.mark.rule("FAM-5", "FAM-8", "FAM-12")
def test_only_the_giver_takes_back_only_the_receiver_answers_and_others_learn_nothing() -> None:
    assert isinstance(may_revoke("elena", "elena"), Allowed)
    unknown = may_revoke("", "daniel")
    assert told(unknown) == (404, "invalid")
    for other in ("elena", "jordan", ""):
        assert may_accept(OFFER, other, 40, POLICY, NOW) == may_accept(None, other, 40, POLICY, NOW) == unknown
        assert may_refuse(OFFER, other, NOW) == may_refuse(None, other, NOW) == unknown
    nobody = replace(OFFER, receiver_id="")
    assert may_accept(nobody, "daniel", 40, POLICY, NOW) == unknown
    assert may_revoke("elena", "daniel") == unknown


@pytest.mark.rule("FAM-12")
@pytest.mark.parametrize("end", ["until", "revoked"])
@pytest.mark.parametrize(
    ("off", "over"), [(-INSTANT, True), (timedelta(), True), (INSTANT, False)], ids=["before", "at", "after"]
)
def test_an_offer_that_is_over_is_neither_accepted_nor_refused(end: str, off: timedelta, over: bool) -> None:
    """`off`: from now to its end."""
    offer = Offer("elena", "daniel", **{end: NOW + off})
    expected = (409, "grant-ended") if over else (200, "")
    assert told(may_accept(offer, "daniel", 40, POLICY, NOW)) == expected
    assert told(may_refuse(offer, "daniel", NOW)) == expected


@pytest.mark.rule("FAM-12")
def test_an_answer_stands() -> None:
    refused, accepted = replace(OFFER, refused=NOW), replace(OFFER, accepted=NOW)
    assert told(may_accept(refused, "daniel", 40, POLICY, NOW)) == (409, "grant-ended")
    assert told(may_refuse(accepted, "daniel", NOW)) == (409, "invalid")
    assert isinstance(may_refuse(refused, "daniel", NOW), Allowed), "twice is once"
    assert isinstance(may_accept(accepted, "daniel", 40, POLICY, NOW), Allowed)
