"""What the rules of refills need to know, read from a prescription, its fills and what was asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.record.dates import span
from genesis_tui.mock_backend.database.refills.dispensing import REFILL_STAGE, RX_NUMBER
from genesis_tui.mock_backend.database.refills.requests import Request
from genesis_tui.mock_backend.rules.refills import OPEN, OpenRequest, Origin, PrescriptionFacts

Json = dict[str, Any]
ORIGIN = "https://genesis-tui.example/fhir/CodeSystem/origin"

_STAGES = {"preparation": "in-process", "in-progress": "ready", "completed": "picked-up", "cancelled": "returned"}
_DAYS = {
    "d": 1,
    "day": 1,
    "wk": 7,
    "week": 7,
    "mo": 30,
    "month": 30,
    "a": 365,
    "year": 365,
    "h": 1 / 24,
    "hour": 1 / 24,
}
"""UCUM's code or the word of a unit -> its days."""
_UNDER_WAY = ("in-process", "ready")


@dataclass(frozen=True, slots=True)
class PrescriptionRow:
    """One prescription with everything that belongs to it; fills and requests newest first.

    `home` is the zone of the patient's own facility, which counts where no pharmacy is known. `renewed`: another
    prescription has taken its place. `again`: others are of the same drug.
    """

    body: Json
    fills: tuple[Json, ...]
    requests: tuple[Request, ...]
    points: Mapping[str, RowMapping]
    home: str
    renewed: bool = False
    again: bool = False

    @property
    def pharmacy(self) -> str:
        """Id of the pick-up point that filled it last, or ''."""
        return next((one for one in map(location_id, self.fills) if one in self.points), "")

    @property
    def zone(self) -> str:
        return str(self.points[self.pharmacy]["zone"]) if self.pharmacy else self.home

    def handed_over(self) -> list[Json]:
        """The fills that count (RX-1), newest first."""
        done = [fill for fill in self.fills if fill.get("status") == "completed"]
        return sorted(done, key=lambda fill: _start(fill.get("whenHandedOver")) or 0, reverse=True)


def facts_of(rx: PrescriptionRow) -> PrescriptionFacts:
    """The facts of a prescription. Raises what `readable.UNREADABLE` names for one that can't be read."""
    done = rx.handed_over()
    last = done[0] if done else {}
    repeats = rx.body.get("dispenseRequest", {}).get("numberOfRepeatsAllowed")
    handed = _start(last.get("whenHandedOver"))
    return PrescriptionFacts(
        status=str(rx.body.get("status", "")),
        repeats=None if repeats is None else int(repeats),
        completed=len(done),
        zone=rx.zone,
        expires=expires_on(rx.body, rx.zone),
        handed_over=None if handed is None else from_micros(handed),
        days_supply=days_supply(last) if last else days_supply(rx.body),
        filling=_filling(rx),
        pending=_pending(rx, handed),
        provider=provider_of(rx.body),
        origin=origin_of(rx.body),
        renewed=rx.renewed,
        imported=not is_numbered(rx.body),
        inpatient="inpatient" in _codes(rx.body.get("category", ())),
        course=next(iter(_codes([rx.body.get("courseOfTherapyType", {})])), ""),
        dosed_days=_dosed_days(rx.body),
        again=rx.again or "priorPrescription" in rx.body,
    )


def origin_of(body: Json) -> Origin:
    """RX-9: a partner's, or what people report; all else is ours, imported too."""
    if partner_of(body) is not None:
        return "community"
    reported = body.get("reportedBoolean") or "reportedReference" in body or body.get("intent") == "plan"
    return "reported" if reported else "ours"


def is_numbered(body: Json) -> bool:
    """Whether it carries a prescription number of ours: what was imported has none."""
    return any(one.get("system") == RX_NUMBER for one in body.get("identifier", ()))


def partner_of(body: Json) -> str | None:
    """JHIE-1: the partner that a community record came from; None for what is not labelled so."""
    tags = body.get("meta", {}).get("tag", ())
    return next((str(tag.get("display", "")) for tag in tags if tag.get("system") == ORIGIN), None)


