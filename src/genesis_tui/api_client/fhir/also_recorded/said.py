"""What a detail says already, and whether a value is among it.

A long text is said wherever it stands. A short one (a number, a code, a date, a name) could stand there by chance: it
is said only in what was read from its element, or in what bears the element's name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from genesis_tui.api_client.fhir.also_recorded.lines import is_date, is_number, scalar
from genesis_tui.api_client.fhir.also_recorded.names import element_name
from genesis_tui.api_client.fhir.values import moment
from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.sanitize import plain

_LONG = 12
"""Characters from which words stand nowhere by chance."""
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")
_SPACES = re.compile(r"\s+")
Path = tuple[str, ...]
"""Names of elements from the resource down, without indexes."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that the detail says."""

    text: str
    label: str = ""
    paths: tuple[str, ...] = ()
    """The elements that it was read from, as `paths.at` takes them."""
    times: tuple[Moment, ...] = ()


def normal(text: str) -> str:
    """Text without what is of no account when it is compared: case, runs of spaces, hyphens between words."""
    return _HYPHEN.sub(" ", _SPACES.sub(" ", plain(text, lines=True))).strip(" ").casefold()


class Visible:
    """All that a detail says."""

    def __init__(self, said: Iterable[Said]) -> None:
        """Of one resource: values of another one of the same detail are no business of this one."""
        self._said = [(normal(one.text), normal(one.label), one.paths, one.times) for one in said]
        self._all = "\n".join(text for text, *_ in self._said)
        self.labels = frozenset(label for _, label, _, _ in self._said if label)
        self._tied: dict[Path, list[int]] = {}

    def says(self, value: object, path: Path, around: frozenset[str] = frozenset()) -> bool:
        """Whether the value of the element at `path` can be read; `around` is which labels stand beside it."""
        if isinstance(value, str) and not is_number(value):
            text = normal(value)
            if len(text) >= _LONG and " " in text and _stands_in(text, self._all):
                return True
            if is_date(value):
                return self._says_date(value, path, around)
        else:
            text = normal(scalar(value))
        return not text or any(_stands_in(text, self._said[n][0]) for n in self._ties(path, around))

    def _says_date(self, value: str, path: Path, around: frozenset[str]) -> bool:
        at = moment(value)
        return at.precision is not Precision.NONE and any(at in self._said[n][3] for n in self._ties(path, around))

    def _ties(self, path: Path, around: frozenset[str]) -> list[int]:
        """What was read from the element, bears its name, or has the name of what stands beside it."""
        tied = self._tied.get(path)
        if tied is None:
            names = {element_name(step).casefold() for step in path[-2:]}
            tied = self._tied[path] = [
                n for n, (_, label, paths, _) in enumerate(self._said) if label in names or _below_any(path, paths)
            ]
        return [*tied, *(n for n, one in enumerate(self._said) if one[1] in around)] if around else tied


@lru_cache(4096)
def _below_any(path: Path, paths: tuple[str, ...]) -> bool:
    """Asked of each resource of a record anew; their elements are the same."""
    return any(_below(path, one.lstrip("@~").split(".")) for one in paths)


def _below(path: Path, steps: list[str]) -> bool:
    return len(path) >= len(steps) and all(map(_matches, path, steps))


def _matches(key: str, step: str) -> bool:
    if not step.endswith("[x]"):
        return key == step
    name = step[:-3]
    return key.startswith(name) and key[len(name) :][:1].isupper()


def _stands_in(text: str, whole: str) -> bool:
    """Whether it stands there by itself: `5` is not in `15`, nor in `5.4` or `-5`."""
    start = whole.find(text)
    while start >= 0:
        end = start + len(text)
        before, after = whole[max(0, start - 2) : start][::-1], whole[end : end + 2]
        if not (_goes_on(before, text[0], "-") or _goes_on(after, text[-1], "")):
            return True
        start = whole.find(text, start + 1)
    return False


def _goes_on(beside: str, edge: str, sign: str) -> bool:
    """Whether the word, or the number, that `edge` is of goes on there."""
    if not edge.isalnum() or not beside:
        return False
    near, next_ = beside[0], beside[1:]
    return near.isalnum() or (edge.isdigit() and (near == sign or (near in ".," and next_.isdigit())))
