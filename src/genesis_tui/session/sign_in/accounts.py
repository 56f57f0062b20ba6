"""A person's own account: registering, a forgotten password, becoming Premium, DEERS side by side."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.family import DeersView
    from genesis_tui.models.sign_in import Proofing, Registration


class Accounts:
    """What can be done for an account, signed in or not; every call may raise the errors of `models.base.errors`."""

    def __init__(self, connected: "Callable[[], Awaitable[Server]]") -> None:
        """`connected` gives the server, once it was verified."""
        self._connected = connected

    async def forgot(self, username: str) -> str:
        """Have a one-time code sent; the answer is the same for a name that nobody has (LOCK-4)."""
        return await (await self._connected()).accounts.forgot(username)

    async def reset(self, username: str, code: str, password: str) -> None:
        """A new password for the code; it unlocks the account (LOCK-4).

        Raises:
            SignInRefused: `code-wrong` with the tries left, `code-expired`, `password-policy`.
        """
        await (await self._connected()).accounts.reset(username, code, password)

    async def register(self, registration: "Registration") -> None:
        """A Basic DS Logon for somebody whom DEERS knows (ID-7).

        Raises:
            SignInRefused: `no-deers-record`, `username-taken`, `password-policy`.
        """
        await (await self._connected()).accounts.register(registration)

    async def questions(self) -> "Proofing":
        """What is asked of who wants to become Premium (ID-6).

        Raises:
            Refused: `proofing-paused`, with the time from which it can be tried again.
        """
        return await (await self._connected()).sign_in.questions()

    async def prove(self, answers: dict[str, str]) -> str:
        """Answer; the level from now on, for this sign-in too (ID-6).

        Raises:
            Refused: `proofing-failed`, `proofing-paused`.
        """
        return await (await self._connected()).sign_in.prove(answers)

    async def deers(self, person_id: str) -> "DeersView":
        """What the portal shows of oneself beside what DEERS says (DEERS-2)."""
        return await (await self._connected()).family.deers(person_id)
