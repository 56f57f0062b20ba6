"""P10: 200 clients at once want one slot; and how many free slots the mock books in a second, each on the disk."""

import asyncio
import json
import sqlite3
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.figure import HERE, PYTHON, Row, cpu_seconds, milliseconds
from bench.population import START, Population, fill
from bench.server import Server, serving
from genesis_tui.mock_backend.database.engine import PRAGMAS

_CLIENTS, _OBSERVATIONS = 200, 110_000
"""Enough copies of the record for a patient to each client."""
_ROUNDS, _CONNECTIONS, _COMMITS = 5, 8, 1000
_BAR = 300


def measure() -> Iterator[Row]:
    """The one slot first; then the others, in bursts that take turns with plain commits."""
    with TemporaryDirectory(prefix="genesis-bench-") as folder:
        population = fill(Path(folder) / "mock.db", _OBSERVATIONS)
        with serving("--db", population.url) as server:
            token = server.token(population.username, population.password)
            wanted, *others = asyncio.run(_free(server, token, population.patients[0]))
            yield asyncio.run(_one_wins(server, token, population, wanted))
            who = cycle(population.patients)
            bookings = [{"patient": next(who), "slot": slot} for slot in others if _day(slot) != _day(wanted)]
            yield _rate(server, token, bookings, Path(folder))


async def _free(server: Server, token: str, patient: str) -> list[str]:
    """Ids of all free slots for follow-ups, by start: so nobody is given two at a time."""
    days = {
        "from": START.date().isoformat(),
        "to": START.replace(year=START.year + 1, month=1, day=15).date().isoformat(),
    }
    async with _client(server, token) as client:
        answer = await client.get("/portal/v1/slots", params={"patient": patient, "visit_type": "follow-up", **days})
    return [one["id"] for one in answer.raise_for_status().json()["slots"]]


def _day(slot: str) -> str:
    return slot.rpartition(".")[2].partition("T")[0]


async def _one_wins(server: Server, token: str, population: Population, slot: str) -> Row:
    async with _client(server, token) as client:

        async def want(patient: str) -> httpx.Response:
            key = {"Idempotency-Key": str(uuid.uuid4())}
            return await client.post("/portal/v1/appointments", json={"patient": patient, "slot": slot}, headers=key)

        started = time.perf_counter()
        answers = await asyncio.gather(*(want(one) for one in population.patients[:_CLIENTS]))
        took = time.perf_counter() - started
    told = Counter(_told(one.status_code, one.json()) for one in answers)
    held = told == {"won": 1, "slot-taken, with others": _CLIENTS - 1}
    measured = ", ".join(f"{count} {what}" for what, count in told.most_common())
    return Row("P10", f"{_CLIENTS} clients want one slot", "one wins", measured, held, f"all told in {took:.1f} s")


def _told(status: int, body: dict[str, Any]) -> str:
    if status == 201:
        return "won"
    return str(body.get("reason", status)) + (", with others" if body.get("nearest") else "")


def _rate(server: Server, token: str, bookings: list[dict[str, str]], folder: Path) -> Row:
    rates, commits, began = [], [], cpu_seconds(server.pid)
    for number in range(_ROUNDS):
        bodies = bookings[number::_ROUNDS]
        job = {"port": server.port, "token": token, "path": "/portal/v1/appointments", "bodies": bodies}
        sent = json.dumps({**job, "connections": _CONNECTIONS, "seconds": 600})
        ran = subprocess.run([PYTHON, HERE / "load.py"], input=sent, capture_output=True, text=True, check=True)
        told = json.loads(ran.stdout)
        if told["failures"] or told["requests"] != len(bodies):
            raise RuntimeError(f"{told['failures']} of {told['requests']} bookings failed")
        rates.append(told["requests"] / told["seconds"])
        commits.append(_commits(folder / "commits.db"))
    rate, plain = (sorted(values)[_ROUNDS // 2] for values in (rates, commits))
    each = (cpu_seconds(server.pid) - began) / len(bookings)
    beside = f"{rate / plain:.3f} x SQLite commits {plain:,.0f}/s; CPU {milliseconds(each)} each"
    return Row(
        "P10", f"bookings of {len(bookings):,} free slots", f">= {_BAR}/s", f"{rate:,.0f}/s", rate >= _BAR, beside
    )


def _commits(file: Path) -> float:
    """Commits a second of one row each, as durable as the mock's."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for pragma in PRAGMAS:
            database.execute(f"PRAGMA {pragma}").close()
        database.execute("CREATE TABLE IF NOT EXISTS booking (id INTEGER PRIMARY KEY, body TEXT)")
        started = time.perf_counter()
        for _ in range(_COMMITS):
            database.execute("INSERT INTO booking (body) VALUES (?)", ("x" * 1000,))
        return _COMMITS / (time.perf_counter() - started)


def _client(server: Server, token: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=_CLIENTS)
    return httpx.AsyncClient(
        base_url=server.url, headers={"Authorization": f"Bearer {token}"}, limits=limits, timeout=120
    )
