"""What must not be told: release, sensitive entries, and everything that would tell one id from another."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.fhir.resource_types import TABLE
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.record import LIMITED, WORDS
from tests.fhir.asking import get, ids, post, reason
from tests.fhir.conftest import As
from tests.small_world import (
    ALMOST_ADULT,
    BASIC,
    CHILD,
    FULL_PROXY,
    GRANTER,
    LIMITED_PROXY,
    SPONSOR,
    STRANGER,
    TEEN,
)

PERSONAL = [kind.type for kind in TABLE if not kind.directory and kind.type not in ("Patient", "Provenance")]
WITHHELD = [one for one in PERSONAL if not LIMITED.issuperset(WORDS[one].values())]
SEARCHED = [one for one in WITHHELD if one != "Binary"]
SUMMER = datetime(2025, 6, 2, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.rule("FAM-8")
@pytest.mark.parametrize(("whose", "kind"), [*product((STRANGER, GRANTER), PERSONAL), *product((TEEN,), WITHHELD)])
async def test_an_id_that_may_not_be_seen_answers_as_one_that_nobody_has(signed: As, kind: str, whose: str) -> None:
    client = signed(SPONSOR)
    hidden, unknown = await get(client, f"{kind}/{kind}-{whose}"), await get(client, f"{kind}/{kind}-0")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    assert {k: v for k, v in hidden.headers.items() if k != "x-request-id"} == {
        k: v for k, v in unknown.headers.items() if k != "x-request-id"
    }


@pytest.mark.rule("FAM-8")
@pytest.mark.parametrize("kind", [one for one in PERSONAL if one != "Binary"])
async def test_searches_about_a_stranger_answer_as_about_nobody(signed: As, kind: str) -> None:
    client = signed(SPONSOR)
    date = "&date=ge2000" if kind == "Appointment" else ""
    stranger = await get(client, f"{kind}?patient={STRANGER}{date}")
    nobody = await get(client, f"{kind}?patient=99999999{date}")
    assert (stranger.status_code, stranger.content) == (404, nobody.content)


@pytest.mark.rule("FAM-3")
@pytest.mark.parametrize("kind", SEARCHED)
async def test_a_withheld_search_is_refused_whether_or_not_there_is_anything(
    small: Mock, signed: As, kind: str
) -> None:
    client = signed(SPONSOR)
    path = f"{kind}?patient={TEEN}"
    full = await get(client, path)
    with small.database.begin() as conn:
        conn.exec_driver_sql(f"DELETE FROM resource WHERE patient_id = '{TEEN}'")
    assert reason(full) == (403, "restricted-teen")
    assert (await get(client, path)).content == full.content
    assert reason(await get(client, f"{path}&_id=none")) == (403, "restricted-teen")


@pytest.mark.rule("FAM-3")
@pytest.mark.parametrize("kind", WITHHELD)
async def test_a_token_of_one_teenager_refuses_any_id_of_a_withheld_type(signed: As, kind: str) -> None:
    app = signed(SPONSOR, scope="launch/patient patient/*.rs", patient=TEEN)
    answers = [await get(app, f"{kind}/{one}") for one in (f"{kind}-{TEEN}", "none", f"{kind}-{SPONSOR}")]
    assert [reason(one) for one in answers] == [(403, "restricted-teen")] * 3
    assert len({one.content for one in answers}) == 1


@pytest.mark.rule("FAM-3")
async def test_what_limited_access_opens_is_open(signed: As) -> None:
    client = signed(SPONSOR)
    for kind in ("Immunization", "AllergyIntolerance", "RelatedPerson"):
        assert ids(await get(client, f"{kind}?patient={TEEN}")) == [f"{kind}/{kind}-{TEEN}"]
    booked = await get(client, f"Appointment?patient={TEEN}&date=ge2026")
    assert ids(booked) == [f"Appointment/Appointment-{TEEN}"]
    assert (await get(client, f"Patient/{TEEN}")).status_code == 200


@pytest.mark.rule("FAM-8")
async def test_a_token_of_one_patient_knows_no_other(signed: As) -> None:
    app = signed(SPONSOR, scope="launch/patient patient/*.rs", patient=CHILD)
    assert (await get(app, f"Observation?patient={CHILD}")).status_code == 200
    for other in (SPONSOR, TEEN, "99999999"):
        assert (await get(app, f"Observation?patient={other}")).status_code == 404
        assert (await get(app, f"Patient/{other}")).status_code == 404
        assert (await get(app, f"Observation/Observation-{other}")).status_code == 404
    assert ids(await post(app, "Patient", name="family")) == [f"Patient/{CHILD}"]


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize("kind", [one for one in SEARCHED if not one.startswith("Medication")])
async def test_a_basic_sign_in_is_refused_whatever_the_id(signed: As, kind: str) -> None:
    client = signed(BASIC, level=1)
    for path in (f"{kind}?patient={BASIC}", f"{kind}/{kind}-{BASIC}", f"{kind}/none", f"{kind}/{kind}-{STRANGER}"):
        assert reason(await get(client, path)) == (403, "premium-required")
    assert (await get(client, f"Immunization?patient={BASIC}")).status_code == 200


@pytest.mark.rule("FAM-7")
@pytest.mark.parametrize(("viewer", "patient"), [(SPONSOR, CHILD), (FULL_PROXY, GRANTER)])
async def test_sensitive_entries_reach_the_patient_alone(signed: As, viewer: str, patient: str) -> None:
    secrets = {"Appointment": f"secret-appointment-{patient}", "DocumentReference": f"secret-note-{patient}"}
    for kind, identity in secrets.items():
        query = f"{kind}?patient={patient}" + ("&date=ge2026" if kind == "Appointment" else "")
        for reader, shown in ((patient, True), (viewer, False)):
            client = signed(reader)
            assert (f"{kind}/{identity}" in ids(await get(client, query))) is shown
            assert (await get(client, f"{kind}/{identity}")).status_code == (200 if shown else 404)
            assert bool(ids(await get(client, f"{kind}?_id={identity}"))) is shown


@pytest.mark.rule("REL-3")
async def test_what_is_preliminary_shows_to_nobody_until_it_is_final(small: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    path = f"Observation/preliminary-{SPONSOR}"
    assert (await get(client, path)).status_code == 404
    body = {"resourceType": "Observation", "id": f"preliminary-{SPONSOR}", "status": "final"}
    for status, seen in (("final", 200), ("corrected", 200), ("entered-in-error", 404)):
        with small.database.begin() as conn:
            facts = ResourceFacts(SPONSOR, final_at=small.clock.micros())
            put_resource(conn, {**body, "status": status}, facts, now=small.clock.micros(), policy=small.policy)
        assert (await get(client, path)).status_code == seen
        assert (path in ids(await get(client, f"Observation?patient={SPONSOR}"))) is (seen == 200)


@pytest.mark.rule("REL-2")
@pytest.mark.parametrize(("reviewed", "wait"), [(None, timedelta(days=3)), (timedelta(days=1), timedelta(days=1))])
async def test_in_2025_a_result_shows_when_reviewed_or_after_three_days(
    small: Mock, signed: As, reviewed: timedelta | None, wait: timedelta
) -> None:
    small.clock.set(SUMMER)
    body = {"resourceType": "Observation", "id": "waiting", "status": "final", "effectiveDateTime": "2025-06-02"}
    seen_at = None if reviewed is None else to_micros(SUMMER + reviewed)
    facts = ResourceFacts(SPONSOR, final_at=to_micros(SUMMER), reviewed_at=seen_at)
    with small.database.begin() as conn:
        put_resource(conn, body, facts, now=small.clock.micros(), policy=small.policy)
    small.clock.set(SUMMER + wait - INSTANT)
    path = f"Observation?patient={SPONSOR}&date=2025"
    assert ids(await get(signed(SPONSOR), path)) == []
    assert (await get(signed(SPONSOR), "Observation/waiting")).status_code == 404
    small.clock.set(SUMMER + wait)
    assert ids(await get(signed(SPONSOR), path)) == ["Observation/waiting"]
    changed = (SUMMER + wait).isoformat().replace("+00:00", "Z")
    since = f"Observation?patient={SPONSOR}&_lastUpdated=ge{changed}"
    assert "Observation/waiting" in ids(await get(signed(SPONSOR), since))


@pytest.mark.rule("FAM-4")
async def test_a_parents_access_ends_at_midnight_of_the_18th_birthday(small: Mock, signed: As) -> None:
    birthday = datetime(2026, 11, 30, 5, tzinfo=UTC)
    small.clock.set(birthday - INSTANT)
    client, path = signed(SPONSOR), f"Immunization?patient={ALMOST_ADULT}"
    assert (await get(client, path)).status_code == 200
    small.clock.set(birthday)
    assert reason(await get(client, path)) == (403, "adult-dependent")
    small.clock.set(birthday - INSTANT)
    assert (await get(client, path)).status_code == 200


@pytest.mark.rule("FAM-5")
async def test_a_grant_ends_on_the_instant_that_it_names(small: Mock, signed: As) -> None:
    end = small.clock.now() + timedelta(minutes=5)
    with small.database.begin() as conn:
        conn.exec_driver_sql(f"UPDATE grants SET until = {to_micros(end)} WHERE receiver_id = '{FULL_PROXY}'")
    small.database.people_changed()
    client, path = signed(FULL_PROXY), f"Observation?patient={GRANTER}"
    for moment, expected in ((end - INSTANT, 200), (end, 403), (end + INSTANT, 403)):
        small.clock.set(moment)
        assert (await get(client, path)).status_code == expected


@pytest.mark.rule("FAM-5", "FAM-8")
async def test_consents_lead_a_proxy_to_the_patients_who_granted_access(signed: As) -> None:
    found = await get(signed(FULL_PROXY), f"Consent?actor=Patient/{FULL_PROXY}&_include=Consent:patient")
    own_and_granter = {FULL_PROXY, GRANTER}
    assert set(ids(found)) == {f"Consent/Consent-{one}" for one in own_and_granter} | {
        f"Patient/{one}" for one in own_and_granter
    }
    limited = await get(signed(LIMITED_PROXY), f"Consent?patient={GRANTER}")
    assert ids(limited) == [f"Consent/Consent-{GRANTER}"]


@pytest.mark.rule("FAM-6", "FAM-8")
async def test_a_search_without_a_patient_looks_only_into_open_records(signed: As) -> None:
    client = signed(SPONSOR)
    everybody = ",".join(f"Observation-{one}" for one in (SPONSOR, CHILD, TEEN, GRANTER, STRANGER))
    assert set(ids(await get(client, f"Observation?_id={everybody}"))) == {
        f"Observation/Observation-{SPONSOR}",
        f"Observation/Observation-{CHILD}",
    }
    names = await post(client, "Patient", name="family")
    assert set(ids(names)) == {f"Patient/{one}" for one in (SPONSOR, CHILD, TEEN, ALMOST_ADULT)}
