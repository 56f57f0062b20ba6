"""`sanitize.plain`: nothing from outside can do more than be read, and nothing is lost on the way."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.sanitize import MARKS, SPELLING, harmless, one_line, plain, shown, written

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x1b]52;c;cm0=\x07", "␛]52;c;cm0=␇"),
        ("\x1bP1$q\x1b\\", "␛P1$q␛\\"),
        ("\x1b_app\x1b\\", "␛_app␛\\"),
        ("\x1bc\x05", "␛c␅"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("a\x00b\x7f", "a␀b␡"),
        ("a\x85b", "a⟨U+0085⟩b"),
        ("5\u202e0 mg", "5⟨U+202E⟩0 mg"),
        ("\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"),
        ("1\u200b0", "1⟨U+200B⟩0"),
        ("\ufeffx\u2060", "⟨U+FEFF⟩x⟨U+2060⟩"),
        ("a\u2028b\u2029", "a⟨U+2028⟩b⟨U+2029⟩"),
        ("x\U000e0041", "x⟨U+E0041⟩"),
        ("x\ufe0f\U000e0100", "x⟨U+FE0F⟩⟨U+E0100⟩"),
        ("\u3164\u115f\u034f", "⟨U+3164⟩⟨U+115F⟩⟨U+034F⟩"),
        ("\ud83d alone", "⟨U+D83D⟩ alone"),
        ("\U0010ffff\ue000", "⟨U+10FFFF⟩⟨U+E000⟩"),
        ("5\u00a0mg\u202ftwice", "5 mg twice"),
        ("a\tb\nc\rd", "a b␊c␍d"),
    ],
)
def test_controls_show_as_symbols(raw: str, shown: str) -> None:
    assert plain(raw) == shown


@pytest.mark.parametrize("text", ["LDL cholesterol", "37.2 °C", "4.1 µmol/L", "Zoë Ng", "Σ ≥ 5", "[@click=x]y[/]", ""])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(("first", "last"), [("\u180b", "\u180f"), ("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef")])
def test_variation_selectors_show_and_their_neighbours_are_themselves(first: str, last: str) -> None:
    for char in (first, last):
        assert plain(f"x{char}") == f"x⟨U+{ord(char):04X}⟩"
    for neighbour in (chr(ord(first) - 1), chr(ord(last) + 1)):
        if neighbour.isprintable():
            assert plain(f"x{neighbour}") == f"x{neighbour}"


def test_lines_keep_line_feeds_and_widen_tabs() -> None:
    assert plain("one\r\ntwo\n\tthree\rfour\x1b", lines=True) == "one\ntwo\n        three␍four␛"


def test_one_line_folds_white_space() -> None:
    assert one_line("  Lipid\n\n panel\t (fasting) \x07") == "Lipid panel (fasting) ␇"


@pytest.mark.parametrize(
    ("count", "tail"),
    [(MARKS - 1, ""), (MARKS, ""), (MARKS + 1, "⟨1 more marks⟩"), (500, f"⟨{500 - MARKS} more marks⟩")],
)
def test_a_long_run_of_marks_is_bounded_and_counted(count: int, tail: str) -> None:
    shown = plain("q" + "\u0337" * count)
    assert shown == "q" + "\u0337" * min(count, MARKS) + tail


def test_four_marks_are_bounded_from_the_first_character_on() -> None:
    assert plain("\u0337" * 4 + "a") == "\u0337" * 4 + "a"
    for mark in ("\u0300", "\u0337"):
        assert plain("q" + mark * 5) == "q" + mark * 4 + "⟨1 more marks⟩"


@pytest.mark.parametrize(("raw", "composed"), [("a\u0300", "à"), ("e\u0301x", "éx"), ("\u00e9", "é")])
def test_what_comes_out_is_composed(raw: str, composed: str) -> None:
    assert plain(raw) == one_line(raw) == composed


@pytest.mark.parametrize("raw", ["a b", " a b", "a b ", "a  b", "  a b", "a b  ", "\ta\nb"])
def test_a_row_has_single_spaces_and_none_around_it(raw: str) -> None:
    assert one_line(raw) == "a b"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("a\nb", "a\nb"), ("a\x1b\nb", "a␛\nb"), ("e\u0301", "e\u0301"), ("q" + "\u0337" * 5, "q̷̷̷̷⟨1 more marks⟩")],
)
def test_what_goes_out_keeps_its_lines_and_is_not_composed(raw: str, shown: str) -> None:
    assert harmless(raw) == shown


@given(ANY_TEXT)
def test_what_goes_out_is_harmless_and_what_is_harmless_goes_out(text: str) -> None:
    assert all(c == "\n" or c.isprintable() for c in harmless(text))
    assert harmless(plain(text, lines=True)) == plain(text, lines=True)


@given(ANY_TEXT)
def test_what_comes_out_is_printable(text: str) -> None:
    shown = plain(text)
    assert all(c == " " or c.isprintable() for c in shown)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in shown)


@given(ANY_TEXT)
def test_lines_add_nothing_but_line_feeds(text: str) -> None:
    assert all(c == "\n" or c.isprintable() for c in plain(text, lines=True))


@given(ANY_TEXT)
def test_twice_is_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert plain(plain(text, lines=True), lines=True) == plain(text, lines=True)


@given(ANY_TEXT)
def test_letters_and_digits_survive_in_order(text: str) -> None:
    kept = [c for c in unicodedata.normalize("NFC", text) if c.isascii() and c.isalnum()]
    rest = iter(plain(text))
    assert all(c in rest for c in kept)


@given(ANY_TEXT.filter(bool))
def test_nothing_vanishes(text: str) -> None:
    assert plain(text)


@pytest.mark.parametrize(
    "text",
    ["می\u200cخواهم", "क्\u200dष", "❤\ufe0f", "👩\u200d👧", "Ge\u00adwebe", "a\u200fb", f"x{SPELLING}y"],
)
def test_what_a_person_writes_keeps_its_spelling(text: str) -> None:
    assert written(text) == written(text, lines=True) == text
    assert not set(shown(text)) & set(SPELLING)
    assert "⟨U+" not in shown(text)


@pytest.mark.parametrize("char", ["\x1b", "\x9b", "\u202e", "\u2066", "\u200b", "\u2060", "\ufeff", "\U000e0041"])
def test_what_a_person_writes_is_as_harmless(char: str) -> None:
    assert char not in written(f"a\u200c{char}b", lines=True)
    assert char not in shown(written(f"a\u200c{char}b"))


def test_marks_are_bounded_across_what_does_not_show() -> None:
    assert (
        shown(written("q" + ("\u0337" * MARKS + "\u200c") * 3)) == "q" + "\u0337" * MARKS + f"⟨{2 * MARKS} more marks⟩"
    )


@given(ANY_TEXT)
def test_what_is_written_shows_as_anything_else(text: str) -> None:
    kept = written(text, lines=True)
    assert written(kept, lines=True) == kept
    assert all(c == "\n" or c.isprintable() for c in shown(kept))


@given(ANY_TEXT)
def test_without_spelling_it_is_the_same_as_plain(text: str) -> None:
    bare = text.translate(dict.fromkeys(map(ord, SPELLING)))
    assert written(bare, lines=True) == plain(bare, lines=True)
    assert written(bare) == one_line(bare)
