"""Writing messages as one person on one server: drafts, outbox, recipients, folders (MSG)."""

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from genesis_tui.api_client.errors import Unreachable
from genesis_tui.models.writing import Limits, Recipients
from genesis_tui.session.drafts import Drafts
from genesis_tui.session.kept import server_name
from genesis_tui.session.outbox import Outbox
from genesis_tui.session.private import private_folder, state_folder

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.writing import WritingApi
    from genesis_tui.models.writing import Draft, Outgoing, Preview, Recipient
    from genesis_tui.store.vault import Shelf

_FOLDER = "writing"
_AMONG_KNOWN = "The server can't be reached: only those found before are searched."


class Post:
    """What one person writes. Made by `opened`; `close` it before somebody else signs in."""

    def __init__(self, shelf: "Shelf", api: "WritingApi", limits: Limits) -> None:
        """Nothing is sent before `outbox.start`."""
        self.limits = limits
        self.drafts = Drafts(shelf, api)
        self.outbox = Outbox(shelf, api, self.drafts)
        self.api = api
        self._known: dict[str, dict[str, Recipient]] = {}
        """Recipients that were found, by patient and id."""

    async def recipients(self, patient_id: str, words: str) -> "Recipients":
        """MSG-1; where the server can't be reached, among those that were found before. Raises ApiError."""
        known = self._known.setdefault(patient_id, {})
        try:
            found = await self.api.recipients(patient_id, words)
        except Unreachable:
            if not known:
                raise
            found = replace(Recipients(tuple(known.values())).among(words), missing=_AMONG_KNOWN)
        else:
            known.update((row.id, row) for row in found.rows)
        return found

    async def preview(self, draft: "Draft") -> "Preview":
        """What sending it now would send, as the server says. Raises Refused as sending it would."""
        return await self.api.preview(draft)

    async def send(self, draft: "Draft") -> "Outgoing":
        """Put it into the outbox; it is a draft no longer."""
        return await self.outbox.send(self.drafts.certain(draft))

    async def close(self) -> None:
        """Stop sending; everything is on the disk."""
        await self.outbox.close()
        await self.drafts.settled()


async def opened(url: str, person_id: str, api: "WritingApi", limits: Limits | None, *, keep: bool) -> Post:
    """The person's own, on what they left here; `keep` False writes nothing to the disk (`--private`).

    Raises:
        ApiError: the server does not give the key, or the folder could be read by others.
    """
    from genesis_tui.store.vault import InMemory, Vault

    shelf: Shelf = InMemory()
    if keep:
        key = await api.vault_key()
        await asyncio.to_thread(private_folder, _FOLDER)
        folder = await asyncio.to_thread(private_folder, f"{_FOLDER}/{_place(url, person_id)}")
        shelf = await asyncio.to_thread(Vault, folder, key)
    return await asyncio.to_thread(Post, shelf, api, limits or Limits())


def left_behind(url: str, person_id: str) -> bool:
    """Whether the person has drafts or messages on this disk; nothing is opened to find out."""
    folder = state_folder(f"{_FOLDER}/{_place(url, person_id)}")
    return folder.is_dir() and any(folder.glob("*.sealed"))


def _place(url: str, person_id: str) -> str:
    """One folder a server and person; its name tells neither."""
    return hashlib.sha256(f"{server_name(url)}\0{person_id}".encode()).hexdigest()[:32]
