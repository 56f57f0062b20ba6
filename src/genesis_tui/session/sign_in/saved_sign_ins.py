"""Keeping a sign-in for later processes, giving it back, and ending it on the server, at once or later."""

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from genesis_tui.api_client.server import Server
    from genesis_tui.api_client.sign_in.tokens import Tokens
    from genesis_tui.session.sign_in.token_store import TokenStore
    from genesis_tui.settings.settings import ServerProfile
    from genesis_tui.store.passphrase_file import Ask, PassphraseFile
    from genesis_tui.store.sign_in_use import SignInUse


class SavedSignIns:
    """The kept sign-ins of one server: the person's own, and the one that scripts go on with (SESS-4)."""

    def __init__(self, profile: "ServerProfile", *, keep: bool, ask: "Ask | None") -> None:
        """`keep` False: nothing is read and nothing written (`--private`)."""
        self.why_not = ""
        """Why the last sign-in was not kept; empty when it was, or was not to be."""
        self.stays: tuple[str, ...] = ()
        """What is kept still, in words, after a sign-in was taken away."""
        self._profile = profile
        self._keep = keep
        self._ask = ask
        self._used: TokenStore | None = None
        self._file: PassphraseFile | None = None
        """Opened once for all that is kept in it, as long as a sign-in is."""
        self._use: SignInUse | None = None
        """That of this process, of the person's own sign-in."""
        self._sign_in = ""
        """Which one is in use, as `Tokens.sign_in` names it."""
        self._last_active: float | None = None

    @property
    def where(self) -> str:
        """Where the sign-in in use is kept, in words."""
        from genesis_tui.session.sign_in.token_store import MEMORY, WORDS

        return WORDS[self._used.place if self._used is not None else MEMORY]

    async def load(self, *, scripts: bool) -> "Tokens | None":
        """The person's own sign-in; with `scripts` the one for them where there is no other. Raises ApiError."""
        for kept in self._all(scripts=scripts):
            tokens = await kept.load()
            if tokens is not None:
                self._used = kept
                self._begin_use(tokens)
                return tokens
        return None

    def idle_for(self, seconds: float) -> bool:
        """Whether nobody was there for so long, before the sign-in was loaded; a clock that was set back says yes."""
        return self._last_active is None or not 0 <= time.time() - self._last_active < seconds

    def active(self, at: float | None = None) -> None:
        """The person was there, now or at that time of the wall clock."""
        if self._use is not None:
            self._use.active(time.time() if at is None else at)

    async def holds(self) -> bool:
        """Whether a later process finds the sign-in in use."""
        return self._used is not None and self._is_in_use(await self._used.load())

    async def leave(self) -> bool:
        """Use the sign-in no longer, and let no later process find it; whether another process goes on with it."""
        used, use = self._used, self._use
        self._used = self._use = self._file = None
        if used is not None:
            with suppress(ApiError):
                async with used.alone() as stored:
                    if self._is_in_use(stored):
                        await used.forget()
        return use is not None and use.end()

    def close(self) -> None:
        """This process ends; what is kept stays so."""
        if self._use is not None:
            self._use.close()

    async def store(self, server: "Server", *, scripts: bool) -> None:
        """Keep the sign-in of the server's tokens, and each renewal of it."""
        if not self._keep or server.tokens is None:
            return
        self._used = kept = self._place(scripts=scripts)
        self.why_not = await kept.save(server.tokens)
        if not (self.why_not or scripts):
            self._begin_use(server.tokens)
            self.active()
        server.on_refresh(partial(self._renew, kept), kept.alone)

    async def goes_on(self, server: "Server") -> None:
        """Keep each renewal of the sign-in that was loaded."""
        if self._used is not None:
            server.on_refresh(partial(self._renew, self._used), self._used.alone)

    async def forget(self, *, scripts: bool = True) -> None:
        """Take what is kept away, without asking the server, readable or not."""
        for kept in self._all(scripts=scripts):
            await self._forgotten(kept)
        self._used = self._file = None

    async def take_out(self, *, scripts: bool) -> "Tokens | None":
        """The person's own kept sign-in, which is kept no longer; none where it can't be opened.

        With `scripts` the one for them where there is no other.
        """
        try:
            found = await self.load(scripts=scripts)
        except ApiError:
            found = None
        await (self.drop() if found is not None else self.forget(scripts=False))
        return found

    async def drop(self) -> None:
        """Keep the sign-in in use no longer."""
        used, self._used = self._used, None
        if used is not None:
            await self._forgotten(used)
        self._file = None

    async def _forgotten(self, kept: "TokenStore") -> None:
        from genesis_tui.store.passphrase_file import place

        out = await kept.forget()
        closed = f"The saved sign-ins in {place()} can't be opened now, and stay as they are."
        self.stays = tuple(f"Still kept: {name}." for name in await kept.others()) if out else (closed,)

    async def end(self, connected: "Callable[[], Awaitable[Server]]", held: "Iterable[Tokens]") -> None:
        """Have the server end these sign-ins; without the network it is told later, where that can be kept safely.

        Raises:
            Unreachable: it could not be told, and that could not be kept; the words say what becomes of the sign-in.
        """
        for tokens in held:
            try:
                server = await connected()
                server.take(tokens)
                await server.sign_out()
            except Unreachable as error:
                await self._later(tokens, error)

    async def _later(self, tokens: "Tokens", error: Unreachable) -> None:
        if self._keep and tokens.refresh and await self._place(scripts=False).wait_to_revoke(tokens.refresh):
            return
        error.title = "You are signed out here, but the server could not be told."
        error.next = "There the sign-in ends by itself, 12 hours after it began."
        raise error

    async def catch_up(self, server: "Server") -> None:
        """Tell the server what it could not be told before; it is quiet, and tried again the next time."""
        if not self._keep:
            return
        kept = self._place(scripts=False)
        try:
            waiting = await kept.to_revoke()
            for refresh in waiting:
                await server.revoke(refresh)
            if waiting:
                await kept.revoked()
        except (ApiError, OSError):
            return

    def _begin_use(self, tokens: "Tokens") -> None:
        from genesis_tui.store.sign_in_use import SignInUse

        if self._use is not None:
            self._use.close()
        self._sign_in = tokens.sign_in
        self._use = SignInUse(f"{self._profile.url} {tokens.sign_in}")
        self._last_active = self._use.last_active()
        self._use.begin()

    def _is_in_use(self, stored: "Tokens | None") -> bool:
        return stored is not None and stored.sign_in == self._sign_in

    async def _renew(self, kept: "TokenStore", renewed: "Tokens") -> None:
        """Keep a renewal in place of what it renews; what was taken away, or replaced by another, is left alone."""
        stored = await kept.load()
        if stored is not None and stored.sign_in == renewed.sign_in:
            await kept.save(renewed)

    def _all(self, *, scripts: bool) -> "list[TokenStore]":
        if not self._keep:
            return []
        return [self._place(scripts=False), *([self._place(scripts=True)] if scripts else [])]

    def secrets(self) -> "TokenStore":
        """Where secrets are kept; the passphrase file is open where a sign-in came from it."""
        return self._place(scripts=False)

    def _place(self, *, scripts: bool) -> "TokenStore":
        from genesis_tui.session.sign_in.token_store import TokenStore, nobody
        from genesis_tui.store.passphrase_file import PassphraseFile

        self._file = self._file or PassphraseFile(self._ask or nobody)
        return TokenStore(self._profile.url, self._profile.secrets, scripts=scripts, file=self._file)
