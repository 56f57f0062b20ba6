"""The tester API of a mock, as far as the sign-in screen shows it: invented people to sign in as."""

import os

import msgspec

from genesis_tui.api_client.answers import succeed, unreadable
from genesis_tui.api_client.portal import translate
from genesis_tui.api_client.transport import Ask, Wire
from genesis_tui.models.people import Persona

TOKEN_VARIABLE = "GENESIS_TUI_MOCK_TOKEN"  # noqa: S105


def take_token() -> str:
    """The tester token that the demo hands over; read once and taken out of the environment."""
    return os.environ.pop(TOKEN_VARIABLE, "")


async def personas(wire: Wire, origin: str, token: str) -> tuple[Persona, ...]:
    """Everybody whom the mock invented, with the sign-in to use."""
    answer = succeed(await wire.send(Ask("GET", f"{origin}/mock/v1/personas", token=token)))
    try:
        tree = msgspec.json.decode(answer.body)
        return translate.personas(tree["personas"])
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise unreadable(answer) from None
