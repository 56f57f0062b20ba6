"""Clinics with their own settings, visit types, and whose schedules there are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from genesis_tui.mock_backend.database.engine import remembered
from genesis_tui.mock_backend.database.schema.appointments import clinic, clinic_visit, schedule, visit_type
from genesis_tui.mock_backend.rules.appointments.slots import ClinicSettings
from genesis_tui.mock_backend.rules.holidays import FederalHolidays

_CLOSED = FederalHolidays()


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic as scheduling knows it; `mailbox_id` is that of its scheduling team."""

    settings: ClinicSettings
    facility: str
    phone: str
    mailbox_id: str

    @property
    def id(self) -> str:
        return self.settings.id


def visit_types(conn: Connection) -> dict[str, Row[Any]]:
    """Code -> row of `visit_type`, in their order."""
    wanted = select(visit_type).order_by(visit_type.c.place)
    return remembered(conn, "visit types", lambda: {row.code: row for row in conn.execute(wanted)})


def clinics(conn: Connection) -> dict[str, Clinic]:
    """Id -> clinic, in their order."""
    return remembered(conn, "clinics", lambda: _clinics(conn))


def _clinics(conn: Connection) -> dict[str, Clinic]:
    ways: dict[str, dict[str, str]] = {}
    for row in conn.execute(select(clinic_visit)):
        ways.setdefault(row.clinic_id, {})[row.visit_type] = row.way
    rows = conn.execute(select(clinic).order_by(clinic.c.place))
    return {row.id: _clinic(row, ways.get(row.id, {})) for row in rows}


def schedules_at(conn: Connection, clinic_id: str) -> list[Row[Any]]:
    """The rows of `schedule` of a clinic."""
    return [row for row in _schedules(conn).values() if row.clinic_id == clinic_id]


def schedule_row(conn: Connection, schedule_id: str) -> Row[Any] | None:
    return _schedules(conn).get(schedule_id)


def _schedules(conn: Connection) -> dict[str, Row[Any]]:
    wanted = select(schedule).order_by(schedule.c.id)
    return remembered(conn, "schedules", lambda: {row.id: row for row in conn.execute(wanted)})


def _clinic(row: Row[Any], ways: dict[str, str]) -> Clinic:
    hours = tuple((_minutes(opens), _minutes(closes)) for opens, closes in _parts(row.hours))
    settings = ClinicSettings(
        id=row.id,
        name=row.name,
        zone=row.zone,
        ahead_days=row.ahead_days,
        days=frozenset(map(int, row.days)),
        hours=hours,
        ways=ways,
        closed=_CLOSED,
        sensitive=row.sensitive,
        video=row.video,
    )
    return Clinic(settings, row.facility, row.phone, row.mailbox_id)


def _parts(hours: str) -> list[list[str]]:
    return [part.split("-") for part in hours.split(",")]


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
