"""The layout of `src/genesis_tui`: layer, then subject. `docs/architecture.md` has the same table for readers."""

import ast
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src/genesis_tui"
MEDIAN_LINES = 120
MOST_ENTRIES, MOST_OF_A_LIST = 12, 15
LISTS = {"", "cli", "models", "session", "mock_backend"}
"""Folders that list layers or subjects, and so hold more than a folder that is one thing."""

SUBJECTS = {
    *("sign_in", "family", "home", "results", "record", "messages", "appointments", "refills"),
    *("offline", "export", "support", "testing"),
}
LAYERS: dict[str, tuple[str, str]] = {
    "cli": (
        "sign_in family home results record messages appointments refills offline testing",
        "base clipboards help main open_app",
    ),
    "screens": ("sign_in family home results record messages appointments refills support", "base help"),
    "session": (
        "sign_in family home results record messages appointments refills offline",
        "base acts clipboards open_record portal",
    ),
    "models": (
        "sign_in family home results record messages appointments refills export support testing",
        "base acts",
    ),
    "api_client/portal": ("sign_in family home record messages appointments refills", "acts client decoding"),
    "mock_backend/rules": (
        "sign_in family results record messages appointments refills",
        "clipboards decision federal_holidays holidays policy",
    ),
    "mock_backend/portal": ("sign_in family home record messages appointments refills", "base routes"),
    "mock_backend/database": (
        "sign_in family results record messages appointments refills",
        "engine idempotency schema settings word_index",
    ),
    "mock_backend/world": (
        "family results record messages appointments refills",
        "authored base build data places simulation",
    ),
}
"""Layer -> the subjects it has, each as `word.py` or `word/`, and what stands beside them."""

_AVOIDED = """
    agenda answer answers ask asked asking booking_rows bookings chart choose coming copying correspondence crash desk
    desks door doings elsewhere entrance filing filling ink keeping kept known launch loose memory notes offers outgoing
    pair paper papers persons pharmacy post recipe recipes rx rx_words sending shapes sheet shelf sizes typed vanish
    ways whose words writing
"""
_AVOIDED_IN_THE_MOCK = """
    account_changes bearer bound book circle early front later listing making mailbox naming names once opening settling
    spans standing standings storing story talks tester viewer wire
"""
"""Words that the glossary gives another name; no file is called by one."""


def _modules() -> Iterator[tuple[str, str]]:
    """Path below the package and text of every module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text()


def _entries(folder: Path) -> list[str]:
    """What stands in a folder, by name: modules, folders and data."""
    hidden = {"__init__.py", "__pycache__", "py.typed"}
    return sorted(path.name for path in folder.iterdir() if path.name not in hidden)


def _folders() -> Iterator[Path]:
    yield PACKAGE
    yield from (path for path in sorted(PACKAGE.rglob("*")) if path.is_dir() and any(path.glob("*.py")))


def test_no_folder_is_crowded() -> None:
    crowded = {}
    for folder in _folders():
        name = folder.relative_to(PACKAGE).as_posix().removeprefix(".")
        entries = [one for one in _entries(folder) if not one.endswith(".tcss")]
        if len(entries) > (MOST_OF_A_LIST if name in LISTS else MOST_ENTRIES):
            crowded[name] = entries
    assert crowded == {}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_holds_its_subjects_and_nothing_else(layer: str) -> None:
    subjects, beside = (set(words.split()) for words in LAYERS[layer])
    assert subjects <= SUBJECTS
    assert {Path(name).stem for name in _entries(PACKAGE / layer)} == subjects | beside


def test_no_class_name_stands_twice() -> None:
    """Within the client, and within the mock; both may have a word of their own for what goes over the wire."""
    places: dict[tuple[bool, str], list[str]] = defaultdict(list)
    for name, text in _modules():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[name.startswith("mock_backend/"), node.name].append(name)
    assert {name: found for (_, name), found in places.items() if len(found) > 1} == {}


def test_no_file_is_called_by_an_avoided_word() -> None:
    found = []
    for name, _ in _modules():
        avoided = {*_AVOIDED.split(), *(_AVOIDED_IN_THE_MOCK.split() if name.startswith("mock_backend/") else ())}
        found += [name for part in Path(name).with_suffix("").parts if part in avoided]
    assert found == []


def test_half_of_the_files_are_short() -> None:
    """`tests/test_structure.py` holds the longest file and function of the whole project."""
    assert statistics.median(len(text.splitlines()) for _, text in _modules() if text.strip()) <= MEDIAN_LINES


def _grid() -> dict[str, dict[str, str]]:
    """The table of `docs/architecture.md`: layer -> subject -> cell."""
    text = (PACKAGE.parent.parent / "docs/architecture.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    head = next(line for line in lines if line.startswith("| subject"))
    layers = [cell.strip(" `/") for cell in head.strip("|").split("|")][1:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[lines.index(head) + 1 :]]
    found = {row[0]: row[1:] for row in rows if row[0] in SUBJECTS}
    return {layer: {subject: cells[n] for subject, cells in found.items()} for n, layer in enumerate(layers)}


def test_the_table_of_the_docs_is_this_one() -> None:
    grid = _grid()
    for layer, (subjects, _) in LAYERS.items():
        assert {subject for subject, cell in grid[layer].items() if cell != "·"} == set(subjects.split()), layer
