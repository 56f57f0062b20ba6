"""Prescriptions and pick-up points as they are told, what is asked for, and the answers to it."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Day, Instant, RequestBody

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]{1,64}$")]
MOST_ITEMS, LONGEST_NOTE = 1000, 10_000
"""What a request is read with; the rules say how many items a batch has, and how long a note is."""


class OpenSpan(TypedDict):
    """Local times, `HH:MM`."""

    opens: str
    closes: str


class OpeningHours(OpenSpan):
    """`day`: from Monday 0; a day may have several rows, or none."""

    day: int


class PickupPoint(TypedDict):
    id: str
    name: str
    kind: str
    facility: str
    place: str
    zone: str
    military: bool
    tracks: bool
    phone: str
    hours: list[OpeningHours]
    refuses: list[str]


class Pharmacy(PickupPoint):
    """`today`: the hours of the day that it is there, which is none on a holiday."""

    today: list[OpenSpan]


class PharmaciesAnswer(TypedDict):
    pharmacies: list[Pharmacy]


class FillListed(TypedDict):
    id: str
    request: str
    stage: str
    at: Instant | None
    where: str
    zone: str
    days_supply: float | None
    quantity: float | None
    unit: str


class FillReady(TypedDict):
    prescription: str
    drug: str
    where: str
    since: Instant
    until: Day
    zone: str


class StageReached(TypedDict):
    stage: str
    at: Instant
    where: str
    carrier: str
    number: str
    note: str


class RefillRequest(TypedDict):
    id: str
    kind: str
    asked: Instant
    by: str
    zone: str
    point: PickupPoint | None
    tracks: bool
    stages: list[StageReached]
    ahead: list[str]
    until: Day | None


class SupplyLeft(TypedDict):
    """RX-12: days of the last hand-over, when that was, the first day without, days until then; whether something is
    asked for, whether the course `ends` with it, and whether it is time to ask (`due`: "nothing asked yet")."""

    days: int
    since: Instant
    out: Day
    left: int
    asked: bool
    ends: bool
    due: bool


class PrescriptionListed(TypedDict):
    id: str
    drug: str
    sig: str
    reason: str
    by: str
    written: str
    status: str
    origin: str
    partner: str
    rx: str
    zone: str
    pharmacy: str
    days_supply: float | None
    quantity: float | None
    unit: str
    expires: Day | None
    repeats: int | None
    left: int | None
    last_fill: Instant | None
    supply: SupplyLeft | None
    controlled: bool
    refrigerated: bool
    fills: list[FillListed]
    requests: list[RefillRequest]
    can: list[Can]


class PrescriptionsAnswer(TypedDict):
    prescriptions: list[PrescriptionListed]
    unreadable: int


class RefillsBody(RequestBody):
    """`pickup` is the id of a pick-up point of `GET pharmacies`."""

    patient: Id
    pickup: Id
    prescriptions: list[Id] = Field(min_length=1, max_length=MOST_ITEMS)


class RenewalItem(RequestBody):
    """`note`: words to the provider; their length is in the limits of `GET session`."""

    prescription: Id
    note: str = Field("", max_length=LONGEST_NOTE)


class RenewalsBody(RequestBody):
    patient: Id
    items: list[RenewalItem] = Field(min_length=1, max_length=MOST_ITEMS)


ItemProblem = TypedDict("ItemProblem", {"rule": str, "code": str, "title": str, "next": str, "from": Instant | None})


class ItemAnswer(TypedDict):
    """`outcome`: `requested`, with the id of the request, or `refused`, with why."""

    prescription: str
    outcome: str
    request: str
    problem: ItemProblem | None


class BatchAnswer(TypedDict):
    """RX-8: one answer an item, in the order in which they were asked for."""

    items: list[ItemAnswer]
