"""Who has signed in to a page outside the portal (milConnect, the ID card office), by the browser's cookie."""

from dataclasses import dataclass, field

LIFETIME = 900_000_000
"""Microseconds of one visit."""
MOST = 1000


@dataclass(slots=True)
class PageVisits:
    """Visits under way; instants in microseconds."""

    _open: dict[str, tuple[str, int]] = field(default_factory=dict)

    def begin(self, cookie: str, person_id: str, *, now: int) -> None:
        kept = [(key, one) for key, one in self._open.items() if now < one[1]]
        self._open = dict(kept[-MOST:])
        self._open[cookie] = (person_id, now + LIFETIME)

    def visitor(self, cookie: str, *, now: int) -> str:
        """Whose visit it is; empty where there is none, or it began too long ago."""
        person_id, until = self._open.get(cookie, ("", 0))
        return person_id if now < until else ""

    def end(self, cookie: str) -> None:
        self._open.pop(cookie, None)

    def revoke(self, person_id: str) -> None:
        """End every visit of a person."""
        self._open = {cookie: one for cookie, one in self._open.items() if one[0] != person_id}

    def clear(self) -> None:
        self._open.clear()
