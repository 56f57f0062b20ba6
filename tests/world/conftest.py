"""One world of a fixed start, built once: nobody changes it."""

from datetime import UTC, datetime

import pytest

from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.build import World, build_world

START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)


@pytest.fixture(scope="session")
def start() -> datetime:
    return START


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(seed=7, start=START, policy=Policy())
