"""The small world, and clients of the people in it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.small_world import client_of, small_mock, token_for

As = Callable[..., httpx.AsyncClient]


@pytest.fixture
def small() -> Iterator[Mock]:
    """A mock of the small world whose clock stands still."""
    mock = small_mock()
    yield mock
    mock.close()


@pytest.fixture
async def signed(small: Mock) -> AsyncIterator[As]:
    """Gives clients: `signed(person, level=…, scope=…, patient=…)`, or `signed(None)` without a token."""
    async with AsyncExitStack() as stack:

        def enter(person: str | None, **how: object) -> httpx.AsyncClient:
            client = client_of(small, token_for(small, person, **how) if person else None)
            stack.push_async_callback(client.aclose)
            return client

        yield enter
