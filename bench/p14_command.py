"""P14: `inbox list --json` with a kept sign-in against `python -c "import click, httpx"`, CPU time."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.figure import PROGRAM, PYTHON, Row, empty_home, milliseconds, ratio_of
from bench.server import serving
from bench.terminal import environment

_WHO, _PASSWORD = "daniel.reyes", "Walnut-Harbor-2041-Daniel"
_PASSPHRASE = "three words and a fourth"


def _cpu(argv: list[str | Path], env: Mapping[str, str]) -> float:
    process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{argv} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def _signed_in(home: Path, server: str) -> dict[str, str]:
    """The environment of commands that go on with a sign-in, kept in a file that a passphrase opens."""
    (file := home / "passphrase").write_text(_PASSPHRASE)
    file.chmod(0o600)
    env = environment(home, GENESIS_TUI_PASSPHRASE_FILE=str(file))
    argv: list[str | Path] = [PROGRAM, "--server", server, "login", "--username", _WHO, "--password-stdin"]
    subprocess.run(argv, env=env, input=_PASSWORD, text=True, check=True, capture_output=True)
    return env


def measure() -> Iterator[Row]:
    """One row."""
    with empty_home() as home, serving() as server:
        env = _signed_in(home, server.url)
        ours, theirs, ratio = ratio_of(
            lambda: _cpu([PROGRAM, "--server", server.url, "inbox", "list", "--json"], env),
            lambda: _cpu([PYTHON, "-c", "import click, httpx"], env),
            runs=25,
        )
    yield Row(
        "P14",
        "inbox list --json against `import click, httpx`, CPU",
        "<= 3 x",
        milliseconds(ours),
        ratio <= 3,
        f"{ratio:.2f} x {milliseconds(theirs)}",
    )
