"""R4: four real processes renew one kept sign-in at once, fifty times; none loses it."""

from pathlib import Path

import pytest

from bench.soak.refresh import race

ROUNDS = 50


@pytest.mark.rule("SESS-1")
def test_no_sign_in_is_lost_when_processes_renew_it_at_once(tmp_path: Path) -> None:
    assert race(ROUNDS, tmp_path) == []
