"""The leaves of a raw resource, and whether a text shows one. Nothing of the app's own reading is used here."""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from genesis_tui.sanitize import plain

Body = dict[str, Any]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?$")
_TAG = re.compile(r"<(?:style|script|head)\b.*?</(?:style|script|head)>|<!--.*?-->|<[^>]*>", re.DOTALL)
_SAME = str.maketrans({"-": None, "\u2010": None})


class Leaf(NamedTuple):
    """A value with where it stands: names of elements from the type on, without indexes."""

    path: str
    value: str | int | float


def leaves(body: Body) -> Iterator[Leaf]:
    """Every text, number, date, code and reference of a resource; its type is the first word of every path."""
    kind = str(body["resourceType"])
    for key, value in body.items():
        if key != "resourceType":
            yield from _below(f"{kind}.{key}", value)


def _below(path: str, value: object) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _below(f"{path}.{key}", one)
    elif isinstance(value, list):
        for one in value:
            yield from _below(path, one)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
        yield Leaf(path, value)


class Shown:
    """What a detail, or a JSON document, says."""

    def __init__(self, text: str) -> None:
        self._text = " ".join(text.split())
        self._squeezed = _squeezed(text)
        self._numbers = set(re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", self._text))

    def has(self, leaf: Leaf) -> bool:
        """Whether a person finds the value there."""
        if not isinstance(leaf.value, str):
            return _number(leaf.value) in self._numbers
        if leaf.path.endswith(".div"):
            return all(map(self.says, filter(None, _TAG.split(leaf.value))))
        found = _DATE.match(leaf.value)
        return self.says(leaf.value) or (found is not None and self._has_date(found))

    def says(self, text: str) -> bool:
        """Whether the text stands there, however it is broken into rows."""
        return _squeezed(html.unescape(text)) in self._squeezed or _squeezed(text) in self._squeezed

    def _has_date(self, found: re.Match[str]) -> bool:
        year, month, day, clock = found.groups()
        """In words, of a span with the day once, or as JSON has it."""
        words = f"{_MONTHS[int(month) - 1]} {year}" if 1 <= int(month) <= 12 else "no month"
        words = f"{int(day)} {words}" if day else words
        words += f".{{,60}}\\b{clock}" if clock else ""
        written = f"{year}-{month}-{day}T{clock}" if clock else "no time"
        return written in self._text or re.search(rf"(?<!\d){words}", self._text) is not None


def _number(value: float) -> str:
    return str(value)


@lru_cache(maxsize=10_000)
def _squeezed(text: str) -> str:
    """Without what a row's end may take or add: spaces, and hyphens, which codes show as spaces."""
    return "".join(plain(text, lines=True).translate(_SAME).split()).casefold()
