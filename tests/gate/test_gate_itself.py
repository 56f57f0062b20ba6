"""The gate is worth its word: it rejects what is wrong on purpose and passes what is right."""

import pytest

from tests.gate.judge import SEEDED_ERRORS, Verdict, gate, judge

BAD = (
    *("bad-date", "bad-empty-rr", "bad-gender", "bad-missing-status", "bad-obs6", "bad-pat1", "bad-status-code"),
    *("bad-two-values", "bad-type", "bad-unknown-prop", "bad-uscore-no-category", "bad-uscore-no-name"),
)
GOOD = ("ok-obs", "ok-patient")


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    gate()
    return judge(SEEDED_ERRORS / f"{name}.json" for name in (*BAD, *GOOD))


@pytest.mark.parametrize("name", BAD)
def test_a_seeded_error_is_rejected(verdict: Verdict, name: str) -> None:
    assert verdict.code == 1
    assert verdict.against(f"{name}.json")


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_resource_passes(verdict: Verdict, name: str) -> None:
    assert verdict.against(f"{name}.json") == []
    assert verdict.resources == len(BAD) + len(GOOD)
