"""Every theme has every colour, and what is read can be read (MOCKUPS §9)."""

import pytest
from rich.color import Color
from textual.color import Color as Shade

from genesis_tui.widgets.drawing import themes

COLOURED = [name for name in themes.NAMES if name != "ansi"]
BODY = ("foreground", "muted", "accent", "unread", "abnormal", "critical", "ok", "pending")
GROUNDS = ("background", "surface", "panel", "cursor-dim")
FILLS = {"mock": "on-mock", "mil": "on-mil", "host": "on-host"} | {
    f"patient-{n}": "on-patient" for n in range(1, themes.PATIENTS + 1)
}
EXPECTED = {"contrast": 7.0}


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [c / 255 for c in Shade.parse(colour).rgb]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_theme_defines_every_word() -> None:
    words = set(themes.variables("dark"))
    assert {"band", "range", "field", "patient-8-ink", "on-patient"} <= words
    assert all(set(themes.variables(name)) == words for name in themes.NAMES)


@pytest.mark.parametrize("name", COLOURED)
def test_body_text_has_enough_contrast(name: str) -> None:
    words = themes.variables(name)
    low = {
        (word, ground): round(ratio, 2)
        for word in BODY
        for ground in GROUNDS
        if (ratio := contrast(words[word], words[ground])) < EXPECTED.get(name, 4.5)
    }
    assert low == {}


@pytest.mark.parametrize("name", COLOURED)
@pytest.mark.parametrize("word", BODY)
def test_what_stands_on_the_cursor_has_enough_contrast(name: str, word: str) -> None:
    style = themes.paint(name)(word, "cursor")
    assert style.color is not None
    assert style.bgcolor is not None
    assert contrast(style.color.name, style.bgcolor.name) >= EXPECTED.get(name, 4.5)


@pytest.mark.parametrize("name", COLOURED)
@pytest.mark.parametrize("fill", FILLS)
def test_text_on_fills_has_enough_contrast(name: str, fill: str) -> None:
    words = themes.variables(name)
    assert contrast(words[fill], words[FILLS[fill]]) >= EXPECTED.get(name, 4.5)


@pytest.mark.parametrize("name", COLOURED)
def test_patients_names_have_enough_contrast(name: str) -> None:
    words = themes.variables(name)
    inks = [words[f"patient-{n}-ink"] for n in range(1, themes.PATIENTS + 1)]
    assert min(contrast(ink, words["background"]) for ink in inks) >= EXPECTED.get(name, 4.5)
    assert len(set(inks)) == themes.PATIENTS


def test_the_ninth_patient_repeats_the_first_colour() -> None:
    assert themes.patient_word(8) == "patient-8"
    assert themes.patient_word(9) == "patient-1"


def test_sixteen_colours_paint_no_background_but_fills() -> None:
    paint = themes.paint("ansi")
    assert all(paint(word, on).bgcolor is None for word in BODY for on in ("", "panel", "surface", "cursor-dim"))
    assert paint("muted").dim
    assert paint("foreground", "cursor").reverse
    assert paint("foreground", "mock").bgcolor == Color.parse("yellow")


def test_without_colours_the_states_differ_by_attributes() -> None:
    paint = themes.paint("ansi", colourless=True)
    assert all(paint(word).color is None for word in BODY)
    assert all(paint("foreground", fill).reverse for fill in FILLS)
    assert all(paint(word).bold for word in ("unread", "abnormal", "critical"))


def test_on_the_high_contrast_cursor_everything_is_black() -> None:
    paint = themes.paint("contrast")
    assert {paint(word, "cursor").color for word in BODY} == {Color.parse("#000000")}


def test_no_color_and_slow_links_get_the_terminals_own_colours() -> None:
    assert themes.fitting("") == "dark"
    assert themes.fitting("light", low_bandwidth=True) == "light"
    assert themes.fitting("light", colourless=True) == "ansi"
    assert themes.fitting("", low_bandwidth=True) == "ansi"
