"""The tester's clock: forward applies what is due, back begins again."""

from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn

NOW = "2026-11-23T14:42:00Z"


async def count_results(mock: Mock) -> int:
    with mock.database.begin() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM due_event WHERE applied IS NOT NULL").scalar_one())


async def test_the_clock_says_where_it_stands(tester: httpx.AsyncClient) -> None:
    assert (await tester.get("/mock/v1/clock")).json() == {"now": NOW, "frozen": True, "start": NOW}


@pytest.mark.parametrize(
    ("step", "now"),
    [({"seconds": 1}, "2026-11-23T14:42:01Z"), ({"days": 30}, "2026-12-23T14:42:00Z"), ({}, NOW)],
)
async def test_it_moves_on(tester: httpx.AsyncClient, step: dict[str, float], now: str) -> None:
    assert (await tester.post("/mock/v1/clock/advance", json=step)).json()["now"] == now


async def test_a_month_at_once_and_day_by_day_end_in_the_same_world(world_image: bytes) -> None:
    from genesis_tui.mock_backend.server.app import create_app

    worlds = []
    for steps in ([30.0], [1.0] * 30):
        mock = Mock.of_image(world_image)
        headers = {"X-Tester-Token": mock.tester_token}
        transport = httpx.ASGITransport(create_app(mock))
        async with httpx.AsyncClient(transport=transport, base_url=mock.issuer, headers=headers) as client:
            for days in steps:
                await client.post("/mock/v1/clock/advance", json={"days": days})
            await client.get("/mock/v1/clock")
        with mock.database.begin() as conn:
            worlds.append(
                conn.exec_driver_sql("SELECT type, id, version, updated, body FROM resource ORDER BY 1, 2").all()
            )
        applied = await count_results(mock)
        mock.close()
        assert applied > 0
    assert worlds[0] == worlds[1]


async def test_going_back_begins_again_and_comes_to_the_same_world(
    mock: Mock, tester: httpx.AsyncClient, sign_in: SignIn
) -> None:
    daniel = await sign_in("daniel.reyes")
    await tester.post("/mock/v1/clock/advance", json={"days": 40})
    await tester.get("/mock/v1/clock")
    later = await count_results(mock)
    back = await tester.put("/mock/v1/clock", json={"now": NOW})
    assert back.json()["now"] == NOW
    assert (await count_results(mock)) == 0 < later
    assert (await daniel.get("/portal/v1/session")).status_code == 401
    again = await sign_in("daniel.reyes")
    assert (await again.get("/portal/v1/session")).json()["now"] == NOW


async def test_a_clock_can_be_let_go(mock: Mock, tester: httpx.AsyncClient) -> None:
    assert (await tester.put("/mock/v1/clock", json={"frozen": False})).json()["frozen"] is False
    first = mock.clock.micros()
    assert mock.clock.micros() >= first


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("clock", "PUT", {"now": "2026-11-23T14:42:00"}),
        ("clock", "PUT", {"now": "soon"}),
        ("clock", "PUT", {"later": NOW}),
        ("clock/advance", "POST", {"seconds": -1}),
        ("clock/advance", "POST", {"seconds": "1"}),
        ("clock/advance", "POST", {"days": 1e9}),
    ],
)
async def test_it_takes_nothing_else(tester: httpx.AsyncClient, path: str, method: str, body: dict[str, Any]) -> None:
    answer = await tester.request(method, f"/mock/v1/{path}", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (422, "invalid")
    assert (await tester.get("/mock/v1/clock")).json()["now"] == NOW
