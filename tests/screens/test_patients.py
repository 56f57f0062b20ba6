"""Choosing a patient where no family is known, and what the other places say there."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from genesis_tui.app.app import GenesisApp
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from tests.api_client.statements import BASE, Body, bundle, patient, serve, statement
from tests.screens.signed_in import Session

STATEMENT = statement(
    Patient=["name", "_id"], Observation=["patient", "category"], Immunization=["patient"], DiagnosticReport=["patient"]
)
PEOPLE = [patient(f"p{n}", f"Given{n:02}", f"Family{n:02}") for n in range(60)]


def lab(owner: str) -> Body:
    return {
        "resourceType": "Observation",
        "id": f"lab-{owner}",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "subject": {"reference": f"Patient/{owner}"},
        "code": {"text": "Ferritin"},
        "effectiveDateTime": "2026-01-02T03:04:05Z",
        "valueQuantity": {"value": 71, "unit": "ng/mL"},
    }


def patients(request: httpx.Request) -> httpx.Response:
    """Twenty on a page."""
    start = int(request.url.params.get("from", 0))
    onward = f"Patient?from={start + 20}" if start + 20 < len(PEOPLE) else ""
    return httpx.Response(200, json=bundle(*PEOPLE[start : start + 20], next=onward))


def by_name(request: httpx.Request) -> httpx.Response:
    words = request.content.decode().partition("name=")[2].lower()
    found = [p for p in PEOPLE if words and p["name"][0]["family"].lower().startswith(words)]
    return httpx.Response(200, json=bundle(*found))


@pytest.fixture
def net() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        router.get(url__startswith=f"{BASE}/Patient").mock(side_effect=patients)
        serve(router, STATEMENT)
        router.post(f"{BASE}/Patient/_search").mock(side_effect=by_name)
        router.get(url__startswith=f"{BASE}/Observation").mock(
            side_effect=lambda request: httpx.Response(200, json=bundle(lab(request.url.params["patient"])))
        )
        router.get(url__startswith=BASE).mock(return_value=httpx.Response(200, json=bundle()))
        yield router


@pytest.fixture(params=[(80, 24)])
async def stage(request: pytest.FixtureRequest, net: respx.MockRouter) -> AsyncIterator[Session]:
    """The app on an open server."""
    app = GenesisApp(Portal(ServerProfile("elsewhere", BASE), keep=False), Settings(theme="dark"))
    async with app.run_test(size=request.param) as pilot:
        yield Session(app, pilot)
    await app.portal.close()


@pytest.mark.rule("HOST-2")
async def test_an_open_server_leads_to_its_patients_at_every_size(stage: Session) -> None:
    async for _, height in stage.sizes():
        await stage.expect("Choose a", "Given00 Family00")
        if height >= 16:
            assert "No sign-in is needed here." in stage.text
            assert "whoever reaches it reads every record" in " ".join(stage.text.split())
    await stage.press("enter")
    async for width, _ in stage.sizes():
        await stage.expect("GIVEN", "Ferritin")
        assert "open" in stage.lines[0]
        assert width < 45 or "GIVEN00 FAMILY00" in stage.lines[0]


async def test_enter_opens_results_and_f_leads_back(stage: Session) -> None:
    await stage.expect("Given00 Family00")
    await stage.press("j", "enter")
    await stage.expect("GIVEN01 FAMILY01", "Ferritin")
    await stage.press("f")
    await stage.expect("Choose a patient", "open now")
    assert "Given01" in stage.line("open now")
    await stage.press("k", "enter")
    await stage.expect("GIVEN00 FAMILY00")
    await stage.press("7")
    await stage.until(lambda: "Given00" in stage.line("open now") if "open now" in stage.text else False)


async def test_pages_come_as_the_cursor_goes_down(stage: Session) -> None:
    await stage.expect("patients so far")
    for _ in range(12):
        await stage.press("pagedown")
        await asyncio.sleep(0)
    await stage.press("G")
    await stage.expect("60 patients")
    await stage.press("G")
    await stage.expect("Given59 Family59")
    assert "so far" not in stage.text


async def test_words_filter_and_enter_asks_the_server(stage: Session, net: respx.MockRouter) -> None:
    await stage.expect("Given00 Family00")
    await stage.press("slash", *"family5")
    await stage.until(lambda: "Given00" not in stage.text)
    await stage.press("enter")
    await stage.expect("10 patients", "Given55 Family55")
    assert not any("family5" in str(call.request.url).lower() for call in net.calls)
    await stage.press("escape")
    await stage.expect("Given00 Family00", "so far")


async def test_nobody_found_says_so(stage: Session) -> None:
    await stage.expect("Given00 Family00")
    await stage.press("slash", *"zebra")
    await stage.expect("Nobody listed so far", "asks the server")
    await stage.press("enter")
    await stage.expect("Nobody found for “zebra”.", "shows everybody")


async def test_what_needs_a_portal_is_not_offered(stage: Session) -> None:
    await stage.expect("Given00 Family00")
    await stage.press("enter")
    await stage.expect("Ferritin")
    for key in ("1", "3", "4", "5", "p"):
        await stage.press(key)
        await stage.expect("Not offered here", "Record")
        assert "GIVEN00 FAMILY00" in stage.lines[0]
        assert "FAMILY ·" not in stage.lines[0]
        await stage.press("2")
        await stage.expect("Ferritin")


async def test_places_of_a_patient_ask_for_one_first(stage: Session) -> None:
    await stage.expect("Given00 Family00")
    await stage.press("2")
    await stage.expect("Choose a patient")
    assert stage.app.portal.record is None


async def test_q_leads_back_and_then_out(stage: Session) -> None:
    await stage.expect("Given00 Family00")
    await stage.press("enter")
    await stage.expect("Ferritin")
    await stage.press("q")
    await stage.expect("Choose a patient")
    await stage.press("q")
    await stage.until(lambda: stage.app._exit)


async def test_signing_out_of_an_open_server_offers_to_go_in_again(stage: Session) -> None:
    await stage.expect("Given00 Family00")
    await stage.press("enter")
    await stage.expect("Ferritin")
    await stage.press("Q")
    await stage.expect("SIGN IN WITH", "no sign-in is needed here")
    assert "Given00" not in stage.text
    await stage.press("1")
    await stage.expect("Choose a patient", "Given00 Family00")


async def test_a_list_that_fails_says_why_and_can_be_tried_again(stage: Session, net: respx.MockRouter) -> None:
    await stage.expect("Given00 Family00")
    listing = net.get(url__startswith=f"{BASE}/Patient")
    listing.mock(return_value=httpx.Response(500))
    stage.app.screen._known = []  # type: ignore[attr-defined]
    await stage.press("f5")
    await stage.expect("Can't list patients", "f5")
    listing.mock(side_effect=patients)
    await stage.press("f5")
    await stage.until(lambda: "Can't list" not in stage.text)


async def test_hostile_names_stay_text_and_who_cant_be_read_is_named(stage: Session, net: respx.MockRouter) -> None:
    await stage.expect("Given00 Family00")
    evil, odd = patient("e1", "A\x1b]52;c\x07", "[@click=q]x[/]"), patient("o/1", "Ann", "Lee")
    net.get(url__startswith=f"{BASE}/Patient").mock(return_value=httpx.Response(200, json=bundle(evil, odd)))
    await stage.press("f5")
    await stage.expect("A␛]52;c␇ [@click=q]x[/]", "1 patient can't be read: Ann Lee: its id is not valid")
    await stage.press("enter")
    await stage.expect("Ferritin", "[@CLICK=Q]X[/]")
