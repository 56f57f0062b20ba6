"""Calendar files are taken by calendars that nobody here wrote: npm ical.js, and the CalDAV server Radicale."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.export.ics import ICS_TYPE, calendar_file
from genesis_tui.models.appointments.appointment import Appointment
from tests.appointments_of import appointment
from tests.cli.conftest import Run, daniel, home, run, served, signed_in
from tests.elsewhere.installed import HERE, node, radicale

__all__ = ["daniel", "home", "run", "served", "signed_in"]
NOW = datetime(2026, 11, 30, 14, 42, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PATIENCE = 60
STARTS = {
    "Europe/Berlin": [
        "2026-10-25T01:45+02:00",
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:30+01:00",
        "2026-10-25T03:30+01:00",
        "2026-12-02T09:00+01:00",
        "2027-03-28T01:45+01:00",
        "2027-03-28T03:00+02:00",
    ],
    "America/New_York": ["2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00", "2027-03-14T03:00-04:00"],
    "Asia/Tokyo": ["2026-12-02T09:00+09:00", "2027-07-01T23:45+09:00"],
    "Pacific/Guam": ["2026-12-02T00:10+10:00", "2027-07-01T09:00+10:00"],
    "Asia/Kabul": ["2026-12-02T04:15+04:30", "2027-07-01T09:00+04:30"],
}
"""By zone: an ordinary day, and the hours around both changes of its clock, the hour that comes twice included."""

VISITS = [
    appointment(start, id=f"{zone}-{number}", zone=zone)
    for zone, starts in STARTS.items()
    for number, start in enumerate(starts)
]
VERSIONS = [
    appointment(),
    appointment("2026-12-02T09:00:00-05:00", version=2),
    appointment("2026-12-02T09:00:00-05:00", version=3, status="cancelled", status_word="Cancelled"),
]


def file_of(*rows: Appointment) -> bytes:
    return calendar_file(rows, whose="Maya Reyes", host="mock.example.mil", now=NOW)


def uid(row: Appointment) -> str:
    return f"{row.id}@mock.example.mil"


def taken(*files: bytes) -> list[dict[str, Any]]:
    """The events of a calendar that took these files in this order."""
    found, environment = node("ical.js")
    command = [found, str(HERE / "calendar.cjs")]
    told = json.dumps([file.decode() for file in files]).encode()
    done = subprocess.run(command, input=told, capture_output=True, timeout=PATIENCE, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    events: list[dict[str, Any]] = json.loads(done.stdout)
    return events


def spans(rows: Sequence[Appointment]) -> set[tuple[str, float, float]]:
    return {(uid(row), row.start.timestamp(), row.end.timestamp()) for row in rows if row.start and row.end}


@pytest.mark.rule("APPT-9")
def test_ical_js_reads_each_instant_by_the_zones_of_the_file() -> None:
    together, alone = taken(file_of(*VISITS)), taken(*map(file_of, VISITS))
    for events in (together, alone):
        assert {(one["uid"], one["start"], one["end"]) for one in events} == spans(VISITS)


@pytest.mark.rule("APPT-8")
@pytest.mark.parametrize(("versions", "status"), [(VERSIONS[:2], "CONFIRMED"), (VERSIONS, "CANCELLED")])
def test_ical_js_keeps_the_newest_version_in_whatever_order_the_files_come(
    versions: list[Appointment], status: str
) -> None:
    for files in permutations(map(file_of, versions)):
        [event] = taken(*files)
        assert (event["sequence"], event["status"]) == (len(versions) - 1, status)
        assert event["start"] == datetime.fromisoformat("2026-12-02T14:00:00Z").timestamp()


class Caldav:
    """One calendar of somebody's on a CalDAV server."""

    def __init__(self, client: httpx.Client, path: str) -> None:
        self._client, self._path = client, path

    def put(self, content: bytes, name: str = "") -> httpx.Response:
        """Store a file as one item, or as the whole calendar."""
        headers = {"Content-Type": ICS_TYPE}
        return self._client.put(self._path + name, content=content, headers=headers)

    def between(self, since: datetime, until: datetime) -> set[str]:
        """The UIDs of what the server finds in a span of time (RFC 4791, 9.9), by its own reading of the zones."""
        span = f'start="{since.astimezone(UTC):%Y%m%dT%H%M%SZ}" end="{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"'
        return set(re.findall(r"^UID:(\S+)", self._asked(f"<time-range {span}/>"), re.MULTILINE))

    def everything(self) -> str:
        return self._asked("")

    def _asked(self, part: str) -> str:
        query = (
            '<calendar-query xmlns="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><calendar-data/></D:prop>'
            f'<filter><comp-filter name="VCALENDAR"><comp-filter name="VEVENT">{part}</comp-filter></comp-filter>'
            "</filter></calendar-query>"
        )
        answer = self._client.request("REPORT", self._path, content=query, headers={"Depth": "1"})
        assert answer.status_code == 207, answer.text
        return answer.text


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Radicale, to somebody who has signed in."""
    with (
        radicale(tmp_path_factory.mktemp("radicale")) as base,
        httpx.Client(base_url=base, auth=("maya", "any"), trust_env=False) as client,
    ):
        yield client


def made(server: httpx.Client, name: str) -> Caldav:
    path = f"/maya/{name}/"
    assert server.request("MKCALENDAR", path).status_code == 201
    return Caldav(server, path)


@pytest.mark.rule("APPT-9")
@pytest.mark.parametrize("way", ["one file", "a file each"])
def test_radicale_finds_each_event_at_its_instant(server: httpx.Client, way: str) -> None:
    calendar = made(server, way.replace(" ", "-"))
    if way == "one file":
        assert calendar.put(file_of(*VISITS)).status_code == 201
    else:
        for number, row in enumerate(VISITS):
            assert calendar.put(file_of(row), f"{number}.ics").status_code == 201
    for row in VISITS:
        start, end = row.start, row.end
        assert start is not None
        assert end is not None
        spans = [(start - SECOND, start), (start, start + SECOND), (end - SECOND, end), (end, end + SECOND)]
        assert [uid(row) in calendar.between(*span) for span in spans] == [False, True, True, False], row


@pytest.mark.rule("APPT-8")
def test_radicale_holds_one_event_however_often_it_was_changed(server: httpx.Client) -> None:
    calendar = made(server, "changed")
    first, moved, off = VERSIONS
    assert [calendar.put(file_of(row), "visit.ics").status_code for row in VERSIONS[:2]] == [201, 204]
    for row, there in ((first, set()), (moved, {uid(moved)})):
        assert row.start is not None
        assert calendar.between(row.start, row.start + SECOND) == there
    assert calendar.put(file_of(off), "visit.ics").status_code == 204
    stored = calendar.everything()
    assert (stored.count("BEGIN:VEVENT"), "STATUS:CANCELLED" in stored, "SEQUENCE:2" in stored) == (1, True, True)
    assert calendar.put(file_of(off), "another.ics").status_code == 409, "it knows the event by its UID"


@pytest.mark.rule("APPT-9")
def test_what_the_command_saves_is_what_the_portal_tells(daniel: Run, server: httpx.Client, tmp_path: Path) -> None:
    told = json.loads(daniel("appointments", "--json").stdout)["appointments"]
    rows = {row["id"]: datetime.fromisoformat(row["start"]) for row in told if row["start"]}
    assert len({row["zone"] for row in told if row["start"]}) > 1
    saved = Path(daniel("appointments", "ics", "--to", str(tmp_path)).stdout.strip()).read_bytes()
    events = {one["uid"].partition("@")[0]: one["start"] for one in taken(saved)}
    assert events == {id: start.timestamp() for id, start in rows.items()}
    calendar = made(server, "saved")
    assert calendar.put(saved).status_code == 201
    for id, start in rows.items():
        assert id in {found.partition("@")[0] for found in calendar.between(start, start + SECOND)}
