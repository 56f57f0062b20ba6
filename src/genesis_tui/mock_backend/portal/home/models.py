"""What Home shows of one person."""

from typing import NotRequired

from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Day, Instant


class NewsItem(TypedDict):
    place: str
    type: str
    id: str
    title: str
    state: str
    at: Instant
    until: NotRequired[Day]


class AppointmentAhead(TypedDict):
    id: str
    at: Instant
    zone: str
    what: str
    place: str
    status: str
    clipboard: str


class AnswerAwaited(TypedDict):
    id: str
    title: str
    recipient: str
    due: Day
    overdue: bool


class SupplyAhead(TypedDict):
    id: str
    title: str
    out: Day
    left: int
    due: bool
    asked: str
    by: str
    denied: Day | None


class NewsAnswer(TypedDict):
    items: list[NewsItem]
    coming: list[AppointmentAhead]
    waiting: list[AnswerAwaited]
    supplies: list[SupplyAhead]
