"""Calls of the portal API in the name of the person signed in."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.http.client import Request, Response
from genesis_tui.api_client.http.error_responses import unreadable
from genesis_tui.api_client.portal.decoding import Decodes
from genesis_tui.api_client.sign_in.bearer import Bearer

T = TypeVar("T")
Parameters = tuple[tuple[str, str], ...]
_ACCEPT = {"Accept": "application/json"}


class PortalClient:
    """The portal API of one server. Every call may raise the errors of `Bearer.send` and BadAnswer."""

    def __init__(self, bearer: Bearer, base: str) -> None:
        """`base` is the portal's base URL, without a slash at the end.

        Calls are for whoever is signed in now: made later, after somebody else signed in, they send nothing.
        """
        self._bearer = bearer
        self._sign_in = bearer.sign_in
        self._base = base

    async def get(self, kind: Decodes[T], path: str, parameters: Parameters = (), *, shape: Any = Any) -> T:
        """What stands at `path`, made of its JSON; `shape` as of `bounds.tree`."""
        return read(kind, await self.ask(path, parameters), shape)

    async def ask(self, path: str, parameters: Parameters = (), *, seconds: float = 0.0) -> Response:
        """The JSON that stands at `path`, as it came, in at most so many seconds; 0 for as many as usual."""
        ask = Request("GET", f"{self._base}/{path}", params=parameters, headers=_ACCEPT, seconds=seconds)
        return await self._sent(ask)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask for a change. `key` is its idempotency key."""
        content = msgspec.json.encode(body) if body is not None else None
        sent = {**_ACCEPT, **(headers or {}), **({"Idempotency-Key": key} if key else {})}
        return await self._sent(Request(method, f"{self._base}/{path}", headers=sent, json=content))

    async def put_file(self, path: str, name: str, body: bytes, *, seconds: float) -> Response:
        """Upload a file under its name, in at most so many seconds."""
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        ask = Request("PUT", f"{self._base}/{path}", headers={**_ACCEPT, **named}, body=body, seconds=seconds)
        return await self._sent(ask)

    async def fetch(self, path: str) -> Response:
        """What stands at `path`, whatever it is."""
        return await self._sent(Request("GET", f"{self._base}/{path}"))

    async def _sent(self, ask: Request) -> Response:
        return await self._bearer.send(ask, self._sign_in)


def of_patient(patient_id: str, what: str) -> str:
    """The path of one patient's part of the portal."""
    return f"patients/{quote(patient_id, safe='')}/{what}"


def read(kind: Decodes[T], answer: Response, shape: Any = Any) -> T:
    """What can be made of an answer's JSON; `shape` as of `bounds.tree`.

    Raises:
        BadAnswer: it is no JSON, or not of that kind.
    """
    try:
        return kind.decoded(bounds.tree(answer.body, shape))
    except (msgspec.DecodeError, RecursionError):
        raise unreadable(answer) from None
