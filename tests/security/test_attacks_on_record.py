"""S1 in Record: whatever string of whatever resource carries an attack, no entry, screen line or file name does."""

import re
from typing import Any

import pytest

from genesis_tui.cli.record import output
from genesis_tui.sanitize import plain
from genesis_tui.screens.record.detail import EntrySpace, FileRow, told
from genesis_tui.store.downloads import safe_name
from genesis_tui.widgets.page import para_lines
from tests.api_client.record_of import EVERY, community, one, shelf, vital
from tests.e2e.attacks import EVERYTHING
from tests.security.test_attacks_on_models import harmless

DECIDES = {"resourceType", "id", "reference", "status", "lifecycleStatus", "system", "url"}
"""Fields that say what it is and whose; what is wrong in them costs the entry."""
MORE: dict[str, Any] = {
    "note": [{"text": "one\ntwo"}],
    "reasonCode": [{"text": "why"}],
    "performer": [{"actor": {"display": "who"}}],
    "location": {"display": "where"},
    "meta": community(),
    "description": "what",
    "comment": "more",
    "patientInstruction": "do",
}


def poisoned(tree: Any, name: str = "") -> Any:
    if isinstance(tree, dict):
        return {key: poisoned(value, key) for key, value in tree.items()}
    if isinstance(tree, list):
        return [poisoned(value, name) for value in tree]
    kept = name in DECIDES or not isinstance(tree, str) or re.match(r"\d{4}", tree) or tree == "community"
    return tree if kept else EVERYTHING + tree


@pytest.mark.parametrize("kind", EVERY)
def test_nothing_alive_comes_through_an_entry(kind: str) -> None:
    more = {name: value for name, value in MORE.items() if name not in EVERY[kind][1]}
    if kind == "Goal":
        more.pop("description", None)
    entries = shelf(EVERY[kind][0], poisoned(one(kind, **more))).entries()
    assert len(entries.rows) == 1
    assert harmless(entries) >= 2
    (entry,) = entries.rows
    for row in told(entry, EntrySpace(80)):
        lines = [] if isinstance(row, FileRow) else para_lines(row, 80)
        assert all(plain(text) == text for line in lines for text, _ in line)
    for line in (output.table_row(entry), *output.lines(entry)):
        assert all(plain(cell, lines=True) == cell for cell in line)


def test_nothing_alive_comes_through_a_measurement() -> None:
    body = vital("1", 72, at="2026-01-01", note=[{"text": "one\ntwo"}], meta=community())
    hostile = poisoned({k: v for k, v in body.items() if k != "category"}) | {"category": body["category"]}
    assert harmless(shelf("vitals", hostile).entries()) >= 3


def test_nothing_alive_comes_into_a_file_name() -> None:
    name = safe_name(plain(EVERYTHING), "application/pdf")
    assert plain(name) == name
    assert name == safe_name(EVERYTHING, "application/pdf") or name.endswith(".pdf")
