"""Requests in the name of the person signed in: the token goes along, and is renewed when it must be."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace

from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.api_client.http.error_responses import succeed
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.request import CLIENT_ID, tokens_of
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.models.base.errors import ApiError, Refused, ServerFault, SignedOut, SignInRefused

BETWEEN_REFRESHES = 60.0
"""Seconds in which a token that still holds is not renewed ahead again: SESS-1 throttles that."""
EARLY = 10.0
"""Seconds before its end at which a token is renewed ahead."""
STRIKES = 2
"""How often in a row a token may be turned away that was only just given (SESS-3)."""
THROTTLED = 429
Alone = Callable[[], AbstractAsyncContextManager[Tokens | None]]


class Bearer:
    """The tokens of one sign-in on one server."""

    def __init__(self, wire: HttpClient, endpoints: Endpoints, client_id: str = CLIENT_ID) -> None:
        self.open = False
        """True where the server is read without a sign-in."""
        self.client_id = client_id
        self.tokens: Tokens | None = None
        self.sign_in = 0
        """Which one it is; another one has another number, whoever it is of."""
        self.saved: Callable[[Tokens], Awaitable[object]] | None = None
        """Told the new tokens after each refresh."""
        self.alone: Alone | None = None
        """Keeps other processes of the same sign-in from renewing it meanwhile, and gives what they left."""
        self._wire = wire
        self._endpoints = endpoints
        self._refreshing = asyncio.Lock()
        self._refreshed = float("-inf")
        self._untried = ""
        """The access token that the server has given and not yet taken."""
        self._strikes = 0

    def take(self, tokens: Tokens | None, *, given: bool = False) -> None:
        """Go on with these tokens, or with none; `given`: the server gave them just now."""
        self.tokens = tokens
        self.sign_in += 1
        self._refreshed = float("-inf")
        self._strikes = 0
        self._untried = tokens.access if given and tokens is not None else ""

    async def send(self, ask: Request, sign_in: int | None = None) -> Response:
        """The answer when it is 2xx or 304; a 401 is tried again after a refresh.

        Args:
            ask: the request.
            sign_in: in whose name it is, where it may be sent in nobody else's.

        Raises:
            ApiError: reason `sign-in-over`, that sign-in is not the one any more; nothing was sent.
            SignedOut: there is no sign-in, it can't be renewed, or it goes in a circle (SESS-3).
            Refused, ServerFault: as `answers.succeed`.
        """
        if self.open:
            return await self._openly(ask)
        self._still(sign_in)
        tokens = await self._ahead(self._current())
        self._still(sign_in)
        answer = await self._wire.send(replace(ask, token=tokens.access))
        while answer.status == 401 and self._current().refresh:
            self._still(sign_in)
            self._turned_away(tokens)
            tokens = await self._refresh(tokens)
            self._still(sign_in)
            answer = await self._wire.send(replace(ask, token=tokens.access))
        if answer.status != 401:
            self._untried, self._strikes = "", 0
        return answer if answer.status == 304 else succeed(answer)

    def _still(self, sign_in: int | None) -> None:
        if sign_in is not None and sign_in != self.sign_in:
            raise ApiError("The sign-in that this was for has ended.", next="Sign in again.", reason="sign-in-over")

    async def _ahead(self, tokens: Tokens) -> Tokens:
        """Renewed, where they end soon; a server that wants to be asked less often is asked later."""
        ends_soon = tokens.refresh and time.time() > tokens.expires - EARLY
        if not ends_soon or time.monotonic() - self._refreshed < BETWEEN_REFRESHES:
            return tokens
        try:
            return await self._refresh(tokens)
        except ServerFault as fault:
            if fault.status != THROTTLED:
                raise
            return self._current()

    def _turned_away(self, tokens: Tokens) -> None:
        """SESS-3: one that was only just given counts; one that was good before has ended, as it should."""
        if tokens.access != self._untried:
            return
        self._strikes += 1
        if self._strikes >= STRIKES:
            raise _loop()

    async def revoke(self) -> None:
        """Tell the server that the tokens are done with; they are forgotten here first, whatever it answers."""
        tokens, self.tokens = self.tokens, None
        if tokens is None or not self._endpoints.revocation_endpoint:
            return
        for token in filter(None, (tokens.refresh, tokens.access)):
            await self.revoke_token(token)

    async def revoke_token(self, token: str) -> None:
        """Tell the server that one token is done with."""
        if self._endpoints.revocation_endpoint:
            form = {"client_id": self.client_id, "token": token}
            await self._wire.send(Request("POST", self._endpoints.revocation_endpoint, form=form))

    async def _openly(self, ask: Request) -> Response:
        answer = await self._wire.send(ask)
        if answer.status == 401:
            raise no_way_in(answer.request_id)
        return answer if answer.status == 304 else succeed(answer)

    def _current(self) -> Tokens:
        if self.tokens is None:
            raise SignedOut(next="Sign in first.")
        return self.tokens

    async def _refresh(self, stale: Tokens) -> Tokens:
        async with self._refreshing:
            current = self._current()
            if current is not stale:
                return current
            async with self._by_itself() as stored:
                if stored is not None and _goes_on(stored, current):
                    self.tokens = stored
                    return stored
                self.tokens = renewed = await self._renewed(current)
                self._refreshed, self._untried = time.monotonic(), renewed.access
                if self.saved is not None:
                    await self.saved(renewed)
                return renewed

    def _by_itself(self) -> AbstractAsyncContextManager[Tokens | None]:
        return self.alone() if self.alone is not None else nullcontext()

    async def _renewed(self, tokens: Tokens) -> Tokens:
        form = {"client_id": self.client_id, "grant_type": "refresh_token", "refresh_token": tokens.refresh}
        answer = await self._wire.send(Request("POST", self._endpoints.token_endpoint, form=form))
        try:
            return tokens_of(answer, tokens)
        except SignInRefused as refused:
            self.tokens = None
            raise _ended(refused) from None


def _goes_on(stored: Tokens, current: Tokens) -> bool:
    """Whether another process has renewed the same sign-in meanwhile; never another one, whoever it is of."""
    return stored.sign_in == current.sign_in and stored.access != current.access and _for_the_same(stored, current)


def _for_the_same(stored: Tokens, current: Tokens) -> bool:
    return (stored.person, stored.scope, stored.patient) == (current.person, current.scope, current.patient)


def no_way_in(request_id: str) -> Refused:
    """The refusal of a server that is read without a sign-in, as it names none, and wants one."""
    return Refused(
        "This server wants a sign-in, and offers none that this program can do.",
        next="Ask whoever runs it for an address that is open to you.",
        reason="no-way-in",
        request_id=request_id,
    )


def _ended(refused: ApiError) -> SignedOut:
    return SignedOut(
        detail=refused.detail,
        next="Sign in again.",
        rule=refused.rule,
        reason="session-ended",
        request_id=refused.request_id,
    )


def _loop() -> SignedOut:
    return SignedOut(
        "The server turns a sign-in away that it has only just accepted.",
        detail="It did so twice, so it is not tried again.",
        next="Clear the saved sign-in (genesis-tui logout --forget), or start without one (genesis-tui --private).",
        rule="SESS-3",
        reason="sign-in-loop",
    )
