"""Finding a patient: names and ids never stand in an address, and servers that don't search are read and compared."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from genesis_tui.models.base.errors import NotOffered, ServerFault
from genesis_tui.models.family import Patient
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.api_client.statements import BASE, Body, bundle, patient, serve, statement

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
        serve(net, metadata)
        posts = net.post(f"{BASE}/Patient/_search").mock(side_effect=post)
        pages = [
            httpx.Response(200, json=bundle(ADA, BEN, next="Patient?page=2")),
            httpx.Response(200, json=bundle(CLEO)),
        ]
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
    assert {r.method for r in sent} == {"POST"}
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
        serve(net, statement(Patient=["name"]))
        net.get(f"{BASE}/Patient").mock(
            return_value=httpx.Response(200, json=bundle(source, {"resourceType": "Basic"}))
        )
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
