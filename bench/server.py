"""The mock as a process of its own, for benches: as `genesis-tui mock serve` runs it."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from bench.figure import PYTHON
from genesis_tui.testing.sign_in import tokens


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, the tester token, and its process id."""

    url: str
    tester_token: str
    pid: int

    @property
    def port(self) -> int:
        """The port."""
        return int(self.url.rpartition(":")[2])

    def token(self, username: str, password: str) -> str:
        """An access token of a person who signs in now."""

        async def sign_in() -> str:
            async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
                return str((await tokens(client, username, password))["access_token"])

        return asyncio.run(sign_in())


@contextmanager
def serving(*options: str) -> Iterator[Server]:
    """A mock on a free port, ended at the end."""
    argv = [PYTHON, "-m", "genesis_tui.mock_backend.server.serve", "--port", "0", *options]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            yield Server(told["url"], told["tester_token"], process.pid)
        finally:
            process.terminate()
