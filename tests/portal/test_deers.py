"""DEERS side by side, changes of milConnect at the next read, and its errors (DEERS-1 to DEERS-4)."""

import re
from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import PortalFor, SignIn
from genesis_tui.testing.sign_in import PkcePair, typed
from tests.portal.test_proofing import code_in

DANIEL = "12742301"
HELD = {"email": "daniel.reyes@mail.example", "phone": "703-555-0142"}
CHANGED = {"address": "9 New Street\nFairfax, VA 22030", "email": "dr@mail.example", "phone": "703-555-0142"}


class WebPage:
    """A person in front of the pages at an address."""

    def __init__(self, client: httpx.AsyncClient, path: str) -> None:
        self.client = client
        self.path = path
        self.page = httpx.Response(200)

    async def send(self, **fields: str) -> str:
        if not self.page.text:
            self.page = await self.client.get(self.path)
        seal = re.search(r'name="seal" value="([^"]+)"', self.page.text)
        assert seal is not None
        self.page = await self.client.post(self.path, data={"seal": seal[1], **fields})
        return self.page.text


class MilConnect(WebPage):
    def __init__(self, client: httpx.AsyncClient) -> None:
        super().__init__(client, "/milconnect")


@pytest.fixture
def milconnect(visitor: httpx.AsyncClient) -> MilConnect:
    return MilConnect(visitor)


async def changed(milconnect: MilConnect, passwords: dict[str, str], tester: httpx.AsyncClient, **fields: str) -> str:
    """Address and e-mail changed, the latter with the code that went to the old one."""
    wanted = {**CHANGED, **fields}
    await milconnect.send(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    page = await milconnect.send(**wanted, choice="save")
    if "a code is on its way" not in page:
        return page
    kind = "email" if wanted["email"] != HELD["email"] else "phone"
    return await milconnect.send(**wanted, code=await code_in(tester, HELD[kind]), choice="confirm")


@pytest.mark.rule("DEERS-2", "DEERS-4")
async def test_a_change_reaches_the_portal_at_its_next_read(
    milconnect: MilConnect, sign_in: SignIn, passwords: dict[str, str], tester: httpx.AsyncClient
) -> None:
    daniel = await sign_in("daniel.reyes")
    first = (await daniel.get(f"/portal/v1/patients/{DANIEL}/deers")).json()
    assert all(field["same"] for field in first["fields"])
    assert "Saved" in await changed(milconnect, passwords, tester)
    second = (await daniel.get(f"/portal/v1/patients/{DANIEL}/deers")).json()
    different = {field["field"]: (field["portal"], field["deers"]) for field in second["fields"] if not field["same"]}
    assert different.keys() == {"address", "email"}
    assert different["email"] == ("daniel.reyes@mail.example", "dr@mail.example")
    third = (await daniel.get(f"/portal/v1/patients/{DANIEL}/deers")).json()
    assert all(field["same"] for field in third["fields"])
    profile = (await daniel.get(f"/portal/v1/patients/{DANIEL}/profile")).json()
    assert profile["deers"]["email"] == "dr@mail.example"
    patient = (await daniel.get(f"/fhir/r4/Patient/{DANIEL}")).json()
    assert {"system": "email", "value": "dr@mail.example", "use": "home"} in patient["telecom"]
    assert patient["address"][0]["text"] == "9 New Street, Fairfax, VA 22030"
    assert patient["meta"]["versionId"] == "2"


@pytest.mark.rule("DEERS-4", "DEERS-1")
@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("email", "no address", "E-mail"),
        ("email", "", "E-mail"),
        ("address", "", "Address"),
        ("address", "a\nb\nc\nd\ne", "Address"),
        ("address", "x" * 81, "Address"),
        ("phone", "call me", "Phone"),
    ],
)
async def test_wrong_input_names_its_field_and_changes_nothing(
    milconnect: MilConnect,
    sign_in: SignIn,
    passwords: dict[str, str],
    tester: httpx.AsyncClient,
    field: str,
    value: str,
    word: str,
) -> None:
    page = await changed(milconnect, passwords, tester, **{field: value})
    assert re.search(rf'role="alert">{word}:', page)
    daniel = await sign_in("daniel.reyes")
    shown = (await daniel.get(f"/portal/v1/patients/{DANIEL}/profile")).json()["deers"]
    assert shown["email"] == "daniel.reyes@mail.example"


@pytest.mark.rule("DEERS-1", "DEERS-4")
async def test_name_birth_date_and_dod_id_can_not_be_changed(
    milconnect: MilConnect, sign_in: SignIn, passwords: dict[str, str], tester: httpx.AsyncClient
) -> None:
    await changed(milconnect, passwords, tester, name="Somebody Else", birth_date="2000-01-01", dod_id="1")
    daniel = await sign_in("daniel.reyes")
    shown = (await daniel.get(f"/portal/v1/patients/{DANIEL}/profile")).json()["deers"]
    assert (shown["name"], shown["dod_id"]) == ("Daniel Reyes", "1187204453")


