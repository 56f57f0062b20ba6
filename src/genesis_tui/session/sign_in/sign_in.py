"""Signing in every way, keeping the sign-in, going on with it, and signing out.

Everything heavy (HTTP, TLS, decoding) is imported inside the calls, so that importing this module costs next to
nothing on the way to the first frame.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from genesis_tui.models.base.errors import ApiError, SignedOut, SignInRefused
from genesis_tui.session.sign_in.saved_sign_ins import SavedSignIns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from genesis_tui.api_client.server import Server
    from genesis_tui.api_client.sign_in.request import SignInRequest
    from genesis_tui.api_client.sign_in.tokens import Tokens
    from genesis_tui.models.sign_in import Card, DeviceCode, ScriptAccess, ScriptSignIn, SignedIn
    from genesis_tui.session.offline.reading import OfflineReading
    from genesis_tui.session.sign_in.accounts import Accounts
    from genesis_tui.session.sign_in.connection import Connection
    from genesis_tui.store.passphrase_file import Ask

PIV_UNKNOWN = "piv-not-registered"
OFFLINE = "offline copy"
"""How somebody is signed in who reads without the network."""


class HeldForPerson(Protocol):
    """What is open for the person who is signed in, as far as signing in and out ends it."""

    def forget_person(self) -> None:
        """Forget everything of the person, here in memory."""

    def forget_access(self) -> None:
        """Forget what was open to the person: at another level other things are."""

    def ask_anew(self) -> None:
        """Results that asked before they opened ask again (REL-6)."""

    def stop_messaging(self) -> None:
        """Send nothing more, and forget the key to what is written."""


class SignIn:
    """Who is signed in to one server; at most one person is."""

    def __init__(
        self, connection: "Connection", offline: "OfflineReading", held: HeldForPerson, *, keep: bool, ask: "Ask | None"
    ) -> None:
        """Nobody is signed in.

        Args:
            connection: to the server.
            offline: what is kept for reading without the network.
            held: what ends with the sign-in.
            keep: store the sign-in for later processes, where it can be stored safely (`sign_in.token_store`).
            ask: asks for the passphrase of the file that secrets are kept in, where the settings choose that.
        """
        self.me: SignedIn | None = None
        self.locked: SignedIn | None = None
        """Who has to sign in again to go on (SESS-2); None where nothing is locked."""
        self.skew = timedelta()
        """How far the server's clock is ahead of this computer's; a mock's is moved on purpose, and never told."""
        self.keeps = keep
        """Whether sign-ins are kept at all (`--private`: they are not)."""
        self.saved = SavedSignIns(connection.profile, keep=keep, ask=ask)
        """The sign-in as later processes find it."""
        self._connection = connection
        self._offline = offline
        self._held = held
        self._locking: asyncio.Task[None] | None = None
        self._refused_card: SignInRequest | None = None
        """The last sign-in by a PIV that was good and is not registered yet (ID-3); it holds no PIN."""

    def server(self) -> "Server":
        """The server, with somebody signed in there. Raises SignedOut where nobody is."""
        if self._connection.server is None or self.me is None:
            raise SignedOut(next="Sign in first.")
        return self._connection.server

    # ways in

    async def by_password(
        self, username: str, password: str, *, way: str = "ds-logon", offline: "ScriptAccess | None" = None
    ) -> "SignedIn":
        """Sign in with what was typed here (LOCK-1 to LOCK-5, DEERS-3).

        Raises:
            SignInRefused: with tries left, end of a lock, or the fields that differ from DEERS.
        """
        typed = {"username": username, "password": password}
        return await self._enter(way, fields=typed, offline=offline)

    async def by_card(self, way: str, card: "Card", pin: str, *, offline: "ScriptAccess | None" = None) -> "SignedIn":
        """Sign in with a key that signs what the server sends (ID-2). The PIN is used once and kept nowhere.

        Raises:
            CardFault: the card or its PIN; nothing was sent, and the PIN is not tried again by itself.
            SignInRefused: the server's word on the certificate; `piv-not-registered` leads on to `register_piv`.
        """
        module = self._connection.profile.card_module
        try:
            return await self._enter(way, card=card, pin=pin, card_module=module, offline=offline)
        except SignInRefused as refused:
            if refused.reason == PIV_UNKNOWN and refused.auth_session:
                self._refused_card = await self._asking(way, fields={"auth_session": refused.auth_session})
            raise

    async def register_piv(self, username: str, password: str) -> "SignedIn":
        """Register the PIV that has just been refused to a DS Logon, once, and sign in with it (ID-3).

        Raises:
            SignInRefused: as for a typed sign-in; also when the card's holder is somebody else, or it took too long.
        """
        before = self._refused_card
        if before is None:
            raise SignedOut("There is no PIV to register.", next="Sign in with the PIV first.")
        fields = {**before.fields, "username": username, "password": password}
        return await self._enter(before.way, fields=fields)

    async def by_browser(
        self, show: "Callable[[str, bool], None]", *, offline: "ScriptAccess | None" = None
    ) -> "SignedIn":
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

    async def by_device(
        self, show: "Callable[[DeviceCode], None]", *, offline: "ScriptAccess | None" = None
    ) -> "SignedIn":
        """Sign in on the server's own pages on another device (RFC 8628). Bounded in time; cancelling ends it.

        Args:
            show: told the code and where to give it.
            offline: for scripts, and what they may read (SESS-4).

        Raises:
            SignInRefused: denied there, or the code's time ran out.
        """
        return await self._enter("device", show_code=show, offline=offline)

    async def by_copy(self, passphrase: str) -> "SignedIn":
        """Read what is kept on this computer, without the network and without a sign-in (SESS-5).

        Raises:
            ApiError: the passphrase opens nothing.
        """
        from genesis_tui.api_client.sign_in.tokens import Tokens

        transport = await self._offline.open(passphrase)
        self._held.forget_person()
        server = await self._connection.read_from(transport)
        server.take(Tokens(access="none: nothing is sent", expires=float("inf")))
        me = await server.sign_in.session()
        self.me = replace(me, method=OFFLINE, method_code="offline", server_now=datetime.now(UTC), ends=None)
        return self.me

    async def cards(self) -> "tuple[Card, ...]":
        """The cards and certificate files at hand; none where there is no reader or no program for it."""
        from genesis_tui.session.sign_in.cards import cards

        return await cards(self._connection.profile)

    @property
    def accounts(self) -> "Accounts":
        """Registering, forgotten passwords, becoming Premium, DEERS side by side (ID-6, ID-7, LOCK-4, DEERS-2)."""
        from genesis_tui.session.sign_in.accounts import Accounts

        return Accounts(self._connection.connected)

    async def _asking(self, way: str, **given: object) -> "SignInRequest":
        """Imported with the server, not before the first frame."""
        await self._connection.connected()
        from genesis_tui.api_client.sign_in.request import SignInRequest

        return SignInRequest(way=way, **given)  # type: ignore[arg-type]

    async def _enter(self, way: str, **given: object) -> "SignedIn":
        await self._locked()
        asking = await self._asking(way, **given)
        server = await self._connection.connected()
        await self.saved.catch_up(server)
        if self._connection.has_portal and self.locked is None:
            self._held.forget_person()
        await server.authenticate(asking)
        self._refused_card = None
        before, locked, self.locked = self.me, self.locked, None
        try:
            me = await self._entered(server, scripts=asking.offline is not None)
        except BaseException:
            if self._connection.has_portal:
                self.me, self.locked = before if locked is not None else None, locked
                self._locking = asyncio.create_task(self._end_given_up(server, server.tokens))
            raise
        if locked is not None and locked.id != me.id:
            self._held.forget_person()
            self.me = me
        return me

    async def _end_given_up(self, server: "Server", tokens: "Tokens | None") -> None:
        """A sign-in that was not waited for to its end: nothing of it stays, here or on the server."""
        server.take(None)
        await self.saved.leave()
        if tokens is not None:
            with suppress(ApiError):
                await server.revoke(tokens.refresh or tokens.access)

    # going on, going

    async def resume(self, *, scripts: bool = False, attended: bool = False) -> "SignedIn | None":
        """Go on with a sign-in that an earlier process stored; None where there is none or the server ended it.

        An open server needs none.

        Args:
            scripts: the one for them is used where there is no other, or the other has ended (SESS-4).
            attended: it shows on a screen, so it is locked where nobody was there for the idle time (SESS-2).
        """
        server = await self._connection.connected()
        if server.is_open:
            return await self._entered(server)
        me = await self._resumed(server, scripts=False)
        if me is None and scripts:
            me = await self._resumed(server, scripts=True)
        await self.saved.catch_up(server)
        if me is None:
            return None
        if attended and self.saved.idle_for(me.idle_minutes * 60.0):
            await self.lock()
            return None
        return me

    async def _resumed(self, server: "Server", *, scripts: bool) -> "SignedIn | None":
        """Go on with a kept sign-in; one that has ended is kept no longer."""
        tokens = await self.saved.load(scripts=scripts)
        if tokens is None:
            return None
        server.take(tokens)
        await self.saved.goes_on(server)
        try:
            return await self._known(server)
        except SignedOut:
            server.take(None)
            await self.saved.drop()
            return None

    async def ask_again(self) -> "SignedIn":
        """Who is signed in, asked anew: the level has changed (ID-6)."""
        server = self.server()
        self._held.forget_access()
        self.me = await server.sign_in.session()
        return self.me

    async def ask_first(self, kinds: "Iterable[str]") -> None:
        """REL-6: the server keeps with the account which kinds of results ask before they open."""
        chosen, me = tuple(sorted(kinds)), self.me
        await self.server().sign_in.ask_first(chosen)
        if me is not None and self.me is me:
            self.me = replace(me, ask_first=chosen)

    def lock(self) -> "asyncio.Task[None]":
        """SESS-2: end the sign-in, here and on the server, and keep what is open for when the person comes back.

        It is locked at once, and the rest goes on by itself: nothing that waits for it can stop it. The sign-in after
        it is theirs again, with everything as it was; or somebody else's, and everything is gone. What is written stays
        on the disk, and opens after that sign-in. Another process of the person that uses the same sign-in goes on
        with it; none finds it that starts later.
        """
        self._held.stop_messaging()
        self._held.ask_anew()
        self.locked = self.me
        self._locking = asyncio.create_task(self._end_locked())
        return self._locking

    async def _end_locked(self) -> None:
        server = self._connection.server
        tokens = server.tokens if server is not None else None
        goes_on = await self.saved.leave()
        if server is None or tokens is None or not self._connection.has_portal or self._offline.since is not None:
            return
        if goes_on:
            server.take(None)
            return
        try:
            await server.sign_in.lock()
        except ApiError:
            with suppress(ApiError):
                await self.saved.end(self._connection.connected, (tokens,))
        server.take(None)

    async def out(self) -> None:
        """Revoke the tokens and forget everything of the person, here first: that holds without the network too.

        A sign-in for scripts ends so only where nothing else was signed in or kept.

        Raises:
            Unreachable: the server could not be told, and can't be told later either.
        """
        reading_copy = self._offline.since is not None
        server, picked = self._connection.server, self._connection.picked
        held = {t for t in (server.tokens if server else None,) if t is not None}
        held |= set(picked.held if picked else ())
        self._held.forget_person()
        if reading_copy:
            await self._connection.close()
            self._offline.close()
            return
        stored = await self.saved.take_out(scripts=not held)
        await self.saved.end(self._connection.connected, held or ({stored} if stored else set()))

    async def out_everywhere(self, *, scripts: bool) -> None:
        """End every sign-in of the person, and sign out here; `scripts`: those for scripts too (LOCK-6)."""
        await self.server().sign_in.end_everywhere(scripts=scripts)
        await self.out()

    async def _locked(self) -> None:
        """A lock that is under way is done with first: it ends the sign-in that it found."""
        if self._locking is not None:
            await asyncio.shield(self._locking)

    async def leave(self) -> bool | None:
        """The program ends, and with it a sign-in that no later process finds, here and on the server.

        Returns:
            Whether the person stays signed in; None where nobody was.

        Raises:
            Unreachable: the server could not be told, and can't be told later either.
        """
        await self._locked()
        server, picked = self._connection.server, self._connection.picked
        if self.me is None or self._offline.since is not None:
            return None
        if self.locked is not None:
            return False
        if await self.saved.holds():
            return True
        held = {t for t in (server.tokens if server else None,) if t is not None} | set(picked.held if picked else ())
        if not held or await self.saved.leave():
            return False if held else None
        await self.saved.end(self._connection.connected, held)
        return False

    async def script_sign_ins(self) -> "tuple[ScriptSignIn, ...]":
        """The sign-ins for scripts that still live (SESS-4)."""
        return await self.server().sign_in.sign_ins()

    async def end_script_sign_in(self, id: str) -> None:
        """End one of them, at once (SESS-4)."""
        await self.server().sign_in.end_sign_in(id)

    def forget(self) -> None:
        """Nobody is signed in, or comes back to what is locked."""
        self.me = self.locked = None

    async def _entered(self, server: "Server", *, scripts: bool = False) -> "SignedIn":
        """Who is signed in now, and kept as that."""
        me = await self._known(server)
        await self.saved.store(server, scripts=scripts)
        return me

    async def _known(self, server: "Server") -> "SignedIn":
        """Who is signed in now, from the portal, or from the sign-in itself where there is none."""
        tokens, picked = server.tokens, self._connection.picked
        if picked is None:
            self.me = await server.sign_in.session()
            from genesis_tui.models.sign_in import Trust

            moved = server.verify().trust is Trust.MOCK
            self.skew = timedelta() if moved else self.me.server_now - datetime.now(UTC)
            if self.keeps:
                await self._offline.begin(self.me.id, self.saved.secrets())
        elif tokens is None:
            self.me = picked.nobody()
        else:
            self.me = await picked.entered(tokens)
            server.on_refresh(picked.renewed)
        return self.me
