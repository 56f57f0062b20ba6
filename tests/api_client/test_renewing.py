"""Renewing a sign-in: once at a time, whatever moves the clock, and never in a circle (SESS-1, SESS-3)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import ServerFault, SignedOut
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile


class Wall(httpx.AsyncBaseTransport):
    """The mock, behind something that turns tokens away and counts renewals."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.away = 0
        self.renewals = 0
        self.keeps = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/portal") and self.away:
            self.away -= 1
            return httpx.Response(401, request=request)
        if request.url.path == "/oauth/token" and b"grant_type=refresh_token" in await request.aread():
            self.renewals += 1
        return await self.inner.handle_async_request(request)


@pytest.fixture
def wall(transport: httpx.ASGITransport) -> Wall:
    return Wall(transport)


@pytest.fixture
async def portal(mock: Mock, wall: Wall) -> AsyncIterator[Portal]:
    portal = Portal(ServerProfile("test", mock.issuer), transport=wall, keep=False)
    yield portal
    await portal.close()


async def signed_in(portal: Portal, passwords: dict[str, str]) -> None:
    await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(("seconds", "renewals"), [(569, 0), (570, 1), (571, 1)])
async def test_a_token_that_has_ended_is_renewed(
    portal: Portal, mock: Mock, wall: Wall, passwords: dict[str, str], seconds: int, renewals: int
) -> None:
    await signed_in(portal, passwords)
    mock.clock.advance(timedelta(seconds=seconds))
    assert (await portal.family.load()).people
    assert wall.renewals == renewals


@pytest.mark.rule("SESS-1")
async def test_a_clock_that_is_moved_again_and_again_costs_no_sign_in(
    portal: Portal, mock: Mock, wall: Wall, passwords: dict[str, str]
) -> None:
    await signed_in(portal, passwords)
    for _ in range(5):
        mock.clock.advance(timedelta(seconds=600))
        assert (await portal.family.load()).people
    assert wall.renewals == 5


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize("rotates", [True, False])
async def test_a_refresh_token_may_be_kept_or_replaced(
    portal: Portal, mock: Mock, passwords: dict[str, str], rotates: bool
) -> None:
    session = mock.policy.session.model_copy(update={"refresh_rotates": rotates})
    mock.policy = mock.policy.model_copy(update={"session": session})
    await signed_in(portal, passwords)
    assert portal.connection.server is not None
    first = portal.connection.server.tokens
    for _ in range(3):
        mock.clock.advance(timedelta(seconds=600))
        await portal.family.load()
    assert first is not None
    assert portal.connection.server.tokens is not None
    assert (portal.connection.server.tokens.refresh != first.refresh) is rotates


@pytest.mark.rule("SESS-1")
async def test_many_calls_at_once_renew_once(portal: Portal, mock: Mock, wall: Wall, passwords: dict[str, str]) -> None:
    await signed_in(portal, passwords)
    mock.clock.advance(timedelta(seconds=600))
    await asyncio.gather(*(portal.family.load() for _ in range(8)))
    assert wall.renewals == 1


@pytest.mark.rule("SESS-1")
async def test_a_token_near_its_end_goes_on_where_the_server_wants_a_pause(
    portal: Portal, mock: Mock, wall: Wall, passwords: dict[str, str]
) -> None:
    await signed_in(portal, passwords)
    assert portal.connection.server is not None
    assert portal.connection.server.tokens is not None
    await portal.connection.server._bearer._refresh(portal.connection.server.tokens)
    tokens = portal.connection.server.tokens
    portal.connection.server.take(replace(tokens, expires=0.0))
    assert (await portal.family.load()).people


@pytest.mark.rule("SESS-1")
async def test_a_pause_that_is_asked_for_is_told(
    portal: Portal, mock: Mock, wall: Wall, passwords: dict[str, str]
) -> None:
    await signed_in(portal, passwords)
    assert portal.connection.server is not None
    mock.clock.advance(timedelta(seconds=600))
    await portal.family.load()
    wall.away = 1
    with pytest.raises(ServerFault) as caught:
        await portal.family.load()
    assert (caught.value.status, caught.value.reason) == (429, "refresh-throttled")
    mock.clock.advance(timedelta(seconds=60))
    assert (await portal.family.load()).people


@pytest.mark.rule("SESS-3")
async def test_a_sign_in_that_goes_in_a_circle_stops_with_its_one_fix(
    portal: Portal, wall: Wall, passwords: dict[str, str]
) -> None:
    wall.away = 99
    with pytest.raises(SignedOut) as caught:
        await signed_in(portal, passwords)
    error = caught.value
    assert (error.rule, error.reason) == ("SESS-3", "sign-in-loop")
    assert "genesis-tui logout --forget" in error.next
    assert "--private" in error.next
    assert wall.renewals == 1
    assert 99 - wall.away == 2


@pytest.mark.rule("SESS-3")
async def test_once_is_no_circle(portal: Portal, wall: Wall, passwords: dict[str, str]) -> None:
    wall.away = 1
    await signed_in(portal, passwords)
    assert portal.sign_in.me is not None
    assert wall.renewals == 1


@pytest.mark.rule("SESS-3")
async def test_a_sign_in_that_was_good_before_starts_to_count_anew(
    portal: Portal, mock: Mock, wall: Wall, passwords: dict[str, str]
) -> None:
    await signed_in(portal, passwords)
    for _ in range(4):
        mock.clock.advance(timedelta(seconds=100))
        wall.away = 1
        assert (await portal.family.load()).people


class Elsewhen(httpx.AsyncBaseTransport):
    """A server that does not say that it is a mock, as its clock is then worth a word."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        if not request.url.path.endswith("smart-configuration"):
            return answer
        body = (await answer.aread()).replace(b'"mock":true', b'"mock":false')
        return httpx.Response(answer.status_code, content=body, request=request)


@pytest.mark.parametrize("hours", [-24, 0, 24])
async def test_clocks_that_disagree_cost_nothing_and_are_known(
    mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str], hours: int
) -> None:
    from datetime import UTC, datetime

    mock.clock.set(datetime.now(UTC) + timedelta(hours=hours))
    portal = Portal(ServerProfile("test", mock.issuer), transport=Elsewhen(transport), keep=False)
    await signed_in(portal, passwords)
    assert abs(portal.sign_in.skew - timedelta(hours=hours)) < timedelta(minutes=1)
    assert (await portal.family.load()).people
    await portal.close()
