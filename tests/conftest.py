"""The fixtures that the tests share are those that users of the plugin get."""

import gc
import os

import pytest

pytest_plugins = ["genesis_tui.testing.plugin", "tests.postgres"]

gc.set_threshold(20_000, 50, 100)
"""Rarer than usual: looking for cycles among all the widgets and rows of a test took a sixth of its time."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait for programs that they start."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.fixture
def world_url(request: pytest.FixtureRequest) -> str:
    """The plugin's, or a database of PostgreSQL with the same world."""
    from genesis_tui.mock_backend.mock import Mock
    from genesis_tui.testing.plugin import SEED, START
    from tests.postgres import chosen

    server = chosen()
    if server is None:
        url: str = request.getfixturevalue("world_url")
        return url
    return server.database("world", lambda url: Mock.create(url, seed=SEED, start=START, frozen=True).close())
