"""One server and the person signed in there: what screens and command line talk to.

Everything heavy (HTTP, TLS, decoding) is imported inside the calls, so that importing this module costs next to
nothing on the way to the first frame.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from genesis_tui.api_client.errors import NotOffered, Refused, SignedOut
from genesis_tui.session.elsewhere import Elsewhere
from genesis_tui.session.memory import Memory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import date

    import httpx

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.files import Content
    from genesis_tui.models.home import PersonNews
    from genesis_tui.models.host import Host
    from genesis_tui.models.patients import Patient
    from genesis_tui.models.people import Access, AccessPage, Family, FamilyMember, Grant, Persona, Profile, SignedIn
    from genesis_tui.models.prescriptions import PickUp
    from genesis_tui.session.files import OpenedFiles
    from genesis_tui.session.record import OpenRecord
    from genesis_tui.settings import ServerProfile

RESULTS = "results.read"


def _server() -> type[Server]:
    """Imports HTTP and decoding: longer than a screen may stand still, so it is called in a thread."""
    from genesis_tui.api_client.server import Server

    return Server


class Portal:
    """One server, at most one person signed in, at most one record open.

    Every call may raise the errors of `session.errors`; all of them are `ApiError`.
    """

    def __init__(
        self,
        profile: ServerProfile,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        keep: bool = True,
    ) -> None:
        """Nothing is sent, and nothing heavy imported, before the first call.

        Args:
            profile: the server; HOST-1 is decided from its URL and trust flag.
            transport: carries the requests in place of the network (tests: `httpx.ASGITransport`).
            keep: store the sign-in for later processes, where it can be stored safely (`session.kept`).
        """
        self.profile = profile
        self.me: SignedIn | None = None
        self.record: OpenRecord | None = None
        self.not_kept = ""
        """Why the last sign-in was not stored for later processes; empty when it was, or was not to be."""
        self._transport = transport
        self._keep = keep
        self._server: Server | None = None
        self._connecting = asyncio.Lock()
        self._memory = Memory()
        self._family: Family | None = None
        self._opened: OpenedFiles | None = None
        self._elsewhere: Elsewhere | None = None

    @property
    def has_portal(self) -> bool:
        """False where the server is known to have records and no portal: people are picked there, not listed."""
        return self._elsewhere is None

    async def host(self) -> Host:
        """Verify the server: its address by HOST-1, its certificate, what it offers (HOST-2).

        Raises:
            HostRefused: before a byte is sent.
        """
        return (await self._connected()).verify()

    async def personas(self) -> tuple[Persona, ...]:
        """The invented people of a mock whose tester token this process holds; empty everywhere else."""
        return await (await self._connected()).personas()

    async def prepare(self) -> None:
        """Load, while a person still chooses how to sign in, what the portal's answers are read with (P3)."""
        if (await self._connected()).has_portal:
            await asyncio.to_thread(import_module, "genesis_tui.api_client.portal.client")

    async def sign_in(self, username: str, password: str) -> SignedIn:
        """Sign in by DS Logon, typed here (LOCK-1 to LOCK-5, DEERS-3).

        Raises:
            SignInRefused: with tries left, end of a lock, or the fields that differ from DEERS.
        """
        server = await self._connected()
        self._forget_person()
        await server.sign_in(username, password)
        return await self._entered(server)

    async def sign_in_by_browser(self, show: Callable[[str, bool], None]) -> SignedIn:
        """Sign in on the server's own pages in the person's browser. Bounded in time; cancelling ends it.

        Where the server has no portal, the people signed in for before stay: each patient has a connection of its own.

        Args:
            show: told the address of the pages, and whether a browser opened it.

        Raises:
            SignInRefused: denied there, or the answer that came back was not to this sign-in.
            TimedOut: nobody came back.
        """
        server = await self._connected()
        if self.has_portal:
            self._forget_person()
        await server.sign_in_by_browser(show)
        return await self._entered(server)

    async def resume(self) -> SignedIn | None:
        """Go on with a sign-in that an earlier process stored; None where there is none or the server ended it.

        An open server needs none.
        """
        from genesis_tui.session import kept

        if (await self._connected()).is_open:
            return await self._entered(await self._connected())
        tokens = await kept.load(self.profile.url) if self._keep else None
        if tokens is None:
            return None
        server = await self._connected()
        server.take(tokens)
        try:
            return await self._entered(server)
        except SignedOut:
            server.take(None)
            await kept.forget(self.profile.url)
            return None

    async def sign_out(self) -> None:
        """Revoke the tokens and forget everything of the person, here first: that holds without the network too."""
        from genesis_tui.session import kept

        held = {t for t in (self._server.tokens if self._server else None,) if t is not None}
        held |= set(self._elsewhere.held if self._elsewhere else ())
        self._forget_person()
        if self._keep:
            stored = await kept.load(self.profile.url)
            held = held or ({stored} if stored else set())
            await kept.forget(self.profile.url)
        for tokens in held:
            server = await self._connected()
            server.take(tokens)
            await server.sign_out()

    async def forget(self) -> None:
        """Take a stored sign-in away without asking the server, readable or not."""
        from genesis_tui.session import kept

        await kept.forget(self.profile.url)

    async def family(self, *, fresh: bool = True) -> Family:
        """Everybody the person may see named, and the grants (FAM-1 to FAM-6). `fresh=False` takes the last answer."""
        server = await self._signed_in()
        if self._elsewhere is not None:
            return self._elsewhere.family
        if fresh or self._family is None:
            self._family = await server.portal.family()
            self._memory.keep_only(p.id for p in self._family.people if p.may(RESULTS).allowed)
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
        from genesis_tui.models.people import Access
        from genesis_tui.session.record import OpenRecord

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
        self.record = OpenRecord(member, server, self._memory)
        return self.record

    def leave(self) -> None:
        """Close the open record, if there is one."""
        if self.record is not None:
            self.record.close()
            self.record = None

    async def news(self, member: FamilyMember) -> PersonNews:
        """What is new to the viewer in one person's record, and what is coming in the next 14 days."""
        return await (await self._signed_in()).portal.news(member)

    async def pharmacies(self) -> tuple[PickUp, ...]:
        """Where refills can be picked up, and what is not handed out there (RX-5).

        Raises:
            NotOffered: the server has no portal.
        """
        return await (await self._signed_in()).pharmacy.pick_up_points()

    async def profile_of(self, member: FamilyMember) -> Profile:
        """Patient Information of one person without opening their record (DEERS-1)."""
        return await (await self._signed_in()).portal.profile(member.id)

    async def access_log(self, member: FamilyMember, *, before: str = "") -> AccessPage:
        """Who opened a record, newest first (AUD-1)."""
        return await (await self._signed_in()).portal.access_log(member.id, before)

    async def grant(self, receiver: str, scope: Access, *, until: date | None = None) -> Grant:
        """Give another adult access to one's own record; it holds from the next request on (FAM-5).

        Args:
            receiver: the other person's user name.
            scope: full or limited.
            until: last day of access; None for no end.
        """
        made = await (await self._signed_in()).portal.grant(receiver, scope, until)
        self._family = None
        return made

    async def revoke(self, grant: Grant) -> None:
        """End a grant; it holds from the next request on (FAM-5)."""
        await (await self._signed_in()).portal.revoke(grant.id)
        self._family = None

    async def close(self) -> None:
        """Close the open record and the connections. The sign-in stays valid for later processes if it was kept."""
        self.leave()
        self._remove_opened()
        server, self._server = self._server, None
        if server is not None:
            await server.close()

    async def _connected(self) -> Server:
        async with self._connecting:
            if self._server is None:
                kind = await asyncio.to_thread(_server)
                self._server = server = await kind.connect(
                    self.profile.url,
                    trust_host=self.profile.trust_host,
                    client_id=self.profile.client_id,
                    transport=self._transport,
                )
                self._elsewhere = None if server.has_portal else Elsewhere(server)
            return self._server

    async def _entered(self, server: Server) -> SignedIn:
        """Who is signed in now, from the portal, or from the sign-in itself where there is none."""
        tokens = server.tokens
        if self._elsewhere is None:
            self.me = await server.portal.session()
        elif tokens is None:
            self.me = self._elsewhere.nobody()
        else:
            self.me = await self._elsewhere.entered(tokens)
        await self._store(server)
        return self.me

    async def _signed_in(self) -> Server:
        if self._server is None or self.me is None:
            raise SignedOut(next="Sign in first.")
        return self._server

    async def _store(self, server: Server) -> None:
        if self._keep and server.tokens is not None:
            from genesis_tui.models.host import Trust
            from genesis_tui.session import kept

            url, invented = self.profile.url, server.verify().trust is Trust.MOCK
            self.not_kept = await kept.save(url, server.tokens, invented=invented)
            server.on_refresh(lambda tokens: kept.save(url, tokens, invented=invented))
        elif self._elsewhere is not None:
            server.on_refresh(self._elsewhere.renewed)

    async def open_file(self, content: Content, opener: str) -> None:
        """Start the person's program with a document.

        Raises:
            FileFault: there is no display or no program, or the kind of file can only be saved.
        """
        from genesis_tui.session.files import OpenedFiles

        if self._opened is None:
            self._opened = OpenedFiles()
        await asyncio.to_thread(self._opened.open, content, opener)

    def _forget_person(self) -> None:
        self.leave()
        self._remove_opened()
        self._memory.clear()
        self._family = None
        if self._server is not None and self._elsewhere is not None:
            self._elsewhere = Elsewhere(self._server)
        self.me = None

    def _remove_opened(self) -> None:
        if self._opened is not None:
            self._opened.clear()
