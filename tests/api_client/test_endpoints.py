"""Where what is typed or signed here goes: to the host and port that were verified, whatever the metadata says."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import CardFault, HostRefused
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.cards.made import card_file


class Metadata(httpx.AsyncBaseTransport):
    """The mock, whose metadata names other addresses; what is asked of it is kept."""

    def __init__(self, inner: httpx.AsyncBaseTransport, **changed: str) -> None:
        self._inner = inner
        self._changed = changed
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.url.host}:{request.url.port}{request.url.path}")
        answer = await self._inner.handle_async_request(request)
        if not request.url.path.endswith("smart-configuration"):
            return answer
        told: dict[str, Any] = json.loads(await answer.aread())
        return httpx.Response(200, json={**told, **self._changed})


HERE = "http://127.0.0.1:8801"


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize(
    "name",
    [
        "issuer",
        "authorization_challenge_endpoint",
        "account_endpoint",
        "portal_endpoint",
        "token_endpoint",
        "revocation_endpoint",
    ],
)
async def test_nothing_is_typed_where_the_metadata_leads_to_another_port(
    mock: Mock, transport: httpx.ASGITransport, name: str
) -> None:
    wire = Metadata(transport, **{name: "http://127.0.0.1:9999/x"})
    portal = Portal(ServerProfile("test", HERE), transport=wire, keep=False)
    with pytest.raises(HostRefused) as refused:
        await portal.sign_in.by_password("daniel.reyes", "typed")
    await portal.close()
    assert (name in refused.value.detail, "127.0.0.1:9999" in refused.value.detail) == (True, True)
    assert wire.asked == ["127.0.0.1:8801/fhir/r4/.well-known/smart-configuration"]


async def test_the_verified_address_is_the_same_however_its_metadata_spells_it(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    wire = Metadata(transport, issuer=f"HTTP://127.0.0.1:8801/{'x' * 3}")
    portal = Portal(ServerProfile("test", HERE), transport=wire, keep=False)
    assert (await portal.connection.verify()).portal
    await portal.close()


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602, 0o644])
async def test_a_key_that_others_can_read_signs_nobody_in(
    mock: Mock, transport: httpx.ASGITransport, tester: httpx.AsyncClient, tmp_path: Path, mode: int
) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes")
    portal = Portal(ServerProfile("test", HERE, card_file=str(path)), transport=transport, keep=False)
    (card,) = await portal.sign_in.cards()
    path.chmod(mode)
    for use in (portal.sign_in.cards(), portal.sign_in.by_card("cac", card, "")):
        with pytest.raises(CardFault) as refused:
            await use
        assert "chmod 600" in refused.value.next
    assert portal.sign_in.me is None
    await portal.close()
