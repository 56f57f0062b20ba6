"""The cards that are at hand: in a reader, or in the file that the settings name (ID-2)."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import CardFault

if TYPE_CHECKING:
    from genesis_tui.models.sign_in import Card
    from genesis_tui.settings.settings import ServerProfile

PATIENCE = 8.0
"""Seconds that a reader may take to say what is in it."""


async def cards(profile: "ServerProfile") -> "tuple[Card, ...]":
    """What can sign; none where there is no reader. Card libraries block, so they are asked in a thread.

    Raises:
        CardFault: a library or file that the settings name can't be used.
    """
    try:
        return await asyncio.wait_for(asyncio.to_thread(_found, profile), PATIENCE)
    except TimeoutError:
        return ()


def _found(profile: "ServerProfile") -> "tuple[Card, ...]":
    from genesis_tui.api_client.sign_in.cards.key_file import file_card
    from genesis_tui.api_client.sign_in.cards.reader import module_path, reader_cards

    found: tuple[Card, ...] = ()
    if profile.card_file:
        found = (file_card(Path(profile.card_file).expanduser()),)
    module = module_path(profile.card_module)
    if not module:
        return found
    try:
        return (*found, *reader_cards(module))
    except CardFault:
        if profile.card_module:
            raise
        return found
