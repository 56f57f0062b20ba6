"""The device grant (RFC 8628): pending, slowing down, denial, expiry, and codes that can't be guessed."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.testing.sign_in import SCOPE
from tests.portal.test_proofing import code_in, right_answers

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Seconds:
    """Real time, as far as polling goes."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(mock: Mock) -> Seconds:
    seconds = Seconds()
    mock.devices.now = seconds
    return seconds


async def begin(visitor: httpx.AsyncClient, scope: str = SCOPE) -> dict[str, str]:
    answer = await visitor.post("/oauth/device_authorization", data={"client_id": "genesis-tui", "scope": scope})
    assert answer.status_code == 200, answer.text
    given: dict[str, str] = answer.json()
    return given


async def poll(visitor: httpx.AsyncClient, device: str, client_id: str = "genesis-tui") -> str:
    form = {"grant_type": GRANT, "client_id": client_id, "device_code": device}
    answer = (await visitor.post("/oauth/token", data=form)).json()
    return str(answer.get("error") or "tokens")


class Phone:
    """A person on another device."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = httpx.Response(200)

    def hidden(self) -> dict[str, str]:
        return dict(re.findall(r'name="(ticket|seal)" value="([^"]+)"', self.page.text))

    async def open(self, address: str) -> None:
        self.page = await self.client.get(address)

    async def code(self, code: str) -> str:
        self.page = await self.client.post("/oauth/device", data=self.hidden() | {"user_code": code, "choice": "code"})
        return self.page.text

    async def send(self, **fields: str) -> str:
        self.page = await self.client.post("/oauth/authorize", data=self.hidden() | fields)
        return self.page.text

    async def sign_in(self, username: str, password: str) -> str:
        await self.send(choice="method:ds-logon")
        return await self.send(username=username, password=password, choice="sign-in")


@pytest.fixture
def phone(visitor: httpx.AsyncClient) -> Phone:
    return Phone(visitor)


async def test_a_person_allows_it_on_another_device(
    visitor: httpx.AsyncClient, phone: Phone, seconds: Seconds, passwords: dict[str, str]
) -> None:
    given = await begin(visitor)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", given["user_code"])
    assert (given["expires_in"], given["interval"]) == (600, 5)
    assert await poll(visitor, given["device_code"]) == "authorization_pending"
    await phone.open(given["verification_uri_complete"])
    assert given["user_code"] in phone.page.text
    await phone.code(given["user_code"].lower().replace("-", " "))
    asked = await phone.sign_in("daniel.reyes", passwords["daniel.reyes"])
    assert given["user_code"] in asked
    assert "Daniel Reyes" in asked
    seconds.now += 5
    assert await poll(visitor, given["device_code"]) == "authorization_pending"
    assert "Signed in" in await phone.send(choice="approve")
    seconds.now += 5
    assert await poll(visitor, given["device_code"]) == "tokens"
    seconds.now += 5
    assert await poll(visitor, given["device_code"]) == "invalid_grant"


async def test_a_no_is_told(
    visitor: httpx.AsyncClient, phone: Phone, seconds: Seconds, passwords: dict[str, str]
) -> None:
    given = await begin(visitor)
    await phone.open(given["verification_uri"])
    await phone.code(given["user_code"])
    await phone.sign_in("daniel.reyes", passwords["daniel.reyes"])
    assert "Not allowed" in await phone.send(choice="deny")
    assert await poll(visitor, given["device_code"]) == "access_denied"


async def test_asking_too_soon_makes_the_interval_longer_for_good(visitor: httpx.AsyncClient, seconds: Seconds) -> None:
    device = (await begin(visitor))["device_code"]
    told = []
    for wait in (0.0, 4.9, 9.9, 15.0, 14.9, 20.0):
        seconds.now += wait
        told.append(await poll(visitor, device))
    assert told == [
        "authorization_pending",
        "slow_down",
        "slow_down",
        "authorization_pending",
        "slow_down",
        "authorization_pending",
    ]


@pytest.mark.parametrize(
    ("after", "expected"), [(599, "authorization_pending"), (600, "expired_token"), (601, "expired_token")]
)
async def test_a_code_is_good_for_ten_minutes(
    visitor: httpx.AsyncClient, mock: Mock, seconds: Seconds, phone: Phone, after: int, expected: str
) -> None:
    given = await begin(visitor)
    mock.clock.advance(timedelta(seconds=after))
    await phone.open(given["verification_uri"])
    page = await phone.code(given["user_code"])
    assert ("No device waits" in page) is (expected == "expired_token")
    assert await poll(visitor, given["device_code"]) == expected


async def test_a_device_code_is_of_one_client_alone(visitor: httpx.AsyncClient, seconds: Seconds) -> None:
    given = await begin(visitor)
    assert await poll(visitor, given["device_code"], "growth-chart-app") == "invalid_grant"
    assert await poll(visitor, "made-up") == "invalid_grant"
    other = await visitor.post("/oauth/device_authorization", data={"client_id": "growth-chart-app", "scope": SCOPE})
    assert other.json()["error"] == "unauthorized_client"


async def test_user_codes_can_not_be_guessed(
    visitor: httpx.AsyncClient, mock: Mock, seconds: Seconds, phone: Phone
) -> None:
    given = await begin(visitor)
    for _ in range(20):
        await phone.open("/oauth/device")
        assert "No device waits" in await phone.code("BBBB-BBBB")
    await phone.open("/oauth/device")
    assert "No device waits" in await phone.code(given["user_code"])
    mock.clock.advance(timedelta(seconds=600))
    fresh = await begin(visitor)
    await phone.open("/oauth/device")
    assert "How do you want to sign in?" in await phone.code(fresh["user_code"])


async def test_wrong_codes_of_one_browser_or_address_stop_nobody_else(mock: Mock, seconds: Seconds) -> None:
    """Twenty of a browser end its guessing, two hundred that of an address, whatever browsers are behind it."""
    app = create_app(mock)

    def browser(address: str) -> Phone:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        return Phone(httpx.AsyncClient(transport=transport, base_url=mock.issuer))

    async def tries(phone: Phone, code: str) -> bool:
        await phone.open("/oauth/device")
        return "How do you want to sign in?" in await phone.code(code)

    guesser, neighbour, far = browser("192.0.2.1"), browser("192.0.2.1"), browser("192.0.2.2")
    for _ in range(20):
        assert not await tries(guesser, "BBBB-BBBB")
    code = (await begin(neighbour.client))["user_code"]
    assert [await tries(one, code) for one in (guesser, neighbour)] == [False, True]
    for _ in range(179):
        mock.devices.named("BBBB-BBBB", browser="another", address="192.0.2.1", now=mock.clock.micros(), lifetime=10**9)
    assert not await tries(browser("192.0.2.1"), code)
    assert await tries(far, code)


async def test_a_code_of_another_browser_is_not_taken(visitor: httpx.AsyncClient, phone: Phone) -> None:
    given = await begin(visitor)
    await phone.open(given["verification_uri"])
    hidden = phone.hidden()
    visitor.cookies.clear()
    answer = await visitor.post("/oauth/device", data=hidden | {"user_code": given["user_code"]})
    assert answer.status_code == 400


@pytest.mark.rule("SESS-4")
async def test_a_sign_in_for_scripts_has_to_be_agreed_to_there(
    visitor: httpx.AsyncClient, phone: Phone, seconds: Seconds, passwords: dict[str, str]
) -> None:
    given = await begin(visitor, "openid fhirUser portal.counts offline_access")
    await phone.open(given["verification_uri"])
    await phone.code(given["user_code"])
    asked = await phone.sign_in("daniel.reyes", passwords["daniel.reyes"])
    assert "90 days" in asked
    assert "unread" in asked
    assert "Signed in" in await phone.send(choice="allow-offline")
    assert await poll(visitor, given["device_code"]) == "tokens"


@pytest.mark.rule("ID-5", "ID-6")
async def test_a_basic_account_may_become_premium_on_the_way(
    visitor: httpx.AsyncClient,
    phone: Phone,
    seconds: Seconds,
    tester: httpx.AsyncClient,
    mock: Mock,
    passwords: dict[str, str],
) -> None:
    given = await begin(visitor)
    await phone.open(given["verification_uri"])
    await phone.code(given["user_code"])
    assert "Become Premium" in await phone.sign_in("nadia.haddad", passwords["nadia.haddad"])
    assert "no longer" not in await phone.send(choice="proof-code", contact="email")
    assert "Tries left: 2" in await phone.send(choice="proof-questions", code="000000")
    email = "nadia.haddad@mail.example"
    assert "3 minutes" in await phone.send(choice="proof-questions", code=await code_in(tester, email))
    assert "Tries left: 2" in await phone.send(**{"choice": "prove", "answer:q1": "z"})
    await phone.send(choice="proof-code", contact="email")
    asked = await phone.send(choice="proof-questions", code=await code_in(tester, email))
    answers = {f"answer:{id}": choice for id, choice in right_answers(mock, "12768804", questions_in(asked)).items()}
    assert "Allow the other device" in await phone.send(choice="prove", **answers)
    await phone.send(choice="approve")
    with mock.database.begin() as conn:
        level = conn.exec_driver_sql("select level from sign_in where username = 'nadia.haddad'").scalar_one()
    assert level == 2


def questions_in(page: str) -> list[dict[str, object]]:
    """The questions of a page with their choices."""
    found: dict[str, list[dict[str, str]]] = {}
    for id, choice, words in re.findall(r'name="answer:(q\d)" value="(\w)" required> ([^<]+)<', page):
        found.setdefault(id, []).append({"id": choice, "text": unescape(words)})
    return [{"id": id, "choices": choices} for id, choices in found.items()]


@pytest.mark.rule("ID-6")
async def test_a_basic_account_may_go_on_as_it_is(
    visitor: httpx.AsyncClient, phone: Phone, seconds: Seconds, passwords: dict[str, str]
) -> None:
    given = await begin(visitor)
    await phone.open(given["verification_uri"])
    await phone.code(given["user_code"])
    assert "ID card office" in await phone.sign_in("aiko.cole", passwords["aiko.cole"])
    assert "Allow the other device" in await phone.send(choice="stay-basic")


async def test_no_page_has_a_script_and_each_is_sealed(visitor: httpx.AsyncClient, phone: Phone) -> None:
    given = await begin(visitor)
    for address in (given["verification_uri"], "/oauth/forgot", "/milconnect", "/card-office"):
        page = await visitor.get(address)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script" not in page.text + policy
        assert page.text.count("<h1>") == 1
        assert page.headers["cache-control"] == "no-store"
