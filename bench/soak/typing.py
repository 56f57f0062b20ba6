"""R2: somebody types and sends, and the process is killed at a moment that is drawn; what is left must be whole.

`python -m bench.soak.typing [COUNT] [SEED]`, 500 by default.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.figure import PYTHON
from bench.server import serving
from bench.soak.left import Run, heard, judging
from bench.soak.writer import ON_DISK

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: so many seconds after the line that begins with `after` has come."""

    after: str
    seconds: float


def moments(count: int, seed: int) -> list[Moment]:
    """A third each: anywhere while it is typed, while a draft is written to the disk, while a message is sent."""
    random = Random(seed)
    kinds = (
        lambda: Moment("key 0 1 ", random.uniform(0.0, 2.5)),
        lambda: Moment("key 0 1 ", ON_DISK + random.uniform(0.0, 0.006)),
        lambda: Moment(f"sending {random.randint(0, 1)} ", random.uniform(0.0, 0.05)),
    )
    return [kinds[n % len(kinds)]() for n in range(count)]


def killed(url: str, home: Path, number: int, moment: Moment) -> Run:
    """Starts a writer with a home of its own, kills it at the moment, and tells what it had told."""
    state = home / "state"
    env = {
        "HOME": str(home),
        "XDG_STATE_HOME": str(state),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    program = [PYTHON, "-m", "bench.soak.writer", url, str(number)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = list(_until(process.stdout, moment))
        process.kill()
        at = time.monotonic()
        lines += [line for line in process.stdout if line.endswith("\n")]
        said = process.stderr.read()
    assert lines, f"the writer did not begin: {said}"
    return Run(f"run {number} ({moment})", state, at, heard(number, lines))


def _until(lines: Iterable[str], moment: Moment) -> Iterator[str]:
    for line in lines:
        yield line
        if line.startswith(moment.after):
            since = float(line.split()[3])
            time.sleep(max(0.0, since + moment.seconds - time.monotonic()))
            return


@dataclass(slots=True)
class Tally:
    """What came of all runs."""

    faults: list[str]
    messages: int = 0
    letters: int = 0
    lost: float = 0.0
    halves: int = 0
    drafts: int = 0


async def kills(url: str, database: Path, home: Path, count: int, seed: int) -> Tally:
    """So many kills, and what was left wrong by them."""
    homes = [home / f"run-{number}" for number in range(count)]
    for folder in homes:
        folder.mkdir()
    tally = Tally([])
    with ThreadPoolExecutor(AT_ONCE) as lanes:
        runs = [
            lanes.submit(killed, url, folder, number, moment)
            for number, (folder, moment) in enumerate(zip(homes, moments(count, seed), strict=True))
        ]
        async with judging(url, database) as judge:
            for future in runs:
                run = await asyncio.wrap_future(future)
                tally.faults += await judge.faults(run)
                tally.messages += len(run.messages)
                tally.letters += sum(len(message.keys) for message in run.messages)
            tally.halves, tally.lost, tally.drafts = judge.halves, judge.most_lost, judge.drafts_of_what_was_sent()
    return tally


@contextmanager
def world() -> Iterator[tuple[str, Path, Path]]:
    """A mock whose database is a file: its address, that file, and an empty folder."""
    with TemporaryDirectory(prefix="genesis-soak-") as folder:
        database = Path(folder) / "mock.db"
        (home := Path(folder) / "homes").mkdir()
        with serving("--db", f"sqlite:///{database}") as server:
            yield server.url, database, home


def main() -> int:
    """The kills, and what was wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    start = time.monotonic()
    with world() as (url, database, home):
        tally = asyncio.run(kills(url, database, home, count, seed))
    rows: dict[str, float] = {
        "kills": count,
        "messages begun": tally.messages,
        "letters typed": tally.letters,
        "most typing lost, in ms": round(tally.lost * 1000),
        "files half written at the kill": tally.halves,
        "drafts on the server of what was sent": tally.drafts,
        "faults (corrupt, lost, twice)": len(tally.faults),
        "seconds": round(time.monotonic() - start),
    }
    for what, value in rows.items():
        print(f"{what:<40} {value:>8,}")
    print(*tally.faults, sep="\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
