"""The terminal that the other tests here drive programs in."""

import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Start

SLOW = """
import os, time, tty
tty.setraw(0)
os.write(1, b"ready")
os.read(0, 1)
since = time.process_time()
while time.process_time() - since < 0.5:
    pass
os.write(1, b"done")
os.read(0, 1)
"""
"""Answers a key after half a second of work, however long that takes."""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells whether another program is at work")
def test_a_program_that_is_at_work_has_not_settled(start: Start) -> None:
    app = start(sys.executable, "-c", SLOW)
    app.expect("ready")
    app.press("a")
    assert app.settle(0.02).endswith(b"done")
