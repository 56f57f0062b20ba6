"""P10: 200 clients at once want one slot; one has it, and the others are shown others. One key does once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from operator import itemgetter

import httpx
import pytest
from sqlalchemy import func, select

from genesis_tui.mock_backend.database.schema.appointments import slot_unit
from genesis_tui.mock_backend.database.schema.messages import message
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from tests.portal import writing
from tests.portal.scheduling import book, new_key
from tests.postgres import MakeSmall
from tests.small_world import BASIC, CHILD, LOCKED, OTHER_SLOT, PATIENTS, SLOT, SPONSOR, token_for

CLIENTS, THREADS = 200, 8
Ask = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]


def at_once(small: Mock, people: list[str], ask: Ask) -> list[httpx.Response]:
    """What 200 clients of these people are answered who ask in eight threads at once."""
    app = create_app(small)
    wanting = list(islice(cycle([(one, token_for(small, one)) for one in people]), CLIENTS))

    async def want(some: list[tuple[str, str]]) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        clients = [(who, httpx.AsyncClient(transport=transport, base_url=small.issuer)) for who, _ in some]
        for (_, client), (_, token) in zip(clients, some, strict=True):
            client.headers["Authorization"] = f"Bearer {token}"
        return await asyncio.gather(*(ask(client, person) for person, client in clients))

    with ThreadPoolExecutor(THREADS) as pool:
        parts = [wanting[number::THREADS] for number in range(THREADS)]
        return [one for part in pool.map(lambda some: asyncio.run(want(some)), parts) for one in part]


@pytest.mark.rule("APPT-4")
def test_of_200_clients_at_once_one_has_the_slot(make_small: MakeSmall) -> None:
    small = make_small()
    able = [one for one in PATIENTS if one not in (BASIC, LOCKED)]
    answers = at_once(small, able, lambda client, person: book(client, person, SLOT))
    told = Counter((one.status_code, one.json().get("reason", "")) for one in answers)
    assert told == {(201, ""): 1, (409, "slot-taken"): CLIENTS - 1}
    assert all(OTHER_SLOT in map(itemgetter("id"), one.json().get("nearest", [])) for one in answers if one.is_error)
    with small.database.begin() as conn:
        held = conn.execute(select(func.count()).where(slot_unit.c.held_by.is_not(None))).scalar_one()
        made = conn.execute(select(func.count()).where(resource.c.id.like("appt-%"))).scalar_one()
    assert (held, made) == (2, 1)
    assert small.audit.check().broken_at is None


@pytest.mark.rule("MSG-8")
def test_one_key_of_200_requests_at_once_sends_one_message(make_small: MakeSmall) -> None:
    small, key = make_small(), new_key()

    async def send(client: httpx.AsyncClient, _person: str) -> httpx.Response:
        return await client.post("/portal/v1/messages", json=writing.reply(CHILD), headers=key)

    answers = at_once(small, [SPONSOR], send)
    told = Counter((one.status_code, one.json().get("reason", "")) for one in answers)
    assert told == {(201, ""): CLIENTS}
    assert len({one.content for one in answers if one.is_success}) == 1
    with small.database.begin() as conn:
        sent = conn.execute(select(func.count()).where(message.c.thread_id == f"thread-{CHILD}")).scalar_one()
    assert (sent, told[201, ""] > 0) == (7, True)
