"""Requests in the name of the person signed in: the token goes along, and is renewed when it must be."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from genesis_tui.api_client.answers import succeed
from genesis_tui.api_client.auth.asking import CLIENT_ID, tokens_of
from genesis_tui.api_client.auth.discovery import Endpoints
from genesis_tui.api_client.auth.tokens import Tokens
from genesis_tui.api_client.errors import ApiError, Refused, SignedOut, SignInRefused
from genesis_tui.api_client.transport import Answer, Ask, Wire

BETWEEN_REFRESHES = 60.0
"""Seconds: SESS-1 throttles more than one refresh in that time, so this client never tries."""
EARLY = 10.0
"""Seconds before its end at which a token is renewed ahead."""


class Bearer:
    """The tokens of one sign-in on one server."""

    def __init__(self, wire: Wire, endpoints: Endpoints, client_id: str = CLIENT_ID) -> None:
        """Signed out at first."""
        self.open = False
        """True where the server is read without a sign-in."""
        self.client_id = client_id
        self.tokens: Tokens | None = None
        self.saved: Callable[[Tokens], Awaitable[object]] | None = None
        """Told the new tokens after each refresh."""
        self._wire = wire
        self._endpoints = endpoints
        self._refreshing = asyncio.Lock()
        self._refreshed = float("-inf")

    def take(self, tokens: Tokens | None) -> None:
        """Go on with these tokens, or with none."""
        self.tokens = tokens
        self._refreshed = float("-inf")

    async def send(self, ask: Ask) -> Answer:
        """The answer when it is 2xx or 304; a 401 is tried once more after a refresh.

        Raises:
            SignedOut: there is no sign-in, or it can't be renewed.
            Refused, ServerFault: as `answers.succeed`.
        """
        if self.open:
            return await self._openly(ask)
        tokens = self._current()
        if tokens.refresh and time.time() > tokens.expires - EARLY and self._may_refresh():
            tokens = await self._refresh(tokens)
        answer = await self._wire.send(replace(ask, token=tokens.access))
        if answer.status == 401 and self._current().refresh:
            tokens = await self._refresh(tokens)
            answer = await self._wire.send(replace(ask, token=tokens.access))
        return answer if answer.status == 304 else succeed(answer)

    async def revoke(self) -> None:
        """Tell the server that the tokens are done with; they are forgotten here first, whatever it answers."""
        tokens, self.tokens = self.tokens, None
        if tokens is None or not self._endpoints.revocation_endpoint:
            return
        for token in filter(None, (tokens.refresh, tokens.access)):
            form = {"client_id": self.client_id, "token": token}
            await self._wire.send(Ask("POST", self._endpoints.revocation_endpoint, form=form))

    async def _openly(self, ask: Ask) -> Answer:
        answer = await self._wire.send(ask)
        if answer.status == 401:
            raise Refused(
                "This server wants a sign-in, and offers none that this program can do.",
                next="Ask whoever runs it for an address that is open to you.",
                reason="no-way-in",
                request_id=answer.request_id,
            )
        return answer if answer.status == 304 else succeed(answer)

    def _current(self) -> Tokens:
        if self.tokens is None:
            raise SignedOut(next="Sign in first.")
        return self.tokens

    def _may_refresh(self) -> bool:
        return time.monotonic() - self._refreshed >= BETWEEN_REFRESHES

    async def _refresh(self, stale: Tokens) -> Tokens:
        async with self._refreshing:
            current = self._current()
            if current is not stale:
                return current
            if not self._may_refresh():
                raise _loop()
            self._refreshed = time.monotonic()
            self.tokens = await self._renewed(current)
        if self.saved is not None:
            await self.saved(self.tokens)
        return self.tokens

    async def _renewed(self, tokens: Tokens) -> Tokens:
        form = {"client_id": self.client_id, "grant_type": "refresh_token", "refresh_token": tokens.refresh}
        answer = await self._wire.send(Ask("POST", self._endpoints.token_endpoint, form=form))
        try:
            return tokens_of(answer, tokens)
        except SignInRefused as refused:
            self.tokens = None
            raise _ended(refused) from None


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
        "The server turns a sign-in away that it has just renewed.",
        next="Clear the saved sign-in (genesis-tui logout --forget), then sign in again.",
        rule="SESS-3",
        reason="sign-in-loop",
    )
