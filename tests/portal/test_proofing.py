"""A Basic sign-in becomes Premium: by a code to a DEERS contact and questions that nobody else could answer (ID-11)."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import PortalFor, SignIn

pytestmark = pytest.mark.rule("ID-6", "ID-11")
NADIA = "12768804"
EMAIL = "nadia.haddad@mail.example"


async def code_in(tester: httpx.AsyncClient, to: str) -> str:
    """The last code that went to an e-mail or phone."""
    (mail, *_) = (await tester.get("/mock/v1/mailbox", params={"to": to})).json()["mails"]
    found = re.search(r"\b(\d{6})\b", mail["body"])
    assert found is not None
    return found[1]


def right_answers(mock: Mock, person: str, questions: list[dict[str, object]]) -> dict[str, str]:
    """The right choice of each question: the only one whose name an entry of the record has."""
    with mock.database.begin() as conn:
        rows = conn.exec_driver_sql(f"select body from resource where patient_id = '{person}'")
        names = {json.loads(body).get("code", {}).get("text") for (body,) in rows}
    return {
        str(one["id"]): next(choice["id"] for choice in one["choices"] if choice["text"] in names)  # type: ignore[attr-defined]
        for one in questions
    }


async def prove(client: httpx.AsyncClient, answers: dict[str, str]) -> httpx.Response:
    return await client.post("/portal/v1/proofing", json={"answers": answers})


async def send(client: httpx.AsyncClient, contact: str = "email") -> httpx.Response:
    return await client.post("/portal/v1/proofing/code", json={"contact": contact})


async def open_with(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post("/portal/v1/proofing/questions", json={"code": code})


Opened = Callable[[httpx.AsyncClient], Awaitable[dict[str, str]]]


@pytest.fixture
def opened(tester: httpx.AsyncClient, mock: Mock) -> Opened:
    """Sends a code, opens the questions with it, and gives the right answers."""

    async def right(client: httpx.AsyncClient) -> dict[str, str]:
        assert (await send(client)).status_code == 204
        answer = await open_with(client, await code_in(tester, EMAIL))
        assert answer.status_code == 200, answer.text
        return right_answers(mock, NADIA, answer.json()["questions"])

    return right


def wrong(right: dict[str, str]) -> dict[str, str]:
    first, *_ = right
    return right | {first: "a" if right[first] != "a" else "b"}


@pytest.mark.rule("ID-5")
async def test_right_answers_open_everything_at_once(sign_in: SignIn, opened: Opened) -> None:
    nadia = await sign_in("nadia.haddad")
    before = await nadia.get("/fhir/r4/Condition", params={"patient": NADIA})
    begun = (await nadia.get("/portal/v1/proofing")).json()
    assert [one["id"] for one in begun["contacts"]] == ["email", "phone"]
    assert "nadia.haddad" not in str(begun)
    done = await prove(nadia, await opened(nadia))
    session = (await nadia.get("/portal/v1/session")).json()
    after = await nadia.get("/fhir/r4/Condition", params={"patient": NADIA})
    patient = (await nadia.get(f"/fhir/r4/Patient/{NADIA}")).json()
    assert before.status_code == 403
    assert (done.status_code, done.json()["level_title"]) == (200, "Premium")
    assert session["level_title"] == "Premium"
    assert after.status_code == 200
    assert patient["birthDate"]


async def test_four_questions_of_five_choices_that_basic_does_not_show(
    sign_in: SignIn, tester: httpx.AsyncClient
) -> None:
    nadia = await sign_in("nadia.haddad")
    await send(nadia, "phone")
    asked = (await open_with(nadia, await code_in(tester, "703-555-0191"))).json()
    assert (len(asked["questions"]), asked["seconds"]) == (4, 180)
    assert {len(one["choices"]) for one in asked["questions"]} == {5}
    readable = ""
    for kind in ("Immunization", "MedicationRequest", "Appointment", "Patient"):
        params = {"_id": NADIA} if kind == "Patient" else {"patient": NADIA, "date": "ge2000"}
        if kind == "MedicationRequest":
            params = {"patient": NADIA}
        readable += (await nadia.get(f"/fhir/r4/{kind}", params=params)).text
    assert [c["text"] for one in asked["questions"] for c in one["choices"] if c["text"] in readable] == []


async def test_asking_again_asks_the_same(sign_in: SignIn, opened: Opened, mock: Mock) -> None:
    nadia = await sign_in("nadia.haddad")
    first = await opened(nadia)
    await prove(nadia, wrong(first))
    assert await opened(nadia) == first


async def test_three_failures_pause_it_and_the_fourth_try_is_not_looked_at(
    sign_in: SignIn, mock: Mock, opened: Opened
) -> None:
    nadia = await sign_in("nadia.haddad")
    told = [(await prove(nadia, wrong(await opened(nadia)))).json() for _ in range(3)]
    assert [one["reason"] for one in told] == ["proofing-failed"] * 3
    assert [one["tries_left"] for one in told] == [2, 1, 0]
    paused = await send(nadia)
    assert (paused.status_code, paused.json()["reason"]) == (403, "proofing-paused")
    assert paused.json()["from"] == (mock.clock.now() + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    for again in (await nadia.get("/portal/v1/proofing"), await prove(nadia, {}), await open_with(nadia, "000000")):
        assert again.json()["reason"] == "proofing-paused"


@pytest.mark.parametrize(("seconds", "status"), [(86_399, 403), (86_400, 204), (86_401, 204)])
async def test_it_goes_on_after_24_hours(
    sign_in: SignIn, mock: Mock, opened: Opened, seconds: int, status: int
) -> None:
    nadia = await sign_in("nadia.haddad")
    for _ in range(3):
        await prove(nadia, wrong(await opened(nadia)))
    mock.clock.advance(timedelta(seconds=seconds))
    nadia = await sign_in("nadia.haddad")
    assert (await send(nadia)).status_code == status


@pytest.mark.parametrize(("seconds", "reason"), [(179, ""), (180, "proofing-failed"), (181, "proofing-failed")])
async def test_the_questions_are_open_for_three_minutes(
    sign_in: SignIn, mock: Mock, opened: Opened, seconds: int, reason: str
) -> None:
    nadia = await sign_in("nadia.haddad")
    right = await opened(nadia)
    mock.clock.advance(timedelta(seconds=seconds))
    answer = (await prove(nadia, right)).json()
    assert answer.get("reason", "") == reason
    assert not reason or answer["tries_left"] == 2


async def test_questions_that_were_looked_at_and_left_cost_a_try(sign_in: SignIn, mock: Mock, opened: Opened) -> None:
    nadia = await sign_in("nadia.haddad")
    left = []
    for step in (timedelta(), timedelta(), timedelta(minutes=3)):
        await opened(nadia) if not step else mock.clock.advance(step)
        left.append((await nadia.get("/portal/v1/proofing")).json()["tries_left"])
    assert left == [3, 2, 1]


async def test_answers_without_a_code_are_not_looked_at(sign_in: SignIn) -> None:
    nadia = await sign_in("nadia.haddad")
    refused = await prove(nadia, {f"q{n}": "a" for n in range(1, 5)})
    assert (refused.json()["reason"], refused.json()["rule"]) == ("proofing-failed", "ID-11")
    assert (await open_with(nadia, "123456")).json()["reason"] == "code-expired"


@pytest.mark.rule("LOCK-4")
async def test_a_wrong_code_tells_how_many_more(sign_in: SignIn, tester: httpx.AsyncClient) -> None:
    nadia = await sign_in("nadia.haddad")
    await send(nadia)
    right = await code_in(tester, EMAIL)
    first, other = (f"{(int(right) + n) % 1_000_000:06d}" for n in (1, 2))
    told = [(await open_with(nadia, one)).json() for one in (first, other, first, right)]
    assert [one["reason"] for one in told] == ["code-wrong"] * 3 + ["code-expired"]
    assert "Tries left: 2" in told[0]["title"]


@pytest.mark.parametrize(
    ("change", "sees"),
    [
        ("update deers set email = 'nadia.haddad@MAIL.example' where person_id = '12742301'", ["phone"]),
        ("update deers set phone = '+1 (703) 555 0191' where person_id = '12742301'", ["email"]),
        ("update deers set email = '', phone = '' where person_id = '12768804'", None),
    ],
)
async def test_a_contact_that_another_person_has_proves_nothing(
    sign_in: SignIn, mock: Mock, change: str, sees: list[str] | None
) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql(change)
    begun = (await (await sign_in("nadia.haddad")).get("/portal/v1/proofing")).json()
    if sees is None:
        assert (begun["reason"], "ID card office" in begun["next"]) == ("factor-wrong", True)
    else:
        assert [one["id"] for one in begun["contacts"]] == sees


async def test_who_has_too_little_to_ask_about_goes_to_an_office(sign_in: SignIn, mock: Mock) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql("update sign_in set level = 1 where username = 'elena.reyes'")
    elena = await sign_in("elena.reyes")
    for answer in (await elena.get("/portal/v1/proofing"), await send(elena)):
        assert (answer.json()["reason"], "ID card office" in answer.json()["next"]) == ("factor-wrong", True)


async def test_the_client_asks_and_answers(portal_for: PortalFor, tester: httpx.AsyncClient, mock: Mock) -> None:
    portal = await portal_for("nadia.haddad")
    accounts = portal.sign_in.accounts
    begun = await accounts.proofing()
    assert (begun.tries_left, [one.id for one in begun.contacts]) == (3, ["email", "phone"])
    await accounts.send_proofing_code("email")
    questions = await accounts.questions(await code_in(tester, EMAIL))
    listed: list[dict[str, object]] = [
        {"id": one.id, "choices": [{"id": choice.id, "text": choice.text} for choice in one.choices]}
        for one in questions.asked
    ]
    assert await accounts.prove(right_answers(mock, NADIA, listed)) == "Premium"
    assert (await portal.sign_in.ask_again()).level == "Premium"


async def test_a_support_agent_has_nothing_to_prove(sign_in: SignIn) -> None:
    sam = await sign_in("sam.porter")
    for answer in (await sam.get("/portal/v1/proofing"), await send(sam), await prove(sam, {})):
        assert answer.json()["reason"] == "support-no-clinical"


async def test_who_is_premium_has_nothing_to_prove(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    for answer in (await daniel.get("/portal/v1/proofing"), await send(daniel), await prove(daniel, {})):
        assert (answer.status_code, answer.json()["title"]) == (403, "This sign-in is Premium already.")
