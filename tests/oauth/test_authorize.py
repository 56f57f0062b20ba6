"""The browser's way in for other people's apps: pages, CSRF, redirects, one patient a token."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn
from genesis_tui.testing.sign_in import PkcePair, exchange

REDIRECT = "http://127.0.0.1:49152/callback"
SCOPE = "openid fhirUser launch/patient patient/*.rs"


class Browser:
    """A person in front of the sign-in pages."""

    def __init__(self, client: httpx.AsyncClient, mock: Mock) -> None:
        self.client = client
        self.mock = mock
        self.pkce = PkcePair()
        self.page = httpx.Response(200)

    async def visit(self, **change: str) -> httpx.Response:
        asked = {
            "response_type": "code",
            "client_id": "growth-chart-app",
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
            "state": "a b&c",
            "aud": self.mock.fhir_base,
            "code_challenge": self.pkce.challenge,
            "code_challenge_method": "S256",
        }
        params = {name: value for name, value in (asked | change).items() if value}
        self.page = await self.client.get("/oauth/authorize", params=params)
        return self.page

    def hidden(self) -> dict[str, str]:
        return dict(re.findall(r'name="(ticket|seal)" value="([^"]+)"', self.page.text))

    async def submit(self, **fields: str) -> httpx.Response:
        self.page = await self.client.post("/oauth/authorize", data=self.hidden() | fields)
        return self.page

    def people(self) -> dict[str, str]:
        return {
            words: key
            for key, words in re.findall(r'name="patient" value="([^"]+)" required> ([^<]+)<', self.page.text)
        }


@pytest.fixture
def browser(visitor: httpx.AsyncClient, mock: Mock) -> Browser:
    return Browser(visitor, mock)


def answer_of(page: httpx.Response) -> dict[str, str]:
    assert page.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(page.headers["location"]).query).items()}


async def allowed(
    browser: Browser, passwords: dict[str, str], username: str, who: str, *, scope: str = SCOPE
) -> dict[str, Any]:
    """The tokens of an app that a person let read the record of `who`."""
    await browser.visit(scope=scope)
    await browser.submit(username=username, password=passwords[username], choice="sign-in")
    patient = next(key for words, key in browser.people().items() if words.startswith(who))
    answer = answer_of(await browser.submit(patient=patient, choice="allow"))
    assert (answer["state"], answer["iss"]) == ("a b&c", browser.mock.issuer)
    change = {"client_id": "growth-chart-app", "redirect_uri": REDIRECT}
    got = await exchange(browser.client, answer["code"], pkce=browser.pkce, **change)
    assert (got.status_code, got.json()["patient"]) == (200, patient)
    tokens: dict[str, Any] = got.json()
    return tokens


async def test_an_app_gets_one_patient_and_no_other(browser: Browser, passwords: dict[str, str]) -> None:
    issued = await allowed(browser, passwords, "daniel.reyes", "Daniel")
    others = [key for words, key in browser.people().items()]
    headers = {"Authorization": f"Bearer {issued['access_token']}"}
    own = await browser.client.get(f"/fhir/r4/Patient/{issued['patient']}", headers=headers)
    assert (own.status_code, issued["scope"]) == (200, SCOPE)
    await browser.visit()
    await browser.submit(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    others = [key for key in browser.people().values() if key != issued["patient"]]
    assert others
    for other in others:
        answer = await browser.client.get(f"/fhir/r4/Patient/{other}", headers=headers)
        assert answer.status_code == 404


async def test_an_app_of_others_has_no_portal(browser: Browser, passwords: dict[str, str]) -> None:
    issued = await allowed(browser, passwords, "daniel.reyes", "Daniel")
    headers = {"Authorization": f"Bearer {issued['access_token']}"}
    assert (await browser.client.get("/portal/v1/session", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("scope", "granted", "labs", "name"),
    [
        ("launch/patient patient/Observation.rs", "", 200, 403),
        ("launch/patient patient/Observation.s patient/Patient.r", "", 200, 200),
        ("launch/patient patient/*.read", "", 200, 200),
        ("launch/patient patient/Patient.read openid", "", 403, 200),
        ("launch/patient patient/Observation.r", "", 403, 403),
        ("launch/patient openid fhirUser", "", 403, 403),
        ("patient/Observation.rs user/*.rs launch/patient", "patient/Observation.rs launch/patient", 200, 403),
        (
            "launch/patient patient/*.write patient/*.cruds patient/Patient.rs",
            "launch/patient patient/Patient.rs",
            403,
            200,
        ),
        (
            "launch/patient patient/Observation.rs?category=laboratory patient/Patient.r",
            "launch/patient patient/Patient.r",
            403,
            200,
        ),
    ],
)
async def test_an_app_gets_the_scopes_that_it_asked_for(
    browser: Browser, passwords: dict[str, str], scope: str, granted: str, labs: int, name: int
) -> None:
    """Each type, reading or searching alone, and the spelling of SMART 1; writing is given to nobody."""
    issued = await allowed(browser, passwords, "daniel.reyes", "Daniel", scope=scope)
    assert issued["scope"] == (granted or scope)
    headers, one = {"Authorization": f"Bearer {issued['access_token']}"}, issued["patient"]
    paths = (f"/fhir/r4/Observation?patient={one}&category=laboratory", f"/fhir/r4/Patient/{one}")
    got = [(await browser.client.get(path, headers=headers)).status_code for path in paths]
    assert got == [labs, name]


@pytest.mark.parametrize("choice", ["approve", "allow-offline", "allow", ""])
async def test_no_consent_is_given_without_a_patient(browser: Browser, passwords: dict[str, str], choice: str) -> None:
    await browser.visit()
    await browser.submit(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    assert (await browser.submit(choice=choice)).status_code == 400
    assert not browser.mock.codes._open


@pytest.mark.rule("FAM-6")
async def test_only_open_records_can_be_handed_on(browser: Browser, passwords: dict[str, str]) -> None:
    await browser.visit()
    await browser.submit(username="elena.reyes", password=passwords["elena.reyes"], choice="sign-in")
    assert not any(words.startswith("Daniel") for words in browser.people())
    answer = await browser.submit(patient="12742301", choice="allow")
    assert answer.status_code == 400


async def test_our_own_client_may_come_by_browser_too(browser: Browser, passwords: dict[str, str]) -> None:
    await browser.visit(client_id="genesis-tui", scope="openid fhirUser user/*.rs portal")
    page = await browser.submit(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    code = answer_of(page)["code"]
    assert (await exchange(browser.client, code, pkce=browser.pkce)).json()["error"] == "invalid_grant"
    await browser.visit(client_id="genesis-tui", scope="openid fhirUser user/*.rs portal")
    page = await browser.submit(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    got = await exchange(browser.client, answer_of(page)["code"], pkce=browser.pkce, redirect_uri=REDIRECT)
    assert (got.status_code, "patient" in got.json()) == (200, False)


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "unknown"},
        {"redirect_uri": ""},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1:49152/other"},
        {"redirect_uri": "http://127.0.0.1:49152/callback?x=1"},
        {"redirect_uri": "http://127.0.0.1:49152/callback#x"},
        {"redirect_uri": "http://user@127.0.0.1:49152/callback"},
        {"redirect_uri": "http://127.0.0.1:99999/callback"},
        {"redirect_uri": "http://127.0.0.1:0/callback"},
        {"redirect_uri": "http://127.0.0.1.evil.example/callback"},
        {"redirect_uri": "http://localhost:49152/callback"},
        {"redirect_uri": "https://127.0.0.1:49152/callback"},
        {"redirect_uri": "https://growth-chart.example:8443/callback"},
        {"redirect_uri": "https://growth-chart.example/callback/"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
async def test_nobody_is_sent_to_an_unknown_place(browser: Browser, change: dict[str, str]) -> None:
    page = await browser.visit(**change)
    assert page.status_code == 400
    assert "location" not in page.headers


@pytest.mark.parametrize("redirect", [REDIRECT, "http://127.0.0.1/callback", "https://growth-chart.example/callback"])
async def test_registered_places_are_known_on_any_loopback_port(browser: Browser, redirect: str) -> None:
    assert (await browser.visit(redirect_uri=redirect)).status_code == 200


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"aud": ""}, "invalid_request"),
        ({"aud": "https://elsewhere.example/fhir/r4"}, "invalid_request"),
        ({"scope": "user/*.rs"}, "invalid_scope"),
        ({"scope": "patient/*.rs"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
async def test_other_faults_go_back_to_the_app(browser: Browser, change: dict[str, str], error: str) -> None:
    answer = answer_of(await browser.visit(**change))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "a b&c", browser.mock.issuer)


async def test_saying_no_goes_back_without_a_code(browser: Browser, passwords: dict[str, str]) -> None:
    await browser.visit()
    assert answer_of(await browser.submit(choice="deny"))["error"] == "access_denied"
    await browser.visit()
    await browser.submit(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    answer = answer_of(await browser.submit(choice="deny"))
    assert "code" not in answer


async def test_a_form_counts_only_in_the_browser_it_was_given_to(browser: Browser, passwords: dict[str, str]) -> None:
    await browser.visit()
    hidden = browser.hidden()
    typed = {"username": "daniel.reyes", "password": passwords["daniel.reyes"], "choice": "sign-in"}
    for change in ({"seal": "0" * 64}, {"seal": ""}, {"ticket": "unknown"}, {"seal": "ü"}):
        assert (await browser.client.post("/oauth/authorize", data=hidden | typed | change)).status_code == 400
    browser.client.cookies.clear()
    assert (await browser.client.post("/oauth/authorize", data=hidden | typed)).status_code == 400


@pytest.mark.parametrize(("minutes", "status"), [(9, 200), (10, 400), (11, 400)])
async def test_a_page_is_good_for_ten_minutes(
    browser: Browser, passwords: dict[str, str], minutes: int, status: int
) -> None:
    await browser.visit()
    browser.mock.clock.advance(timedelta(minutes=minutes))
    page = await browser.submit(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    assert page.status_code == status


async def test_a_page_is_answered_once(browser: Browser, passwords: dict[str, str]) -> None:
    await browser.visit(client_id="genesis-tui", scope="user/*.rs")
    hidden = browser.hidden()
    typed = {"username": "daniel.reyes", "password": passwords["daniel.reyes"], "choice": "sign-in"}
    first = await browser.client.post("/oauth/authorize", data=hidden | typed)
    again = await browser.client.post("/oauth/authorize", data=hidden | typed)
    assert (first.status_code, again.status_code) == (303, 400)


@pytest.mark.rule("LOCK-3", "LOCK-5")
async def test_the_page_tells_tries_and_locks(browser: Browser, passwords: dict[str, str]) -> None:
    await browser.visit()
    first = await browser.submit(username="daniel.reyes", password="wrong", choice="sign-in")
    assert "4 tries left" in first.text
    for _ in range(4):
        await browser.submit(username="daniel.reyes", password="wrong", choice="sign-in")
    locked = await browser.submit(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    assert "Locked until 23 Nov 2026 15:12 UTC" in locked.text


async def test_pages_run_no_script_and_cannot_be_framed(browser: Browser) -> None:
    page = await browser.visit()
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in page.text
    assert "unsafe" not in policy
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_pages_can_be_used_without_sight_or_mouse(browser: Browser) -> None:
    await browser.visit()
    page = await browser.submit(choice="method:ds-logon")
    assert '<html lang="en">' in page.text
    assert page.text.count("<h1>") == 1
    assert page.text.count("<label>") == 2
    wrong = await browser.submit(username="x", password="y", choice="sign-in")
    assert '<p role="alert">' in wrong.text


async def test_what_was_sent_is_never_markup(browser: Browser) -> None:
    page = await browser.visit(client_id="<script>alert(1)</script>")
    assert "<script" not in page.text
    await browser.visit(state='"><script>alert(1)</script>')
    wrong = await browser.submit(username="<b>x</b>", password="y", choice="sign-in")
    assert "<b>" not in wrong.text


@pytest.mark.rule("ID-5")
async def test_a_basic_account_hands_on_no_more_than_it_has(browser: Browser, passwords: dict[str, str]) -> None:
    issued = await allowed(browser, passwords, "nadia.haddad", "Nadia")
    headers = {"Authorization": f"Bearer {issued['access_token']}"}
    path = f"/fhir/r4/Observation?patient={issued['patient']}&category=laboratory"
    answer = await browser.client.get(path, headers=headers)
    assert (answer.status_code, "premium-required" in answer.text) == (403, True)


@pytest.mark.rule("SUP-5")
async def test_support_opens_nothing_clinical(sign_in: SignIn) -> None:
    agent = await sign_in("sam.porter")
    session = (await agent.get("/portal/v1/session")).json()
    assert (session["role"], session["can"][0]["reason"]) == ("support", "support-no-clinical")
    for path in ("/portal/v1/family", "/portal/v1/patients/12742301/profile", "/fhir/r4/Patient/12742301"):
        answer = await agent.get(path)
        assert (answer.status_code, "support-no-clinical" in answer.text) == (403, True)
