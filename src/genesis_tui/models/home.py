"""What is new for the family since the last visit."""

from dataclasses import dataclass
from datetime import date, datetime

from genesis_tui.models.family import FamilyMember

OFFERED = "offered"
"""What a request is whose clinic offers slots to choose from."""
_DUE = ("to-fill-in", "begun")


@dataclass(frozen=True, slots=True)
class NewItem:
    """One thing that is new for a person. `key` is `Type/id` where it can be opened, empty where it can't."""

    place: str
    """The place that shows it: `results`, `inbox`, `appointments`, `refills`."""
    key: str
    title: str
    state: str
    """A word for the state column: `High`, `Critical`, `new`, `unread`, `ready` …"""
    at: datetime
    until: date | None = None
    """The last day for what has to be done: when a refill goes back to stock."""

    @property
    def is_draft(self) -> bool:
        """Whether it is a message that is not sent."""
        return self.key.startswith("Draft/")

    @property
    def to_do(self) -> bool:
        """Whether it waits for the person: something to fetch, to send, to ask about, or to choose."""
        return self.until is not None or self.is_draft or self.in_doubt or self.state == OFFERED

    @property
    def in_doubt(self) -> bool:
        """Whether it is something asked for of which it is not known whether it was done."""
        return self.key.startswith("Act/")


@dataclass(frozen=True, slots=True)
class AwaitedAnswer:
    """A message that the clinic has not answered yet (MSG-5). `key` is `Thread/id`."""

    key: str
    title: str
    recipient: str
    due: date
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class UpcomingAppointment:
    """An appointment ahead."""

    at: datetime
    zone: str
    what: str
    place: str
    status: str
    key: str = ""
    """`Appointment/id`, where Appointments can show it."""
    clipboard: str = ""
    """`to-fill-in`, `begun`, `submitted`; empty where there is none."""

    @property
    def clipboard_due(self) -> bool:
        """Whether there is something to fill in before it."""
        return self.clipboard in _DUE


@dataclass(frozen=True, slots=True)
class SupplyAhead:
    """RX-12: a drug that runs out in the next 14 days. `key` is `MedicationRequest/id`."""

    key: str
    title: str
    out: date
    """The first day without."""
    left: int
    """In days."""
    due: bool = False
    """Whether it runs out soon and nothing is asked for yet."""
    asked: str = ""
    """What is asked for: `refill`, `renewal`; empty for nothing."""
    by: str = ""
    """Who decides about a renewal."""
    denied: date | None = None
    """When the renewal that was asked for last was denied."""


@dataclass(frozen=True, slots=True)
class PersonNews:
    """News of one person."""

    person: FamilyMember
    items: tuple[NewItem, ...] = ()
    coming: tuple[UpcomingAppointment, ...] = ()
    waiting: tuple[AwaitedAnswer, ...] = ()
    supplies: tuple[SupplyAhead, ...] = ()
    """The first to run out first."""
