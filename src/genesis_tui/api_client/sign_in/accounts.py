"""Accounts before anybody is signed in: registering a DS Logon, replacing a forgotten password (ID-7, LOCK-4)."""

from dataclasses import asdict

import msgspec

from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.api_client.http.error_responses import sign_in_answer, succeed
from genesis_tui.models.base.errors import NotOffered
from genesis_tui.models.sign_in import NewAccount, Registration
from genesis_tui.sanitize import one_line

_JSON = {"Accept": "application/json"}


class AccountsApi:
    """The account API of one server. Refusals are SignInRefused, with tries left where tries are what failed."""

    def __init__(self, wire: HttpClient, base: str) -> None:
        """`base` is its address, without a slash at the end; empty where the server has none."""
        self._wire = wire
        self._base = base

    async def forgot(self, username: str) -> str:
        """Have a code sent to the DEERS e-mail; what the server says, whether the name exists or not."""
        answer = await self._post("reset", {"username": username})
        return one_line(str(sign_in_answer(answer).get("title") or ""))[:300]

    async def reset(self, username: str, code: str, password: str) -> None:
        """A new password for the code.

        Raises:
            SignInRefused: `code-wrong`, `code-expired`, `password-policy`.
        """
        _done(await self._post("reset/finish", {"username": username, "code": code, "password": password}))

    async def register(self, registration: Registration) -> str:
        """Have a code sent to where DEERS reaches the person; what the server says, whoever it is.

        Raises:
            SignInRefused: `proofing-paused`; `invalid` names the field.
        """
        answer = await self._post("register", asdict(registration))
        return one_line(str(sign_in_answer(answer).get("title") or ""))[:300]

    async def finish_registering(self, account: NewAccount) -> None:
        """A Basic DS Logon.

        Raises:
            SignInRefused: `code-wrong`, `code-expired`, `tries-paused`, `username-taken`, `password-policy`.
        """
        _done(await self._post("register/finish", asdict(account)))

    async def _post(self, path: str, body: dict[str, str]) -> Response:
        if not self._base:
            raise NotOffered("Accounts of this server can't be made or changed from here.", next="Use its own pages.")
        return await self._wire.send(
            Request("POST", f"{self._base}/{path}", headers=_JSON, json=msgspec.json.encode(body))
        )


def _done(answer: Response) -> None:
    if answer.status >= 400:
        sign_in_answer(answer)
    succeed(answer)
