"""Widgets run under Pilot alone."""

import pytest

from tests import idle


@pytest.fixture(autouse=True)
def pilot_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilots wait for the app alone."""
    idle.use(monkeypatch)
