"""How words are compared where somebody searches: without case, accents and other marks, on both sides."""

import unicodedata

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("’ʼ‘`´ʻ′", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Letters that have a plain one beside them and are no letter with a mark, and the several signs for one."""


def folded(text: str) -> str:
    """`Núñez` and `nunez` alike; also ligatures, wide letters and typographic apostrophes."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.translate(_PLAIN))
