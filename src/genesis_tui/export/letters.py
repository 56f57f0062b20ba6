"""Which letters a PDF can show: of its own font, or of one of this computer; the others are replaced, and told."""

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from genesis_tui.sanitize import plain

_PLAINLY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "•": "-", "−": "-"})
_MARKS = ",.:;()"
_FONTS = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("Arial Unicode.ttf", "Arial Unicode.ttf"),
    ("arial.ttf", "arialbd.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
)
"""Fonts with many letters, each with its bold one."""


class Letters:
    """The font of one file, and what it could not show of the words that were put into it."""

    def __init__(self, words: str) -> None:
        """`words` are all that the file will hold: a font of this computer is looked for where they need one."""
        self.font: tuple[Path, Path] | None = None
        """Regular and bold; None for the PDF's own, which has the letters of Western Europe."""
        self._shown = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x100))))
        self._replaced: dict[str, None] = {}
        needed = frozenset(plain(words, lines=True).translate(_PLAINLY)) - self._shown - {"\n"}
        most = 0
        for font in _installed() if needed else ():
            letters = _letters_of(font[0])
            if len(needed & letters) > most:
                most, self.font, self._shown = len(needed & letters), font, letters
            if most == len(needed):
                break

    @property
    def replaced(self) -> tuple[str, ...]:
        """Words that are not spelled in the file as they are: `Nguyễn (Nguyen)`."""
        return tuple(self._replaced)

    def of(self, text: str) -> str:
        """The text in letters that the font has: an accent is left out, any other letter is a question mark."""
        clean = plain(text, lines=True)
        clean = clean if self.font else clean.translate(_PLAINLY)
        return "\n".join(" ".join(map(self._word, line.split(" "))) for line in clean.split("\n"))

    def _word(self, word: str) -> str:
        if self._shown.issuperset(word):
            return word
        written = "".join(map(self._letter, word))
        self._replaced[f"{word.strip(_MARKS)} ({written.strip(_MARKS)})"] = None
        return written

    def _letter(self, letter: str) -> str:
        if letter in self._shown:
            return letter
        base = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
        return base if base and self._shown.issuperset(base) else "?"


def _installed() -> Iterator[tuple[Path, Path]]:
    """The fonts of `_FONTS` that this computer has, those first that come first there."""
    there: dict[str, Path] = {}
    for folder in _folders():
        for path in folder.rglob("*.ttf"):
            there.setdefault(path.name, path)
    for regular, bold in _FONTS:
        if regular in there:
            yield there[regular], there.get(bold, there[regular])


def _folders() -> Iterable[Path]:
    """Where systems keep fonts."""
    if sys.platform == "win32":
        return (Path("C:/Windows/Fonts"),)
    if sys.platform == "darwin":
        return Path.home() / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")
    return Path.home() / ".local/share/fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts")


def _letters_of(font: Path) -> frozenset[str]:
    """What a font can show; nothing where it can't be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(font, lazy=True) as opened:
            return frozenset(map(chr, opened.getBestCmap() or ()))
    except (OSError, TTLibError):
        return frozenset()
