"""The small world for the tests of who may read what."""

from collections.abc import Iterator

import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.small_world import small_mock


@pytest.fixture
def small() -> Iterator[Mock]:
    """A mock of the small world whose clock stands still."""
    mock = small_mock()
    yield mock
    mock.close()
