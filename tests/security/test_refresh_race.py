"""R4: four real processes renew one kept sign-in at once, fifty times as a long test; none loses it."""

from pathlib import Path

import pytest

from bench.soak.refresh import race


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize("rounds", [8, pytest.param(50, marks=pytest.mark.long)])
def test_no_sign_in_is_lost_when_processes_renew_it_at_once(tmp_path: Path, rounds: int) -> None:
    assert race(rounds, tmp_path) == []
