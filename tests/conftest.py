"""The fixtures that the tests share are those that users of the plugin get."""

import gc
import os

import pytest

pytest_plugins = ["genesis_tui.testing.plugin"]

gc.set_threshold(20_000, 50, 100)
"""Rarer than usual: looking for cycles among all the widgets and rows of a test took a sixth of its time."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait for programs that they start."""
    return len(os.sched_getaffinity(0)) + 1
