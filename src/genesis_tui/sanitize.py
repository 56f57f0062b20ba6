"""The one place where text from outside becomes harmless.

Whatever could move a terminal's cursor, reorder or hide what is written, or hang in nobody's cell, is shown as a
visible symbol: `␛` for an escape, `⟨U+202E⟩` for a direction override. Nothing is dropped: a lost character could
change a dose.

What people write to each other is spelled with a few characters that show as nothing: they are kept in what a person
writes (`written`), and left out where a message is shown (`shown`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MARKS = 4
"""Combining marks that may follow one character; Vietnamese and Hebrew need three."""

SPELLING = "\u00ad\u200c\u200d\u200e\u200f\ufe0e\ufe0f"
"""Soft hyphen, joiners, direction marks, forms of emoji: what Persian, Hindi, Hebrew and hearts are spelled with."""

_SHOWN = str.maketrans(dict.fromkeys(SPELLING))
_FOLD = re.compile(r"[ \t\r\n]+")
_ODD = re.compile("[^ -~\u00a1-\u00ac\u00ae-\u02ff]+")
"""What is between the others: printable ASCII, and Latin letters and signs, which are themselves and end a run."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, in either width."""
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATIONS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def plain(text: str, *, lines: bool = False) -> str:
    """Text that can't do anything but be read, canonically composed (NFC).

    Args:
        text: anything, lone surrogates included.
        lines: keep line feeds (`\\r\\n` becomes one) and widen tabs to stops of eight; otherwise a line feed shows
            as `␊` and a tab is one space.

    Returns:
        printable characters, spaces and, with `lines`, line feeds. Applying it twice changes nothing more.
    """
    if text.isprintable() and (text.isascii() or max(text) < "\u0300"):
        return text
    if lines:
        return "\n".join(_line(part.expandtabs(8)) for part in text.replace("\r\n", "\n").split("\n"))
    return _line(text)


def inert(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: one that would be gets an apostrophe in front; numbers stay."""
    formula = cell.startswith(("\t", "\r")) or cell.lstrip().startswith(_FORMULA)
    return f"'{cell}" if formula and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def harmless(text: str) -> str:
    """Text on its way out, whose line feeds stay: only what could do more than be read is another, as in `plain`.

    Nothing is composed: what was taken apart on purpose (escapes of JSON) stays so.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "\n".join(_read(part, "") for part in text.split("\n"))


def one_line(text: str) -> str:
    """Text for a row or a title: as `plain`, with every run of spaces, tabs and line ends as one space."""
    if text.isascii() and text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    return plain(_FOLD.sub(" ", text).strip(" "))


def written(text: str, *, lines: bool = False) -> str:
    """What a person writes, to be kept and sent: as `plain` or, without `lines`, as `one_line`, but for `SPELLING`."""
    if lines:
        parts = text.replace("\r\n", "\n").split("\n")
        return "\n".join(_line(part.expandtabs(8), SPELLING) for part in parts)
    return _line(_FOLD.sub(" ", text).strip(" "), SPELLING)


def shown(text: str) -> str:
    """What was `written`, as it can be put on a screen."""
    return text if text.isascii() else text.translate(_SHOWN)


def _line(text: str, keep: str = "") -> str:
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable() and max(composed, default="") < "\u0300":
        return composed
    return unicodedata.normalize("NFC", _read(composed, keep))


def _read(text: str, keep: str) -> str:
    """The text with its odd characters as they show."""
    return _ODD.sub(lambda odd: "".join(_bounded(odd[0], keep)), text)


def _bounded(text: str, keep: str) -> Iterator[str]:
    """Each character as it shows; of a long run of combining marks the first few and a count of the rest."""
    run = 0
    for char in text:
        if char in keep:
            yield char
            continue
        if _is_mark(char):
            run += 1
            if run <= MARKS:
                yield char
            continue
        yield from _surplus(run)
        run = 0
        yield _shown(char)
    yield from _surplus(run)


def _surplus(run: int) -> Iterator[str]:
    if run > MARKS:
        yield f"⟨{run - MARKS} more marks⟩"


@lru_cache(1024)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me") and not _invisible(char)


@lru_cache(1024)
def _shown(char: str) -> str:
    if char == "\t":
        return " "
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(char) == "Zs":
        return " "
    if not char.isprintable() or _invisible(char):
        return f"⟨U+{code:04X}⟩"
    return char


def _invisible(char: str) -> bool:
    return char in _BLANK_LETTERS or any(ord(char) in span for span in _VARIATIONS)
