"""Free slots: a clinic's grid without what others hold (`rules.appointments.slots`) and what is held here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.appointments.clinics import (
    Clinic,
    clinics,
    schedule_row,
    schedules_at,
    visit_types,
)
from genesis_tui.mock_backend.database.engine import unless_there
from genesis_tui.mock_backend.database.schema.appointments import slot_unit
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.rules.appointments.slots import Held, grid, how, units

_WRITTEN: Final = "%Y%m%dT%H%MZ"
HeldHere = dict[tuple[str, int], str | None]
"""Schedule and instant of what has a row here -> who holds it, None for nobody."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a schedule for one visit type. Its id says schedule, visit type and start."""

    clinic: Clinic
    schedule: Row[Any]
    visit_type: str
    minutes: int
    start: datetime
    how: str

    @property
    def id(self) -> str:
        return f"{self.schedule.id}.{self.visit_type}.{self.start.astimezone(UTC):{_WRITTEN}}"

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def units(self) -> list[int]:
        return [to_micros(one) for one in units(self.start, self.minutes)]


def free_slots(
    conn: Connection, clinic: Clinic, visit: Row[Any], first: date, last: date, now: datetime, *, beyond: bool = False
) -> Iterator[Slot]:
    """Free slots of a clinic from now on, by start: from one day there to another, as far ahead as it books.

    `beyond`: and further, as its own staff do.
    """
    settings, rows = clinic.settings, schedules_at(conn, clinic.id)
    first, last = max(first, settings.today(now)), last if beyond else min(last, settings.last_day(now))
    here = _rows_here(conn, [row.id for row in rows], first, last)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        starts = [one for one in grid(settings, day, visit.minutes) if one.at > now]
        held = {row.id: Held(row.id, day) for row in rows} if starts else {}
        for at, minute in starts:
            for row in rows:
                slot = Slot(clinic, row, visit.code, visit.minutes, at, how(settings, minute))
                if _is_free(slot, minute, held[row.id], here, now):
                    yield slot


def slot_of(conn: Connection, slot_id: str) -> Slot | None:
    """The slot that an id stands for, free or not; None where the grid has none."""
    schedule_id, _, rest = slot_id.partition(".")
    code, _, written = rest.rpartition(".")
    row = schedule_row(conn, schedule_id)
    visit = visit_types(conn).get(code)
    try:
        start = datetime.strptime(written, _WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        return None
    if row is None or visit is None:
        return None
    clinic = clinics(conn)[row.clinic_id]
    day = clinic.settings.today(start)
    minute = next((one.minute for one in grid(clinic.settings, day, visit.minutes) if one.at == start), None)
    return None if minute is None else Slot(clinic, row, code, visit.minutes, start, how(clinic.settings, minute))


def is_free(conn: Connection, slot: Slot, now: datetime, *, but_for: str = "") -> bool:
    """Whether nobody holds a slot, but for an appointment that may."""
    day = slot.clinic.settings.today(slot.start)
    here = _rows_here(conn, [slot.schedule.id], day, day)
    here |= {key: None for key, holder in here.items() if but_for and holder == but_for}
    starts = grid(slot.clinic.settings, day, slot.minutes)
    minute = next(one.minute for one in starts if one.at == slot.start)
    return _is_free(slot, minute, Held(slot.schedule.id, day), here, now)


def nearest(conn: Connection, slot: Slot, now: datetime) -> list[Slot]:
    """APPT-4: the free slots of the same clinic and visit type within a week of one, the nearest first."""
    day = slot.clinic.settings.today(slot.start)
    visit = visit_types(conn)[slot.visit_type]
    near = free_slots(conn, slot.clinic, visit, day - timedelta(days=7), day + timedelta(days=7), now)
    return sorted(near, key=lambda one: (abs(one.start - slot.start), one.start))


def take(conn: Connection, slot: Slot, holder: str) -> bool:
    """Hold a slot for an appointment; False where somebody else got a part of it first.

    Whoever holds a unit's row has it until the transaction ends, so that two can't both take it.
    """
    open_units(conn, slot.schedule.id, slot.units)
    mine = {"schedule": slot.schedule.id, "ats": slot.units, "by": holder}
    return conn.execute(_TAKEN, mine).rowcount == len(slot.units)


_TAKEN: Final = (
    update(slot_unit)
    .where(slot_unit.c.schedule_id == bindparam("schedule"), slot_unit.c.at.in_(bindparam("ats", expanding=True)))
    .where(slot_unit.c.held_by.is_(None))
    .values(held_by=bindparam("by"))
)


def release(conn: Connection, holder: str) -> None:
    """Whatever an appointment or a request holds is free again at once (APPT-8)."""
    conn.execute(update(slot_unit).where(slot_unit.c.held_by == holder).values(held_by=None))


def open_units(conn: Connection, schedule_id: str, ats: Iterable[int]) -> None:
    """Make units free that patients from outside hold; those that are held here stay so."""
    rows = [{"schedule_id": schedule_id, "at": at, "held_by": None} for at in ats]
    conn.execute(unless_there(conn, slot_unit), rows)


def hold_patient(conn: Connection, patient_id: str) -> Row[Any]:
    """The row of a patient for whom nobody else schedules until the transaction ends (APPT-5, APPT-8)."""
    return conn.execute(_HELD, {"patient": patient_id}).one()


_HELD: Final = select(person).where(person.c.id == bindparam("patient")).with_for_update()


def _rows_here(conn: Connection, schedule_ids: list[str], first: date, last: date) -> HeldHere:
    since, until = (to_micros(datetime(day.year, day.month, day.day, tzinfo=UTC)) for day in (first, last))
    day = timedelta(days=1) // timedelta(microseconds=1)
    values = {"schedules": schedule_ids, "since": since - day, "until": until + 2 * day}
    return {(row.schedule_id, row.at): row.held_by for row in conn.execute(_HERE, values)}


_HERE: Final = select(slot_unit).where(
    slot_unit.c.schedule_id.in_(bindparam("schedules", expanding=True)),
    slot_unit.c.at.between(bindparam("since"), bindparam("until")),
)


def _is_free(slot: Slot, minute: int, held: Held, here: HeldHere, now: datetime) -> bool:
    step = 10
    for number, at in enumerate(slot.units):
        key = (slot.schedule.id, at)
        if key in here:
            if here[key] is not None:
                return False
        elif not held.is_free(minute + number * step, from_micros(at), now):
            return False
    return True
