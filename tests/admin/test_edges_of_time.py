"""The clock at its ends, a scenario in a file, a tar with odd names: a refusal or an answer, never a fault."""

import io
import json
import tarfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from tests.small_world import SPONSOR, START, client_of, small_mock, small_world, token_for

CLOCK = "/mock/v1/clock"


@pytest.fixture
async def tester() -> AsyncIterator[httpx.AsyncClient]:
    mock = small_mock()
    async with client_of(mock, mock.tester_token) as client:
        yield client
    mock.close()


async def now(tester: httpx.AsyncClient) -> str:
    return str((await tester.get(CLOCK)).json()["now"])


@pytest.mark.parametrize(("late", "status"), [(-1, 422), (0, 200), (1, 200)])
async def test_the_clock_does_not_go_before_the_worlds_start(tester: httpx.AsyncClient, late: int, status: int) -> None:
    before = await now(tester)
    place = (START + timedelta(microseconds=late)).isoformat()
    answer = await tester.put(CLOCK, json={"now": place})
    assert answer.status_code == status
    assert (await now(tester) == before) == (status == 422 or late == 0)
    assert status == 200 or answer.json()["reason"] == "invalid"


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("9999-12-31T23:59:59Z", 422),
        ("2200-01-01T00:00:01Z", 422),
        ("2200-01-01T00:00:00Z", 200),
        ("0001-01-01T00:00:00+14:00", 422),
        ("9999-12-31T23:59:59-14:00", 422),
    ],
)
async def test_the_clock_stays_where_days_can_be_counted(tester: httpx.AsyncClient, place: str, status: int) -> None:
    assert (await tester.put(CLOCK, json={"now": place})).status_code == status
    assert (await tester.post(CLOCK + "/advance", json={"days": 1})).status_code == (200 if status == 422 else 422)
    assert (await tester.get(CLOCK)).status_code == 200


async def test_steps_end_where_the_clock_does(tester: httpx.AsyncClient) -> None:
    steps = [(await tester.post(CLOCK + "/advance", json={"days": 36000})).status_code for _ in range(3)]
    assert steps == [200, 422, 422]
    assert (await tester.post(CLOCK + "/advance", json={"days": 36600, "seconds": 3e9})).status_code == 422


@pytest.mark.rule("APPT-9")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1900-01-01"])
async def test_days_at_the_ends_of_the_calendar_are_days(day: str) -> None:
    mock = small_mock()
    async with client_of(mock, token_for(mock, SPONSOR)) as client:
        for edges in (f"from={day}", f"from={day}&to={day}", f"from=0001-01-01&to={day}"):
            answer = await client.get(f"/portal/v1/patients/{SPONSOR}/appointments?{edges}")
            assert answer.status_code == 200
        searches = [f"date=ge{day}", f"date=lt{day}", f"date={day}", f"date=ge{day}T00:00:00%2B14:00"]
        for search in searches:
            url = f"/fhir/r4/Observation?patient={SPONSOR}&category=laboratory&{search}"
            assert (await client.get(url)).status_code in (200, 400)
    mock.close()


async def test_a_snapshot_is_gone_back_to_in_a_file_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/world.db"
    mock = Mock.create(url, start=START, frozen=True, world=small_world())
    headers = {"X-Tester-Token": mock.tester_token}
    transport = httpx.ASGITransport(create_app(mock))
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer, headers=headers) as tester:
        kept = (await tester.post("/mock/v1/scenario/snapshot")).json()["snapshot"]
        await tester.post(CLOCK + "/advance", json={"days": 3})
        answer = await tester.post("/mock/v1/scenario/restore", json={"snapshot": kept})
        assert (answer.status_code, answer.json()) == (200, {"now": START.isoformat().replace("+00:00", "Z")})
        assert (await tester.get("/mock/v1/clock")).status_code == 200
    with mock.database.begin() as conn:
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    mock.close()
    again = Mock.create(url, frozen=True)
    assert again.clock.now() == START
    again.close()


async def test_a_tar_with_names_of_no_language_is_taken(tester: httpx.AsyncClient) -> None:
    packed = io.BytesIO()
    body = json.dumps({"resourceType": "Patient", "id": "1", "birthDate": "1980-01-01"}).encode()
    with tarfile.open(fileobj=packed, mode="w", encoding="latin-1", format=tarfile.GNU_FORMAT) as tar:
        for name in ("caf\u00e9.json", "\u00ff\u00fe.json", "plain.json"):
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
        broken = tarfile.TarInfo("\u00e9broken.json")
        broken.size = 3
        tar.addfile(broken, io.BytesIO(b"{x}"))
    answer = await tester.post(
        "/mock/v1/import",
        params={"source": "odd"},
        content=packed.getvalue(),
        headers={"Content-Type": "application/x-tar"},
    )
    assert answer.status_code == 200
    assert answer.json()["files"] == 3
    assert len(answer.json()["broken"]) == 1
