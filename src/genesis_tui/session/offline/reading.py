"""What a session adds to the person's copy for reading offline, or, without the network, reads from it (SESS-5)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.api_client.offline import CachedResponse, OfflineTransport
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.offline.copy import OfflineCopy

_MOST_WAITING = 16
_EARLIEST = timedelta(hours=14)
"""How far ahead of UTC it is where a day begins first."""
_ALL = "results.read"
"""Open where the whole record is: what was kept of a part that has been closed goes with the rest."""


class OfflineReading:
    """The copy of one server, for whoever is signed in there; it does nothing where none was turned on."""

    def __init__(self, url: str) -> None:
        self.since: datetime | None = None
        """When what is read now was kept; None while the server itself answers."""
        self._url = url
        self._copy: OfflineCopy | None = None
        self._checked = False
        self._waiting: list[CachedResponse] = []
        """Answers of before it is known who signed in: the server's documents, and who that is."""

    @property
    def turned_on(self) -> bool:
        """Whether somebody turned it on for this server, on this computer."""
        from genesis_tui.session.offline import copy as offline

        return offline.is_on(self._url)

    @property
    def adds(self) -> bool:
        """Whether what is read now is kept."""
        return self._copy is not None and self.since is None

    def hear(self, heard: "CachedResponse") -> None:
        """Keep an answer, where there is a copy to keep it in."""
        if self._copy is not None:
            self._copy.hear(heard)
        elif len(self._waiting) < _MOST_WAITING and not heard.patient:
            self._waiting.append(heard)

    async def begin(self, viewer_id: str) -> None:
        """Add to the copy of the person who has signed in from here on."""
        from genesis_tui.session.offline import copy as offline

        self.close()
        self._copy = await offline.adding(self._url, viewer_id)
        waiting, self._waiting = self._waiting, []
        for heard in waiting if self._copy is not None else ():
            self.hear(heard)

    async def open(self, passphrase: str) -> "OfflineTransport":
        """Open what is kept; what answers from now on instead of the network.

        Raises:
            ApiError: the passphrase opens nothing.
        """
        from genesis_tui.api_client.offline import OfflineTransport
        from genesis_tui.session.offline import copy as offline

        self.close()
        self._copy = copy = await offline.opened(self._url, passphrase)
        self.since = copy.since
        return OfflineTransport(copy.answers.find)

    def check(self, people: "Iterable[FamilyMember]", now: datetime | None = None) -> None:
        """Remove everything of whoever is not open to the person any more, once a session (FAM-11).

        Without the network that is known from the last list of the family, with the days on which access ends; a day
        that has begun anywhere has begun, as it is not known here in whose zone it counts.
        """
        if self._copy is None or self._checked:
            return
        from genesis_tui.models.family import Access

        self._checked = True
        today = ((now or datetime.now(UTC)) + _EARLIEST).date()
        ended = (
            (lambda m: m.until is not None and m.until <= today) if self.since else (lambda m: not m.may(_ALL).allowed)
        )
        known = {member.id: member for member in people}
        for patient in self._copy.answers.patients():
            if patient not in known or known[patient].access is Access.NONE or ended(known[patient]):
                self.closed(patient)

    def closed(self, patient_id: str) -> None:
        """A record, or a part of it, is closed to the person: nothing of it stays (FAM-11)."""
        if self._copy is not None:
            self._copy.forget(patient_id)

    def close(self) -> None:
        """Write what waits, and close the file."""
        copy, self._copy, self.since = self._copy, None, None
        self._checked = False
        if copy is not None:
            copy.close()
