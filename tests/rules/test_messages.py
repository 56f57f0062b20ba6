"""When an answer is due, until when a conversation takes replies, who sees a message: each a step before and after."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.holidays import FederalHolidays, from_library, kept
from genesis_tui.mock_backend.rules.messages.send import may_draft
from genesis_tui.mock_backend.rules.messages.threads import (
    BusinessDays,
    SentMessage,
    answers,
    due_day,
    may_reply,
    open_answer,
    over,
    reply_until,
    sees,
)
from genesis_tui.mock_backend.rules.policy import MessagePolicy

POLICY = MessagePolicy()
NEW_YORK, BERLIN, TOKYO = (ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Asia/Tokyo"))
HERE = BusinessDays(NEW_YORK, FederalHolidays())
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.rule("MSG-5")
@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ("2026-11-16T09:00", date(2026, 11, 19)),  # Monday: nothing in between
        ("2026-11-18T09:00", date(2026, 11, 23)),  # over a weekend
        ("2026-11-20T23:59", date(2026, 11, 25)),  # Friday night counts as Friday
        ("2026-11-21T00:00", date(2026, 11, 25)),  # Saturday, Sunday and Friday come to the same day
        ("2026-11-22T23:59", date(2026, 11, 25)),
        ("2026-11-23T00:00", date(2026, 11, 27)),  # over Thanksgiving, Thursday 26 November
        ("2026-11-26T12:00", date(2026, 12, 1)),  # sent on the holiday itself
        ("2026-07-01T12:00", date(2026, 7, 7)),  # the 4th is a Saturday: Friday the 3rd is kept
        ("2027-07-01T12:00", date(2027, 7, 7)),  # the 4th is a Sunday: Monday the 5th is kept
        ("2027-12-29T12:00", date(2028, 1, 4)),  # New Year's Day 2028 is kept in 2027
        ("2028-02-25T12:00", date(2028, 3, 1)),  # Friday before a leap day, which is a business day
        ("2028-02-28T12:00", date(2028, 3, 2)),
        ("2026-03-06T12:00", date(2026, 3, 11)),  # over the night on which clocks go forward
        ("2026-10-30T12:00", date(2026, 11, 4)),  # and back
    ],
)
def test_an_answer_is_due_three_business_days_after_the_day_of_sending(sent: str, due: date) -> None:
    assert due_day(at(sent), HERE, POLICY) == due


@pytest.mark.rule("MSG-5")
def test_the_sending_day_is_the_one_at_the_clinic() -> None:
    moment = datetime(2026, 11, 16, 15, 30, tzinfo=UTC)
    assert due_day(moment, BusinessDays(NEW_YORK, ()), POLICY) == date(2026, 11, 19)
    assert due_day(moment, BusinessDays(TOKYO, ()), POLICY) == date(2026, 11, 20), "it is Tuesday there already"


@pytest.mark.rule("MSG-5")
def test_the_number_of_days_is_the_policys() -> None:
    assert due_day(at("2026-11-16T09:00"), HERE, MessagePolicy(answer_days=1)) == date(2026, 11, 17)


@pytest.mark.rule("MSG-5")
@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, TOKYO])
def test_it_says_overdue_from_the_midnight_after(zone: ZoneInfo) -> None:
    clinic = BusinessDays(zone, FederalHolidays())
    messages = [SentMessage("10", "", at("2026-11-16T09:00", zone))]
    midnight = at("2026-11-20T00:00", zone)
    states = [
        answers(messages, clinic, POLICY, midnight + step)[0].state  # type: ignore[union-attr]
        for step in (-INSTANT, timedelta(), INSTANT)
    ]
    assert states == ["waiting", "overdue", "overdue"]


@pytest.mark.rule("MSG-5")
def test_overdue_offers_the_next_step_and_nothing_else_does() -> None:
    messages = [SentMessage("10", "", at("2026-11-16T09:00"))]
    (waiting,), (overdue,) = (
        answers(messages, HERE, POLICY, at(now)) for now in ("2026-11-19T12:00", "2026-11-20T12:00")
    )
    assert waiting is not None
    assert overdue is not None
    assert (waiting.next, overdue.next) == ("", "Call the clinic, or write to it again.")


@pytest.mark.rule("MSG-5")
@pytest.mark.parametrize(
    ("replied", "state"),
    [("2026-11-19T23:59:59.999999", "answered"), ("2026-11-20T00:00", "late"), ("2026-11-20T00:00:01", "late")],
)
def test_an_answer_in_time_and_a_late_one_are_told_apart(replied: str, state: str) -> None:
    messages = [SentMessage("10", "", at("2026-11-16T09:00")), SentMessage("", "10", at(replied))]
    found = answers(messages, HERE, POLICY, at("2026-12-01T00:00"))
    assert [one.state if one else None for one in found] == [state, None]
    assert open_answer(found) is None


@pytest.mark.rule("MSG-5")
def test_a_thread_waits_for_the_answer_that_is_due_first() -> None:
    messages = [
        SentMessage("10", "", at("2026-11-02T09:00")),
        SentMessage("", "10", at("2026-11-03T09:00")),
        SentMessage("10", "", at("2026-11-16T09:00")),
        SentMessage("11", "", at("2026-11-18T09:00")),
    ]
    found = answers(messages, HERE, POLICY, at("2026-11-18T10:00"))
    waited = open_answer(found)
    assert waited is not None
    assert (waited.due, waited.state) == (date(2026, 11, 19), "waiting")


@pytest.mark.rule("MSG-10")
@pytest.mark.parametrize(
    ("last", "until"),
    [
        ("2026-11-20T14:05", date(2027, 1, 4)),
        ("2026-11-20T00:00", date(2027, 1, 4)),
        ("2026-11-20T23:59:59", date(2027, 1, 4)),
        ("2028-01-15T12:00", date(2028, 2, 29)),  # ends on a leap day
        ("2027-01-15T12:00", date(2027, 3, 1)),
        ("2026-09-20T12:00", date(2026, 11, 4)),  # over the end of daylight saving time
    ],
)
def test_a_reply_is_taken_until_the_45th_day(last: str, until: date) -> None:
    assert reply_until(at(last), NEW_YORK, POLICY) == until
    ends = over(until, NEW_YORK)
    before, then, after = (
        may_reply(at(last), NEW_YORK, POLICY, level=2, now=ends + step) for step in (-INSTANT, timedelta(), INSTANT)
    )
    assert isinstance(before, Allowed)
    for refused in (then, after):
        assert isinstance(refused, Refused)
        assert (refused.rule, refused.reason) == ("MSG-10", "reply-window-closed")
        assert refused.next == "Write a new message; the old one can be quoted."


@pytest.mark.rule("MSG-10")
@pytest.mark.parametrize(("days", "open_"), [(0, True), (44, True), (45, True), (46, False), (47, False)])
def test_45_whole_days_on_is_in_time_and_46_is_not(days: int, open_: bool) -> None:
    last = at("2026-09-20T12:00")
    decision = may_reply(last, NEW_YORK, POLICY, level=2, now=last + days * DAY)
    assert isinstance(decision, Allowed) is open_


@pytest.mark.rule("MSG-10")
def test_the_window_is_the_policys() -> None:
    last = at("2026-11-20T12:00")
    assert isinstance(may_reply(last, NEW_YORK, MessagePolicy(reply_days=0), level=2, now=last), Allowed)
    assert isinstance(may_reply(last, NEW_YORK, MessagePolicy(reply_days=0), level=2, now=last + DAY), Refused)


@pytest.mark.rule("ID-5")
def test_a_basic_sign_in_may_not_reply_whatever_the_date() -> None:
    last = at("2026-11-20T12:00")
    for now in (last, last + 60 * DAY):
        decision = may_reply(last, NEW_YORK, POLICY, level=1, now=now)
        assert isinstance(decision, Refused)
        assert (decision.rule, decision.reason) == ("ID-5", "premium-required")


@pytest.mark.rule("FAM-3")
@pytest.mark.parametrize(
    ("access", "viewer", "seen"),
    [
        ("full", "nobody of them", True),
        ("limited", "writer", True),
        ("limited", "reader", True),
        ("limited", "another", False),
        ("limited", "", False),
        ("none", "writer", False),
    ],
)
def test_limited_access_sees_what_it_wrote_or_received(access: str, viewer: str, seen: bool) -> None:
    assert sees(SentMessage("writer", "reader", at("2026-11-20T12:00")), viewer, access) is seen


@pytest.mark.rule("MSG-5")
@given(
    sent=st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from([NEW_YORK, BERLIN, TOKYO, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Honolulu")]),
)
def test_three_business_days_lie_after_the_sending_day_and_the_last_is_the_due_one(
    sent: datetime, zone: ZoneInfo
) -> None:
    clinic = BusinessDays(zone, FederalHolidays())
    due = due_day(sent, clinic, POLICY)
    first = sent.astimezone(zone).date()
    days = [first + n * DAY for n in range(1, (due - first).days + 1)]
    business = [day for day in days if day.weekday() < 5 and day not in FederalHolidays()]
    assert len(business) == 3
    assert business[-1] == due


@pytest.mark.rule("MSG-5")
def test_the_kept_holidays_are_those_of_the_library() -> None:
    assert len(kept()) > 50
    assert {year: days for year, days in kept().items() if days != from_library(int(year))} == {}


@pytest.mark.rule("MSG-5")
@pytest.mark.parametrize("day", [date(2010, 12, 31), date(2071, 7, 3)])
def test_years_that_are_not_kept_are_asked_of_the_library(day: date) -> None:
    assert str(day.year) not in kept()
    assert day in FederalHolidays(), "the holiday falls on a Saturday, and is kept on the Friday before"
    assert day + DAY * 3 not in FederalHolidays()


@pytest.mark.rule("MSG-6", "MSG-8", "MSG-9")
@pytest.mark.parametrize(
    ("length", "sent", "reason"),
    [
        (0, False, ""),
        (9_999, False, ""),
        (10_000, False, ""),
        (10_001, False, "body-length"),
        (0, True, "sent-is-final"),
        (10_001, True, "sent-is-final"),
    ],
)
def test_a_draft_is_kept_until_it_is_sent(length: int, sent: bool, reason: str) -> None:
    decision = may_draft("x" * length, POLICY, sent=sent)
    assert (decision.reason if isinstance(decision, Refused) else "") == reason
    assert isinstance(decision, Allowed) or (decision.title and decision.next)
