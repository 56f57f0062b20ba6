"""The tester API of a mock, as far as the sign-in screen shows it: invented people to sign in as."""

import os
from collections.abc import Iterable, Iterator

import msgspec

from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.http.client import HttpClient, Request
from genesis_tui.api_client.http.error_responses import succeed, unreadable
from genesis_tui.models import testing
from genesis_tui.sanitize import one_line

TOKEN_VARIABLE = "GENESIS_TUI_MOCK_TOKEN"  # noqa: S105


class _Persona(msgspec.Struct, frozen=True):
    """`GET /mock/v1/personas`. Not a shape of the portal's: those take longer to load than sign-in may wait (P3)."""

    name: str
    story: str | None = None
    method: str | None = None
    level: str | None = None
    username: str = ""
    password: str = ""
    state: str | None = None


def take_token() -> str:
    """The tester token that the demo hands over; read once and taken out of the environment."""
    return os.environ.pop(TOKEN_VARIABLE, "")


async def personas(wire: HttpClient, origin: str, token: str) -> tuple[testing.Persona, ...]:
    """Everybody whom the mock invented, with the sign-in to use."""
    answer = succeed(await wire.send(Request("GET", f"{origin}/mock/v1/personas", token=token)))
    try:
        return tuple(listed(bounds.tree(answer.body)["personas"]))
    except (msgspec.DecodeError, RecursionError, KeyError, TypeError):
        raise unreadable(answer) from None


def listed(rows: Iterable[object]) -> Iterator[testing.Persona]:
    """The rows that have the shape of a persona, made harmless; a broken row costs itself."""
    for row in rows:
        try:
            found = msgspec.convert(row, _Persona)
        except msgspec.ValidationError:
            continue
        yield testing.Persona(
            name=one_line(found.name),
            story=one_line(found.story or ""),
            method=one_line(found.method or ""),
            level=one_line(found.level or ""),
            username=found.username,
            password=found.password,
            state=one_line(found.state or ""),
        )
