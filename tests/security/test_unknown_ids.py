"""FAM-8: what belongs to a stranger is answered as what nobody has, beside what is open, and with the same work."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.fhir.resource_types import TABLE
from genesis_tui.mock_backend.mock import Mock
from tests.fhir.asking import get, ids
from tests.portal.writing import message, post, refusal, sent, uploaded
from tests.small_world import (
    ALMOST_ADULT,
    DAY,
    FULL_PROXY,
    GRANTER,
    LIMITED_PROXY,
    SPONSOR,
    SPOUSE,
    STRANGER,
    client_of,
    token_for,
)

As = Callable[[str], httpx.AsyncClient]


@pytest.fixture
def signed(small: Mock) -> As:
    return lambda person: client_of(small, token_for(small, person))


def put(mock: Mock, id: str, *targets: str, patient: str = GRANTER) -> None:
    """A Provenance with these targets."""
    body = {"resourceType": "Provenance", "id": id, "recorded": "2026-11-15T12:00:00Z"}
    body |= {"target": [{"reference": one} for one in targets]}
    with mock.database.begin() as conn:
        put_resource(conn, body, ResourceFacts(patient), now=mock.clock.micros(), policy=mock.policy)


@pytest.mark.rule("FAM-8")
@pytest.mark.parametrize("kind", [one.type for one in TABLE if one.searchable and not one.directory])
async def test_a_strangers_id_among_ones_own_is_answered_as_an_unknown_one(signed: As, kind: str) -> None:
    own, other = (f"{kind}-{one}" if kind != "Patient" else one for one in (SPONSOR, STRANGER))
    async with signed(SPONSOR) as client:
        found, expected = [ids(await get(client, f"{kind}?_id={own},{one}")) for one in (other, "unknown")]
    assert found == expected == [f"{kind}/{own}"]


@pytest.mark.rule("FAM-7", "FAM-8")
async def test_an_origin_shows_no_target_that_is_withheld(small: Mock, signed: As) -> None:
    """Withheld as sensitive, by limited access, as a stranger's, and as not released yet."""
    open_, lab, secret = (
        f"{kind}-{GRANTER}"
        for kind in ("Immunization/Immunization", "Observation/Observation", "DocumentReference/secret-note")
    )
    strange, waits = f"Observation/Observation-{STRANGER}", f"Observation/preliminary-{GRANTER}"
    put(small, "several", secret, lab, strange, open_, waits)
    put(small, "closed", secret, strange, waits)
    shown = {GRANTER: [secret, lab, open_], FULL_PROXY: [lab, open_], LIMITED_PROXY: [open_]}
    for viewer, expected in shown.items():
        async with signed(viewer) as client:
            read = (await get(client, "Provenance/several")).json()
            [by_id] = (await get(client, "Provenance?_id=several")).json()["entry"]
            included = await get(client, f"Immunization?patient={GRANTER}&_revinclude=Provenance:target")
            [origin] = [one for one in included.json()["entry"] if one["resource"]["id"] == "several"]
            for body in (read, by_id["resource"], origin["resource"]):
                assert [one["reference"] for one in body["target"]] == expected
            assert ids(await get(client, "Provenance?_id=several,closed")) == [
                f"Provenance/{one}" for one in (["closed", "several"] if viewer == GRANTER else ["several"])
            ]
            assert (await get(client, "Provenance/closed")).status_code == (200 if viewer == GRANTER else 404)
            assert ids(await get(client, f"Provenance?target={open_},{secret}")) == (
                [f"Provenance/{one}" for one in ("closed", "several")] if viewer == GRANTER else []
            )


@contextmanager
def statements(mock: Mock) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    raw, found = mock.database.engine.raw_connection().driver_connection, list[str]()
    assert raw is not None
    raw.set_trace_callback(lambda sql: found.append(re.split("WHERE|VALUES", sql)[0]))
    yield found
    raw.set_trace_callback(None)


async def asked(mock: Mock, client: httpx.AsyncClient, path: str) -> list[str]:
    mock.audit.flush()
    with statements(mock) as found:
        assert (await client.get(path)).status_code == 404
    return found


@pytest.mark.rule("FAM-8")
async def test_an_unknown_id_and_a_strangers_cost_the_same(small: Mock, signed: As) -> None:
    """The same queries, the first time and again."""
    async with signed(STRANGER) as other:
        file = await uploaded(other, "a.txt", b"words", patient=STRANGER)
        await sent(other, message(STRANGER, attachments=[file]))
    own = [kind.type for kind in TABLE if not kind.directory]
    fhir = [(f"/fhir/r4/{one}/{one}-{STRANGER}", f"/fhir/r4/{one}/unknown") for one in own if one != "Patient"]
    patients = [
        (f"{path}{STRANGER}{rest}", f"{path}99999999{rest}")
        for path, rest in (
            ("/fhir/r4/Patient/", ""),
            ("/portal/v1/patients/", "/profile"),
            ("/fhir/r4/Observation?patient=", ""),
            ("/portal/v1/patients/", "/threads"),
        )
    ]
    portal = [
        (f"/portal/v1/{path}/{known}", f"/portal/v1/{path}/{unknown}")
        for path, known, unknown in (
            ("threads", f"thread-{STRANGER}", "thread-none"),
            ("attachments", file, file[:-1] + "x"),
            ("requests", "none", "other"),
        )
    ]
    async with signed(SPONSOR) as client:
        await client.get("/portal/v1/family")
        for strange, unknown in (*fhir, *patients, *portal):
            first = await asked(small, client, strange)
            assert first == await asked(small, client, unknown) == await asked(small, client, strange), strange


@pytest.mark.rule("FAM-4", "FAM-5", "FAM-8")
@pytest.mark.parametrize("how", ["revoked", "birthday"])
async def test_a_key_tells_nothing_of_what_is_closed_by_now(small: Mock, how: str) -> None:
    viewer, patient = (FULL_PROXY, GRANTER) if how == "revoked" else (SPONSOR, ALMOST_ADULT)
    key, unknown = "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"
    async with client_of(small, token_for(small, viewer)) as client:
        assert (await post(client, "messages", message(patient), key)).status_code == 201
        assert (await client.get(f"/portal/v1/requests/{key}")).json()["status"] == 201
    if how == "revoked":
        async with client_of(small, token_for(small, GRANTER)) as giver:
            assert (await giver.delete("/portal/v1/family/grants/grant-0")).status_code == 204
    else:
        small.clock.advance(6.5 * DAY)
        small.clock.set(
            small.clock.now().replace(year=2026, month=11, day=30, hour=5, minute=0) - small.clock.now().resolution
        )
        async with client_of(small, token_for(small, viewer)) as client:
            assert (await post(client, "messages", message(patient), unknown)).status_code == 201
            assert (await client.get(f"/portal/v1/requests/{unknown}")).status_code == 200
        small.clock.advance(small.clock.now().resolution)
        key = unknown
    async with client_of(small, token_for(small, viewer)) as client:
        told, none = [await client.get(f"/portal/v1/requests/{one}") for one in (key, SPOUSE)]
        assert (told.status_code, told.json() | {"request_id": ""}) == (404, none.json() | {"request_id": ""})
        assert refusal(await post(client, "messages", message(patient), key))[0] == 403
