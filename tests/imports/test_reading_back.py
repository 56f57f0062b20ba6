"""Imported people are patients like all others: they sign in, read what is theirs, and nobody else does."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from genesis_tui.mock_backend.admin.personas import persona_list
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.results.result import Results
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.testing.sign_in import tokens
from tests.imports.conftest import Import, Json, Write, lab, patient
from tests.small_world import BASIC, SPONSOR, SUPPORT, client_of, token_for

EMPTY_CODES = {"imgrpt-874db6a7254b", "imgrpt-91716dfa4d30", "imgrpt-9276b2750e43", "imgrpt-de55b28b6fd2"}


async def _signed_in(mock: Mock, person: str) -> httpx.AsyncClient:
    """A client that carries the token of an imported person, got by their listed password."""
    with mock.database.begin() as conn:
        wanted = "SELECT username, password FROM sign_in WHERE person_id = ?"
        username, password = conn.exec_driver_sql(wanted, (person,)).one()
    async with client_of(mock) as door:
        issued = await tokens(door, username, password)
    return client_of(mock, issued["access_token"])


async def _all(client: httpx.AsyncClient, url: str) -> list[Json]:
    """Every entry of a search, page by page."""
    found: list[Json] = []
    while url:
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        found += [one["resource"] for one in answer.json().get("entry", [])]
        url = next((link["url"] for link in answer.json()["link"] if link["relation"] == "next"), "")
    return found


def _richest(mock: Mock, kind: str, category: str | None = None) -> tuple[str, set[str]]:
    """The imported person with most of a type, and the ids of it that ever show."""
    where = [resource.c.type == kind, resource.c.hidden.is_(False), resource.c.id.like("clinic-%")]
    where += [] if category is None else [resource.c.category == category]
    with mock.database.begin() as conn:
        most = select(resource.c.patient_id).where(*where).group_by(resource.c.patient_id)
        person = conn.execute(most.order_by(func.count().desc()).limit(1)).scalar_one()
        ids = conn.execute(select(resource.c.id).where(*where, resource.c.patient_id == person)).scalars()
        return str(person), set(ids)


@pytest.mark.rule("FAM-1")
async def test_an_imported_person_pages_through_all_their_labs(shared: Path, small: Mock, take: Import) -> None:
    take(shared / "clinosim-0.6.5-seed7", sign_ins=True)
    person, ids = _richest(small, "Observation", "laboratory")
    client = await _signed_in(small, person)
    async with client:
        found = await _all(client, f"/fhir/r4/Observation?patient={person}&category=laboratory&_count=7")
    assert len(ids) > 20
    assert ({one["id"] for one in found}, len(found)) == (ids, len(ids))
    days = [one["effectiveDateTime"] for one in found]
    assert days == sorted(days, reverse=True)
    assert {one["subject"]["reference"] for one in found} == {f"Patient/{person}"}


async def test_every_type_of_theirs_is_served_in_its_number(shared: Path, small: Mock, take: Import) -> None:
    take(shared / "synthea-2019-r4", sign_ins=True)
    person, _ = _richest(small, "Observation")
    client = await _signed_in(small, person)
    with small.database.begin() as conn:
        where = resource.c.patient_id == person, resource.c.hidden.is_(False)
        counts = dict(conn.execute(select(resource.c.type, func.count()).where(*where).group_by("type")).all())
    counts.pop("Patient")
    async with client:
        served = {kind: len(await _all(client, f"/fhir/r4/{kind}?patient={person}&_count=3")) for kind in counts}
    assert served == counts
    assert len(counts) >= 9


@pytest.mark.parametrize("viewer", [SPONSOR, BASIC, SUPPORT])
@pytest.mark.rule("FAM-6", "FAM-8", "SUP-5")
async def test_nobody_else_reads_them(small: Mock, write: Write, take: Import, viewer: str) -> None:
    take(write("x.ndjson", patient(), patient("2"), lab()), sign_ins=True)
    expected = 403 if viewer == SUPPORT else 404
    async with client_of(small, token_for(small, viewer, level=1 if viewer == BASIC else 2)) as client:
        for path in ("Patient/clinic-1", "Observation?patient=clinic-1"):
            assert (await client.get(f"/fhir/r4/{path}")).status_code == expected
        if viewer != BASIC:
            assert (await client.get("/fhir/r4/Observation/clinic-a")).status_code == expected
    other = await _signed_in(small, "clinic-2")
    async with other:
        assert (await other.get("/fhir/r4/Observation/clinic-a")).status_code == 404
        family = (await other.get("/portal/v1/family")).json()
    assert [one["id"] for one in family["people"]] == ["clinic-2"]


@pytest.mark.rule("ID-5")
async def test_a_basic_sign_in_reads_no_more_of_an_imported_record(small: Mock, write: Write, take: Import) -> None:
    shot = {"resourceType": "Immunization", "id": "i", "status": "completed", "patient": {"reference": "Patient/1"}}
    take(write("x.ndjson", patient(), lab(), shot))
    async with client_of(small, token_for(small, "clinic-1", level=1)) as client:
        assert (await client.get("/fhir/r4/Observation?patient=clinic-1")).status_code == 403
        assert (await client.get("/fhir/r4/Immunization?patient=clinic-1")).status_code == 200


@pytest.mark.rule("REL-3", "REL-5", "FAM-7")
async def test_release_and_news_hold_for_them_too(small: Mock, write: Write, take: Import) -> None:
    take(write("x.ndjson", patient(), lab("a"), lab("b", status="preliminary")), sign_ins=True)
    client = await _signed_in(small, "clinic-1")
    async with client:
        found = await _all(client, "/fhir/r4/Observation?patient=clinic-1")
        new = (await client.get("/portal/v1/patients/clinic-1/seen")).json()
    assert ([one["id"] for one in found], new) == (["clinic-a"], {"new": []})


def test_sign_ins_are_made_on_request_alone_and_listed(small: Mock, write: Write, take: Import) -> None:
    path = write("x.ndjson", patient("1"), patient("2"), patient("3", name=[{"text": "Жанна"}]))
    before = persona_list(small)
    assert take(path).sign_ins == 0
    assert persona_list(small) == before
    assert take(path, sign_ins=True).sign_ins == 3
    listed = [one for one in persona_list(small) if one["story"] == "imported from clinic"]
    names = [one["username"] for one in listed]
    assert len({*names}) == 3
    assert {"ada.stone"} < set(names)
    assert {(one["method"], one["level"]) for one in listed} == {("DS Logon", "Premium")}
    assert all(len(one["password"]) >= 15 for one in listed)
    again = take(path, sign_ins=True)
    assert (again.sign_ins, [one["username"] for one in persona_list(small) if one["story"]]) == (0, names)


async def test_reports_with_an_empty_code_are_served_and_stand_in_results(
    shared: Path, small: Mock, take: Import
) -> None:
    take(shared / "clinosim-0.6.5-seed7", sign_ins=True)
    wanted = {f"clinic-{one}" for one in EMPTY_CODES}
    with small.database.begin() as conn:
        mine = select(resource.c.patient_id, resource.c.id).where(resource.c.id.in_(wanted))
        owners = conn.execute(mine).all()
        rows = conn.exec_driver_sql("SELECT person_id, username, password FROM sign_in")
        logons = {row.person_id: (row.username, row.password) for row in rows}
    assert {one for _, one in owners} == wanted
    for person in {person for person, _ in owners}:
        theirs = {f"DiagnosticReport/{one}" for owner, one in owners if owner == person}
        assert theirs <= {row.key for row in (await _results(small, *logons[person])).rows}


async def _results(mock: Mock, username: str, password: str) -> Results:
    """What the client shows under Results to a person who signs in."""
    portal = Portal(ServerProfile("test", mock.issuer), transport=httpx.ASGITransport(create_app(mock)), keep=False)
    try:
        await portal.sign_in.by_password(username, password)
        record = await portal.open((await portal.family.load()).people[0])
        known = Results()
        async for page in record.results.load():
            known = page
        return known
    finally:
        await portal.close()
