"""Finding a patient: names and ids never stand in an address, and servers that don't search are read and compared."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import date
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from genesis_tui.models.base.errors import NotOffered, ServerFault
from genesis_tui.models.base.search import folded
from genesis_tui.models.family import Patient, unreadable_words
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.api_client.statements import BASE, Body, bundle, patient, serve, statement
from tests.cases import BASE as CASES
from tests.cases import CaseServer, case

ADA, BEN, CLEO = patient("a1", "Ada", "Byron"), patient("b-2", "Ben", "Byrd"), patient("c3", "Cleo", "Ada-Smith")
EVERYBODY = [ADA, BEN, CLEO]
SEARCHES = statement(Patient=["name", "_id", "_count"])
NAMELESS = statement(Patient=["_id"])


@pytest.fixture
async def portal() -> AsyncIterator[Portal]:
    one = Portal(ServerProfile("elsewhere", BASE), keep=False)
    yield one
    await one.close()


def found_by_post(request: httpx.Request) -> httpx.Response:
    form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
    name, id = form.get("name", "").lower(), form.get("_id", "")
    words = {p["id"]: f"{p['name'][0]['given'][0]} {p['name'][0]['family']}".lower() for p in EVERYBODY}
    found = [p for p in EVERYBODY if (name and name in words[p["id"]]) or p["id"] == id]
    return httpx.Response(200, json=bundle(*found))


async def find(
    portal: Portal, text: str, metadata: Body, post: Callable[[httpx.Request], httpx.Response]
) -> tuple[list[str], list[httpx.Request]]:
    """Ids that are found, and the requests for Patients."""
    with respx.mock(assert_all_called=False) as net:
        pages = [
            httpx.Response(200, json=bundle(ADA, BEN, next="Patient?page=2")),
            httpx.Response(200, json=bundle(CLEO)),
        ]
        serve(net, metadata, then=pages.pop(0) if metadata is NAMELESS else None)
        posts = net.post(f"{BASE}/Patient/_search").mock(side_effect=post)
        gets = net.get(url__startswith=f"{BASE}/Patient").mock(side_effect=pages)
        await portal.sign_in.resume()
        ids = [p.id async for page in portal.family.patients(text) for p in page]
        return ids, [call.request for call in (*posts.calls, *gets.calls)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [("ada", ["a1", "c3"]), ("Ada Byron", ["a1"]), ("b-2", ["b-2"]), ("byr", ["a1", "b-2"]), ("nobody", [])],
)
async def test_names_and_ids_travel_in_the_body(portal: Portal, text: str, ids: list[str]) -> None:
    found, sent = await find(portal, text, SEARCHES, found_by_post)
    assert sorted(found) == ids
    assert {r.method for r in sent} == ({"POST"} if ids else {"POST", "GET"})
    assert not any(word in str(r.url).lower() for r in sent for word in text.lower().split())


@pytest.mark.parametrize("status", [400, 404, 405, 415, 422, 501])
@pytest.mark.parametrize(("text", "ids"), [("ada", ["a1", "c3"]), ("Ben", ["b-2"]), ("c3", ["c3"]), ("x", [])])
async def test_a_server_that_takes_no_such_search_is_read_page_by_page(
    portal: Portal, status: int, text: str, ids: list[str]
) -> None:
    found, sent = await find(portal, text, SEARCHES, lambda _: httpx.Response(status))
    assert sorted(found) == ids
    assert [r.method for r in sent if r.method == "GET"] == ["GET", "GET"]
    assert not any(text.lower() in str(r.url).lower().partition("/fhir/")[2] for r in sent if len(text) > 1)


async def test_without_a_listed_name_everybody_is_compared(portal: Portal) -> None:
    found, sent = await find(portal, "ada", NAMELESS, lambda _: httpx.Response(200, json=bundle()))
    assert sorted(found) == ["a1", "c3"]
    assert all("_count" not in r.url.params for r in sent)


async def test_who_cant_be_read_is_counted_and_named(portal: Portal) -> None:
    """In the list, in a search, and where nobody else is found."""
    odd = [{**BEN, "id": "b/2"}, {"resourceType": "Patient", "id": 7}, {**ADA, "id": None}]
    said = ("Ben Byrd: its id is not valid", "somebody without a name: no id is given", "Ada Byron: no id is given")
    with respx.mock(assert_all_called=False) as net:
        serve(net, NAMELESS, then=httpx.Response(200, json=bundle(CLEO, *odd)))
        net.post(f"{BASE}/Patient/_search").mock(return_value=httpx.Response(404))
        await portal.sign_in.resume()
        for text, ids in (("", ["c3"]), ("cleo", ["c3"]), ("ben", [])):
            (page,) = [page async for page in portal.family.patients(text)]
            assert ([p.id for p in page], page.unreadable) == (ids, said)
    assert unreadable_words(said[:1]) == "1 patient can't be read: Ben Byrd: its id is not valid"


async def test_trouble_of_the_server_is_not_taken_for_nobody(portal: Portal) -> None:
    with pytest.raises(ServerFault):
        await find(portal, "ada", SEARCHES, lambda _: httpx.Response(500))


@pytest.mark.parametrize(
    ("source", "name", "born", "deceased"),
    [
        (patient("1", "Ada", "Byron"), "Ada Byron", "1980-05-17", ""),
        ({"resourceType": "Patient", "id": "1"}, "1", "", ""),
        (patient("1", "A\x1b[2Jda", "B\u202eyron"), "A␛[2Jda B⟨U+202E⟩yron", "1980-05-17", ""),
        (patient("1", "Ada", "Byron", "1980"), "Ada Byron", "1980", ""),
        (patient("1", "Ada", "Byron", "soon"), "Ada Byron", "", ""),
        (patient("1", "Ada", "Byron", deceasedBoolean=True), "Ada Byron", "1980-05-17", "yes"),
        (
            patient("1", "Ada", "Byron", deceasedDateTime="2020-01-02T03:04:05Z"),
            "Ada Byron",
            "1980-05-17",
            "2020-01-02",
        ),
        ({"resourceType": "Patient", "id": "1", "name": [{"text": "Ada B."}]}, "Ada B.", "", ""),
    ],
)
async def test_a_patient_is_read_as_far_as_there_is_something(
    portal: Portal, source: Body, name: str, born: str, deceased: str
) -> None:
    with respx.mock() as net:
        told = httpx.Response(200, json=bundle(source, {"resourceType": "Basic"}))
        serve(net, statement(Patient=["name"]), then=told)
        await portal.sign_in.resume()
        (known,) = [p async for page in portal.family.patients() for p in page]
    assert (known.name, known.birth_date, known.deceased) == (name, born, deceased)


@pytest.mark.parametrize(
    ("born", "deceased", "today", "age"),
    [
        ("1980-05-17", "", date(2026, 5, 16), 45),
        ("1980-05-17", "", date(2026, 5, 17), 46),
        ("1980-05-17", "", date(2026, 5, 18), 46),
        ("2024-02-29", "", date(2025, 2, 28), 0),
        ("2024-02-29", "", date(2025, 3, 1), 1),
        ("1980-05", "", date(2026, 1, 1), None),
        ("", "", date(2026, 1, 1), None),
        ("1980-05-17", "2000-05-17", date(2026, 1, 1), 20),
        ("1980-05-17", "yes", date(2026, 1, 1), None),
        ("2030-01-01", "", date(2026, 1, 1), None),
    ],
)
def test_an_age_is_told_where_it_is_known(born: str, deceased: str, today: date, age: int | None) -> None:
    assert Patient("1", "Ada", birth_date=born, deceased=deceased).age(today) == age


async def test_a_portal_lists_a_family_and_no_patients(portal: Portal) -> None:
    with pytest.raises(NotOffered):
        portal.family.pick(Patient("1", "Ada"))


async def test_names_are_found_without_their_accents_whatever_the_server_compares(portal: Portal) -> None:
    jose = patient("j1", "José", "Núñez")
    for metadata in (SEARCHES, NAMELESS):
        for text in ("Nunez", "NÚÑEZ jose", "núñez"):
            with respx.mock(assert_all_called=False) as net:
                serve(net, metadata)
                net.post(f"{BASE}/Patient/_search").respond(json=bundle())
                net.get(url__startswith=f"{BASE}/Patient").respond(json=bundle(ADA, jose))
                await portal.sign_in.resume()
                assert [p.id async for page in portal.family.patients(text) for p in page] == ["j1"]


async def test_all_pages_of_a_search_by_name_are_read(portal: Portal) -> None:
    with respx.mock(assert_all_called=False) as net:
        serve(net, SEARCHES)
        net.post(f"{BASE}/Patient/_search").respond(json=bundle(ADA, next="Patient?page=2"))
        net.get(f"{BASE}/Patient", params={"page": "2"}).respond(json=bundle(CLEO))
        await portal.sign_in.resume()
        assert [p.id async for page in portal.family.patients("ada") for p in page] == ["a1", "c3"]


async def test_the_name_that_holds_today_is_shown_and_all_are_found() -> None:
    """Cases `names` and `04-name-period`."""
    people = {}
    async with AsyncExitStack() as stack:
        for name in ("names", "04-name-period"):
            server = CaseServer(case(name))
            one = Portal(ServerProfile("elsewhere", CASES, trust_host=True), transport=server, keep=False)
            stack.push_async_callback(one.close)
            await one.sign_in.resume()
            people |= {p.id: p async for page in one.family.patients() for p in page}
            if name == "names":
                assert [p.id async for page in one.family.patients("nunez") for p in page] == ["accent"]
    assert {id: p.name for id, p in people.items()} == {
        "null": "Brindle",
        "old": "Vera Newname",
        "jr": "Jon Mallow Jr.",
        "sr": "Jon Mallow Sr.",
        "accent": "José Núñez",
        "p04": "Case Current",
    }
    assert people["old"].fits("oldname")


@pytest.mark.parametrize(
    ("body", "name", "given"),
    [
        ({"name": [{"text": "Chief Whitecloud"}]}, "Chief Whitecloud", "Chief Whitecloud"),
        ({"name": {"family": "Alone"}, "gender": None, "birthDate": 7}, "Alone", "Alone"),
        ({"name": [None, {"given": "Ann", "family": None}]}, "Ann", "Ann"),
        ({"name": [{"use": "old", "family": "Before"}, {"use": "usual", "family": "After"}]}, "After", "After"),
        ({"name": [{"family": "Gone", "period": {"end": "2001"}}]}, "Gone", "Gone"),
        ({}, "x1", "x1"),
    ],
)
async def test_names_in_odd_shapes(portal: Portal, body: Body, name: str, given: str) -> None:
    with respx.mock(assert_all_called=False) as net:
        serve(net, NAMELESS, then=httpx.Response(200, json=bundle({"resourceType": "Patient", "id": "x1", **body})))
        await portal.sign_in.resume()
        ((found,),) = [page async for page in portal.family.patients()]
    assert (found.name, found.given) == (name, given)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Núñez", "nunez"),
        ("Bjørn Łukasz Đorđe", "bjorn lukasz dorde"),
        ("Straße", "strasse"),
        ("ﬁlip Ｗｕ", "filip wu"),
        ("O’Brien‑Smith", "o'brien-smith"),
        ("Nguyễn", "nguyen"),
        ("Æsa Þór", "aesa thor"),
        ("김", "김"),
    ],
)
def test_letters_are_compared_without_case_accents_and_marks(text: str, plain: str) -> None:
    assert folded(text) == folded(plain) == plain
