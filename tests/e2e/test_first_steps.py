"""What a new user does first: ten keys from the sign-in screen to a child's results."""

from pathlib import Path

from tests.e2e.aftermath import left_wrong, survivors
from tests.e2e.conftest import DAUGHTER, PROGRAM, SPONSOR, Start, choose_a_person


def test_ten_keys_show_results_a_trend_and_the_daughters_results(start: Start, home: Path) -> None:
    demo = choose_a_person(start(PROGRAM, "demo"))
    pressed: list[str] = []

    def press(key: str, *then: str) -> None:
        pressed.append(key)
        demo.press(key)
        demo.expect(*then)
        demo.settle()

    press(SPONSOR, "New since", "DANIEL REYES")
    press("2", "DANIEL REYES · your record", "Lipid panel")
    press("enter", "REFERENCE", "LDL cholesterol")
    press("t", "10 values", "╰─")
    press("f", "Whose record", "MAYA REYES")
    press(DAUGHTER, "MAYA REYES · daughter, 8", "full access", "Ferritin")
    assert len(pressed) <= 10
    demo.press("ctrl+q")
    assert demo.wait() == 0
    assert left_wrong(demo) == []
    assert survivors(home) == []
