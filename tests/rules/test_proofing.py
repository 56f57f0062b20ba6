"""ID-6 and ID-11 on plain facts: pauses, contacts, what can be asked, what Basic sees of DEERS."""

from datetime import UTC, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.policy import AccountPolicy, Policy
from genesis_tui.mock_backend.rules.sign_in import contacts, proofing
from genesis_tui.mock_backend.rules.sign_in.contacts import Contact
from genesis_tui.mock_backend.rules.sign_in.proofing import Reading, RecordFact

NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
POLICY = AccountPolicy()
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def reason(decision: Decision) -> str:
    return decision.reason if isinstance(decision, Refused) else "allowed"


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
        ([-24, -1, 0], "allowed"),
    ],
)
def test_three_failures_within_a_day_stop_proofing_for_one(hours: list[float], expected: str) -> None:
    failures = [NOW + HOUR * hour for hour in hours]
    assert reason(proofing.may_prove(failures, POLICY, NOW)) == expected


@pytest.mark.rule("ID-6")
@pytest.mark.parametrize(
    ("after", "expected"), [(-SECOND, "proofing-paused"), (timedelta(), "allowed"), (SECOND, "allowed")]
)
def test_the_pause_ends_after_24_hours(after: timedelta, expected: str) -> None:
    failures = [NOW - 2 * SECOND, NOW - SECOND, NOW]
    assert reason(proofing.may_prove(failures, POLICY, NOW + 24 * HOUR + after)) == expected


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize(("age", "good"), [(30 * DAY - SECOND, False), (30 * DAY, True), (30 * DAY + SECOND, True)])
def test_a_contact_has_stood_for_thirty_days(age: timedelta, good: bool) -> None:
    one = Contact("email", "a@b.example", NOW - age, shared=False)
    assert bool(contacts.usable([one], POLICY, NOW)) is good


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize(("value", "shared"), [("", False), ("a@b.example", True)])
def test_a_contact_is_there_and_nobody_elses(value: str, shared: bool) -> None:
    assert contacts.usable([Contact("email", value, NOW - 99 * DAY, shared=shared)], POLICY, NOW) == ()


@pytest.mark.rule("ID-11")
def test_spellings_of_one_number_are_one() -> None:
    assert contacts.bare("phone", "+1 (703) 555-0191") == contacts.bare("phone", "703 555 0191")
    assert contacts.bare("email", " A@B.example") == contacts.bare("email", "a@b.EXAMPLE")


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize(("level", "hidden"), [(1, True), (2, False)])
def test_basic_sees_that_there_is_something(level: int, hidden: bool) -> None:
    assert contacts.is_masked(level) is hidden
    shown = contacts.masked({"name": "Ann Lee", "phone": "703-555-0191", "email": ""})
    assert shown == {"name": "Ann Lee", "phone": "•••", "email": ""}


def fact(category: str = "results", visible: datetime = NOW, name: str = "Lipid panel") -> RecordFact:
    return RecordFact("test", name, category, visible)


@pytest.mark.rule("ID-11", "FAM-4")
@pytest.mark.parametrize(
    ("one", "reading", "read"),
    [
        (fact(), None, False),
        (fact("medications"), None, True),
        (fact("immunizations"), None, True),
        (fact(), Reading(True), True),
        (fact(), Reading(False), False),
        (fact("allergies"), Reading(False), True),
        (fact(), Reading(True, NOW - SECOND), False),
        (fact(), Reading(True, NOW), False),
        (fact(), Reading(True, NOW + SECOND), True),
    ],
)
def test_what_basic_or_a_proxy_could_ever_read(one: RecordFact, reading: Reading | None, read: bool) -> None:
    assert proofing.could_read(one, [reading] if reading else [], Policy()) is read


@pytest.mark.rule("ID-11")
def test_a_name_that_was_open_once_is_asked_no_more() -> None:
    facts = [fact(visible=NOW - DAY), fact(), fact(name="TSH")]
    assert proofing.own_alone(facts, [Reading(True, NOW)], Policy()) == [("test", "TSH")]


EVERYBODY = {("test", f"Other {n}"): frozenset({"b"}) for n in range(4)}
OWN = [("test", f"Own {n}") for n in range(6)]
FOUR = EVERYBODY | {one: frozenset({"a"}) for one in OWN}


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize(("known", "asked"), [(3, 0), (4, 4), (5, 4)])
def test_four_questions_or_none(known: int, asked: int) -> None:
    assert len(proofing.questions(OWN[:known], "a", FOUR, POLICY, "seed")) == asked


@pytest.mark.rule("ID-11")
def test_a_question_needs_wrong_choices_enough() -> None:
    few = {one: owners for one, owners in FOUR.items() if one != ("test", "Other 3")}
    assert proofing.questions(OWN, "a", few, POLICY, "seed") == ()


@pytest.mark.rule("ID-11", "ID-6")
def test_one_choice_is_right_and_money_is_never_asked_about() -> None:
    asked = proofing.questions(OWN, "a", FOUR, POLICY, "seed")
    assert asked == proofing.questions(OWN, "a", FOUR, POLICY, "seed")
    for one in asked:
        assert [key for key, words in one.choices if words.startswith("Own")] == [one.right]
        assert not any(word in one.text.casefold() for word in ("credit", "bank", "account", "pay"))
    right = {one.id: one.right for one in asked}
    assert proofing.all_right(right, right)
    assert not proofing.all_right(right, right | {"q1": "z"})
    assert not proofing.all_right({}, {})


@pytest.mark.rule("ID-11")
def test_the_same_in_other_words_is_no_wrong_choice() -> None:
    more = FOUR | {("test", "Complete own 1"): frozenset({"b"})}
    words = {words for one in proofing.questions(OWN, "a", more, POLICY, "seed") for _, words in one.choices}
    assert "Complete own 1" not in words
