"""The fixtures that the tests share are those that users of the plugin get."""

import gc
import sys
from collections.abc import Iterator

import pytest

pytest_plugins = ["genesis_tui.testing.plugin", "tests.postgres"]

gc.set_threshold(20_000, 50, 100)
"""Rarer than usual: looking for cycles among all the widgets and rows of a test took a sixth of its time."""

sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]
"""Not installed; httpx looks for it along the whole path with each request, which took a tenth of a request's time."""


@pytest.fixture(scope="session", autouse=True)
def cheap_keys() -> Iterator[None]:
    """What is derived of a passphrase or a password costs next to nothing; each file and hash tells its own cost."""
    from genesis_tui.mock_backend.database.sign_in import passwords
    from genesis_tui.store import sealed

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sealed._COST, "n", 2**4)
        patch.setattr(passwords, "COST", 2**4)
        yield


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
