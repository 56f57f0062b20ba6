"""The authorization server oidc-provider (npm), and a person in front of its own pages."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from urllib.parse import urljoin

import httpx

from tests.elsewhere.installed import HERE, node

_FORM = re.compile(r'<form[^>]*?(?:action="([^"]*)")?[^>]*>(.*?)</form>', re.DOTALL)
_INPUT = re.compile(r"<input[^>]*>")


class Provider:
    """Where it is, and what a test changes of it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self._process = process
        self.url: str = json.loads(process.stdout.readline())["url"]

    def device_codes_live(self, seconds: int) -> None:
        """How long a code is good from now on."""
        self._tell(lifetime=seconds)

    def slow_down(self, times: int) -> None:
        """The next questions of a device are told that they came too soon."""
        self._tell(slow=times)

    def _tell(self, **what: int) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        self._process.stdout.readline()


@contextmanager
def provider() -> Iterator[Provider]:
    """Started on a free loopback port; it ends with the block."""
    found, environment = node("oidc-provider")
    argv = [found, str(HERE / "oidc.cjs")]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(argv, env=environment, text=True, **streams) as process:  # type: ignore[call-overload]
        try:
            yield Provider(process)
        finally:
            process.stdin.close()
            process.wait(10)


class Person:
    """Fills in whatever form the server shows, as a browser sends it."""

    def __init__(self) -> None:
        self.client = httpx.AsyncClient(timeout=20)
        self.page = httpx.Response(200)

    async def open(self, address: str) -> str:
        """The page that an address leads to; or where it would leave the server for."""
        return await self._follow(await self.client.get(address))

    async def send(self, **typed: str) -> str:
        """The form on the page, with what was typed."""
        action, inside = _FORM.search(self.page.text).groups()  # type: ignore[union-attr]
        fields = {}
        for tag in _INPUT.findall(inside):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                fields[name[1]] = unescape(value[1]) if value else ""
        address = urljoin(str(self.page.url), unescape(action or str(self.page.url)))
        return await self._follow(await self.client.post(address, data=fields | typed))

    async def _follow(self, answer: httpx.Response) -> str:
        while answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if "/callback" in target:
                return target
            answer = await self.client.get(target)
        self.page = answer
        return answer.text

    async def signs_in(self) -> str:
        """Login, then consent; what comes after."""
        await self.send(login="ada", password="any")
        return await self.send()
