"""Coming to a server and going: verifying it, signing in every way, keeping the sign-in, signing out.

Everything heavy (HTTP, TLS, decoding) is imported inside the calls, so that importing this module costs next to
nothing on the way to the first frame.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from genesis_tui.api_client.errors import SignedOut, SignInRefused
from genesis_tui.session.copying import Copying
from genesis_tui.session.elsewhere import Elsewhere
from genesis_tui.session.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from genesis_tui.api_client.auth.asking import Asking
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.cards import Card
    from genesis_tui.models.host import Host
    from genesis_tui.models.people import Family, Persona, SignedIn
    from genesis_tui.models.sign_in import DeviceCode, Offline
    from genesis_tui.session.accounts import Accounts
    from genesis_tui.session.files import OpenedFiles
    from genesis_tui.session.record import OpenRecord
    from genesis_tui.settings import ServerProfile

PIV_UNKNOWN = "piv-not-registered"
OFFLINE = "offline copy"
"""How somebody is signed in who reads without the network."""


def _server() -> type[Server]:
    """Imports HTTP and decoding: longer than a screen may stand still, so it is called in a thread."""
    from genesis_tui.api_client.server import Server

    return Server


class Entrance:
    """One server, and at most one person signed in there.

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
        self.skew = timedelta()
        """How far the server's clock is ahead of this computer's, as of the last sign-in."""
        self.copying = Copying(profile.url)
        """What is kept for reading without the network, where the person turned that on (SESS-5)."""
        self._transport = transport
        self._keep = keep
        self._server: Server | None = None
        self._connecting = asyncio.Lock()
        self._memory = Memory(self.copying.closed)
        self._family: Family | None = None
        self._opened: OpenedFiles | None = None
        self._elsewhere: Elsewhere | None = None
        self._refused_card: Asking | None = None
        """The last sign-in by a PIV that was good and is not registered yet (ID-3); it holds no PIN."""

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

    # ways in

    async def sign_in(
        self, username: str, password: str, *, way: str = "ds-logon", offline: Offline | None = None
    ) -> SignedIn:
        """Sign in with what was typed here (LOCK-1 to LOCK-5, DEERS-3).

        Raises:
            SignInRefused: with tries left, end of a lock, or the fields that differ from DEERS.
        """
        typed = {"username": username, "password": password}
        return await self._enter(way, fields=typed, offline=offline)

    async def sign_in_by_card(self, way: str, card: Card, pin: str, *, offline: Offline | None = None) -> SignedIn:
        """Sign in with a key that signs what the server sends (ID-2). The PIN is used once and kept nowhere.

        Raises:
            CardFault: the card or its PIN; nothing was sent, and the PIN is not tried again by itself.
            SignInRefused: the server's word on the certificate; `piv-not-registered` leads on to `register_piv`.
        """
        try:
            return await self._enter(way, card=card, pin=pin, card_module=self.profile.card_module, offline=offline)
        except SignInRefused as refused:
            if refused.reason == PIV_UNKNOWN and refused.auth_session:
                self._refused_card = await self._asking(way, fields={"auth_session": refused.auth_session})
            raise

    async def register_piv(self, username: str, password: str) -> SignedIn:
        """Register the PIV that has just been refused to a DS Logon, once, and sign in with it (ID-3).

        Raises:
            SignInRefused: as for a typed sign-in; also when the card's holder is somebody else, or it took too long.
        """
        before = self._refused_card
        if before is None:
            raise SignedOut("No PIV waits to be registered.", next="Sign in with the PIV first.")
        fields = {**before.fields, "username": username, "password": password}
        return await self._enter(before.way, fields=fields)

    async def sign_in_by_browser(
        self, show: Callable[[str, bool], None], *, offline: Offline | None = None
    ) -> SignedIn:
        """Sign in on the server's own pages in the person's browser. Bounded in time; cancelling ends it.

        Where the server has no portal, the people signed in for before stay: each patient has a connection of its own.

        Args:
            show: told the address of the pages, and whether a browser opened it.
            offline: for scripts, and what they may read (SESS-4).

        Raises:
            SignInRefused: denied there, or the answer that came back was not to this sign-in.
            TimedOut: nobody came back.
        """
        return await self._enter("browser", show=show, offline=offline)

    async def sign_in_by_device(
        self, show: Callable[[DeviceCode], None], *, offline: Offline | None = None
    ) -> SignedIn:
        """Sign in on the server's own pages on another device (RFC 8628). Bounded in time; cancelling ends it.

        Args:
            show: told the code and where to give it.
            offline: for scripts, and what they may read (SESS-4).

        Raises:
            SignInRefused: denied there, or the code's time ran out.
        """
        return await self._enter("device", show_code=show, offline=offline)

    async def cards(self) -> tuple[Card, ...]:
        """The cards and certificate files at hand; none where there is no reader or no program for it."""
        from genesis_tui.session.cards import cards

        return await cards(self.profile)

    @property
    def accounts(self) -> Accounts:
        """Registering, forgotten passwords, becoming Premium, DEERS side by side (ID-6, ID-7, LOCK-4, DEERS-2)."""
        from genesis_tui.session.accounts import Accounts

        return Accounts(self._connected)

    async def _asking(self, way: str, **given: object) -> Asking:
        """Imported with the server, not before the first frame."""
        await self._connected()
        from genesis_tui.api_client.auth.asking import Asking

        return Asking(way=way, **given)  # type: ignore[arg-type]

    async def _enter(self, way: str, **given: object) -> SignedIn:
        asking = await self._asking(way, **given)
        server = await self._connected()
        if self.has_portal:
            self._forget_person()
        await server.sign_in(asking)
        self._refused_card = None
        return await self._entered(server)

    async def open_copy(self, passphrase: str) -> SignedIn:
        """Read what is kept on this computer, without the network and without a sign-in (SESS-5).

        Raises:
            ApiError: the passphrase opens nothing.
        """
        from genesis_tui.api_client.auth.tokens import Tokens

        transport = await self.copying.open(passphrase)
        kind = await asyncio.to_thread(_server)
        self._forget_person()
        self._server, before = (
            await kind.connect(self.profile.url, trust_host=self.profile.trust_host, transport=transport),
            self._server,
        )
        if before is not None:
            await before.close()
        self._server.take(Tokens(access="none: nothing is sent", expires=float("inf")))
        me = await self._server.portal.session()
        self.me = replace(me, method=OFFLINE, server_now=datetime.now(UTC), ends=None)
        return self.me

    # going on, going

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

    def leave(self) -> None:
        """Close the open record, if there is one."""
        if self.record is not None:
            self.record.close()
            self.record = None

    async def close(self) -> None:
        """Close the open record and the connections. The sign-in stays valid for later processes if it was kept."""
        self.leave()
        self._remove_opened()
        server, self._server = self._server, None
        if server is not None:
            await server.close()
        self.copying.close()

    async def _connected(self) -> Server:
        async with self._connecting:
            if self._server is None:
                kind = await asyncio.to_thread(_server)
                self._server = server = await kind.connect(
                    self.profile.url,
                    trust_host=self.profile.trust_host,
                    client_id=self.profile.client_id,
                    transport=self._transport,
                    keep=self.copying.hear if self._keep and self.copying.turned_on else None,
                )
                self._elsewhere = None if server.has_portal else Elsewhere(server)
            return self._server

    async def _entered(self, server: Server) -> SignedIn:
        """Who is signed in now, from the portal, or from the sign-in itself where there is none."""
        tokens = server.tokens
        if self._elsewhere is None:
            self.me = await server.portal.session()
            self.skew = self.me.server_now - datetime.now(UTC)
        elif tokens is None:
            self.me = self._elsewhere.nobody()
        else:
            self.me = await self._elsewhere.entered(tokens)
        await self._store(server)
        if self._keep and self._elsewhere is None:
            await self.copying.begin(self.me.id)
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
