"""R1: messages through a faulty link, from several processes that are killed now and then; each arrives once.

`python -m bench.soak.messages [COUNT] [SEED]`, 10,000 by default.
"""

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench.figure import PYTHON
from bench.soak.link import FaultyLink
from bench.soak.sender import FAULTY, PATIENCE
from bench.soak.typing import world

PROCESSES = 6
SHARE = 0.25
"""Of the requests that go wrong."""
BETWEEN = (4.0, 15.0)
"""Seconds that a process lives for, at least and at most; the last one lives until it is through."""


@dataclass(slots=True)
class Sending:
    """The processes of one name, one after the other."""

    name: str
    state: Path
    count: int
    random: Random
    kept: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    restarts: int = 0
    done: bool = False

    async def run(self, url: str, link: str) -> None:
        """Until everything is sent."""
        while not self.done:
            await self._life(url, link)
            self.restarts += not self.done

    async def _life(self, url: str, link: str) -> None:
        first = max(self.kept, default=-1) + 1
        process = await asyncio.create_subprocess_exec(
            *(PYTHON, "-m", "bench.soak.sender", url, link, self.name, str(first), str(self.count)),
            stdout=asyncio.subprocess.PIPE,
            env=_environment(self.state),
        )
        assert process.stdout is not None
        end = asyncio.get_running_loop().call_later(self.random.uniform(*BETWEEN), process.kill)
        try:
            async for line in process.stdout:
                self._hear(line.decode().split())
        except asyncio.CancelledError:
            process.kill()
            raise
        finally:
            end.cancel()
        if await process.wait() > 0:
            raise RuntimeError(f"{self.name} failed")

    def _hear(self, words: list[str]) -> None:
        if words == ["done"]:
            self.done = True
        elif len(words) == 2:
            {"kept": self.kept, "sent": self.sent, "refused": self.refused}[words[0]].add(int(words[1]))

    def left(self) -> list[Path]:
        """What is not known to have arrived, or is a draft still."""
        return [path for path in self.state.rglob("*.sealed") if path.name.startswith(("out-", "draft-"))]


def _environment(state: Path) -> dict[str, str]:
    return {
        "HOME": str(state),
        "XDG_STATE_HOME": str(state),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


async def sent_by(url: str, home: Path, count: int, seed: int) -> tuple[list[Sending], FaultyLink]:
    """All of them sent, by several processes at once."""
    port = int(url.rpartition(":")[2])
    link = FaultyLink(port, share=SHARE, paths=FAULTY, seed=seed, slow=2 * PATIENCE)
    listening = await asyncio.start_server(link.carry, "127.0.0.1", 0, limit=1 << 20)
    address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    senders = list(_senders(home, count, seed))
    async with listening:
        await asyncio.gather(*(sender.run(url, address) for sender in senders))
        listening.close()
    return senders, link


def _senders(home: Path, count: int, seed: int) -> Iterator[Sending]:
    for number in range(PROCESSES):
        (state := home / f"sender-{number}").mkdir()
        share = count // PROCESSES + (number < count % PROCESSES)
        yield Sending(f"Sender {number}", state, share, Random(seed + number))


def arrived(database: Path) -> dict[str, int]:
    """How often each message is on the server."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return dict(connection.execute("SELECT body, count(*) FROM message WHERE body LIKE 'Soak %' GROUP BY body"))


def main() -> int:
    """Send them, and print what became of them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    start = time.monotonic()
    with world() as (url, database, home):
        senders, link = asyncio.run(sent_by(url, home, count, seed))
        there = arrived(database)
        unknown = sum(len(sender.left()) for sender in senders)
    wanted = {f"Soak {sender.name} {number}" for sender in senders for number in range(sender.count)}
    bad = {
        "duplicates": sum(times - 1 for times in there.values()),
        "lost": len(wanted - there.keys()),
        "refused": sum(len(sender.refused) for sender in senders),
        "unknown or drafts afterwards": unknown,
    }
    rows = {"sent": len(there), **bad, "requests": link.requests, "faults": link.faults.total(), **link.faults}
    rows |= {"processes": PROCESSES, "killed and started again": sum(sender.restarts for sender in senders)}
    rows["seconds"] = round(time.monotonic() - start)
    for what, value in rows.items():
        print(f"{what:<32} {value:>8,}")
    return 1 if any(bad.values()) or len(there) != count else 0


if __name__ == "__main__":
    sys.exit(main())
