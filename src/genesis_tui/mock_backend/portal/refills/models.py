"""Prescriptions and pick-up points as they are told."""

from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Day, Instant


class PickupPoint(TypedDict):
    id: str
    name: str
    kind: str
    facility: str
    place: str
    zone: str
    military: bool
    tracks: bool
    refuses: list[str]


class PharmaciesAnswer(TypedDict):
    pharmacies: list[PickupPoint]


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
    controlled: bool
    refrigerated: bool
    fills: list[FillListed]
    requests: list[RefillRequest]
    can: list[Can]


class PrescriptionsAnswer(TypedDict):
    prescriptions: list[PrescriptionListed]
    unreadable: int
