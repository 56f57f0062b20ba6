"""Lines of text with the role each part plays, and the one place where a role becomes a terminal style.

Row renderers are pure: they give spans such as `("148", "bold abnormal")` and know nothing of themes. A role is words
in any order: text attributes (`bold`, `italic`, `underline`), at most one colour of the theme (`muted`, `abnormal`,
`patient-1-ink` …), `on-<colour>` for a background, and `sign` for glyphs of ours that have an ASCII form.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from genesis_tui.models.base.search import folded
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, width_of
from genesis_tui.widgets.drawing.row import merged
from genesis_tui.widgets.drawing.themes import Paint

Span = tuple[str, str]
"""Text and its role."""
Line = Sequence[Span]
"""One row of the screen, left to right."""

PLAIN = ""
CURSOR = "cursor"
"""The cursor's row in the pane that has the focus."""
CURSOR_DIM = "cursor-dim"
"""The cursor's row in the other pane."""

_ATTRIBUTES = frozenset({"bold", "italic", "underline"})
_NO_GROUND = Style.null()


def line_width(line: Line) -> int:
    """How many cells a line takes."""
    return sum(width_of(text) for text, _ in line)


def spread(start: Line, end: Line, width: int) -> list[Span]:
    """`start` at the left, `end` at the right of `width` cells; `end` goes when both do not fit."""
    gap = width - line_width(start) - line_width(end)
    if gap < 1:
        return list(start)
    return [*start, (" " * gap, ""), *end]


def fitted(line: Line, width: int) -> list[Span]:
    """The line in at most `width` cells; what is cut ends in `…`."""
    spans: list[Span] = []
    for at, (text, role) in enumerate(line):
        room = width - line_width(spans)
        rest = line_width(line[at + 1 :])
        if width_of(text) + rest <= room or (width_of(text) < room and rest):
            spans.append((text, role))
        else:
            return [*spans, (fit(text + "".join(more for more, _ in line[at + 1 :]), room), role)]
    return spans


def found_in(line: Line, words: Sequence[str]) -> Line:
    """The line with each of these words underlined, in whatever case and with whatever accents it stands there."""
    if not words:
        return line
    spans: list[Span] = []
    for text, role in line:
        start, plain, places = 0, *_plain(text)
        for found in _pattern(tuple(words)).finditer(plain):
            begin, end = places[found.start()], places[found.end() - 1] + 1
            while end < len(text) and not folded(text[end]):
                end += 1
            if begin >= start:  # two halves of one letter can be found apart
                spans += [(text[start:begin], role), (text[begin:end], f"{role} bold underline")]
                start = end
        spans.append((text[start:], role))
    return [span for span in spans if span[0]]


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is searched in, and for each character of that its place in the text itself."""
    if text.isascii():
        return text.casefold(), range(len(text))
    parts = [folded(char) for char in text]
    return "".join(parts), [at for at, part in enumerate(parts) for _ in part]


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    plain = filter(None, (folded(word) for word in words))
    return re.compile("|".join(re.escape(word) for word in sorted(plain, key=len, reverse=True)) or "$^")


def text_of(lines: Iterable[Line]) -> str:
    """The lines without their roles, as a person reads them."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


@lru_cache(maxsize=4096)
def styled(paint: Paint, role: str, surface: str = PLAIN, ground: Style = _NO_GROUND) -> Style:
    """The style of a role in a theme, on a surface: plain, the cursor's row, or the other pane's cursor row."""
    words = role.split()
    attributes = {word: word in words for word in _ATTRIBUTES}
    colours = [w for w in words if w not in _ATTRIBUTES and w != "sign" and not w.startswith("on-")]
    fill = next((w[3:] for w in words if w.startswith("on-")), surface)
    return ground + paint(colours[0] if colours else "foreground", fill, **attributes)


def strip(paint: Paint, line: Line, width: int, surface: str = PLAIN, ground: Style = _NO_GROUND) -> Strip:
    """A line as Textual draws it: exactly `width` cells, blank to the end in the surface's colour.

    One strip is made, with its `ground`, where others would be made on the way: each costs as much as drawing it.
    """
    pieces = [
        (symbols.shown(text) if "sign" in role else text, styled(paint, role, surface, ground))
        for text, role in line
        if text
    ]
    room = width - sum(width_of(text) for text, _ in pieces)
    if room < 0:
        cut = Strip(Segment(*piece) for piece in pieces).adjust_cell_length(width)
        pieces = [(text, style or Style.null()) for text, style, _ in cut]
    elif room:
        pieces.append((" " * room, styled(paint, "", surface, ground)))
    return Strip(merged(pieces), width)
