"""A real headless Chromium, as a person in front of it uses it; skipped where Chromium or its driver is missing."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.elsewhere.installed import node

HERE = Path(__file__).parent


class Chromium:
    """One page at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.page: dict[str, Any] = {}
        self.seen: list[str] = []

    def fresh(self, *, scripts: bool = True) -> None:
        """A window without cookies."""
        self._tell("fresh", scripts=scripts)

    def open(self, url: str) -> str:
        """What stands on the page at an address."""
        return self._show(self._tell("open", url=url))

    def fill(self, **fields: str) -> None:
        """Type into fields, by their label with blanks for underscores."""
        for label, text in fields.items():
            self.fill_in(label.replace("_", " "), text)

    def fill_in(self, label: str, text: str) -> None:
        """Type into one field."""
        self._tell("fill", label=label, text=text)

    def choose(self, label: str) -> None:
        """A radio button, by what its label begins with."""
        self._tell("choose", label=label)

    def press(self, name: str) -> str:
        """A button; what stands on the page that follows."""
        return self._show(self._tell("press", name=name))

    def follow(self, name: str) -> str:
        """A link."""
        return self._show(self._tell("follow", name=name))

    def violations(self) -> list[str]:
        """What axe-core says against the page."""
        return list(self._tell("axe")["violations"])

    def _show(self, page: dict[str, Any]) -> str:
        self.page = page
        self.seen.append(str(page["title"]))
        return str(page["text"])

    def _tell(self, command: str, **what: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **what}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "error" not in answer, f"{command} {what}: {answer['error']}\n{self.page.get('text', '')}"
        return answer


@contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """Started once for a file of tests; it ends with the block."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium: not installed")
    node("axe-core")
    found, environment = node("playwright-core")
    env = environment | {"CHROMIUM": program, "HOME": str(folder), "TMPDIR": str(folder)}
    argv = [found, str(HERE / "driver.cjs")]
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert "ready" in json.loads(process.stdout.readline())
            yield Chromium(process)
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