def provider_of(body: Json) -> str:
    """Who prescribed it, without degrees: `Dr. Anna Okafor`."""
    return str(body.get("requester", {}).get("display", "")).partition(",")[0]


def stage_of(fill: Json) -> str:
    """RX-6: the stage that a fill says itself, or what its status stands for."""
    said = (one.get("valueCode") for one in fill.get("extension", ()) if one.get("url") == REFILL_STAGE)
    return str(next(said, None) or _STAGES.get(str(fill.get("status")), fill.get("status", "")))


def location_id(fill: Json) -> str:
    """Id of the Location that a fill was made at, or ''."""
    return str(fill.get("location", {}).get("reference", "")).removeprefix("Location/")


def days_supply(body: Json) -> int | None:
    """How many days a fill lasts, of a fill or of a prescription; a part of a day counts whole.

    None where it says none, or names a unit that is no time.
    """
    return _days(body.get("daysSupply") or body.get("dispenseRequest", {}).get("expectedSupplyDuration") or {})


def _days(amount: Json) -> int | None:
    unit = str(amount.get("code") or amount.get("unit") or "d").lower().rstrip("s")
    return ceil(amount["value"] * _DAYS[unit]) if "value" in amount and unit in _DAYS else None


def _dosed_days(body: Json) -> int | None:
    """How long the longest of the doses is to be taken; None where one of them has no end, or there is none."""
    found = [_bounds(one.get("timing", {}).get("repeat", {})) for one in body.get("dosageInstruction", ())]
    days = [one for one in found if one is not None]
    return max(days) if days and len(days) == len(found) else None


def _bounds(repeat: Json) -> int | None:
    """Days between the bounds of a timing."""
    period = repeat.get("boundsPeriod", {})
    if "start" in period and "end" in period:
        first, last = (from_micros(one).date() for one in (span(period["start"])[0], span(period["end"])[1] - 1))
        return (last - first).days + 1
    return _days(repeat.get("boundsDuration") or repeat.get("boundsRange", {}).get("high") or {})


def _codes(concepts: Iterable[Json]) -> list[str]:
    return [str(coding.get("code", "")) for one in concepts for coding in one.get("coding", ())]


def expires_on(body: Json, zone: str) -> date | None:
    """The last day on which a prescription holds, at the pharmacy."""
    end = body.get("dispenseRequest", {}).get("validityPeriod", {}).get("end")
    if end is None:
        return None
    if "T" not in end:
        return from_micros(span(end)[1] - 1).date()
    return from_micros(span(end)[0]).astimezone(ZoneInfo(zone)).date()


def when(fill: Json) -> datetime | None:
    """When a fill was handed over, or was made ready."""
    at = _start(fill.get("whenHandedOver") or fill.get("whenPrepared"))
    return None if at is None else from_micros(at)


def _start(text: str | None) -> int | None:
    return None if text is None else span(text)[0]


def _filling(rx: PrescriptionRow) -> OpenRequest | None:
    """The fill under way, and since when it stands where it stands."""
    fill = next((one for one in rx.fills if stage_of(one) in _UNDER_WAY and one.get("status") in _STAGES), None)
    if fill is None:
        return None
    stage = stage_of(fill)
    told = (row["at"] for one in rx.requests if one.dispense_id == fill["id"] for row in _rows(one.stages, stage))
    since = next(told, None) or _start(fill.get("whenPrepared")) or span(fill["meta"]["lastUpdated"])[0]
    return OpenRequest(stage, from_micros(since))


def _rows(stages: Iterable[RowMapping], stage: str) -> list[RowMapping]:
    return [row for row in stages if row["stage"] == stage]


def _pending(rx: PrescriptionRow, handed: int | None) -> OpenRequest | None:
    """The newest request under way that no fill tells of; at a pharmacy that does not track, until the next fill."""
    for one in rx.requests:
        filled = one.kind == "refill" and handed is not None and handed > one.asked
        if one.stage in OPEN and not filled:
            return OpenRequest("requested", from_micros(one.asked), one.kind)
    return None
