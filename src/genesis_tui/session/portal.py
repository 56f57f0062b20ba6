"""One server and the person signed in there: what screens and command line talk to."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, Refused
from genesis_tui.session.base.cache import RecordCache
from genesis_tui.session.family import FamilyAccess
from genesis_tui.session.home import HomeNews
from genesis_tui.session.offline.reading import OfflineReading
from genesis_tui.session.refills import FamilyRefills
from genesis_tui.session.sign_in.connection import Connection
from genesis_tui.session.sign_in.sign_in import SignIn

if TYPE_CHECKING:
    import httpx

    from genesis_tui.models.acts import Outgoing
    from genesis_tui.models.base.files import FileContent
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.acts.outbox import Outbox
    from genesis_tui.session.appointments import EarlierSlots
    from genesis_tui.session.messages.messaging import Messaging
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.settings.settings import ServerProfile
    from genesis_tui.store.downloads import OpenedFiles
    from genesis_tui.store.passphrase_file import Ask


class Portal:
    """One server, at most one person signed in, at most one record open.

    Every call may raise the errors of `models.base.errors`; all of them are `ApiError`.
    """

    def __init__(
        self,
        profile: "ServerProfile",
        *,
        transport: "httpx.AsyncBaseTransport | None" = None,
        keep: bool = True,
        ask: "Ask | None" = None,
    ) -> None:
        """Nothing is sent, and nothing heavy imported, before the first call.

        Args:
            profile: the server; HOST-1 is decided from its URL and trust flag.
            transport: carries the requests in place of the network (tests: `httpx.ASGITransport`).
            keep: store the sign-in for later processes, where it can be stored safely (`sign_in.token_store`).
            ask: asks for the passphrase of the file that secrets are kept in, where the settings choose that.
        """
        self.profile = profile
        self.record: OpenRecord | None = None
        self.offline = OfflineReading(profile.url)
        """What is kept for reading without the network, where the person turned that on (SESS-5)."""
        self.connection = Connection(profile, self.offline, transport=transport, keep=keep)
        self.sign_in = SignIn(self.connection, self.offline, self, keep=keep, ask=ask)
        self._cache = RecordCache(self.offline.closed, self._ask_first)
        self.family = FamilyAccess(
            self.sign_in.server,
            lambda: self.connection.picked,
            cache=self._cache,
            acts=self.acts,
            listed=self.offline.check,
        )
        self.home = HomeNews(self.sign_in.server, lambda: self._messaging)
        self.refills = FamilyRefills(self.sign_in.server, self.acts, lambda: self.sign_in.me)
        self._opened: OpenedFiles | None = None
        self._saves_to: str | None = None
        self.writes: Callable[[Messaging], None] = lambda _: None
        """Told what the person writes and does, each time that it is opened, before anything goes on its way."""
        self._messaging: Messaging | None = None
        self._resting: Messaging | None = None
        """What was written in memory alone (`--private`), while a lock keeps it for the person."""
        self._stopped = 0
        """How often messaging was stopped: what is opened for a sign-in that has ended since is let go."""

    @cached_property
    def _opening_messaging(self) -> asyncio.Lock:
        return asyncio.Lock()

    async def open(self, member: "FamilyMember") -> "OpenRecord":
        """Open a record; the one open before is closed first (FAM-9).

        Raises:
            Refused: where the server gives no access; the rule and the next step are the server's.
        """
        from genesis_tui.models.family import Access
        from genesis_tui.session.open_record import OpenRecord

        server = self.sign_in.server()
        self.leave()
        if member.access is Access.NONE:
            self._cache.forget(member.id)
            raise Refused(
                f"{member.given}'s record is not open to you.",
                detail=member.why,
                next=member.next,
                rule=member.rule,
                reason=member.reason,
            )
        if self.connection.picked is not None:
            self.connection.picked.connect(member.id)
        me, copied = self.sign_in.me, self.offline.since is not None
        self._cache.zone = me.zone if me else ""
        limits = me.appointments if me else None
        self.record = OpenRecord(member, server, self._cache, self.acts, limits=limits, copied=copied)
        return self.record

    def close_ended(self) -> bool:
        """Without the network: close what access has ended to by now (FAM-11); whether it was the open record."""
        ended = self.offline.close_ended()
        for patient in ended:
            self._cache.forget(patient)
        if self.record is None or self.record.patient.id not in ended:
            return False
        self.leave()
        return True

    def leave(self) -> None:
        """Close the open record, if there is one."""
        if self.record is not None:
            self.record.close()
            self.record = None

    async def messaging(self) -> "Messaging":
        """What the person signed in writes, on this disk and on the server; opened once a sign-in.

        Raises:
            NotOffered: the server has no portal.
            ApiError: reason `sign-in-over`, the sign-in ended meanwhile.
        """
        async with self._opening_messaging:
            stopped = self._stopped
            if self._messaging is None:
                opened = await self._opened_messaging()
                if stopped != self._stopped:
                    raise ApiError("The sign-in that this was for has ended.", reason="sign-in-over")
                self._messaging, self._resting = opened, None
                self.writes(opened)
                opened.drafts.offline = self.offline.since is not None
                if not opened.drafts.offline:
                    opened.outbox.start()
            return self._messaging

    async def acts(self) -> "Outbox":
        """What the person signed in has under way. Raises as `messaging`."""
        return (await self.messaging()).outbox

    async def resume_messaging(self) -> "Messaging | None":
        """The same, where an earlier session left something on this disk, or what is read is kept for reading offline.

        None where it would have nothing to do.
        """
        from genesis_tui.session.messages.on_disk import left_behind

        self.sign_in.server()
        me = self.sign_in.me
        if not self.connection.has_portal or me is None or me.role == "support":
            return None
        if not (self._resting or self.offline.adds or left_behind(self.profile.url, me.id)):
            return None
        return await self.messaging()

    @property
    def unsent(self) -> "tuple[Outgoing, ...]":
        """Messages that are not known to have arrived."""
        messaging = self._messaging or self._resting
        return messaging.outbox.unsent if messaging is not None else ()

    @property
    def writing(self) -> "Messaging | None":
        """What the person writes, where it is open already."""
        return self._messaging

    @property
    def writing_lasts(self) -> bool:
        """Whether what was written is on this computer's disk, and outlasts this process."""
        messaging = self._messaging or self._resting
        return messaging is None or messaging.drafts.lasts

    @property
    def fleeting(self) -> tuple[object, ...]:
        """Drafts and answers that are in this process's memory alone, and go with it."""
        messaging = self._messaging or self._resting
        return messaging.fleeting if messaging is not None else ()

    async def open_file(self, content: "FileContent", opener: str) -> None:
        """Start the person's program with a document.

        Raises:
            FileFault: there is no display or no program, or the kind of file can only be saved.
        """
        from genesis_tui.store.downloads import OpenedFiles

        if self._opened is None:
            self._opened = OpenedFiles()
        await asyncio.to_thread(self._opened.open, content, opener)

    @property
    def saves_to(self) -> str:
        """The folder that the person said once; empty before, and where it is not to be used again."""
        from genesis_tui.store import downloads

        if self._saves_to is None:
            self._saves_to = downloads.remembered() if self.sign_in.keeps else ""
        return self._saves_to

    @saves_to.setter
    def saves_to(self, folder: str) -> None:
        from genesis_tui.store import downloads

        self._saves_to = folder
        if self.sign_in.keeps:
            downloads.remember(folder)

    @property
    def usual_folder(self) -> str:
        """The one to propose."""
        from genesis_tui.store.downloads import downloads

        return str(downloads())

    def earlier_slots(self) -> "EarlierSlots":
        """What the watches of the person find, from the first question on."""
        from genesis_tui.session.appointments import EarlierSlots

        return EarlierSlots(self.sign_in.server)

    def forget_person(self) -> None:
        """Forget everything of the person, in memory and of the documents that were opened."""
        self.stop_messaging()
        self._resting = None
        self.leave()
        self._remove_opened()
        self.refills.marked.clear()
        self._cache.clear()
        self.family.forget()
        self.connection.forget()
        self.sign_in.forget()

    def forget_access(self) -> None:
        """Close the open record and forget the family: what is open to the person has changed."""
        self.leave()
        self.family.forget()

    async def ask_first(self, kinds: Iterable[str]) -> None:
        """REL-6: have results of these kinds ask the person before they open, in every record; no others do.

        What is kept for reading offline knows it from then on too.
        """
        await self.sign_in.ask_first(kinds)
        if self.offline.adds:
            with suppress(ApiError):
                await self.sign_in.server().sign_in.session()
                for member in (await self.family.load()).people:
                    await self.home.news(member)

    def ask_anew(self) -> None:
        """REL-6: results that asked before they opened ask again."""
        self._cache.opened.clear()

    def stop_messaging(self) -> None:
        """The key to what is written goes from memory; on the disk everything stays.

        What is on no disk stays in memory until the person is forgotten.
        """
        messaging, self._messaging = self._messaging, None
        self._stopped += 1
        if messaging is not None:
            messaging.outbox.stop()
            self._resting = None if messaging.drafts.lasts else messaging

    async def close(self) -> None:
        """Close the open record and the connections. The sign-in stays valid for later processes if it was kept.

        A message under way is asked for the next time.
        """
        messaging, self._messaging = self._messaging, None
        if messaging is not None:
            await messaging.close()
        self.leave()
        self._remove_opened()
        self.sign_in.saved.close()
        await self.connection.close()
        self.offline.close()

    async def _opened_messaging(self) -> "Messaging":
        from genesis_tui.session.messages.messaging import opened

        server, me = self.sign_in.server(), self.sign_in.me
        assert me is not None
        memory = self._resting.shelf if self._resting is not None else None
        keep = self.sign_in.keeps and not me.offline
        return await opened(self.profile.url, me, server, keep=keep, memory=memory)

    def _ask_first(self) -> tuple[str, ...]:
        me = self.sign_in.me or self.sign_in.locked
        return me.ask_first if me is not None else ()

    def _remove_opened(self) -> None:
        if self._opened is not None:
            self._opened.clear()
