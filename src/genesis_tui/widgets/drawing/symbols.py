"""Every glyph of ours, each one cell wide, with the ASCII that stands for it where the glyph can't be shown."""

import locale
from collections.abc import Mapping
from functools import lru_cache
from unicodedata import normalize

SIGNS: dict[str, tuple[str, str]] = {
    "new": ("•", "*"),
    "critical-high": ("▲▲", "HH"),
    "high": ("▲", "H"),
    "critical-low": ("▼▼", "LL"),
    "low": ("▼", "L"),
    "critical": ("◆◆", "AA"),
    "abnormal": ("◆", "A"),
    "unreviewed": ("○", "o"),
    "corrected": ("Δ", "c"),
    "community": ("»", ">"),
    "ok": ("✓", "+"),
    "failed": ("✗", "x"),
    "fetching": ("↻", "~"),
    "more": ("…", ".."),
    "dot": ("·", "-"),
    "into": ("›", ">"),
    "cursor": ("▌", ">"),
    "stripe": ("▎", "|"),
    "line": ("│", "|"),
    "rule": ("─", "-"),
    "focus": ("━", "="),
    "tee": ("┬", "+"),
    "cap-low": ("├", "["),
    "cap-high": ("┤", "]"),
    "in-range": ("●", "o"),
    "added": ("□", "x"),
    "added-high": ("△", "h"),
    "added-low": ("▽", "l"),
    "added-abnormal": ("◇", "a"),
    "now": ("◉", "@"),
    "limit": ("┄", "."),
    "guide": ("┆", ":"),
    "top-left": ("╭", "+"),
    "top-right": ("╮", "+"),
    "bottom-left": ("╰", "+"),
    "bottom-right": ("╯", "+"),
    "choose": ("▾", "v"),
    "to": ("→", "->"),
    "from": ("←", "<-"),
    "up-to": ("↑", "^"),
    "down-to": ("↓", "v"),
    "through": ("–", "-"),
    "by": ("×", "x"),
}

_TO_ASCII = str.maketrans({glyph: plain for glyph, plain in SIGNS.values() if len(glyph) == 1})
_QUOTES = {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "−": "-", "→": ">", "←": "<"}
_CJK = ("zh", "ja", "ko")
_ascii = False


def use_ascii(*, ascii_only: bool) -> None:
    """Choose once, at start, between glyphs and ASCII for the whole program."""
    global _ascii
    _ascii = ascii_only


def ascii_only() -> bool:
    """True while ASCII stands for the glyphs."""
    return _ascii


def ascii_wanted(environment: Mapping[str, str]) -> bool:
    """Whether this terminal needs ASCII: no UTF-8, `LANG=C`, or a CJK locale, where ambiguous glyphs take two cells."""
    chosen = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    if chosen:
        return "UTF" not in chosen.upper() or chosen.startswith(_CJK)
    return locale.getpreferredencoding(False).upper() not in ("UTF-8", "UTF8")


def get(name: str) -> str:
    """The sign called `name`. Raises KeyError for a name that is not in `SIGNS`."""
    return SIGNS[name][_ascii]


def in_ascii(text: str) -> str:
    """Any text in ASCII, in as many cells: without its accents, and `?` for what has no likeness."""
    return text if text.isascii() else "".join(char if char.isascii() else _likeness(char) for char in text)


@lru_cache(maxsize=1024)
def _likeness(char: str) -> str:
    from rich.cells import cell_len

    plain = _QUOTES.get(char) or _TO_ASCII.get(ord(char)) or normalize("NFKD", char)
    cells = cell_len(char)
    return "".join(one for one in plain if one.isascii())[:cells].ljust(cells, "?")


def shown(text: str) -> str:
    """Words of ours with their glyphs as this terminal can show them; never for text that a server sent."""
    return text.translate(_TO_ASCII) if _ascii else text
