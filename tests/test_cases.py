"""Every shared case has a test with its right answer: some test names it."""

import re
from pathlib import Path

import pytest

from tests.cases import FOLDER

_HERE = Path(__file__)


def test_every_shared_case_is_named_by_a_test() -> None:
    names = {path.stem for path in FOLDER.glob("*") if path.is_file()}
    if not names:
        pytest.skip("shared cases: the folder of cases is not beside the clone (GENESIS_SHARED names it)")
    tests = (path.read_text() for path in _HERE.parent.rglob("test_*.py") if path != _HERE)
    named = {name for text in tests for name in names if re.search(rf"[\"`/]{re.escape(name)}[\"`.]", text)}
    assert names - named == set()