@pytest.mark.rule("DEERS-4", "LOCK-1")
async def test_milconnect_takes_a_sign_in_of_its_own_and_counts_failures(
    milconnect: MilConnect, passwords: dict[str, str], mock: Mock
) -> None:
    assert "4 tries left" in await milconnect.send(username="daniel.reyes", password="wrong", choice="sign-in")
    for _ in range(4):
        page = await milconnect.send(username="daniel.reyes", password="wrong", choice="sign-in")
    assert "locked" in page
    assert "locked" in await milconnect.send(
        username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in"
    )


@pytest.mark.rule("DEERS-3", "DEERS-4")
async def test_whoever_differs_from_deers_gets_in_to_see_it(milconnect: MilConnect, passwords: dict[str, str]) -> None:
    page = await milconnect.send(username="ana.costa", password=passwords["ana.costa"], choice="sign-in")
    assert "What DEERS holds of you" in page


async def test_a_form_of_another_browser_is_not_taken(milconnect: MilConnect, visitor: httpx.AsyncClient) -> None:
    await milconnect.send(username="x", password="y", choice="sign-in")
    visitor.cookies.clear()
    assert (await visitor.post("/milconnect", data={"seal": "made-up", "choice": "save"})).status_code == 400
    page = await visitor.get("/milconnect")
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert (await visitor.post("/milconnect", data={"seal": "0" * 64, "choice": "save"})).status_code == 400


@pytest.mark.rule("DEERS-2")
async def test_an_error_in_deers_is_shown_and_what_was_known_stays(
    sign_in: SignIn, tester: httpx.AsyncClient, portal_for: PortalFor
) -> None:
    daniel = await sign_in("daniel.reyes")
    await daniel.get(f"/portal/v1/patients/{DANIEL}/profile")
    broken = await tester.post("/mock/v1/deers", json={"username": "daniel.reyes", "fault": "two birth dates"})
    assert broken.status_code == 204
    profile = (await daniel.get(f"/portal/v1/patients/{DANIEL}/profile")).json()["deers"]
    assert "two birth dates" in profile["error"]["title"]
    assert profile["error"]["next"]
    assert profile["name"] == "Daniel Reyes"
    portal = await portal_for("daniel.reyes")
    view = await portal.sign_in.accounts.deers(DANIEL)
    assert "two birth dates" in view.error
    await tester.post("/mock/v1/deers", json={"username": "daniel.reyes", "fault": ""})
    assert (await portal.sign_in.accounts.deers(DANIEL)).error == ""


@pytest.mark.rule("FAM-8", "DEERS-2")
@pytest.mark.parametrize("whose", ["12742304", "12742302", "00000000"])
async def test_the_side_by_side_is_of_ones_own_record_alone(sign_in: SignIn, whose: str) -> None:
    daniel = await sign_in("daniel.reyes")
    assert (await daniel.get(f"/portal/v1/patients/{whose}/deers")).status_code == 404


async def contact_of(mock: Mock, person: str) -> tuple[str, str]:
    with mock.database.begin() as conn:
        row = conn.exec_driver_sql(f"select email, phone from deers where person_id = '{person}'").one()
    return str(row[0]), str(row[1])


