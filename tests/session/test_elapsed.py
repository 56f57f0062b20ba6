"""Time that goes on while the computer sleeps, where the system has no clock for it (SESS-2)."""

import time

import pytest

from genesis_tui.session.base.elapsed import Elapsed, awake_or_asleep


@pytest.mark.rule("SESS-2")
@pytest.mark.parametrize(
    ("steady", "wall", "counted"),
    [(60.0, 60.0, 60.0), (60.0, 3_660.0, 3_660.0), (60.0, -86_400.0, 60.0), (0.0, -1.0, 0.0), (0.0, 900.0, 900.0)],
    ids=["awake", "asleep", "wall clock set back", "nothing", "asleep at once"],
)
def test_of_two_clocks_the_one_that_went_on_further_counts(steady: float, wall: float, counted: float) -> None:
    clocks = [100.0, 1_000.0]
    elapsed = Elapsed(lambda: clocks[0], lambda: clocks[1])
    before = elapsed()
    clocks[0] += steady
    clocks[1] += wall
    assert elapsed() - before == counted
    assert elapsed() - before == counted


def test_linux_has_a_clock_that_counts_sleep() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= awake_or_asleep()() <= time.clock_gettime(time.CLOCK_BOOTTIME)
