"""The fixtures that users of the plugin get."""

from datetime import timedelta

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import START, PilotFor, PortalFor, SignIn


async def test_each_test_has_a_world_of_its_own_whose_clock_stands_still(mock: Mock, world_image: bytes) -> None:
    assert mock.clock.now() == START
    mock.clock.advance(timedelta(days=1))
    assert mock.clock.now() == START + timedelta(days=1)
    other = Mock.of_image(world_image)
    assert other.clock.now() == START
    other.close()


async def test_a_persona_signs_in_over_http_and_in_the_clients_session(sign_in: SignIn, portal_for: PortalFor) -> None:
    client, portal = await sign_in("daniel.reyes"), await portal_for("daniel.reyes")
    assert portal.sign_in.me is not None
    assert (await client.get("/portal/v1/session")).json()["person"]["id"] == portal.sign_in.me.id


async def test_the_app_runs_under_pilot_as_a_persona(pilot_for: PilotFor) -> None:
    async with pilot_for("daniel.reyes", size=(120, 40)) as pilot:
        assert pilot.app.size == (120, 40)
        await pilot.press("7")
        assert pilot.app.current_mode == "family"
