"""Slots as FHIR has them: they are worked out when they are searched, and stored nowhere."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.appointments.clinics import clinics, visit_types
from genesis_tui.mock_backend.database.appointments.lifecycle import VISIT_MODE, VISIT_TYPE
from genesis_tui.mock_backend.database.appointments.slots import Slot, free_slots, is_free, slot_of
from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.record.resources import encode, instant
from genesis_tui.mock_backend.database.record.search import Code, Criteria, Found, Single
from genesis_tui.mock_backend.rules.appointments.booking import may_search, way_of
from genesis_tui.mock_backend.rules.appointments.slots import BOOKS
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.policy import AppointmentPolicy

SLOT: Final = "Slot"
_WITHOUT_END: Final = Refused(
    "APPT-3", "outside-window", "A search needs both ends of its period.", next="Give start twice: ge, lt.", status=422
)


class SlotSearches:
    """Reads and searches of the slots of one database, as `Searches` has them of what is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def one(self, slot_id: str, *, now: int) -> Single | None:
        """A slot by its id, free or not."""
        with self._database.begin() as conn:
            slot = slot_of(conn, slot_id)
            if slot is None:
                return None
            body = _body(slot, free=is_free(conn, slot, from_micros(now)), now=now)
        return Single(slot.id, 1, "", "", now, encode(body))

    def may_run(self, criteria: Criteria, policy: AppointmentPolicy) -> Decision | None:
        """APPT-3: what the rule says of the period; None where slots are named by id."""
        since, until = _period(criteria)
        if criteria.ids:
            return None
        if since is None or until is None:
            return _WITHOUT_END
        return may_search(since.date(), until.date(), policy)

    def run(self, criteria: Criteria) -> list[Found]:
        """At most `criteria.limit` free slots, by start."""
        found = self._all(criteria)
        if criteria.after is not None:
            found = [one for one in found if _key(one) > criteria.after]
        return found[: criteria.limit]

    def count(self, criteria: Criteria) -> int:
        return len(self._all(criteria))

    def _all(self, criteria: Criteria) -> list[Found]:
        with self._database.begin() as conn:
            if criteria.ids:
                named = (slot_of(conn, one) for one in criteria.ids)
                slots = [one for one in named if one is not None and is_free(conn, one, from_micros(criteria.now))]
            else:
                slots = list(_free(conn, criteria))
        return sorted((_found(one, criteria.now) for one in slots if _matches(one, criteria)), key=_key)


def _key(found: Found) -> tuple[int, int]:
    return found.at, found.row


def _free(conn: Connection, criteria: Criteria) -> Iterator[Slot]:
    since, until = _period(criteria)
    assert since is not None
    assert until is not None
    codes = _codes(criteria, "service-type")
    for clinic in clinics(conn).values():
        zone_days = clinic.settings.today(since), clinic.settings.today(until)
        for visit in visit_types(conn).values():
            wanted = any(_is_code(one, visit.code) for one in codes)
            if wanted and way_of(clinic.settings, visit.code) == BOOKS:
                yield from free_slots(conn, clinic, visit, *zone_days, from_micros(criteria.now))


def _matches(slot: Slot, criteria: Criteria) -> bool:
    """Whether a slot is what every parameter asks for."""
    places, schedules = (_codes(criteria, name) for name in ("-location", "schedule"))
    at = to_micros(slot.start)
    return (
        all(_within(at, bound.operator, bound.value) for bound in criteria.bounds if bound.column == "at")
        and (not places or any(one.code == f"Location/{slot.clinic.id}" for one in places))
        and (not schedules or any(one.code == f"Schedule/{slot.schedule.id}" for one in schedules))
    )


def _within(at: int, operator: str, value: int) -> bool:
    return {"<": at < value, "<=": at <= value, ">": at > value, ">=": at >= value}[operator]


def _codes(criteria: Criteria, param: str) -> list[Code]:
    return [code for tokens in criteria.tokens if tokens.param == param for code in tokens.any_of]


def _is_code(code: Code, visit_code: str) -> bool:
    return code.code in ("", visit_code) and code.system in (None, VISIT_TYPE)


def _period(criteria: Criteria) -> tuple[datetime | None, datetime | None]:
    """Both ends of the period that a search names."""
    lows = [one.value for one in criteria.bounds if one.column == "at" and one.operator[0] == ">"]
    highs = [one.value for one in criteria.bounds if one.column == "at" and one.operator[0] == "<"]
    since, until = (max(lows) if lows else None), (min(highs) - 1 if highs else None)
    return (None if since is None else from_micros(since)), (None if until is None else from_micros(until))


def _found(slot: Slot, now: int) -> Found:
    row = int.from_bytes(hashlib.blake2b(slot.id.encode(), digest_size=7).digest())
    return Found(row, to_micros(slot.start), 1, slot.id, "", encode(_body(slot, free=True, now=now)))


def _body(slot: Slot, *, free: bool, now: int) -> dict[str, Any]:
    coding = {"system": VISIT_TYPE, "code": slot.visit_type}
    return {
        "resourceType": SLOT,
        "id": slot.id,
        "meta": {"versionId": "1", "lastUpdated": instant(now)},
        "extension": [{"url": VISIT_MODE, "valueCode": slot.how}],
        "serviceType": [{"coding": [coding]}],
        "schedule": {"reference": f"Schedule/{slot.schedule.id}", "display": slot.schedule.name},
        "status": "free" if free else "busy",
        "start": slot.start.astimezone(UTC).isoformat(),
        "end": slot.end.astimezone(UTC).isoformat(),
    }