@pytest.mark.rule("ID-11", "DEERS-4")
@pytest.mark.parametrize("change", [{"phone": "703-555-0199", "email": HELD["email"]}, {}, {"phone": ""}])
async def test_a_contact_changes_with_a_code_to_the_old_one_alone(
    milconnect: MilConnect, passwords: dict[str, str], tester: httpx.AsyncClient, mock: Mock, change: dict[str, str]
) -> None:
    wanted = CHANGED | change | ({"email": HELD["email"]} if "phone" in change else {})
    await milconnect.send(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    kind = "phone" if "phone" in change else "email"
    page = await milconnect.send(**wanted, choice="save")
    assert "a code is on its way" in page
    wrong = await milconnect.send(**wanted, code="000000", choice="confirm")
    assert "2 tries left" in wrong
    assert await contact_of(mock, DANIEL) == (HELD["email"], HELD["phone"])
    right = await code_in(tester, HELD[kind])
    other = wanted | {"email": "else@mail.example", "phone": HELD["phone"]} if kind == "phone" else wanted
    if other != wanted:
        assert "Saved" not in await milconnect.send(**other, code=right, choice="confirm")
    assert "Saved" in await milconnect.send(**wanted, code=right, choice="confirm")
    assert await contact_of(mock, DANIEL) == (wanted["email"], wanted["phone"])


@pytest.mark.rule("ID-11")
async def test_both_contacts_at_once_are_not_changed(milconnect: MilConnect, passwords: dict[str, str]) -> None:
    await milconnect.send(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    assert "one after the other" in await milconnect.send(**CHANGED | {"phone": "1 555 555 5555"}, choice="save")


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize(("days", "sees"), [(30, ["phone"]), (30.1, ["email", "phone"])])
async def test_a_changed_contact_proves_nobody_for_thirty_days(
    milconnect: MilConnect,
    passwords: dict[str, str],
    tester: httpx.AsyncClient,
    sign_in: SignIn,
    mock: Mock,
    days: float,
    sees: list[str],
) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql("update sign_in set level = 1 where username = 'daniel.reyes'")
    mock.clock.advance(timedelta(hours=1))
    assert "Saved" in await changed(milconnect, passwords, tester)
    mock.clock.advance(timedelta(days=days, seconds=-1 if days == 30 else 0))
    begun = (await (await sign_in("daniel.reyes")).get("/portal/v1/proofing")).json()
    assert [one["id"] for one in begun["contacts"]] == sees


@pytest.mark.rule("ID-11", "DEERS-4")
async def test_basic_changes_what_it_does_not_see(
    milconnect: MilConnect, passwords: dict[str, str], tester: httpx.AsyncClient, mock: Mock
) -> None:
    page = await milconnect.send(username="nadia.haddad", password=passwords["nadia.haddad"], choice="sign-in")
    assert "masked" in page
    assert "Telegraph" not in page
    assert "Saved" in await milconnect.send(address="9 New Street\nFairfax, VA 22030", choice="save")
    page = await milconnect.send(phone="703-555-0100", choice="save")
    assert "Telegraph" not in page
    code = await code_in(tester, "703-555-0191")
    assert "Saved" in await milconnect.send(phone="703-555-0100", code=code, choice="confirm")
    assert await contact_of(mock, "12768804") == ("nadia.haddad@mail.example", "703-555-0100")


@pytest.fixture
def office(visitor: httpx.AsyncClient) -> WebPage:
    return WebPage(visitor, "/card-office")


async def shown_in(office: WebPage) -> dict[str, str]:
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)" autocomplete', office.page.text))
    return fields | {"address": re.findall(r"<textarea[^>]*>([^<]*)", office.page.text)[0]}


@pytest.mark.rule("DEERS-3")
async def test_a_mismatch_is_mended_at_the_office_and_the_next_sign_in_goes_through(
    office: WebPage, visitor: httpx.AsyncClient, passwords: dict[str, str], mock: Mock
) -> None:
    refused = (await typed(visitor, "ana.costa", passwords["ana.costa"], pkce=PkcePair())).json()
    assert (refused["reason"], refused["fields"]) == ("deers-mismatch", ["name", "birth_date"])
    assert "name and birth date are corrected at an ID card office" in refused["next"]
    milconnect = MilConnect(visitor)
    page = await milconnect.send(username="ana.costa", password=passwords["ana.costa"], choice="sign-in")
    assert "name and birth date are corrected at an ID card office" in page
    await office.send(token=mock.tester_token, who="ana.costa", choice="open")
    assert "account has Ana Costa." in office.page.text
    fields = await shown_in(office)
    with mock.database.begin() as conn:
        born = conn.exec_driver_sql("select birth_date from person where given = 'Ana'").scalar_one()
    assert "Saved" in await office.send(**fields | {"family": "Costa", "birth_date": born}, choice="save")
    assert (await typed(visitor, "ana.costa", passwords["ana.costa"], pkce=PkcePair())).status_code == 200


@pytest.mark.rule("DEERS-3", "ID-11")
async def test_nobody_is_at_the_office_without_the_tester_token(office: WebPage, visitor: httpx.AsyncClient) -> None:
    assert "not the tester token" in await office.send(token="guess", who="daniel.reyes", choice="open")
    for choice in ("save", "prove"):
        assert "Begin again" in await office.send(choice=choice, given="X", family="Y")
    assert "tester token" in await office.send(token="ä", who="daniel.reyes", choice="open")


@pytest.mark.rule("DEERS-3")
@pytest.mark.parametrize(
    ("field", "value", "word"),
    [("family", "", "Family name"), ("birth_date", "30.4.1988", "Birth date"), ("dod_id", "12", "DoD ID")],
)
async def test_what_the_office_does_not_write(office: WebPage, mock: Mock, field: str, value: str, word: str) -> None:
    await office.send(token=mock.tester_token, who="1187204453", choice="open")
    fields = await shown_in(office)
    assert f'role="alert">{word}' in await office.send(**fields | {field: value}, choice="save")


@pytest.mark.rule("ID-11", "ID-6")
async def test_who_lacks_a_factor_becomes_premium_at_the_office(
    office: WebPage, mock: Mock, sign_in: SignIn, passwords: dict[str, str]
) -> None:
    begun = (await (await sign_in("aiko.cole")).get("/portal/v1/proofing")).json()
    assert (begun["reason"], "ID card office" in begun["next"]) == ("factor-wrong", True)
    await office.send(token=mock.tester_token, who="aiko.cole", choice="open")
    assert "Premium" in await office.send(choice="prove")
    assert (await (await sign_in("aiko.cole")).get("/portal/v1/session")).json()["level_title"] == "Premium"
