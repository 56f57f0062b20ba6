"""Coming to a server and going: verifying it, signing in every way, keeping the sign-in, signing out.

Everything heavy (HTTP, TLS, decoding) is imported inside the calls, so that importing this module costs next to
nothing on the way to the first frame.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, SignedOut, SignInRefused
from genesis_tui.session.base.cache import RecordCache
from genesis_tui.session.offline.reading import OfflineReading
from genesis_tui.session.sign_in.saved_sign_ins import SavedSignIns

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import httpx

    from genesis_tui.api_client.server import Server
    from genesis_tui.api_client.sign_in.request import SignInRequest
    from genesis_tui.models.family import Family
    from genesis_tui.models.sign_in import Card, DeviceCode, Host, ScriptAccess, SignedIn
    from genesis_tui.models.testing import Persona
    from genesis_tui.session.family import PickedPatients
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.sign_in.accounts import Accounts
    from genesis_tui.settings.settings import ServerProfile
    from genesis_tui.store.downloads import OpenedFiles
    from genesis_tui.store.passphrase_file import Ask

PIV_UNKNOWN = "piv-not-registered"
OFFLINE = "offline copy"
"""How somebody is signed in who reads without the network."""


def _server() -> type[Server]:
    """Imports HTTP and decoding: longer than a screen may stand still, so it is called in a thread."""
    kind: type[Server] = _imported("genesis_tui.api_client.server").Server
    return kind


def _imported(name: str) -> ModuleType:
    """A module; garbage is not collected while it loads, which takes a quarter of the time and finds nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module(name)
    finally:
        if collecting:
            gc.enable()


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
        ask: Ask | None = None,
    ) -> None:
        """Nothing is sent, and nothing heavy imported, before the first call.

        Args:
            profile: the server; HOST-1 is decided from its URL and trust flag.
            transport: carries the requests in place of the network (tests: `httpx.ASGITransport`).
            keep: store the sign-in for later processes, where it can be stored safely (`session.kept`).
            ask: asks for the passphrase of the file that secrets are kept in, where the settings choose that.
        """
        self.profile = profile
        self.me: SignedIn | None = None
        self.record: OpenRecord | None = None
        self.skew = timedelta()
        """How far the server's clock is ahead of this computer's; a mock's is moved on purpose, and never told."""
        self.copying = OfflineReading(profile.url)
        """What is kept for reading without the network, where the person turned that on (SESS-5)."""
        self._transport = transport
        self._keep = keep
        self._keeping = SavedSignIns(profile, keep=keep, ask=ask)
        self._locked: SignedIn | None = None
        self._server: Server | None = None
        self._connecting = asyncio.Lock()
        self._memory = RecordCache(self.copying.closed)
        self._family: Family | None = None
        self._opened: OpenedFiles | None = None
        self._elsewhere: PickedPatients | None = None
        self._refused_card: SignInRequest | None = None
        """The last sign-in by a PIV that was good and is not registered yet (ID-3); it holds no PIN."""

    @property
    def has_portal(self) -> bool:
        """False where the server is known to have records and no portal: people are picked there, not listed."""
        return self._elsewhere is None

    @property
    def locked(self) -> SignedIn | None:
        """Who has to sign in again to go on (SESS-2); None where nothing is locked."""
        return self._locked

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
            for module in ("portal.sign_in", "portal.family", "portal.home", "fhir.results.load"):
                await asyncio.to_thread(_imported, f"genesis_tui.api_client.{module}")

    # ways in

    async def sign_in(
        self, username: str, password: str, *, way: str = "ds-logon", offline: ScriptAccess | None = None
    ) -> SignedIn:
        """Sign in with what was typed here (LOCK-1 to LOCK-5, DEERS-3).

        Raises:
            SignInRefused: with tries left, end of a lock, or the fields that differ from DEERS.
        """
        typed = {"username": username, "password": password}
        return await self._enter(way, fields=typed, offline=offline)

    async def sign_in_by_card(self, way: str, card: Card, pin: str, *, offline: ScriptAccess | None = None) -> SignedIn:
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
        self, show: Callable[[str, bool], None], *, offline: ScriptAccess | None = None
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
        self, show: Callable[[DeviceCode], None], *, offline: ScriptAccess | None = None
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
        from genesis_tui.session.sign_in.cards import cards

        return await cards(self.profile)

    @property
    def accounts(self) -> Accounts:
        """Registering, forgotten passwords, becoming Premium, DEERS side by side (ID-6, ID-7, LOCK-4, DEERS-2)."""
        from genesis_tui.session.sign_in.accounts import Accounts

        return Accounts(self._connected)

    async def _asking(self, way: str, **given: object) -> SignInRequest:
        """Imported with the server, not before the first frame."""
        await self._connected()
        from genesis_tui.api_client.sign_in.request import SignInRequest

        return SignInRequest(way=way, **given)  # type: ignore[arg-type]

    async def _enter(self, way: str, **given: object) -> SignedIn:
        asking = await self._asking(way, **given)
        server = await self._connected()
        await self._keeping.catch_up(server)
        if self.has_portal and self._locked is None:
            self._forget_person()
        await server.authenticate(asking)
        self._refused_card = None
        locked, self._locked = self._locked, None
        me = await self._entered(server, scripts=asking.offline is not None)
        if locked is not None and locked.id != me.id:
            self._forget_person()
            self.me = me
        return me

    async def open_copy(self, passphrase: str) -> SignedIn:
        """Read what is kept on this computer, without the network and without a sign-in (SESS-5).

        Raises:
            ApiError: the passphrase opens nothing.
        """
        from genesis_tui.api_client.sign_in.tokens import Tokens

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
        me = await self._server.sign_in.session()
        self.me = replace(me, method=OFFLINE, server_now=datetime.now(UTC), ends=None)
        return self.me

    # going on, going

    @property
    def keeps(self) -> bool:
        """Whether sign-ins are kept at all (`--private`: they are not)."""
        return self._keep

    @property
    def where_kept(self) -> str:
        """Where the sign-in is kept, in words."""
        return self._keeping.words

    @property
    def not_kept(self) -> str:
        """Why the last sign-in was not stored for later processes; empty when it was, or was not to be."""
        return self._keeping.why_not

    async def resume(self, *, scripts: bool = False) -> SignedIn | None:
        """Go on with a sign-in that an earlier process stored; None where there is none or the server ended it.

        An open server needs none. With `scripts` the one for them is used where there is no other (SESS-4).
        """
        server = await self._connected()
        if server.is_open:
            return await self._entered(server)
        tokens = await self._keeping.load(scripts=scripts)
        await self._keeping.catch_up(server)
        if tokens is None:
            return None
        server.take(tokens)
        await self._keeping.goes_on(server)
        try:
            return await self._known(server)
        except SignedOut:
            server.take(None)
            await self._keeping.drop()
            return None

    async def lock(self) -> None:
        """SESS-2: end the sign-in, here and on the server, and keep what is open for when the person comes back.

        The sign-in after it is theirs again, with everything as it was; or somebody else's, and everything is gone.
        """
        server, self._locked = self._server, self.me
        tokens = server.tokens if server is not None else None
        await self._keeping.forget(scripts=False)
        if server is None or tokens is None or self._elsewhere is not None or self.copying.since is not None:
            return
        try:
            await server.sign_in.lock()
        except ApiError:
            with suppress(ApiError):
                await self._keeping.end(self._connected, (tokens,))
        server.take(None)

    async def sign_out(self) -> None:
        """Revoke the tokens and forget everything of the person, here first: that holds without the network too.

        A sign-in for scripts ends so only where nothing else was signed in or kept.

        Raises:
            Unreachable: the server could not be told, and can't be told later either.
        """
        reading_copy = self.copying.since is not None
        held = {t for t in (self._server.tokens if self._server else None,) if t is not None}
        held |= set(self._elsewhere.held if self._elsewhere else ())
        self._forget_person()
        if reading_copy:
            await self.close()
            return
        stored = await self._keeping.take_out(scripts=not held)
        await self._keeping.end(self._connected, held or ({stored} if stored else set()))

    async def forget(self) -> None:
        """Take stored sign-ins away without asking the server, readable or not."""
        await self._keeping.forget()

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
                self._elsewhere = None if server.has_portal else _elsewhere(server)
            return self._server

    async def _entered(self, server: Server, *, scripts: bool = False) -> SignedIn:
        """Who is signed in now, and kept as that."""
        me = await self._known(server)
        await self._keeping.store(server, scripts=scripts)
        return me

    async def _known(self, server: Server) -> SignedIn:
        """Who is signed in now, from the portal, or from the sign-in itself where there is none."""
        tokens = server.tokens
        if self._elsewhere is None:
            self.me = await server.sign_in.session()
            from genesis_tui.models.sign_in import Trust

            moved = server.verify().trust is Trust.MOCK
            self.skew = timedelta() if moved else self.me.server_now - datetime.now(UTC)
        elif tokens is None:
            self.me = self._elsewhere.nobody()
        else:
            self.me = await self._elsewhere.entered(tokens)
            server.on_refresh(self._elsewhere.renewed)
        if self._keep and self._elsewhere is None:
            await self.copying.begin(self.me.id)
        return self.me

    async def _signed_in(self) -> Server:
        if self._server is None or self.me is None:
            raise SignedOut(next="Sign in first.")
        return self._server

    def _forget_person(self) -> None:
        self._locked = None
        self.leave()
        self._remove_opened()
        self._memory.clear()
        self._family = None
        if self._server is not None and self._elsewhere is not None:
            self._elsewhere = _elsewhere(self._server)
        self.me = None

    def _remove_opened(self) -> None:
        if self._opened is not None:
            self._opened.clear()


def _elsewhere(server: Server) -> PickedPatients:
    from genesis_tui.session.family import PickedPatients

    return PickedPatients(server)
