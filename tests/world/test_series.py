"""What a test measured: on the story's line, inside a healthy range, judged by its own range."""

from random import Random

import pytest

from genesis_tui.mock_backend.world.authored.catalogue import LabTest, RangeRow
from genesis_tui.mock_backend.world.authored.read import catalogue
from genesis_tui.mock_backend.world.results.formulas import FORMULAS
from genesis_tui.mock_backend.world.results.labs import bounds_for
from genesis_tui.mock_backend.world.results.series import inside, interpretation, measured, on_line, rounded

STORY = [(-100, 10.0), (-50, 20.0), (-10, 12.0)]
BOUNDS = RangeRow(low=10, high=20)
SODIUM = LabTest("Sodium", "2951-2", "Sodium", ranges=[BOUNDS], critical=(5, 30))


@pytest.mark.parametrize(
    ("day", "value", "exact"),
    [
        (-200, 10.0, False),
        (-100, 10.0, True),
        (-75, 15.0, False),
        (-50, 20.0, True),
        (-30, 16.0, False),
        (-1, 12.0, False),
    ],
)
def test_a_story_runs_straight_between_its_anchors(day: int, value: float, exact: bool) -> None:
    assert on_line(STORY, day) == (value, exact)


def test_anchors_are_met_exactly_and_noise_lies_between() -> None:
    noise = Random(1)
    assert measured(SODIUM, STORY, -50, BOUNDS, noise) == 20.0
    between = {measured(SODIUM, STORY, -75, BOUNDS, noise) for _ in range(20)}
    assert len(between) == 20
    assert all(13 < value < 17 for value in between)


def test_a_healthy_person_never_leaves_the_range() -> None:
    noise = Random(2)
    values = [measured(SODIUM, [], -75, BOUNDS, noise) for _ in range(2000)]
    assert all(interpretation(SODIUM, value, BOUNDS) == "N" for value in values)


@pytest.mark.parametrize(
    ("value", "flag"),
    [(5, "LL"), (5.1, "L"), (9.9, "L"), (10, "N"), (20, "N"), (20.1, "H"), (29.9, "H"), (30, "HH")],
)
def test_limits_belong_to_the_range(value: float, flag: str) -> None:
    assert interpretation(SODIUM, value, BOUNDS) == flag


@pytest.mark.parametrize(("value", "flag"), [(12.9, "N"), (13, "H"), (13.1, "H")])
def test_under_does_not_hold_its_limit(value: float, flag: str) -> None:
    assert interpretation(SODIUM, value, RangeRow(under=13)) == flag


@pytest.mark.parametrize(
    ("key", "sex", "age", "low"),
    [("hgb", "female", 11, 11.5), ("hgb", "female", 12, 12.0), ("hgb", "female", 18, 11.6), ("hgb", "male", 18, 13.2)],
)
def test_the_range_is_that_of_the_age_and_sex(key: str, sex: str, age: int, low: float) -> None:
    _, bounds = bounds_for(key, sex, age)
    assert bounds is not None
    assert bounds.low == low


def test_a_one_sided_range_holds_a_value_inside() -> None:
    assert inside(500, RangeRow(under=130)) < 130
    assert inside(-5, RangeRow(low=40)) > 40


def test_digits_are_those_of_the_laboratory() -> None:
    assert (rounded(147.6, 0), rounded(5.449, 1), rounded(1.005, 2)) == (148, 5.4, 1.0)
    assert isinstance(rounded(147.6, 0), int)


def test_computed_tests_follow_their_formulas() -> None:
    values = {
        "ldl": 148,
        "hdl": 38,
        "trig": 190,
        "creat": 1.0,
        "a1c": 6.0,
        "iron": 32,
        "tibc": 441,
        "hct": 45,
        "rbc": 5.0,
    }
    assert FORMULAS["cholesterol"](values, 38, "male") == 224
    assert FORMULAS["average_glucose"](values, 38, "male") == pytest.approx(125.5)
    assert FORMULAS["iron_saturation"](values, 8, "female") == pytest.approx(7.26, abs=0.01)
    assert FORMULAS["mcv"](values, 38, "male") == pytest.approx(90.0)
    assert round(FORMULAS["egfr"](values, 50, "male")) == 92
    assert round(FORMULAS["egfr"](values, 50, "female")) == 69


def test_every_test_has_a_name_and_every_panel_known_tests() -> None:
    known = catalogue()
    assert {key for panel in known.panels.values() for key in panel.tests} == set(known.tests)
    assert all(test.name and test.loinc and test.display for test in known.tests.values())
    assert all(test.words or test.formula or test.usual is not None or test.ranges for test in known.tests.values())
