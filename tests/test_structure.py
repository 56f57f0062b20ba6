"""What holds for every file of the project: sizes, no machine's paths, and tests that prove the rules they name."""

import ast
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
MOST_LINES, MOST_FUNCTION_LINES = 500, 50

RULES_PROVED = (
    *(f"ID-{n}" for n in range(1, 8)),
    *(f"LOCK-{n}" for n in range(1, 6)),
    *(f"SESS-{n}" for n in range(1, 6)),
    *(f"DEERS-{n}" for n in range(1, 5)),
    *(f"FAM-{n}" for n in range(1, 10)),
    *(f"REL-{n}" for n in range(1, 6)),
    *(f"MSG-{n}" for n in range(1, 13)),
    *("FAM-10", "REC-7"),
    *("APPT-7", "APPT-8", "APPT-9"),
    *("REC-3", "REC-4", "REC-5", "REC-6", "REC-9", "HOST-1", "HOST-2", "SUP-1", "VET-1", "FAM-11"),
)
"""The rules that this version keeps, each of which some test must be marked with."""

_LAST_RULES = (
    "ID-11 LOCK-6 HOST-2 SESS-5 DEERS-4 FAM-12 REL-6 REC-9 JHIE-2 VET-4 MSG-14 APPT-11 CLIP-2 RX-12 "
    "SUP-7 AUD-1 COACH-1 SHARE-4"
)
RULE_FAMILIES = {family: int(last) for family, last in re.findall(r"([A-Z]+)-(\d+)", _LAST_RULES)}
"""The last rule of each family; a marked id outside is a slip of the pen."""

_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|coming soon", re.IGNORECASE)
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+|Users/\w+)/")
_REGISTRY_HOST = re.compile(r"[\w.-]*(?:pypi|pythonhosted|npmjs|debian|deb\.)[\w.-]*\.(?:org|com|net|io|dev)\b")
_NAMES_THE_PATTERNS = {"tests/test_structure.py"}


def _committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("git: not a clone, so which files are committed is unknown")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


@cache
def _texts() -> list[tuple[str, str]]:
    found = []
    for path in _committed():
        with suppress(UnicodeDecodeError):
            found.append((path.relative_to(ROOT).as_posix(), path.read_text()))
    return found


def _python() -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in _texts() if name.endswith(".py"))


class Read(NamedTuple):
    """What the syntax trees of all files say, of which each is made once."""

    functions: list[tuple[str, int]]
    """Each with the name of its file, and how many lines it has."""
    rules: list[tuple[str, str]]
    """Rule id and the test file that is marked with it."""


@cache
def _read() -> Read:
    read = Read([], [])
    for name, text in _python():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                read.functions.append((f"{name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1))
            elif isinstance(node, ast.Call) and name.startswith("tests/") and _is_rule(node.func):
                read.rules.extend((str(ast.literal_eval(rule)), name) for rule in node.args)
    return read


def _is_rule(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr == "rule" and ast.unparse(called) == "pytest.mark.rule"


def test_no_file_is_long() -> None:
    long = {name: lines for name, text in _python() if (lines := len(text.splitlines())) > MOST_LINES}
    assert long == {}


def test_no_function_is_long() -> None:
    assert [one for one in _read().functions if one[1] > MOST_FUNCTION_LINES] == []


@pytest.mark.parametrize("pattern", [_MACHINE_PATH, _REGISTRY_HOST], ids=["machine path", "registry host"])
def test_no_file_names_a_machine(pattern: re.Pattern[str]) -> None:
    named = {name: found.group() for name, text in _texts() if (found := pattern.search(text))}
    assert {name: found for name, found in named.items() if name not in _NAMES_THE_PATTERNS} == {}


def test_annotations_have_one_style() -> None:
    """They are evaluated as the module loads; what can't be then stands in quotes."""
    assert [name for name, text in _python() if "from __future__ import " + "annotations" in text] == []


def test_nothing_is_left_unfinished() -> None:
    left = {name: found.group() for name, text in _python() if (found := _UNFINISHED.search(text))}
    assert set(left) - _NAMES_THE_PATTERNS == set()


def _calls_to_base_handlers(text: str) -> list[str]:
    return [handler for handler in re.findall(r"super\(\)\.(_?on_\w+)\(", text) if handler != "on_event"]


def test_no_handler_calls_the_one_of_its_base_class() -> None:
    """Textual calls the handler of every class along the MRO by itself; `on_event` alone is an ordinary method."""
    twice = {name: found for name, text in _python() if (found := _calls_to_base_handlers(text))}
    assert twice == {}


@cache
def _marked_rules() -> dict[str, set[str]]:
    """Rule id -> the test files that are marked with it."""
    marked: dict[str, set[str]] = {}
    for rule, name in _read().rules:
        marked.setdefault(rule, set()).add(name)
    return marked


def test_every_marked_rule_exists() -> None:
    unknown = {
        rule: files
        for rule, files in _marked_rules().items()
        if not (match := re.fullmatch(r"([A-Z]+)-(\d+)", rule))
        or not 1 <= int(match[2]) <= RULE_FAMILIES.get(match[1], 0)
    }
    assert unknown == {}


@pytest.mark.parametrize("rule", RULES_PROVED)
def test_every_rule_kept_has_a_test(rule: str) -> None:
    assert rule in _marked_rules(), f"no test is marked with {rule}"
