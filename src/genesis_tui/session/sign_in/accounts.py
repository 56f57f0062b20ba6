"""A person's own account: registering, a forgotten password, becoming Premium, DEERS side by side."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.family import DeersView
    from genesis_tui.models.sign_in import NewAccount, Proofing, Questions, Registration


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

    async def register(self, registration: "Registration") -> str:
        """Have a code sent to where DEERS reaches the person; the answer is the same for everybody (ID-7, ID-11).

        Raises:
            SignInRefused: `proofing-paused`.
        """
        return await (await self._connected()).accounts.register(registration)

    async def finish_registering(self, account: "NewAccount") -> None:
        """A Basic DS Logon for the code (ID-7).

        Raises:
            SignInRefused: `code-wrong` with the tries left, `code-expired`, `username-taken`, `password-policy`.
        """
        await (await self._connected()).accounts.finish_registering(account)

    async def proofing(self) -> "Proofing":
        """Where a code may go for who wants to become Premium (ID-6, ID-11).

        Raises:
            Refused: `proofing-paused`, with the time from which it can be tried again; `factor-wrong` for who has to
                go to an ID card office.
        """
        return await (await self._connected()).sign_in.proofing()

    async def send_proofing_code(self, contact: str) -> None:
        """The code, to one of the contacts. Raises Refused: `tries-paused`."""
        await (await self._connected()).sign_in.send_proofing_code(contact)

    async def questions(self, code: str) -> "Questions":
        """What is asked, for the right code. Raises Refused: `code-wrong`, `code-expired`, `tries-paused`."""
        return await (await self._connected()).sign_in.questions(code)

    async def prove(self, answers: dict[str, str]) -> str:
        """Answer, question by choice; the level from now on, for this sign-in too (ID-6).

        Raises:
            Refused: `proofing-failed`, `proofing-paused`.
        """
        return await (await self._connected()).sign_in.prove(answers)

    async def deers(self, person_id: str) -> "DeersView":
        """What the portal shows of oneself beside what DEERS says (DEERS-2)."""
        return await (await self._connected()).family.deers(person_id)
