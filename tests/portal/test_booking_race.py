"""P10: 200 clients at once want one slot; one has it, and the others are shown what else there is."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from operator import itemgetter

import httpx
import pytest
from sqlalchemy import func, select

from genesis_tui.mock_backend.database.schema.appointments import slot_unit
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.server.app import create_app
from tests.portal.scheduling import book
from tests.postgres import MakeSmall
from tests.small_world import BASIC, LOCKED, OTHER_SLOT, PATIENTS, SLOT, token_for

CLIENTS, THREADS = 200, 8


@pytest.mark.rule("APPT-4")
def test_of_200_clients_at_once_one_has_the_slot(make_small: MakeSmall) -> None:
    small = make_small()
    able = [one for one in PATIENTS if one not in (BASIC, LOCKED)]
    wanting = list(islice(cycle([(one, token_for(small, one)) for one in able]), CLIENTS))

    app = create_app(small)

    async def want(some: list[tuple[str, str]]) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        clients = [(who, httpx.AsyncClient(transport=transport, base_url=small.issuer)) for who, _ in some]
        for (_, client), (_, token) in zip(clients, some, strict=True):
            client.headers["Authorization"] = f"Bearer {token}"
        return await asyncio.gather(*(book(client, person, SLOT) for person, client in clients))

    with ThreadPoolExecutor(THREADS) as pool:
        parts = [wanting[number::THREADS] for number in range(THREADS)]
        answers = [one for part in pool.map(lambda some: asyncio.run(want(some)), parts) for one in part]
    told = Counter((one.status_code, one.json().get("reason", "")) for one in answers)
    assert told == {(201, ""): 1, (409, "slot-taken"): CLIENTS - 1}
    assert all(OTHER_SLOT in map(itemgetter("id"), one.json().get("nearest", [])) for one in answers if one.is_error)
    with small.database.begin() as conn:
        held = conn.execute(select(func.count()).where(slot_unit.c.held_by.is_not(None))).scalar_one()
        made = conn.execute(select(func.count()).where(resource.c.id.like("appt-%"))).scalar_one()
    assert (held, made) == (2, 1)
    assert small.audit.check().broken_at is None
    small.close()
