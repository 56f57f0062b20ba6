"""Wherever the output goes - a full disk, a closed pipe, another encoding, nowhere - a command ends in order."""

import ast
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

import genesis_tui
from genesis_tui.cli.base.streams import HarmlessStream
from tests.cli.conftest import Run, environment
from tests.cli.in_process import exit_code_of, piped

COMMANDS = (
    ("--help",),
    ("no-such-command",),
    ("results", "--limit", "x"),
    ("results", "--limit", "x", "--json"),
    ("whoami", "--json"),
    ("family",),
    ("results",),
    ("results", "--json"),
    ("results", "--csv"),
    ("record",),
    ("inbox", "list"),
    ("inbox", "list", "--json"),
    ("inbox", "read", "thread-12742301-1"),
    ("inbox", "draft", "list"),
    ("appointments",),
    ("refills", "list"),
    ("offline", "status"),
    ("mock", "personas", "--json"),
)
"""Each kind of output of each group of commands."""
SOURCES = Path(genesis_tui.__file__).parent
PRINTING = {"cli/base/output.py", "cli/base/diagnostics.py", "cli/base/streams.py", "mock_backend/server/serve.py"}
"""What prints; the server alone does it in a process that is not the client's too, and only words of its own."""


def full() -> TextIO:
    return open("/dev/full", "w", encoding="utf-8")


def closed() -> TextIO:
    reader, writer = os.pipe()
    os.close(reader)
    return open(writer, "w", encoding="utf-8")


def memory(encoding: str) -> TextIO:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)


def bytes_in(stream: TextIO) -> bytes:
    found: bytes = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return found


@pytest.fixture
def at_home(served: dict[str, str], signed_in: Path, home: Path) -> tuple[str, dict[str, str]]:
    shutil.copytree(signed_in, home)
    return served["url"], environment(home)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_ends_in_order(at_home: tuple[str, dict[str, str]], command: tuple[str, ...]) -> None:
    url, variables = at_home
    words = ("--server", url, *command)

    def run(out: TextIO, err: TextIO) -> int:
        return exit_code_of(words, variables, piped(""), out, err)

    out, err = memory("utf-8"), memory("utf-8")
    usual = run(out, err)
    printed = bytes_in(out)
    for stream, said in ((full(), b"No space left on device"), (closed(), b"")):
        err = memory("utf-8")
        assert run(stream, err) == (usual or 1 if printed else usual)
        assert b"Traceback" not in bytes_in(err)
        assert said in bytes_in(err) or not printed
        stream.close()
    with full() as err:
        assert run(memory("utf-8"), err) in (1, usual)
    for encoding in ("latin-1", "ascii"):
        out, err = memory(encoding), memory(encoding)
        assert run(out, err) == usual
        assert b"Traceback" not in bytes_in(err)
        if "--json" in command and printed:
            assert json.loads(bytes_in(out)).keys() == json.loads(printed).keys()


@pytest.mark.parametrize("stdin", [b"\xff\xfe\n", b""])
def test_a_password_that_is_no_text_is_told(at_home: tuple[str, dict[str, str]], stdin: bytes) -> None:
    url, variables = at_home
    words = ("--server", url, "login", "--username", "daniel.reyes", "--password-stdin")
    err = memory("utf-8")
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    assert exit_code_of(words, variables, given, memory("utf-8"), err) == 2
    assert b"Standard input" in bytes_in(err)


SHELL = (
    ("genesis-tui </dev/null", 2, "needs a terminal"),
    ("genesis-tui --ascii </dev/null | cat", 2, "needs a terminal"),
    ("genesis-tui demo </dev/null", 2, "needs a terminal"),
    ("genesis-tui <&- >&- 2>&-", 2, ""),
    ("genesis-tui mock personas >/dev/full", 1, "No space left on device"),
    ("genesis-tui mock personas >/dev/full 2>&1", 1, ""),
    ("genesis-tui mock personas --json | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", None, ""),
    ("LC_ALL=C genesis-tui mock personas >/dev/null", 0, ""),
    ("PYTHONIOENCODING=ascii genesis-tui whoami", 5, "could not be reached|No connection"),
)


@pytest.mark.parametrize(("line", "code", "said"), SHELL, ids=[line for line, *_ in SHELL])
def test_a_process_ends_in_order(home: Path, line: str, code: int | None, said: str) -> None:
    variables = environment(home) | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    program = ["bash", "-o", "pipefail", "-c", line]
    done = subprocess.run(program, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if code is not None:
        assert done.returncode == code, done.stderr
    assert any(words in done.stderr for words in said.split("|")), done.stderr


def test_nothing_prints_but_what_is_there_for_it() -> None:
    found = {
        f"{path.relative_to(SOURCES)}:{node.lineno}"
        for path in SOURCES.rglob("*.py")
        if str(path.relative_to(SOURCES)) not in PRINTING
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _prints(node.func)
    }
    assert found == set()


def _prints(called: ast.expr) -> bool:
    words = ast.unparse(called)
    by_click = words.startswith("click.") and words.removeprefix("click.") in ("echo", "secho", "echo_via_pager")
    streams = ("sys.stdout.", "sys.stderr.", "sys.__stdout__.", "sys.__stderr__.", "sys.stdout.buffer.")
    writes = words.endswith((".write", ".writelines")) and words.startswith(streams)
    return words == "print" or by_click or writes


def test_everything_is_printed_to_streams_that_make_it_harmless(run: Run) -> None:
    """Whatever prints it: here click, what was typed."""
    done = run("\x1b]0;owned\x07")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "owned" in done.stderr


class Terminal(io.TextIOWrapper):
    """A stream of the system's that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("locale", "shown"), [("C", "+ Jos<U+00E9> - on"), ("C.UTF-8", "✓ José · on"), ("", "✓ José · on")]
)
def test_a_terminal_in_a_c_locale_gets_ascii(monkeypatch: pytest.MonkeyPatch, locale: str, shown: str) -> None:
    for name in ("LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", locale)
    bytes_out = io.BytesIO()
    stream = HarmlessStream(Terminal(bytes_out, encoding="utf-8"))
    stream.write("✓ José · on")
    stream.flush()
    ascii_only = locale in ("C", "POSIX")
    assert bytes_out.getvalue().decode() == ("+ Jos<U+00E9> - on" if ascii_only else "✓ José · on")
