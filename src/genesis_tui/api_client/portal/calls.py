"""Calls of the portal API in the name of the person signed in."""

import uuid
from typing import TypeVar
from urllib.parse import quote

import msgspec
from pydantic import ValidationError

from genesis_tui.api_client.answers import unreadable
from genesis_tui.api_client.auth.bearer import Bearer
from genesis_tui.api_client.portal.shapes import Shape
from genesis_tui.api_client.transport import Answer, Ask

S = TypeVar("S", bound=Shape)
Parameters = tuple[tuple[str, str], ...]
_ACCEPT = {"Accept": "application/json"}


class Calls:
    """The portal API of one server. Every call may raise the errors of `Bearer.send` and BadAnswer."""

    def __init__(self, bearer: Bearer, base: str) -> None:
        """`base` is the portal's base URL, without a slash at the end."""
        self._bearer = bearer
        self._base = base

    async def get(self, shape: type[S], path: str, parameters: Parameters = ()) -> S:
        """What stands at `path`, in its shape."""
        answer = await self._bearer.send(Ask("GET", f"{self._base}/{path}", params=parameters, headers=_ACCEPT))
        return shaped(shape, answer)

    async def send(self, method: str, path: str, body: object = None, *, once: bool = False) -> Answer:
        """Ask for a change; `once` gives it an idempotency key of its own."""
        content = msgspec.json.encode(body) if body is not None else None
        headers = _ACCEPT | ({"Idempotency-Key": str(uuid.uuid4())} if once else {})
        return await self._bearer.send(Ask(method, f"{self._base}/{path}", headers=headers, json=content))


def of_patient(patient_id: str, what: str) -> str:
    """The path of one patient's part of the portal."""
    return f"patients/{quote(patient_id, safe='')}/{what}"


def shaped(shape: type[S], answer: Answer) -> S:
    """The answer in its shape.

    Raises:
        BadAnswer: it has another.
    """
    try:
        return shape.model_validate_json(answer.body)
    except (ValidationError, RecursionError):
        raise unreadable(answer) from None
