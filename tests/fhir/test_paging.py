"""Pages: opaque links bound to one viewer, every entry exactly once, whatever is filed meanwhile.

The requests of the shared `m-requests` are asked here, in the tests beside it and in those of OAuth, the endpoints and
the world's codes; what `m1-medplum-paging` does is done here and, by the client itself, in `tests/elsewhere`.
"""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from tests.fhir.asking import BASE, get, ids, link, post, reason
from tests.fhir.conftest import As
from tests.small_world import FULL_PROXY, GRANTER, SPONSOR, SPOUSE, START

FILED = 25


def file(small: Mock, number: int, *, person: str = SPONSOR, hour: int | None = None) -> None:
    """Files a blood pressure, one an hour back in time; equal hours come in fives."""
    body = {
        "resourceType": "Observation",
        "id": f"{person}-{number}",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "effectiveDateTime": (START - timedelta(hours=number // 5 if hour is None else hour)).isoformat(),
    }
    with small.database.begin() as conn:
        put_resource(conn, body, ResourceFacts(person), now=to_micros(START), policy=small.policy)


@pytest.fixture
def many(small: Mock) -> Mock:
    """25 blood pressures of the sponsor."""
    for number in range(FILED):
        file(small, number)
    return small


async def pages(client: httpx.AsyncClient, first: str) -> list[list[str]]:
    """The ids on every page, from the first to the last, by their next links."""
    answer = await get(client, first)
    found = [ids(answer)]
    while (following := link(answer, "next")) is not None:
        answer = await client.get(following)
        found.append(ids(answer))
    return found


@pytest.mark.parametrize("count", [1, 4, 5, 24, 25, 26])
async def test_pages_hold_every_entry_once_and_in_order(many: Mock, signed: As, count: int) -> None:
    client = signed(SPONSOR)
    query = f"Observation?patient={SPONSOR}&category=vital-signs"
    whole = ids(await get(client, f"{query}&_count=200"))
    found = await pages(client, f"{query}&_count={count}")
    assert [one for page in found for one in page] == whole
    assert len(whole) == FILED
    assert {len(page) for page in found[:-1]} <= {count}


async def test_the_last_page_has_no_next_link_even_when_it_is_full(many: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    query = f"Observation?patient={SPONSOR}&category=vital-signs&_count={FILED}"
    assert link(await get(client, query), "next") is None


async def test_what_is_filed_between_two_pages_moves_nothing(many: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    query = f"Observation?patient={SPONSOR}&category=vital-signs&_count=10"
    first = await get(client, query)
    file(many, 900, hour=-1)
    second = await client.get(str(link(first, "next")))
    assert not set(ids(first)) & set(ids(second))
    assert f"Observation/{SPONSOR}-900" not in ids(second)


async def test_links_tell_nothing_of_the_search(many: Mock, signed: As) -> None:
    answer = await post(signed(SPONSOR), "Patient", name="Given")
    address = urlsplit(str(link(answer, "self")))
    assert list(parse_qs(address.query)) == ["page"]
    assert "Given" not in address.query
    assert "next" not in address.query


async def test_a_self_link_gives_the_same_page_again(many: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    first = await get(client, f"Observation?patient={SPONSOR}&category=vital-signs&_count=10")
    second = await client.get(str(link(first, "next")))
    for answer in (first, second):
        again = await client.get(str(link(answer, "self")))
        assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])


@pytest.mark.rule("FAM-8")
async def test_a_page_link_opens_for_nobody_else(many: Mock, signed: As) -> None:
    query = f"Observation?patient={SPONSOR}&category=vital-signs&_count=10"
    following = str(link(await get(signed(SPONSOR), query), "next"))
    assert reason(await signed(SPOUSE).get(following)) == (400, "invalid")
    assert reason(await signed(None).get(following)) == (401, "session-ended")
    third_party = signed(SPONSOR, scope="patient/*.rs", patient=SPONSOR)
    assert reason(await third_party.get(following)) == (400, "invalid")


async def test_a_page_link_belongs_to_its_type_and_cannot_be_changed(many: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    query = f"Observation?patient={SPONSOR}&category=vital-signs&_count=10"
    token = str(link(await get(client, query), "next")).rpartition("=")[2]
    changed = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    other = f"Observation?page={token}&patient={SPOUSE}"
    for path in (f"Condition?page={token}", f"Observation?page={changed}", other, f"Observation?page={token}&code=1"):
        assert reason(await get(client, path)) == (400, "invalid")


@pytest.mark.parametrize("added", ["_count=1000", "_format=json", "_total=accurate", "_elements=id&_pretty=true"])
async def test_result_parameters_on_a_page_link_change_nothing(many: Mock, signed: As, added: str) -> None:
    client = signed(SPONSOR)
    query = f"Observation?patient={SPONSOR}&category=vital-signs&_count=10"
    following = str(link(await get(client, query), "next"))
    assert (await client.get(f"{following}&{added}")).content == (await client.get(following)).content


async def test_a_self_link_states_the_parameters_that_were_used(many: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    first = await get(client, f"Observation?patient={SPONSOR}&category=vital-signs&_count=10")
    second = await client.get(str(link(first, "next")))
    used = {"patient": [SPONSOR], "category": ["vital-signs"], "_count": ["10"]}
    stated = [parse_qs(urlsplit(str(link(one, "self"))).query) for one in (first, second)]
    assert (stated[0], {**stated[1], "page": []}) == (used, {**used, "page": []})


@pytest.mark.parametrize("asked", ["_total=accurate", "_summary=count", "_count=0", "_total=estimate&_count=1"])
async def test_a_total_counts_what_all_pages_show(many: Mock, signed: As, asked: str) -> None:
    answer = await get(signed(SPONSOR), f"Observation?patient={SPONSOR}&category=vital-signs&{asked}")
    shown = 0 if asked in ("_summary=count", "_count=0") else (1 if "_count" in asked else FILED)
    assert (answer.json()["total"], len(ids(answer))) == (FILED, shown)
    assert (link(answer, "next") is None) == ("estimate" not in asked)


@pytest.mark.rule("FAM-7", "FAM-8")
@pytest.mark.parametrize("kind", ["Appointment", "DocumentReference", "Encounter", "Provenance", "Patient"])
async def test_a_total_counts_nothing_that_is_withheld(small: Mock, signed: As, kind: str) -> None:
    for viewer in (SPONSOR, FULL_PROXY):
        client = signed(viewer)
        query = {
            "Appointment": f"Appointment?patient={GRANTER}&date=ge2000",
            "Provenance": f"Provenance?target=Observation/Observation-{GRANTER},Observation/Observation-{viewer}",
            "Patient": f"Patient?_id={GRANTER},{viewer}",
        }.get(kind, f"{kind}?patient={GRANTER}")
        shown = await get(client, query)
        counted = await get(client, f"{query}&_summary=count")
        assert counted.status_code == shown.status_code
        if shown.status_code == 200:
            assert counted.json()["total"] == len(ids(shown))


@pytest.mark.rule("FAM-5")
async def test_a_revoked_grant_ends_paging_at_the_next_page(small: Mock, signed: As) -> None:
    for number in range(FILED):
        file(small, number, person=GRANTER)
    client = signed(FULL_PROXY)
    first = await get(client, f"Observation?patient={GRANTER}&category=vital-signs&_count=10")
    with small.database.begin() as conn:
        conn.exec_driver_sql(f"UPDATE grants SET revoked = 0 WHERE receiver_id = '{FULL_PROXY}'")
    small.database.people_changed()
    assert reason(await client.get(str(link(first, "next")))) == (403, "grant-ended")


@pytest.mark.parametrize(
    ("asked", "given"), [("", 50), ("&_count=51", 51), ("&_count=200", 200), ("&_count=201", 200), ("&_count=999", 200)]
)
async def test_page_sizes_have_a_default_and_a_greatest(small: Mock, signed: As, asked: str, given: int) -> None:
    for number in range(205):
        file(small, number)
    answer = await get(signed(SPONSOR), f"Observation?patient={SPONSOR}&category=vital-signs{asked}")
    assert len(ids(answer)) == given


async def test_a_bundle_makes_no_claim_of_a_total(many: Mock, signed: As) -> None:
    answer = await get(signed(SPONSOR), f"Observation?patient={SPONSOR}")
    assert "total" not in answer.json()
    empty = await get(signed(SPONSOR), f"Observation?patient={SPONSOR}&code=none")
    assert "entry" not in empty.json()


async def test_links_and_full_urls_name_the_server_as_clients_reach_it(many: Mock, signed: As) -> None:
    answer = await get(signed(SPONSOR), f"Observation?patient={SPONSOR}&_count=1")
    entry = answer.json()["entry"][0]
    assert entry["fullUrl"] == f"{many.issuer}{BASE}/Observation/{entry['resource']['id']}"
    assert str(link(answer, "next")).startswith(f"{many.issuer}{BASE}/Observation?page=")
