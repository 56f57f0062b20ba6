"""R4: several processes share one kept sign-in, whose token has ended for all of them at once; no sign-in may be lost.

It is one for scripts, as it has to outlive a thousand tokens.
`python -m bench.soak.refresh [ROUNDS]`, 1,000 by default.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

PROCESSES = 4
BEYOND = 600
"""Seconds that the mock's clock is moved by between two rounds: a token lives for 570."""
SPONSOR = ("daniel.reyes", "Walnut-Harbor-2041-Daniel")


def race(rounds: int, home: Path) -> list[str]:
    """Everything but `ok` that any process said in any round."""
    env = _environment(home)
    serving = [
        sys.executable,
        "-m",
        "genesis_tui.mock_backend.server.serve",
        "--port",
        "0",
        "--with-parent",
        "--frozen",
    ]
    with ExitStack() as stack:
        mock = stack.enter_context(_process(serving, env))
        print("", file=mock.stdin, flush=True)
        told = json.loads(_line(mock))
        url, token = told["url"], told["tester_token"]
        _sign_in(url, env)
        program = [sys.executable, "-m", "bench.soak.refreshing", url]
        racers = [stack.enter_context(_process(program, env)) for _ in range(PROCESSES)]
        lost = [line for racer in racers if (line := _line(racer)) != "ok"]
        for _ in range(rounds):
            _advance(url, token)
            lost += _round(racers)
        for process in (*racers, mock):
            assert process.stdin is not None
            process.stdin.close()
    return lost


def _round(racers: "Sequence[subprocess.Popen[str]]") -> list[str]:
    for racer in racers:
        print("go", file=racer.stdin, flush=True)
    return [line for racer in racers if (line := _line(racer)) != "ok"]


def _process(argv: Sequence[str], env: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _sign_in(url: str, env: dict[str, str]) -> None:
    program = [sys.executable, "-m", "genesis_tui", "--server", url, "login", "--username", SPONSOR[0]]
    command = [*program, "--password-stdin", "--offline=reading", "--yes"]
    subprocess.run(command, input=f"{SPONSOR[1]}\n", text=True, env=env, check=True, capture_output=True)


def _advance(url: str, token: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    headers = {"X-Tester-Token": token, "Content-Type": "application/json"}
    connection.request("POST", "/mock/v1/clock/advance", json.dumps({"seconds": BEYOND}), headers)
    assert connection.getresponse().status == 200
    connection.close()


def _environment(home: Path) -> dict[str, str]:
    passphrase = home / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text("only for this race")
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "GENESIS_TUI_PASSPHRASE_FILE": str(passphrase),
    }


def main() -> int:
    """The rounds, and what was lost in them."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as home:
        lost = race(rounds, Path(home))
    print(f"{rounds} rounds of {PROCESSES} processes: {len(lost)} sign-ins lost {sorted(set(lost))}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
