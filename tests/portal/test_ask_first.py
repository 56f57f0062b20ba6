"""REL-6: kinds of results that ask their viewer before one opens, as the portal keeps and applies them."""

from typing import Any

import httpx
import pytest

from genesis_tui.testing.plugin import SignIn
from tests.portal.test_patients import get, ids

LDL, ASKS = "Lipid panel: LDL 148", "Lab: asks before it opens"


async def choose(client: httpx.AsyncClient, *kinds: str) -> None:
    answer = await client.put("/portal/v1/session/ask-first", json={"kinds": kinds})
    assert answer.status_code == 204, answer.text


async def chosen(client: httpx.AsyncClient) -> Any:
    return (await client.get("/portal/v1/session")).json()["ask_first"]


async def titles(client: httpx.AsyncClient, patient: str) -> list[tuple[str, str]]:
    news = await get(client, patient, "news")
    return [(item["title"], item["state"]) for item in news["items"] if item["place"] == "results"]


@pytest.mark.rule("REL-6")
async def test_the_news_of_what_asks_first_name_its_kind_alone_and_nothing_is_delayed(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await ids(daniel))["Daniel"]
    before, new = await titles(daniel, me), (await get(daniel, me, "seen"))["new"]
    fhir = (await daniel.get("/fhir/r4/DiagnosticReport", params={"patient": me})).json()["entry"]
    assert (LDL, "high") in before
    await choose(daniel, "notes", "labs", "labs")
    assert await chosen(daniel) == ["labs", "notes"]
    told = await titles(daniel, me)
    assert told[before.index((LDL, "high"))] == (ASKS, "new")
    assert "148" not in str((await get(daniel, me, "news"))["items"])
    assert len(told) == len(before)
    assert (await get(daniel, me, "seen"))["new"] == new
    assert (await daniel.get("/fhir/r4/DiagnosticReport", params={"patient": me})).json()["entry"] == fhir
    await choose(daniel)
    assert await titles(daniel, me) == before
    log = (await get(daniel, me, "access-log"))["events"]
    assert [one["what"] for one in log if one["what"] == "ask-first"] == ["ask-first"] * 2


@pytest.mark.rule("REL-6")
async def test_the_choice_is_the_viewers_and_no_other_proxys(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    maya = (await ids(daniel))["Maya"]
    before = await titles(elena, maya)
    await choose(daniel, "labs", "notes", "radiology", "pathology")
    assert await titles(elena, maya) == before != await titles(daniel, maya)
    assert {title.partition(":")[2] for title, _ in await titles(daniel, maya)} == {" asks before it opens"}
    assert await chosen(elena) == []
    assert await chosen(await sign_in("daniel.reyes")) == ["labs", "notes", "pathology", "radiology"]


@pytest.mark.parametrize("kinds", [["dental"], "labs", [1], ["labs"] * 5, None])
async def test_only_kinds_can_be_chosen(sign_in: SignIn, kinds: object) -> None:
    daniel = await sign_in("daniel.reyes")
    answer = await daniel.put("/portal/v1/session/ask-first", json={"kinds": kinds})
    assert (answer.status_code, await chosen(daniel)) == (422, [])
