"""C2: how many small faults the tests catch: `python -m bench.mutants [COUNT] [SEED] [TARGET ...]`.

From each target's files it draws COUNT places (25 by default), changes each by itself in a copy of the tree, and runs
the tests that are named for the target: the first stage, and the next for what survives. Not part of CI.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random

ROOT = Path(__file__).parent.parent
COPIED = ("src", "tests", "bench", "conftest.py", "pyproject.toml")
LANES = os.cpu_count() or 1
BAR = 90


@dataclass(frozen=True, slots=True)
class Target:
    """Files below `src/genesis_tui`, and their tests by stages."""

    name: str
    files: str
    stages: tuple[tuple[str, ...], ...]


TARGETS = (
    Target(
        "rules",
        "mock_backend/rules/**/*.py",
        (("tests/rules",), ("tests/portal", "tests/oauth", "tests/fhir")),
    ),
    Target(
        "acts",
        "session/acts/**/*.py",
        (
            ("tests/session/test_acts.py", "tests/session/test_outbox.py", "tests/session/test_outbox_doubt.py"),
            (
                "tests/session/test_acts_through_faults.py",
                "tests/session/test_outbox_processes.py",
                "tests/session/test_writing_ends.py",
                "tests/session/test_writing_order.py",
                "tests/session/test_unsent_news.py",
            ),
        ),
    ),
    Target(
        "sanitize",
        "sanitize.py",
        (("tests/test_text.py",), ("tests/security/test_attacks_on_models.py", "tests/cli/test_inbox_spelling.py")),
    ),
    Target("hosts", "api_client/http/hosts.py", (("tests/security/test_hosts.py",), ("tests/api_client",))),
)
"""The parts that C2 names."""

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the bytes from `start` to `end` of a file become `after`."""

    file: Path
    line: int
    start: int
    end: int
    before: str
    after: str


def mutants(file: Path) -> Iterator[Mutant]:
    """Every change that is made to a file of ours, in the order of its lines."""
    source = file.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in _code(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        for after in _changed(node):
            yield Mutant(file.relative_to(ROOT), node.lineno, start, end, ast.unparse(node), after)


def _code(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """What runs: no annotations, and no statement that is text alone."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            if isinstance(child, ast.expr | ast.stmt):
                yield child
            if isinstance(child, ast.AST):
                yield from _code(child)


def _changed(node: ast.AST) -> Iterator[str]:
    """The same place with something else in it, in brackets so that its neighbours keep their meaning."""
    match node:
        case ast.Compare(left, [op], comparators) if type(op) in _COMPARED:
            yield f"({ast.unparse(ast.Compare(left, [_COMPARED[type(op)]()], comparators))})"
        case ast.BoolOp(op, values):
            yield f"({ast.unparse(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))})"
        case ast.UnaryOp(ast.Not(), operand):
            yield f"({ast.unparse(operand)})"
        case ast.BinOp(left, op, right) if type(op) in _COUNTED:
            yield f"({ast.unparse(ast.BinOp(left, _COUNTED[type(op)](), right))})"
        case ast.Constant(bool(value)):
            yield str(not value)
        case ast.Constant(int(value)):
            yield str(value + 1)
        case ast.Return(ast.expr() as value) if not _is_none(value):
            yield "return None"


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def drawn(target: Target, count: int, seed: int) -> list[Mutant]:
    """So many of a target's mutants, by file and line."""
    files = sorted((ROOT / "src/genesis_tui").glob(target.files))
    every = [mutant for file in files for mutant in mutants(file)]
    return sorted(Random(seed).sample(every, min(count, len(every))), key=lambda one: (one.file, one.start))


def killed(tree: Path, mutant: Mutant, target: Target) -> bool:
    """Whether any test fails, or takes for ever, with the change in `tree`, which is as before afterwards."""
    path = tree / mutant.file
    whole = path.read_bytes()
    path.write_bytes(whole[: mutant.start] + mutant.after.encode() + whole[mutant.end :])
    try:
        return any(not passes(tree, stage) for stage in target.stages)
    finally:
        path.write_bytes(whole)


def passes(tree: Path, tests: Sequence[str]) -> bool:
    """Whether all of these tests pass in that tree."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "-n", "0"]
    env = os.environ | {"PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests], cwd=tree, env=env, capture_output=True, timeout=900
        )
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def judged(target: Target, count: int, seed: int, scratch: Path) -> tuple[int, int]:
    """Prints each mutant and what became of it; how many were killed, and how many there were."""
    trees: SimpleQueue[Path] = SimpleQueue()
    for number in range(LANES):
        trees.put(_copy(scratch / f"{target.name}-{number}"))
    _assert_passing(scratch / f"{target.name}-0", target)

    def judge(mutant: Mutant) -> bool:
        tree = trees.get()
        try:
            dead = killed(tree, mutant, target)
        finally:
            trees.put(tree)
        word = "killed" if dead else "SURVIVED"
        print(f"{word:<9} {mutant.file}:{mutant.line}  {_short(mutant.before)}  ->  {_short(mutant.after)}", flush=True)
        return dead

    with ThreadPoolExecutor(LANES) as lanes:
        dead = list(lanes.map(judge, drawn(target, count, seed)))
    return sum(dead), len(dead)


def _assert_passing(tree: Path, target: Target) -> None:
    for stage in target.stages:
        if not passes(tree, stage):
            raise SystemExit(f"{target.name}: its tests fail with nothing changed: {' '.join(stage)}")


def _copy(tree: Path) -> Path:
    tree.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", ".installed"))
        else:
            shutil.copy(ROOT / name, tree / name)
    return tree


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def main() -> int:
    """The table; 1 where a target is under the bar."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    names = {word for word in sys.argv[1:] if not word.isdigit()}
    count, seed = [*numbers, 25, 1][:2] if len(numbers) != 1 else (numbers[0], 1)
    rows: list[str] = []
    least = 100
    for target in (one for one in TARGETS if not names or one.name in names):
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="genesis-mutants-") as scratch:
            dead, every = judged(target, count, seed, Path(scratch))
        share = 100 * dead // max(every, 1)
        least = min(least, share)
        rows.append(f"{target.name:<10} {dead:>4} of {every:>4} killed  {share:>3}%  {time.monotonic() - start:.0f} s")
    print(f"\nseed {seed}; at least {BAR}%", *rows, sep="\n")
    return 0 if least >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
