"""HumanName: which of somebody's names is theirs today, and how it prints. Tolerant of whatever stands in it."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from genesis_tui.sanitize import one_line

Tree = dict[str, Any]
_USES = ("usual", "official", "", "nickname", "temp", "anonymous", "maiden", "old")


class PersonName(NamedTuple):
    """One name. Every part may be empty."""

    given: tuple[str, ...] = ()
    family: str = ""
    prefix: str = ""
    suffix: str = ""
    text: str = ""

    @property
    def printed(self) -> str:
        """Without title: `Jon Mallow Jr.`; the text where the parts say nothing."""
        named = " ".join(filter(None, (*self.given, self.family)))
        return " ".join(filter(None, (named, self.suffix))) if named else self.text

    @property
    def titled(self) -> str:
        """With title: `Dr. Jonah Schroeder`."""
        return " ".join(filter(None, (self.prefix, self.printed))) if self.given or self.family else self.text


def person_name(names: object, today: date | None = None) -> PersonName:
    """The name that holds today of a list of HumanNames; of several the more usual, then the later one."""
    day = (today or datetime.now(UTC).date()).isoformat()
    found = [one for one in (names if isinstance(names, list) else [names]) if isinstance(one, dict)]
    found.sort(key=lambda one: _start(one), reverse=True)
    found.sort(key=lambda one: (not _holds(one, day), _rank(one)))
    return next((name for one in found if (name := _read(one)).titled), PersonName())


def _read(name: Tree) -> PersonName:
    given = tuple(filter(None, map(_words, _list(name.get("given")))))
    prefix, suffix = (" ".join(filter(None, map(_words, _list(name.get(part))))) for part in ("prefix", "suffix"))
    return PersonName(given, _words(name.get("family")), prefix, suffix, _words(name.get("text")))


def _words(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _rank(name: Tree) -> int:
    use = name.get("use", "")
    return _USES.index(use) if use in _USES else len(_USES)


def _end(name: Tree, end: str) -> str:
    period = name.get("period")
    said = period.get(end) if isinstance(period, dict) else None
    return said[:10] if isinstance(said, str) else ""


def _start(name: Tree) -> str:
    return _end(name, "start")


def _holds(name: Tree, day: str) -> bool:
    start, end = _start(name), _end(name, "end")
    return start[: len(day)] <= day and (not end or end >= day[: len(end)])
