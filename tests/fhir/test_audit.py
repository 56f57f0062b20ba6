"""What is written down: every read of another's record and every refusal, with both names and the request."""

import asyncio

import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.fhir.asking import get
from tests.fhir.conftest import As
from tests.small_world import CHILD, FULL_PROXY, GRANTER, SPONSOR, STRANGER, TEEN


def told(mock: Mock, patient: str) -> list[tuple[str, str, str, str]]:
    """Who, what, outcome and rule of every event about a patient, oldest first."""
    events = [event for _, event in reversed(mock.audit.about(patient))]
    return [(one.who_id, one.what, one.outcome, one.rule) for one in events]


@pytest.mark.rule("AUD-1")
async def test_reading_ones_own_record_writes_nothing(small: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    await get(client, f"Observation?patient={SPONSOR}")
    await get(client, f"Patient/{SPONSOR}")
    assert told(small, SPONSOR) == []


@pytest.mark.rule("AUD-1", "FAM-10")
async def test_reading_anothers_record_is_written_with_both_names(small: Mock, signed: As) -> None:
    answer = await get(signed(FULL_PROXY), f"Observation?patient={GRANTER}")
    await get(signed(SPONSOR), f"Condition/Condition-{CHILD}")
    assert told(small, GRANTER) == [(FULL_PROXY, "search Observation", "allowed", "FAM-5")]
    assert told(small, CHILD) == [(SPONSOR, "read Condition", "allowed", "FAM-2")]
    assert small.audit.about(GRANTER)[0][1].request_id == answer.headers["x-request-id"]


@pytest.mark.rule("AUD-1")
async def test_refusals_are_written_with_their_rule(small: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    await get(client, f"Observation?patient={TEEN}")
    await get(client, f"Observation?patient={STRANGER}")
    await get(client, f"Observation/Observation-{GRANTER}")
    assert told(small, TEEN) == [(SPONSOR, "search Observation", "restricted-teen", "FAM-3")]
    assert told(small, STRANGER) == [(SPONSOR, "search Observation", "not-found", "FAM-8")]
    assert told(small, GRANTER) == [(SPONSOR, "read Observation", "not-found", "FAM-8")]


@pytest.mark.rule("AUD-1")
async def test_a_search_over_several_records_is_written_for_each(small: Mock, signed: As) -> None:
    await get(signed(SPONSOR), f"Immunization?_id=Immunization-{SPONSOR},Immunization-{CHILD},Immunization-{TEEN}")
    assert [len(told(small, one)) for one in (SPONSOR, CHILD, TEEN)] == [0, 1, 1]


@pytest.mark.rule("AUD-1")
async def test_events_are_written_half_a_second_later_without_anybody_asking(small: Mock, signed: As) -> None:
    await get(signed(SPONSOR), f"Observation?patient={CHILD}")
    await asyncio.sleep(0.7)
    with small.database.begin() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM audit").scalar() == 1


@pytest.mark.rule("AUD-1")
async def test_many_events_are_written_in_order_and_read_newest_first(small: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    for _ in range(300):
        await get(client, f"Immunization?patient={CHILD}")
    numbers = [number for number, _ in small.audit.about(CHILD)]
    assert len(numbers) == 300
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.rule("AUD-1")
async def test_the_log_of_requests_names_the_deciding_rule_and_no_values(small: Mock, signed: As) -> None:
    answer = await get(signed(SPONSOR), f"Observation?patient={TEEN}&code=secret-code")
    entry = small.log.last(1)[0]
    assert (entry.id, entry.status, entry.person) == (answer.headers["x-request-id"], 403, SPONSOR)
    assert entry.decisions == ["FAM-3: restricted-teen"]
    assert "secret-code" not in str(entry.listed())
