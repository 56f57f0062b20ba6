"""Servers that say odd things of themselves: the shared cases of discovery and of token answers, served as they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import respx

from genesis_tui.api_client.http.client import Response
from genesis_tui.api_client.sign_in.request import tokens_of
from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.api_client.statements import BASE, serve
from tests.case_servers import case_bytes, case_file, running


@asynccontextmanager
async def portal_at(url: str) -> AsyncIterator[Portal]:
    portal = Portal(ServerProfile("odd", url), keep=False)
    try:
        yield portal
    finally:
        await portal.close()


async def signed_in_by_browser(portal: Portal) -> None:
    """As a browser does it: the page leads straight back here."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(portal.sign_in.by_browser(lambda page, _: address.set_result(page)))
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        await browser.get(await asyncio.wait_for(address, 10))
    await asyncio.wait_for(waiting, 10)


@pytest.mark.parametrize(
    "words",
    [
        ("wk=nullscopes", "oauthcap=0"),
        ("wk=strgrant", "oauthcap=0", "tok=notype"),
        ("wk=html", "tok=strexp"),
        ("wk=noiss", "oauthcap=0", "iss=1", "tok=prefixed"),
    ],
)
async def test_an_odd_field_costs_itself_on_the_way_to_a_record(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    with running("smart.py", case_file("smart-server-data.json"), *words) as base:
        async with portal_at(base) as portal:
            host = await portal.connection.verify()
            assert ([way.id for way in host.methods], host.open) == (["browser"], False)
            await signed_in_by_browser(portal)
            (person,) = (await portal.family.load()).people
            assert person.id == "p1"
            *_, known = [page async for page in (await portal.open(person)).results.load()]
            assert known.rows


async def test_a_server_that_turns_reads_away_is_not_called_open() -> None:
    with running("smart.py", case_file("smart-server-data.json"), "wk=html", "oauthcap=0") as base:
        async with portal_at(base) as portal:
            with pytest.raises(ApiError) as caught:
                await portal.connection.verify()
    assert caught.value.reason == "no-way-in"


@pytest.mark.parametrize(
    "words",
    [
        ("fhir/16-wellknown-500.py", "500"),
        ("fhir/16-wellknown-500.py", "501"),
        ("serve.py", case_file("refused-type.json"), "bom=1"),
    ],
)
async def test_an_open_server_is_read_whatever_stands_before_its_record(words: tuple[str, ...]) -> None:
    with running(*words) as base:
        async with portal_at(base) as portal:
            assert (await portal.connection.verify()).open
            me = await portal.sign_in.resume()
            assert me is not None
            assert me.method == "open server"
            (patient,) = [p async for page in portal.family.patients() for p in page]
            assert patient.family


async def test_the_documents_of_the_cases_are_read() -> None:
    """`smart-configuration-null`, `metadata-with-bom` and `token-patient-prefixed`, each as it was found."""
    told = case_bytes("smart-configuration-null").replace(b"PORT", b"8090")
    with respx.mock(assert_all_called=False) as net:
        serve(net, httpx.Response(200, content=case_bytes("metadata-with-bom")))
        net.get(f"{BASE}/.well-known/smart-configuration").mock(return_value=httpx.Response(200, content=told))
        async with portal_at(BASE) as portal:
            assert [way.id for way in (await portal.connection.verify()).methods] == ["browser"]
    assert tokens_of(Response(200, case_bytes("token-patient-prefixed"), {}, "")).patient == "p1"


@pytest.mark.parametrize(
    ("field", "id"),
    [
        ('"p1"', "p1"),
        ('"Patient/p1"', "p1"),
        ('"https://a.test/fhir/Patient/p1"', "p1"),
        ('"Patient/p1/_history/2"', "p1"),
        ("12345", "12345"),
        ("null", ""),
        ('["p1"]', ""),
    ],
)
def test_the_patient_of_a_token_is_told_by_id_reference_or_address(field: str, id: str) -> None:
    body = f'{{"access_token": "t", "patient": {field}, "scope": ["a", null, "b"], "refresh_token": 7}}'
    tokens = tokens_of(Response(200, body.encode(), {}, ""))
    assert (tokens.patient, tokens.scope, tokens.refresh) == (id, "a b", "")
