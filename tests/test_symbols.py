"""Glyphs are one cell wide, and each has an ASCII form that is chosen where it has to be."""

from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from genesis_tui.widgets.drawing import symbols


@pytest.fixture(autouse=True)
def _glyphs_again() -> Iterator[None]:
    yield
    symbols.use_ascii(ascii_only=False)


@pytest.mark.parametrize("name", symbols.SIGNS)
def test_a_sign_is_as_wide_as_it_is_long_and_has_ascii(name: str) -> None:
    glyph, plain = symbols.SIGNS[name]
    assert cell_len(glyph) == len(glyph)
    assert plain.isascii()
    assert len(plain) <= 2


def test_ascii_stands_for_glyphs_once_chosen() -> None:
    assert (symbols.get("new"), symbols.shown("a · b")) == ("•", "a · b")
    symbols.use_ascii(ascii_only=True)
    assert (symbols.get("new"), symbols.shown("a · b …")) == ("*", "a - b ..")


def test_any_text_has_an_ascii_form_of_the_same_width() -> None:
    text = "José “Łódź” 漢字 ← → … ↑"
    plain = symbols.in_ascii(text)
    assert plain.isascii()
    assert plain == 'Jose "?odz" ???? < > . ^'
    assert len(plain) == cell_len(text)


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"LANG": "C"}, True),
        ({"LANG": "POSIX"}, True),
        ({"LANG": "en_US.ISO-8859-1"}, True),
        ({"LANG": "ja_JP.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C.utf8"}, False),
        ({"LANG": "C", "LC_ALL": "de_DE.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_CTYPE": "C"}, True),
    ],
)
def test_ascii_is_wanted_where_glyphs_would_not_fit(environment: dict[str, str], wanted: bool) -> None:
    assert symbols.ascii_wanted(environment) is wanted
