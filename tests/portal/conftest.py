"""A small portal with two parents of one child signed in."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.small_world import SPONSOR, SPOUSE, client_of, small_mock, token_for


@pytest.fixture
def small() -> Iterator[Mock]:
    mock = small_mock()
    yield mock
    mock.close()


@pytest.fixture
async def parent(small: Mock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(small, token_for(small, SPONSOR)) as client:
        yield client


@pytest.fixture
async def other_parent(small: Mock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(small, token_for(small, SPOUSE)) as client:
        yield client
