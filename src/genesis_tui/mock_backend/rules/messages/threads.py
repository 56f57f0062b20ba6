"""MSG-5, MSG-10 and FAM-3 of secure messages: when an answer is due, how long a thread takes replies, who sees what."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import MessagePolicy
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

State = Literal["waiting", "overdue", "answered", "late"]
"""`answered` in time, `late` after the day on which the answer was due; the others have no answer yet."""

OVERDUE_NEXT = "Call the clinic, or write to it again."
"""MSG-5: the next step where no answer came in time."""

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message of a thread. An empty `sender_id` or `receiver_id` is the care team, any other a person."""

    sender_id: str
    receiver_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """What dates hang on at the clinic that a thread is with: its zone, and the federal holidays."""

    zone: ZoneInfo
    holidays: Container[date]


@dataclass(frozen=True, slots=True)
class AnswerDue:
    """MSG-5: by the end of which day an answer is due, and what became of it."""

    due: date
    state: State

    @property
    def next(self) -> str:
        """What to do where no answer came in time."""
        return OVERDUE_NEXT if self.state == "overdue" else ""


def sees(message: SentMessage, viewer_id: str, access: str) -> bool:
    """FAM-3: full access sees every message, limited access those that the viewer wrote or received."""
    return access == "full" or (access == "limited" and viewer_id in (message.sender_id, message.receiver_id))


def due_day(sent: datetime, clinic: BusinessDays, policy: MessagePolicy) -> date:
    """MSG-5: the third business day after the sending day, both in the clinic's zone."""
    return business_day(sent.astimezone(clinic.zone).date(), policy.answer_days, clinic)


def business_day(day: date, count: int, clinic: BusinessDays) -> date:
    """The `count`-th business day after `day`: no weekends, no federal holidays."""
    while count:
        day += _DAY
        count -= day.weekday() < _SATURDAY and day not in clinic.holidays
    return day


def over(day: date, zone: ZoneInfo) -> datetime:
    """The midnight in `zone` at which `day` is over."""
    return datetime.combine(day + _DAY, time(), zone)


def answers(
    messages: Sequence[SentMessage], clinic: BusinessDays, policy: MessagePolicy, now: datetime
) -> list[AnswerDue | None]:
    """For each message, oldest first, what is known of its answer; None for what the care team wrote."""
    found: list[AnswerDue | None] = []
    for number, message in enumerate(messages):
        replied = next((later.at for later in messages[number + 1 :] if not later.sender_id), None)
        found.append(_answer(message, replied, clinic, policy, now) if message.sender_id else None)
    return found


def open_answer(found: Iterable[AnswerDue | None]) -> AnswerDue | None:
    """What a thread waits for: the answer that was due first of those that have not come; None where none is."""
    return next((one for one in found if one is not None and one.state in ("waiting", "overdue")), None)


def reply_until(last: datetime, zone: ZoneInfo, policy: MessagePolicy) -> date:
    """MSG-10: the last day, in the clinic's zone, on which a thread whose last message is of `last` takes a reply."""
    return last.astimezone(zone).date() + policy.reply_days * _DAY


def may_reply(last: datetime, zone: ZoneInfo, policy: MessagePolicy, *, level: int, now: datetime) -> Decision:
    """ID-5 and MSG-10: whether the viewer may reply to a thread whose last message is of `last`."""
    premium = may_act(level)
    if isinstance(premium, Refused):
        return premium
    if now < over(reply_until(last, zone, policy), zone):
        return Allowed("MSG-10")
    return Refused(
        "MSG-10",
        "reply-window-closed",
        f"This conversation is closed: its last message is more than {policy.reply_days} days old.",
        next="Write a new message; the old one can be quoted.",
    )


def _answer(
    message: SentMessage, replied: datetime | None, clinic: BusinessDays, policy: MessagePolicy, now: datetime
) -> AnswerDue:
    due = due_day(message.at, clinic, policy)
    in_time = (now if replied is None else replied) < over(due, clinic.zone)
    if replied is None:
        return AnswerDue(due, "waiting" if in_time else "overdue")
    return AnswerDue(due, "answered" if in_time else "late")
