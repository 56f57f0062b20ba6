"""One server and the person signed in there: what screens and command line talk to."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, NotOffered, Refused
from genesis_tui.session.sign_in.sign_in import Entrance

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from genesis_tui.models.acts import Outgoing
    from genesis_tui.models.base.files import FileContent
    from genesis_tui.models.family import Access, AccessPage, Family, FamilyMember, Grant, Patient, Profile
    from genesis_tui.models.home import PersonNews
    from genesis_tui.models.refills import PickUp
    from genesis_tui.models.sign_in import ScriptSignIn, SignedIn
    from genesis_tui.session.messages.messaging import Messaging
    from genesis_tui.session.open_record import OpenRecord

RESULTS = "results.read"


class Portal(Entrance):
    """One server, at most one person signed in, at most one record open.

    Every call may raise the errors of `session.errors`; all of them are `ApiError`.
    """

    _post: Messaging | None = None
    _stopped: int = 0
    """How often writing was stopped: what is opened for a sign-in that has ended since is let go."""

    @cached_property
    def _opening_post(self) -> asyncio.Lock:
        return asyncio.Lock()

    async def family(self, *, fresh: bool = True) -> Family:
        """Everybody the person may see named, and the grants (FAM-1 to FAM-6). `fresh=False` takes the last answer."""
        server = await self._signed_in()
        if self._elsewhere is not None:
            return self._elsewhere.family
        if fresh or self._family is None:
            self._family = await server.family.family()
            self._memory.keep_only(p.id for p in self._family.people if p.may(RESULTS).allowed)
            self.copying.check(self._family.people)
        return self._family

    async def patients(self, text: str = "") -> AsyncIterator[tuple[Patient, ...]]:
        """Patients of a server without a portal, a page at a time; with a text those whose name or id it means.

        Raises:
            NotOffered: a portal lists the family instead.
        """
        server = await self._signed_in()
        if self._elsewhere is None:
            raise NotOffered("This portal lists the people whose records you may open.", next="See Family.")
        async for page in server.patients(text):
            yield page

    def pick(self, patient: Patient) -> FamilyMember:
        """A patient of a server without a portal as one of the people whose records can be opened."""
        if self._elsewhere is None:
            raise NotOffered("This portal lists the people whose records you may open.", next="See Family.")
        return self._elsewhere.pick(patient)

    @property
    def by_sign_in(self) -> bool:
        """True where each patient is signed in for: the server hands out one patient a sign-in, and lists nobody."""
        return self._elsewhere is not None and bool(self._elsewhere.held)

    @property
    def picked(self) -> tuple[Patient, ...]:
        """The patients of a server without a portal that were picked or signed in for."""
        return self._elsewhere.patients if self._elsewhere else ()

    async def open(self, member: FamilyMember) -> OpenRecord:
        """Open a record; the one open before is closed first (FAM-9).

        Raises:
            Refused: where the server gives no access; the rule and the next step are the server's.
        """
        from genesis_tui.models.family import Access
        from genesis_tui.session.open_record import OpenRecord

        server = await self._signed_in()
        self.leave()
        if member.access is Access.NONE:
            self._memory.forget(member.id)
            raise Refused(
                f"{member.given}'s record is not open to you.",
                detail=member.why,
                next=member.next,
                rule=member.rule,
                reason=member.reason,
            )
        if self._elsewhere is not None:
            self._elsewhere.connect(member.id)
        self.record = OpenRecord(member, server, self._memory, copied=self.copying.since is not None)
        return self.record

    async def news(self, member: FamilyMember) -> PersonNews:
        """What is new to the viewer in one person's record, what is not sent, and what comes in the next 14 days."""
        news = await (await self._signed_in()).home.news(member)
        return await self._post.with_unsent(news) if self._post is not None else news

    async def pharmacies(self) -> tuple[PickUp, ...]:
        """Where refills can be picked up, and what is not handed out there (RX-5).

        Raises:
            NotOffered: the server has no portal.
        """
        return await (await self._signed_in()).refills.pick_up_points()

    async def profile_of(self, member: FamilyMember) -> Profile:
        """Patient Information of one person without opening their record (DEERS-1)."""
        return await (await self._signed_in()).family.profile(member.id)

    async def access_log(self, member: FamilyMember, *, before: str = "") -> AccessPage:
        """Who opened a record, newest first (AUD-1)."""
        return await (await self._signed_in()).family.access_log(member.id, before)

    async def grant(self, receiver: str, scope: Access, *, until: date | None = None) -> Grant:
        """Give another adult access to one's own record; it holds from the next request on (FAM-5).

        Args:
            receiver: the other person's user name.
            scope: full or limited.
            until: last day of access; None for no end.
        """
        made = await (await self._signed_in()).family.grant(receiver, scope, until)
        self._family = None
        return made

    async def revoke(self, grant: Grant) -> None:
        """End a grant; it holds from the next request on (FAM-5)."""
        await (await self._signed_in()).family.revoke(grant.id)
        self._family = None

    async def post(self) -> Messaging:
        """What the person signed in writes, on this disk and on the server; opened once a sign-in.

        Raises:
            NotOffered: the server has no portal.
            ApiError: reason `sign-in-over`, the sign-in ended meanwhile.
        """
        from genesis_tui.session.messages.messaging import opened

        async with self._opening_post:
            stopped = self._stopped
            server = await self._signed_in()
            me = self.me
            assert me is not None
            if self._post is None:
                keep = self.keeps and not me.offline
                post = await opened(self.profile.url, me.id, server.drafts, me.messages, keep=keep)
                if stopped != self._stopped:
                    raise ApiError("The sign-in that this was for has ended.", reason="sign-in-over")
                self._post = post
                post.drafts.offline = self.copying.since is not None
                if not post.drafts.offline:
                    post.outbox.start()
            return self._post

    async def go_on_writing(self) -> Messaging | None:
        """The same, where an earlier session left something on this disk, or what is read is kept for reading offline.

        None where it would have nothing to do.
        """
        from genesis_tui.session.messages.messaging import left_behind

        await self._signed_in()
        if not self.has_portal or self.me is None or self.me.role == "support":
            return None
        if not (self.copying.adds or left_behind(self.profile.url, self.me.id)):
            return None
        return await self.post()

    def _stop_writing(self) -> None:
        """The key to what is written goes from memory; on the disk everything stays."""
        post, self._post = self._post, None
        self._stopped += 1
        if post is not None:
            post.outbox.stop()

    def _forget_person(self) -> None:
        self._stop_writing()
        super()._forget_person()

    async def lock(self) -> None:
        """SESS-2: as `Entrance.lock`; what is written stays on the disk, and opens after the next sign-in."""
        self._stop_writing()
        await super().lock()

    async def close(self) -> None:
        """As `Entrance.close`; a message under way is asked for the next time."""
        post, self._post = self._post, None
        if post is not None:
            await post.close()
        await super().close()

    @property
    def unsent(self) -> tuple[Outgoing, ...]:
        """Messages that are not known to have arrived."""
        return self._post.outbox.unsent if self._post is not None else ()

    async def ask_again(self) -> SignedIn:
        """Who is signed in, asked anew: the level has changed (ID-6)."""
        server = await self._signed_in()
        self.leave()
        self._family = None
        self.me = await server.sign_in.session()
        return self.me

    async def unread(self) -> tuple[int, int]:
        """How many results and messages are new, in all records that are open to the person (SESS-4).

        Raises:
            NotOffered: the server has no portal.
        """
        return await (await self._signed_in()).home.counts()

    async def sign_ins(self) -> tuple[ScriptSignIn, ...]:
        """The sign-ins for scripts that still live (SESS-4)."""
        return await (await self._signed_in()).sign_in.sign_ins()

    async def end_sign_in(self, id: str) -> None:
        """End one of them, at once (SESS-4)."""
        await (await self._signed_in()).sign_in.end_sign_in(id)

    async def open_file(self, content: FileContent, opener: str) -> None:
        """Start the person's program with a document.

        Raises:
            FileFault: there is no display or no program, or the kind of file can only be saved.
        """
        from genesis_tui.store.downloads import OpenedFiles

        if self._opened is None:
            self._opened = OpenedFiles()
        await asyncio.to_thread(self._opened.open, content, opener)
