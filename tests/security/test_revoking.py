"""A new password, or an end of all sign-ins, leaves nothing of the account open (LOCK-6)."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import PortalFor, SignIn
from genesis_tui.testing.sign_in import SCOPE, PkcePair, exchange, tokens, typed
from tests.oauth.test_accounts_api import code_for, finish, reset
from tests.oauth.test_device import Phone, begin, poll
from tests.portal.test_deers import MilConnect
from tests.security.served import served

pytestmark = pytest.mark.rule("LOCK-6")
WHO = "elena.reyes"


@pytest.fixture
async def over_http(mock: Mock) -> AsyncIterator[httpx.AsyncClient]:
    with served(mock) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            yield client


class OpenEverywhere:
    """One account that is signed in, or halfway there, in every way at once."""

    def __init__(self, client: httpx.AsyncClient, password: str) -> None:
        self.client = client
        self.password = password
        self.pkce = PkcePair()
        self.page = Phone(client)
        self.milconnect = MilConnect(httpx.AsyncClient(base_url=client.base_url, transport=client._transport))

    async def begin(self) -> None:
        self.session = await tokens(self.client, WHO, self.password)
        offline = f"{SCOPE} offline_access"
        self.script = await self._scripts(offline)
        self.code = (await typed(self.client, WHO, self.password, pkce=self.pkce)).json()["authorization_code"]
        self.device = await begin(self.client)
        waiting = await begin(self.client)
        await self._allow(self.device)
        await self.page.open(waiting["verification_uri"])
        await self.page.code(waiting["user_code"])
        assert waiting["user_code"] in await self.page.sign_in(WHO, self.password)
        await self.milconnect.send(username=WHO, password=self.password, choice="sign-in")

    async def _scripts(self, scope: str) -> dict[str, str]:
        pkce = PkcePair()
        answer = await typed(self.client, WHO, self.password, pkce=pkce, scope=scope, consent="allow")
        issued: dict[str, str] = (await exchange(self.client, answer.json()["authorization_code"], pkce=pkce)).json()
        return issued

    async def _allow(self, device: dict[str, str]) -> None:
        await self.page.open(device["verification_uri"])
        await self.page.code(device["user_code"])
        await self.page.sign_in(WHO, self.password)
        assert "Signed in" in await self.page.send(choice="approve")

    async def open_still(self) -> set[str]:
        """What of it still works."""
        works = {
            "session": await self._reads(self.session),
            "refresh": await self._renews(self.session),
            "scripts": await self._reads(self.script),
            "code": (await exchange(self.client, self.code, pkce=self.pkce)).status_code == 200,
            "device": await poll(self.client, self.device["device_code"]) == "tokens",
            "page": "Signed in" in await self.page.send(choice="approve"),
            "milConnect": await self._changes(),
        }
        return {name for name, open_still in works.items() if open_still}

    async def _reads(self, issued: dict[str, str]) -> bool:
        bearer = {"Authorization": f"Bearer {issued['access_token']}"}
        return (await self.client.get("/portal/v1/counts", headers=bearer)).status_code == 200

    async def _renews(self, issued: dict[str, str]) -> bool:
        form = {"client_id": "genesis-tui", "grant_type": "refresh_token", "refresh_token": issued["refresh_token"]}
        return (await self.client.post("/oauth/token", data=form)).status_code == 200

    async def _changes(self) -> bool:
        told = await self.milconnect.send(address="1 Elsewhere\nFairfax, VA 22030", choice="save")
        return "Sign in with DS Logon" not in told


async def test_a_reset_closes_an_open_milconnect_page_and_all_else(
    over_http: httpx.AsyncClient, mock: Mock, passwords: dict[str, str]
) -> None:
    elena = OpenEverywhere(over_http, passwords[WHO])
    await elena.begin()
    await reset(over_http, WHO)
    async with httpx.AsyncClient(base_url=over_http.base_url, headers={"X-Tester-Token": mock.tester_token}) as tester:
        assert (await finish(over_http, WHO, await code_for(tester))).status_code == 204
    assert await elena.open_still() == set()


@pytest.mark.parametrize(("scripts", "left"), [(True, set()), (False, {"scripts"})])
async def test_a_person_ends_all_sign_ins_and_says_whether_those_of_scripts_too(
    visitor: httpx.AsyncClient, sign_in: SignIn, passwords: dict[str, str], scripts: bool, left: set[str]
) -> None:
    elena = OpenEverywhere(visitor, passwords[WHO])
    await elena.begin()
    other = await sign_in("daniel.reyes")
    asking = await sign_in(WHO)
    ended = await asking.delete("/portal/v1/sessions", params={"scripts": scripts})
    assert ended.status_code == 204, ended.text
    assert (await asking.get("/portal/v1/session")).status_code == 401
    assert await elena.open_still() == left
    assert (await other.get("/portal/v1/session")).status_code == 200


async def test_the_client_signs_out_everywhere(portal_for: PortalFor, sign_in: SignIn) -> None:
    portal, other = await portal_for(WHO), await sign_in(WHO)
    await portal.sign_in.out_everywhere(scripts=False)
    assert portal.sign_in.me is None
    assert (await other.get("/portal/v1/session")).status_code == 401


async def test_signing_out_ends_its_own_sign_in_alone(sign_in: SignIn) -> None:
    one, other = await sign_in(WHO), await sign_in(WHO)
    assert (await one.delete("/portal/v1/session")).status_code == 204
    assert [(await client.get("/portal/v1/session")).status_code for client in (one, other)] == [401, 200]


async def test_a_sign_in_for_scripts_ends_none_of_the_others(
    visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    elena = OpenEverywhere(visitor, passwords[WHO])
    await elena.begin()
    bearer = {"Authorization": f"Bearer {elena.script['access_token']}"}
    refused = await visitor.delete("/portal/v1/sessions", headers=bearer)
    assert (refused.status_code, refused.json()["rule"]) == (403, "SESS-4")
    assert "session" in await elena.open_still()


async def test_a_password_that_is_checked_while_it_is_replaced_signs_nobody_in(
    mock: Mock, visitor: httpx.AsyncClient, passwords: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from genesis_tui.mock_backend.oauth.authentication import password

    check = password.check_password

    def meanwhile(typed: str, kept: str) -> tuple[bool, str]:
        mock.revoke_account(elena, scripts=True)
        return check(typed, kept)

    with mock.database.begin() as conn:
        elena = str(conn.exec_driver_sql("select person_id from sign_in where username = ?", (WHO,)).scalar())
    monkeypatch.setattr(password, "check_password", meanwhile)
    answer = await typed(visitor, WHO, passwords[WHO], pkce=PkcePair())
    assert re.search("wrong-credentials|session-ended", answer.text)
