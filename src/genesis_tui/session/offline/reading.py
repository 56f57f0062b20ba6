"""What a session adds to the person's copy for reading offline, or, without the network, reads from it (SESS-5)."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.offline.ages import note

if TYPE_CHECKING:
    from concurrent.futures import Future

    from genesis_tui.api_client.offline import CachedResponse, OfflineTransport
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.offline.copy import OfflineCopy, Secrets

_MOST_WAITING = 16
_EARLIEST = timedelta(hours=14)
"""How far ahead of UTC it is where a day begins first."""
_ALL = "results.read"
"""Open where the whole record is: what was kept of a part that has been closed goes with the rest."""


class OfflineReading:
    """The copy of one server, for whoever is signed in there; it does nothing where none was turned on."""

    clock: Callable[[], datetime] = staticmethod(lambda: datetime.now(UTC))
    """The wall clock, which goes on while the computer sleeps. Tests move it."""

    def __init__(self, url: str) -> None:
        self.since: datetime | None = None
        """When what is read now was kept; None while the server itself answers."""
        self._url = url
        self._copy: OfflineCopy | None = None
        self._checked = False
        self._until: dict[str, date] = {}
        """The days on which access ends, by patient, as the list of the family that was kept last says."""
        self.oldest: datetime | None = None
        """When the oldest of what was read from the copy so far was kept."""
        self.told: Callable[[ApiError], None] = lambda _: None
        """Told, once for each patient, that something which must go from this computer is still there."""
        self._still_there: set[str] = set()
        """Patients of whom something must go and is still there; nothing of them is given."""
        self._said: set[str] = set()
        self._oldest_of: dict[str, datetime] = {}
        self._viewer = ""
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

    async def begin(self, viewer_id: str, secrets: "Secrets") -> None:
        """Add to the copy of the person who has signed in from here on."""
        from genesis_tui.session.offline import copy as offline

        self.close()
        self._viewer = viewer_id
        self._copy = await offline.adding(self._url, viewer_id, secrets)
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
        return OfflineTransport(self._find)

    def check(self, people: "Iterable[FamilyMember]", now: datetime | None = None) -> None:
        """Remove everything of whoever is not open to the person any more, once a session (FAM-11).

        Without the network that is known from the last list of the family, with the days on which access ends.
        """
        if self._copy is None or self._checked:
            return
        from genesis_tui.models.family import Access

        self._checked = True
        known = {member.id: member for member in people}
        self._until = {id: member.until for id, member in known.items() if self.since and member.until}
        for patient in self._copy.answers.patients():
            member = known.get(patient)
            if member is None or member.access is Access.NONE or not (self.since or member.may(_ALL).allowed):
                self.closed(patient)
        self.close_ended(now)

    def close_ended(self, now: datetime | None = None) -> tuple[str, ...]:
        """Remove what is kept of patients the access to whom has ended meanwhile, and give their ids (FAM-11).

        A day that has begun anywhere has begun, as it is not known here in whose zone it counts; a clock that was set
        back does not go behind what was kept.
        """
        if self._copy is None or self.since is None:
            return ()
        today = (max(now or self.clock(), self.since) + _EARLIEST).date()
        ended = tuple(id for id, until in self._until.items() if until <= today)
        for patient in ended:
            del self._until[patient]
            self.closed(patient, wait=True)
        return ended

    def oldest_of(self, patient_id: str) -> datetime | None:
        """When the oldest of what was read of a patient so far was kept; of anybody where nothing was."""
        return self._oldest_of.get(patient_id, self.oldest)

    def _find(self, name: str) -> tuple[bytes, str] | None:
        self.close_ended()
        kept = self._copy.answers.find(name) if self._copy is not None else None
        if kept is None or kept.patient in self._still_there:
            return None
        at = note(kept.at)
        self.oldest = min(at, self.oldest or at)
        self._oldest_of[kept.patient] = min(at, self._oldest_of.get(kept.patient, at))
        return kept.body, kept.kind

    def closed(self, patient_id: str, *, wait: bool = False) -> None:
        """A record, or a part of it, is closed to the person: nothing of it stays, or that is told (FAM-11)."""
        from genesis_tui.session.offline import copy as offline

        if self._copy is not None:
            going = self._copy.forget(patient_id)
            going.add_done_callback(partial(self._gone, patient_id, _here()))
            if wait:
                going.exception()
        elif self._viewer and self.since is None and offline.is_kept(self._url, self._viewer):
            self._tell(patient_id, "The key of the copy on this computer can't be had now.")

    def _gone(self, patient_id: str, loop: "asyncio.AbstractEventLoop | None", going: "Future[None]") -> None:
        """On the copy's own thread: what became of removing a patient's answers."""
        error = going.exception()
        if error is None:
            self._still_there.discard(patient_id)
            return
        self._still_there.add(patient_id)
        if loop is None or loop.is_closed():
            self._tell(patient_id, str(error))
        else:
            loop.call_soon_threadsafe(self._tell, patient_id, str(error))

    def _tell(self, patient_id: str, why: str) -> None:
        if patient_id in self._said:
            return
        self._said.add(patient_id)
        self.told(
            ApiError(
                "Part of a record was closed to you, and what was kept of it for reading offline is still here.",
                detail=why,
                next="It is removed as soon as that can be done; genesis-tui offline off removes the whole copy now.",
                rule="FAM-11",
                reason="not-removed",
            )
        )

    def close(self) -> None:
        """Write what waits, and close the file."""
        copy, self._copy, self.since = self._copy, None, None
        self._checked, self._until, self._viewer = False, {}, ""
        self.oldest, self._oldest_of = None, {}
        if copy is not None:
            copy.close()


def _here() -> asyncio.AbstractEventLoop | None:
    """The loop that runs here, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
