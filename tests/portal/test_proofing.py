"""A Basic sign-in becomes Premium: at once, by answers that match DEERS, three failures a day (ID-5, ID-6)."""

from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import PortalFor, SignIn

pytestmark = pytest.mark.rule("ID-6")


async def answers_of(mock: Mock, given: str) -> dict[str, str]:
    with mock.database.begin() as conn:
        row = (
            conn.exec_driver_sql(
                "select d.* from deers d join person p on p.id = d.person_id where p.given = ?", (given,)
            )
            .mappings()
            .one()
        )
    postal = [word for word in row["address"].replace("\n", " ").split() if word.isdigit() and len(word) == 5]
    return {
        "birth_date": row["birth_date"],
        "dod_id": row["dod_id"][-4:],
        "postal_code": postal[-1] if postal else "",
        "phone": "".join(filter(str.isdigit, row["phone"]))[-4:],
    }


async def prove(client: httpx.AsyncClient, answers: dict[str, str]) -> httpx.Response:
    return await client.post("/portal/v1/proofing", json={"answers": answers})


@pytest.mark.rule("ID-5")
async def test_right_answers_open_everything_at_once(sign_in: SignIn, mock: Mock) -> None:
    nadia = await sign_in("nadia.haddad")
    before = await nadia.get("/fhir/r4/Condition", params={"patient": "12760907"})
    asked = (await nadia.get("/portal/v1/proofing")).json()
    right = await answers_of(mock, "Nadia")
    done = await prove(nadia, {one["id"]: right[one["id"]] for one in asked["questions"]})
    session = (await nadia.get("/portal/v1/session")).json()
    person = session["person"]["id"]
    after = await nadia.get("/fhir/r4/Condition", params={"patient": person})
    assert before.status_code in (403, 404)
    assert (done.status_code, done.json()["level_title"]) == (200, "Premium")
    assert session["level_title"] == "Premium"
    assert after.status_code == 200


async def test_three_failures_pause_it_and_the_fourth_try_is_not_looked_at(sign_in: SignIn, mock: Mock) -> None:
    nadia = await sign_in("nadia.haddad")
    told = [(await prove(nadia, {"dod_id": "0000"})).json() for _ in range(3)]
    assert [one["reason"] for one in told] == ["proofing-failed"] * 3
    assert [one["tries_left"] for one in told] == [2, 1, 0]
    right = await answers_of(mock, "Nadia")
    paused = await prove(nadia, right)
    assert (paused.status_code, paused.json()["reason"]) == (403, "proofing-paused")
    assert paused.json()["from"] == (mock.clock.now() + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    assert (await nadia.get("/portal/v1/proofing")).json()["reason"] == "proofing-paused"


@pytest.mark.parametrize(("seconds", "status"), [(86_399, 403), (86_400, 200), (86_401, 200)])
async def test_it_goes_on_after_24_hours(sign_in: SignIn, mock: Mock, seconds: int, status: int) -> None:
    nadia = await sign_in("nadia.haddad")
    for _ in range(3):
        await prove(nadia, {})
    mock.clock.advance(timedelta(seconds=seconds))
    nadia = await sign_in("nadia.haddad")
    assert (await prove(nadia, await answers_of(mock, "Nadia"))).status_code == status


async def test_the_client_asks_and_answers(portal_for: PortalFor, mock: Mock) -> None:
    portal = await portal_for("nadia.haddad")
    asked = await portal.sign_in.accounts.questions()
    right = await answers_of(mock, "Nadia")
    assert asked.tries_left == 3
    assert await portal.sign_in.accounts.prove({one.id: right[one.id] for one in asked.questions}) == "Premium"
    assert (await portal.sign_in.ask_again()).level == "Premium"


async def test_a_support_agent_has_nothing_to_prove(sign_in: SignIn) -> None:
    sam = await sign_in("sam.porter")
    assert (await sam.get("/portal/v1/proofing")).json()["reason"] == "support-no-clinical"


async def test_who_is_premium_has_nothing_to_prove(sign_in: SignIn, mock: Mock) -> None:
    daniel = await sign_in("daniel.reyes")
    asked = await daniel.get("/portal/v1/proofing")
    refused = await prove(daniel, await answers_of(mock, "Daniel"))
    assert [asked.status_code, refused.status_code] == [403, 403]
    assert refused.json()["title"] == "This sign-in is Premium already."
