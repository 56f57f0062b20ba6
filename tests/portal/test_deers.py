"""DEERS side by side, changes of milConnect at the next read, and its errors (DEERS-1 to DEERS-4)."""

import re

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import PortalFor, SignIn

DANIEL = "12742301"
CHANGED = {"address": "9 New Street\nFairfax, VA 22030", "email": "dr@mail.example", "phone": "+1 703 555 0199"}


class MilConnect:
    """A person in front of milConnect's pages."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = httpx.Response(200)

    async def send(self, **fields: str) -> str:
        if not self.page.text:
            self.page = await self.client.get("/milconnect")
        seal = re.search(r'name="seal" value="([^"]+)"', self.page.text)
        assert seal is not None
        self.page = await self.client.post("/milconnect", data={"seal": seal[1], **fields})
        return self.page.text


@pytest.fixture
def milconnect(visitor: httpx.AsyncClient) -> MilConnect:
    return MilConnect(visitor)


async def changed(milconnect: MilConnect, passwords: dict[str, str], **fields: str) -> str:
    await milconnect.send(username="daniel.reyes", password=passwords["daniel.reyes"], choice="sign-in")
    return await milconnect.send(**{**CHANGED, **fields}, choice="save")


@pytest.mark.rule("DEERS-2", "DEERS-4")
async def test_a_change_reaches_the_portal_at_its_next_read(
    milconnect: MilConnect, sign_in: SignIn, passwords: dict[str, str]
) -> None:
    daniel = await sign_in("daniel.reyes")
    first = (await daniel.get(f"/portal/v1/patients/{DANIEL}/deers")).json()
    assert all(field["same"] for field in first["fields"])
    assert "Saved" in await changed(milconnect, passwords)
    second = (await daniel.get(f"/portal/v1/patients/{DANIEL}/deers")).json()
    different = {field["field"]: (field["portal"], field["deers"]) for field in second["fields"] if not field["same"]}
    assert different.keys() == {"address", "email", "phone"}
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
    milconnect: MilConnect, sign_in: SignIn, passwords: dict[str, str], field: str, value: str, word: str
) -> None:
    page = await changed(milconnect, passwords, **{field: value})
    assert re.search(rf'role="alert">{word}:', page)
    daniel = await sign_in("daniel.reyes")
    shown = (await daniel.get(f"/portal/v1/patients/{DANIEL}/profile")).json()["deers"]
    assert shown["email"] == "daniel.reyes@mail.example"


@pytest.mark.rule("DEERS-1", "DEERS-4")
async def test_name_birth_date_and_dod_id_can_not_be_changed(
    milconnect: MilConnect, sign_in: SignIn, passwords: dict[str, str]
) -> None:
    await changed(milconnect, passwords, name="Somebody Else", birth_date="2000-01-01", dod_id="1")
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
