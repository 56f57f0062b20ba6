"""The whole sign-in in a real browser, through every page, each without script and without a fault for axe-core."""

import asyncio
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from genesis_tui import mock_backend
from genesis_tui.models.base.errors import SignInRefused
from genesis_tui.models.sign_in import DeviceCode, ScriptAccess, SignedIn
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.browser.chromium import Chromium, chromium
from tests.e2e.conftest import START, Server, serving

DANIEL = ("daniel.reyes", "Walnut-Harbor-2041-Daniel")
MOCK = Path(mock_backend.__file__).parent
WALKS = {
    "test_signing_in_leads_back_to_the_terminal": {"How do you want to sign in?", "Sign in", "genesis-tui"},
    "test_three_failures_a_forgotten_password_and_a_new_one": {
        "Forgot password",
        "Choose a new password",
        "Your password is changed",
    },
    "test_a_basic_account_goes_on_or_becomes_premium": {"Become Premium"},
    "test_a_sign_in_for_scripts_is_agreed_to": {"Allow a sign-in for scripts"},
    "test_a_no_in_the_browser": {"genesis-tui"},
    "test_another_device_is_allowed": {"Sign in on another device", "Allow the other device", "Signed in"},
    "test_another_device_is_refused": {"Not allowed"},
    "test_milconnect": {
        "milConnect",
        "What DEERS holds of you",
        "Change what DEERS holds",
        "Signed out of milConnect",
    },
    "test_the_card_office": {"ID card office", "What DEERS holds"},
    "test_a_third_partys_app_asks_whose_record": {"Allow access"},
    "test_what_cannot_go_on_says_so": {"This sign-in cannot go on"},
}
"""The pages that a test comes to, by their titles."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--start", START) as served:
        yield served


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def browser(window: Chromium, request: pytest.FixtureRequest) -> Iterator[Chromium]:
    window.fresh(scripts=request.param)
    window.scripts = request.param  # type: ignore[attr-defined]
    before = len(window.seen)
    yield window
    assert set(window.seen[before:]) >= WALKS[request.node.originalname]


def good(browser: Chromium) -> None:
    """The page on the screen has no script, and nothing against it."""
    assert browser.page["scripts"] == 0
    if browser.scripts:  # type: ignore[attr-defined]
        assert browser.violations() == []


def as_tester(server: Server, path: str) -> dict[str, list[dict[str, str]]]:
    asked = urllib.request.Request(f"{server.url}{path}", headers={"X-Tester-Token": server.tester_token})
    with urllib.request.urlopen(asked) as answer:
        read: dict[str, list[dict[str, str]]] = json.load(answer)
        return read


def last_code(server: Server) -> str:
    (mail, *_) = as_tester(server, "/mock/v1/mailbox")["mails"]
    return next(word.strip(".") for word in mail["body"].split() if word.strip(".").isdigit())


class Signing:
    """The real client in a thread of its own, waiting for what happens in the browser."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BROWSER", raising=False)
        monkeypatch.delenv("DISPLAY", raising=False)
        self.portal = Portal(ServerProfile("test", url), keep=False)
        self.told: list[str] = []
        self.ready = threading.Event()
        self.me: SignedIn | None = None
        self.error: Exception | None = None

    def begin(self, *, device: bool = False, offline: ScriptAccess | None = None) -> str:
        """The address to open."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._sign_in(device=device, offline=offline)))
        self._thread.start()
        assert self.ready.wait(30)
        return self.told[0]

    def end(self) -> SignedIn:
        self._thread.join(30)
        assert self.me is not None, self.error
        return self.me

    async def _sign_in(self, *, device: bool, offline: ScriptAccess | None) -> None:
        try:
            if device:
                self.me = await self.portal.sign_in.by_device(self._code, offline=offline)
            else:
                self.me = await self.portal.sign_in.by_browser(self._address, offline=offline)
        except SignInRefused as error:
            self.error = error
        finally:
            await self.portal.close()

    def _address(self, address: str, opened: bool) -> None:
        self.told = [address]
        self.ready.set()

    def _code(self, code: DeviceCode) -> None:
        self.told = [code.whole_address, code.user_code]
        self.ready.set()


@pytest.fixture
def signing(server: Server, monkeypatch: pytest.MonkeyPatch) -> Signing:
    return Signing(server.url, monkeypatch)


def by_ds_logon(browser: Chromium, username: str, password: str) -> str:
    assert "How do you want to sign in?" in browser.page["title"]
    good(browser)
    browser.press("DS Logon")
    good(browser)
    browser.fill(User_name=username, Password=password)
    return browser.press("Sign in")


@pytest.mark.rule("ID-1", "ID-4")
def test_signing_in_leads_back_to_the_terminal(browser: Chromium, signing: Signing) -> None:
    browser.open(signing.begin())
    assert "a browser here cannot read cards" in browser.page["text"]
    by_ds_logon(browser, *DANIEL)
    assert "Back to the terminal" in browser.page["text"]
    me = signing.end()
    assert (me.name, me.method, me.level) == ("Daniel Reyes", "DS Logon", "Premium")


@pytest.mark.rule("LOCK-3", "LOCK-4")
def test_three_failures_a_forgotten_password_and_a_new_one(browser: Chromium, signing: Signing, server: Server) -> None:
    username = "jordan.whitfield" if browser.scripts else "marcus.hall"  # type: ignore[attr-defined]
    browser.open(signing.begin())
    browser.press("DS Logon")
    for left in (4, 3, 2):
        browser.fill(User_name=username, Password="wrong")
        text = browser.press("Sign in")
        assert f"{left} tries left" in text
    good(browser)
    assert text.index("Forgot password") < text.index("asks you to sign in")
    browser.follow("Forgot password")
    good(browser)
    browser.fill(User_name=username)
    browser.press("Send a code")
    good(browser)
    code = last_code(server)
    browser.fill_in("Code from the e-mail (6 digits)", code)
    browser.fill_in("New password", "short")
    browser.fill_in("New password, again", "short")
    assert "15 characters" in browser.press("Change the password")
    good(browser)
    fresh = f"A-new-password-for-{username[:3]}"
    browser.fill_in("Code from the e-mail (6 digits)", code)
    browser.fill_in("New password", fresh)
    browser.fill_in("New password, again", fresh)
    assert "Your password is changed" in browser.press("Change the password")
    good(browser)
    browser.open(signing.told[0])
    by_ds_logon(browser, username, fresh)
    assert signing.end().level == "Premium"


@pytest.mark.rule("ID-5", "ID-6")
def test_a_basic_account_goes_on_or_becomes_premium(browser: Chromium, signing: Signing, server: Server) -> None:
    people = as_tester(server, "/mock/v1/personas")["personas"]
    nadia = next(one for one in people if one["username"] == "nadia.haddad")
    browser.open(signing.begin())
    text = by_ds_logon(browser, nadia["username"], nadia["password"])
    assert "Your DS Logon is Basic" in text
    good(browser)
    browser.press("Send a code: E-mail n•••@•••")
    good(browser)
    browser.fill_in("Code (6 digits)", "000000")
    assert "Tries left: 2" in browser.press("Go on")
    good(browser)
    browser.fill_in("Code (6 digits)", last_code(server))
    text = browser.press("Go on")
    assert "You have 3 minutes" in text
    assert text.count("Which of these") == 4
    good(browser)
    browser.press("Go on as Basic")
    assert signing.end().level == "Basic"


@pytest.mark.rule("SESS-4")
def test_a_sign_in_for_scripts_is_agreed_to(browser: Chromium, signing: Signing) -> None:
    browser.open(signing.begin(offline=ScriptAccess.COUNTS))
    text = by_ds_logon(browser, *DANIEL)
    assert "90 days" in text
    good(browser)
    browser.press("Allow")
    assert signing.end().offline


def test_a_no_in_the_browser(browser: Chromium, signing: Signing) -> None:
    browser.open(signing.begin())
    browser.press("Cancel")
    signing._thread.join(30)
    assert isinstance(signing.error, SignInRefused)
    assert signing.error.reason == "access_denied"


def test_another_device_is_allowed(browser: Chromium, signing: Signing) -> None:
    browser.open(signing.begin(device=True))
    good(browser)
    browser.fill(Code="ZZZZ-ZZZZ")
    assert "No device waits" in browser.press("Go on")
    good(browser)
    browser.fill(Code=signing.told[1])
    browser.press("Go on")
    text = by_ds_logon(browser, *DANIEL)
    assert signing.told[1] in text
    good(browser)
    assert "Signed in" in browser.press("Allow")
    good(browser)
    assert signing.end().name == "Daniel Reyes"


def test_another_device_is_refused(browser: Chromium, signing: Signing) -> None:
    browser.open(signing.begin(device=True))
    browser.fill(Code=signing.told[1])
    browser.press("Go on")
    by_ds_logon(browser, *DANIEL)
    assert "Not allowed" in browser.press("Do not allow")
    good(browser)
    signing._thread.join(30)
    assert isinstance(signing.error, SignInRefused)
    assert signing.me is None


@pytest.mark.rule("DEERS-4")
def test_milconnect(browser: Chromium, server: Server) -> None:
    browser.open(f"{server.url}/milconnect")
    good(browser)
    browser.fill(User_name=DANIEL[0], Password=DANIEL[1])
    browser.press("Sign in")
    good(browser)
    browser.fill_in("E-mail", "no address")
    assert "E-mail: write it as" in browser.press("Save")
    good(browser)
    browser.fill_in("E-mail", f"daniel.{'new' if browser.scripts else 'newer'}@mail.example")  # type: ignore[attr-defined]
    assert "a code is on its way" in browser.press("Save")
    good(browser)
    browser.fill_in("Code (6 digits)", last_code(server))
    assert "Saved." in browser.press("Change it")
    good(browser)
    assert "Signed out" in browser.press("Sign out")


@pytest.mark.rule("DEERS-3")
def test_the_card_office(browser: Chromium, server: Server) -> None:
    browser.open(f"{server.url}/card-office")
    good(browser)
    browser.fill(Tester_token=server.tester_token, User_name_or_DoD_ID="ana.costa")
    assert "the portal's account has" in browser.press("Call to the counter")
    good(browser)
    browser.fill_in("DoD ID", "12")
    assert "DoD ID: 10 digits." in browser.press("Save")
    good(browser)
    assert "Premium from the next sign-in" in browser.press("Proved in person: make the DS Logon Premium")


def test_a_third_partys_app_asks_whose_record(browser: Chromium, server: Server) -> None:
    asked = {
        "response_type": "code",
        "client_id": "growth-chart-app",
        "redirect_uri": "http://127.0.0.1:1/callback",
        "scope": "openid fhirUser launch/patient patient/*.rs",
        "state": "x",
        "aud": f"{server.url}/fhir/r4",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    browser.open(f"{server.url}/oauth/authorize?{urlencode(asked)}")
    assert "Whose record?" in by_ds_logon(browser, *DANIEL)
    good(browser)
    browser.choose("Maya Reyes")


def test_what_cannot_go_on_says_so(browser: Chromium, server: Server) -> None:
    assert "cannot go on" in browser.open(f"{server.url}/oauth/authorize?client_id=nobody")
    good(browser)


def test_no_page_is_left_out() -> None:
    sources = [file.read_text() for part in ("oauth", "pages") for file in (MOCK / part).rglob("*.py")]
    titles = {title for text in sources for title in re.findall(r'\b(?:done_)?page\(\s*"([^"]+)"', text)}
    assert len(titles) > 15
    assert titles - set().union(*WALKS.values()) == {"This page cannot go on"}, "it answers what no browser sends"
