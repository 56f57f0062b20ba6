"""Lines drawn from segments: cut, spread, and merged without a cell looking different."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some
from rich.segment import Segment
from rich.style import Style

from genesis_tui.widgets.drawing.lines import found_in
from genesis_tui.widgets.drawing.row import clip, merged, spread

STYLES = [
    Style(color="red"),
    Style(color="red", bgcolor="blue"),
    Style(color="green", bgcolor="blue", bold=True),
    Style(reverse=True),
    Style(underline=True),
    Style(dim=True),
]
PIECES = some.lists(some.tuples(some.sampled_from(["", " ", "   ", "a", "a b", " x "]), some.sampled_from(STYLES)))


def look(segments: list[Segment]) -> list[tuple[object, ...]]:
    """Each cell as the eye sees it: the colour and weight of a blank do not show."""
    cells: list[tuple[object, ...]] = []
    for text, style, _ in segments:
        assert style is not None
        lines = (style.reverse, style.underline, style.strike)
        plain_blank = not any(lines)
        for char in text:
            hidden = char == " " and plain_blank
            cells.append((char, style.bgcolor, lines, None if hidden else (style.color, style.bold, style.dim)))
    return [(c[0], c[1], tuple(bool(x) for x in c[2]), c[3]) for c in cells]  # type: ignore[attr-defined]


@given(PIECES)
def test_merging_changes_no_cell(pieces: list[tuple[str, Style]]) -> None:
    assert look(merged(pieces)) == look([Segment(*piece) for piece in pieces])


@given(PIECES)
def test_merging_leaves_no_equal_neighbours_and_nothing_empty(pieces: list[tuple[str, Style]]) -> None:
    done = merged(pieces)
    assert all(segment.text for segment in done)
    assert all(one.style != other.style for one, other in pairwise(done))


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert clip("Daniel", 6) == "Daniel"
    assert clip("Daniel Reyes", 7) == "Daniel…"
    assert clip("漢字漢字", 5) == "漢字…"


def test_the_two_ends_of_a_line() -> None:
    line = spread([Segment("ab")], [Segment("c")], 6, Style())
    assert "".join(segment.text for segment in line) == "ab   c"


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("Dr. Jürgen Müller", "muller", ["Müller"]),
        ("Dr. Jurgen Mu\u0308ller, Muller", "Müller", ["Mu\u0308ller", "Muller"]),
        ("Große Straße", "strasse", ["Straße"]),
        ("Æsop’s", "aesop's", ["Æsop’s"]),
        ("Ø 3 mm", "e", []),
        ("KNEE brace", "knee", ["KNEE"]),
        ("the \u0301", "\u0301", []),
    ],
)
def test_found_words_stand_out_whatever_accents_they_have(text: str, word: str, found: list[str]) -> None:
    line = found_in([(text, "muted")], [word])
    assert "".join(part for part, _ in line) == text
    assert [part for part, role in line if "underline" in role] == found
