"""The process is killed while somebody types or sends: no file is broken, nothing that was said to be kept is gone.

MSG-9, MSG-12 and R2; the soak is `python -m bench.soak.typing`. What ends the app in order loses no letter at all (R3).
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from bench.soak.left import Run, judging
from bench.soak.typing import kills
from tests.e2e.conftest import Server, Start, serving
from tests.e2e.typing_person import TypingPerson

SEED = 20_261
TYPING, SENDING, SMALL, FEW = 5, 3, 32, 8
"""Kills: of the app while its person types, of the app while it sends, of a small process that does both.

As long tests they are R2's forty; one each, and a few of the small process, are always run.
"""


def first_always(values: Sequence[object]) -> list[object]:
    """The first, and the others as long tests."""
    return [values[0], *(pytest.param(value, marks=pytest.mark.long) for value in values[1:])]


@dataclass(frozen=True, slots=True)
class Kept:
    """A mock process, and the file that its database is in."""

    server: Server
    database: Path

    def faults(self, run: Run) -> list[str]:
        """What is wrong with what a process has left."""

        async def judged() -> list[str]:
            async with judging(self.server.url, self.database) as judge:
                return await judge.faults(run)

        return asyncio.run(judged())


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    database = tmp_path_factory.mktemp("mock") / "mock.db"
    with serving("--db", f"sqlite:///{database}") as server:
        yield Kept(server, database)


@pytest.mark.rule("MSG-9", "MSG-12")
@pytest.mark.parametrize("seed", first_always(range(SEED, SEED + TYPING)))
def test_killed_while_a_person_types(start: Start, mock: Kept, tmp_path: Path, seed: int) -> None:
    person = TypingPerson(start, mock.server, tmp_path / "state", seed)
    person.type_for(Random(seed).uniform(0.3, 2.5))
    _assert_whole(mock, _killed(person, tmp_path / "state", seed))


@pytest.mark.rule("MSG-9", "MSG-12")
@pytest.mark.parametrize("seed", first_always(range(SEED + TYPING, SEED + TYPING + SENDING)))
def test_killed_while_it_is_sent(start: Start, mock: Kept, tmp_path: Path, seed: int) -> None:
    person = TypingPerson(start, mock.server, tmp_path / "state", seed)
    person.type_all()
    person.send(Random(seed).uniform(0.0, 0.15))
    _assert_whole(mock, _killed(person, tmp_path / "state", seed))


@pytest.mark.rule("MSG-9", "MSG-12")
@pytest.mark.parametrize("count", first_always([FEW, SMALL]))
def test_killed_at_any_moment(mock: Kept, tmp_path: Path, count: int) -> None:
    tally = asyncio.run(kills(mock.server.url, mock.database, tmp_path, count, SEED))
    assert tally.faults == [], f"seed {SEED}"
    assert tally.messages >= count


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("end", first_always(["SIGHUP", "SIGTERM", "no terminal", "ctrl+q"]))
def test_what_ends_the_app_in_order_loses_no_letter(start: Start, mock: Kept, tmp_path: Path, end: str) -> None:
    seed = SEED + TYPING + SENDING + len(end)
    person = TypingPerson(start, mock.server, tmp_path / "state", seed)
    person.type_all()
    terminal = person.terminal
    if end == "no terminal":
        terminal.hang_up()
    elif end == "ctrl+q":
        terminal.press("ctrl+q")
    else:
        os.kill(terminal.process.pid, signal.Signals[end])
    assert _ended(person), f"it goes on after {end}"
    person.message.kept = len(person.message.text)
    _assert_whole(mock, Run(f"seed {seed}", tmp_path / "state", time.monotonic(), [person.message]))


def _killed(person: TypingPerson, state: Path, seed: int) -> Run:
    os.kill(person.terminal.process.pid, signal.SIGKILL)
    at = time.monotonic()
    assert person.terminal.wait() == -signal.SIGKILL
    return Run(f"seed {seed}", state, at, [person.message])


def _ended(person: TypingPerson) -> bool:
    end = time.monotonic() + 10
    while person.terminal.code is None and time.monotonic() < end:
        person.terminal.read(0.02)
        time.sleep(0.02)
    return person.terminal.code is not None


def _assert_whole(mock: Kept, run: Run) -> None:
    [message] = run.messages
    told = f"{len(message.keys)} letters of {len(message.text)}, sending {message.sending}, sent {message.sent}"
    assert mock.faults(run) == [], f"{run.name}: {told}"
