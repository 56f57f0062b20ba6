"""What the database remembers of clinics holds as long as nothing but a new world writes it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import genesis_tui.mock_backend
from genesis_tui.mock_backend.database.schema.base import metadata

ROOT = Path(genesis_tui.mock_backend.__file__).parent
READER, SCHEMA = ROOT / "database/appointments/clinics.py", ROOT / "database/schema"
TABLES = {"visit_type", "clinic", "clinic_visit", "schedule"}
_WRITES = re.compile(rf"\b(insert\s+into|update|delete\s+from)\s+({'|'.join(TABLES)})\b", re.IGNORECASE)


def _uses(path: Path) -> Iterator[str]:
    """What a module could write one of the tables with: its name, or SQL as text."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("genesis_tui.mock_backend.database.sch"):
            yield from TABLES & {one.name for one in node.names}
        if isinstance(node, ast.Attribute) and node.attr in TABLES and ast.unparse(node.value).endswith("appointments"):
            yield node.attr
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("metadata.tables"):
            yield ast.unparse(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WRITES.search(node.value):
            yield node.value


def test_only_a_new_world_writes_what_is_remembered() -> None:
    assert set(metadata.tables) >= TABLES
    modules = [path for path in ROOT.rglob("*.py") if SCHEMA not in path.parents]
    found = {str(path.relative_to(ROOT)) for path in modules if path != READER and [*_uses(path)]}
    assert found == set(), "`remembered` in database/appointments/clinics.py would not see what these write"
    reader = ast.parse(READER.read_text())
    names = {one.name for node in ast.walk(reader) if isinstance(node, ast.ImportFrom) for one in node.names}
    assert not names & {"insert", "update", "delete", "unless_there"}
    assert set(_uses(READER)) == TABLES, "these are the tables that it remembers"
