"""Who knows all that DEERS holds of somebody is not that person: a parent does not become their child of 18 (ID-11)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.sign_in import PkcePair, tokens, typed
from tests.portal.test_deers import MilConnect
from tests.portal.test_proofing import code_in, right_answers
from tests.security.served import served

pytestmark = [pytest.mark.rule("ID-6", "ID-7", "ID-11"), pytest.mark.rule("FAM-4")]
MATEO = {"given": "Mateo", "family": "Reyes", "dod_id": "1187204496"}
LOGON = {"username": "mateo.reyes", "password": "Parents-Pick-2042-This"}
PHONE = "703-555-0145"


@pytest.fixture
async def over_http(mock: Mock) -> AsyncIterator[httpx.AsyncClient]:
    with served(mock) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            yield client


def known_to_parents(mock: Mock) -> dict[str, str]:
    """All that stands on a child's ID card and in Patient Information."""
    with mock.database.begin() as conn:
        row = conn.exec_driver_sql("select * from deers where dod_id = ?", (MATEO["dod_id"],)).mappings().one()
        return {name: str(row[name]) for name in ("birth_date", "address", "email", "phone")}


async def test_a_parent_does_not_become_their_child_who_turned_18(
    over_http: httpx.AsyncClient, mock: Mock, passwords: dict[str, str]
) -> None:
    known = known_to_parents(mock)
    mock.clock.advance(timedelta(days=20))
    daniel = await tokens(over_http, "daniel.reyes", passwords["daniel.reyes"])
    refused = await over_http.get(
        "/portal/v1/patients/12742304/profile", headers={"Authorization": f"Bearer {daniel['access_token']}"}
    )
    assert refused.json()["reason"] == "adult-dependent"
    who = MATEO | {"birth_date": known["birth_date"]}
    await over_http.post("/oauth/account/register", json=who | LOGON)
    asked = await over_http.post("/oauth/account/register", json=who)
    assert asked.status_code == 202
    guessed = {**LOGON, "dod_id": MATEO["dod_id"], "code": "000000"}
    finished = [await over_http.post("/oauth/account/register/finish", json=guessed) for _ in range(4)]
    assert all(one.status_code != 201 for one in finished)
    assert (await typed(over_http, **LOGON, pkce=PkcePair())).json()["reason"] == "wrong-credentials"
    async with httpx.AsyncClient(base_url=over_http.base_url, headers={"X-Tester-Token": mock.tester_token}) as tester:
        mails = (await tester.get("/mock/v1/mailbox")).json()["mails"]
    assert {mail["to"] for mail in mails} == {PHONE}


async def test_the_child_does_by_their_own_phone_and_what_they_alone_know(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock
) -> None:
    mock.clock.advance(timedelta(days=20))
    who = MATEO | {"birth_date": known_to_parents(mock)["birth_date"]}
    assert (await visitor.post("/oauth/account/register", json=who)).status_code == 202
    made = await visitor.post(
        "/oauth/account/register/finish",
        json=LOGON | {"dod_id": MATEO["dod_id"], "code": await code_in(tester, PHONE)},
    )
    assert (made.status_code, made.json()["level_title"]) == (201, "Basic")
    issued = await tokens(visitor, **LOGON)
    visitor.headers["Authorization"] = f"Bearer {issued['access_token']}"
    assert (await visitor.post("/portal/v1/proofing/code", json={"contact": "phone"})).status_code == 204
    opened = await visitor.post("/portal/v1/proofing/questions", json={"code": await code_in(tester, PHONE)})
    answers = right_answers(mock, "12742304", opened.json()["questions"])
    done = await visitor.post("/portal/v1/proofing", json={"answers": answers})
    assert done.json()["level_title"] == "Premium"


async def test_who_reads_all_that_basic_opens_answers_nothing_with_it(
    visitor: httpx.AsyncClient, mock: Mock, passwords: dict[str, str]
) -> None:
    """A stolen password: profile, FHIR Patient, milConnect and the rest of Basic, over and over."""
    issued = await tokens(visitor, "nadia.haddad", passwords["nadia.haddad"])
    bearer = {"Authorization": f"Bearer {issued['access_token']}"}
    nadia = "12768804"
    paths = (
        f"/portal/v1/patients/{nadia}/profile",
        f"/portal/v1/patients/{nadia}/deers",
        f"/fhir/r4/Patient/{nadia}",
        f"/fhir/r4/Patient?_id={nadia}",
        f"/fhir/r4/Consent?patient={nadia}&_include=Consent:patient",
        f"/fhir/r4/RelatedPerson?patient={nadia}",
    )
    texts = [(await visitor.get(path, headers=bearer)).text for path in paths]
    milconnect = MilConnect(visitor)
    texts.append(await milconnect.send(username="nadia.haddad", password=passwords["nadia.haddad"], choice="sign-in"))
    with mock.database.begin() as conn:
        row = conn.exec_driver_sql("select * from deers where person_id = ?", (nadia,)).mappings().one()
    held = [row["birth_date"], row["dod_id"], row["email"], row["phone"], *row["address"].splitlines()]
    held += [row["dod_id"][-4:], row["phone"][-4:], "22310"]
    assert [one for one in held for text in texts if one in text] == []
