"""Files that go with drafts: a copy of each as it was when it was attached, until it is sent or thrown away (MSG-6)."""

import asyncio
import hashlib
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError, DiskFault
from genesis_tui.models.messages.drafts import Draft, DraftFile, FileFacts, MessageLimits, file_fault
from genesis_tui.sanitize import one_line

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.messages.drafts import PortalDrafts
    from genesis_tui.store.vault import Vault

_FILE = "file-"
_HEAD = 16
_LEFT = 24 * 3600.0
"""Seconds after which a file that no draft names was left by a process that ended; younger ones may just come."""


class DraftAttachments:
    """Those of one person on one server."""

    def __init__(self, shelf: "Vault", api: "PortalDrafts") -> None:
        self._shelf = shelf
        self._api = api

    async def attach(self, draft: Draft, path: Path, limits: MessageLimits) -> Draft:
        """The draft with a file: a copy of what it holds now, checked before anything is sent (MSG-6).

        Raises:
            ApiError: the file can't be read, or can't be sent.
        """
        body = await asyncio.to_thread(_read, path, limits.file_size)
        return await self.attach_content(draft, path.name, body, limits)

    async def attach_content(self, draft: Draft, name: str, body: bytes, limits: MessageLimits) -> Draft:
        """The same with what is in memory."""
        facts = FileFacts(one_line(name), len(body), body[:_HEAD], hashlib.sha256(body).hexdigest())
        why = file_fault(facts, draft.files, limits)
        if why:
            raise ApiError(why, next="Nothing was attached.", rule="MSG-6", reason="attachment")
        file = DraftFile(str(uuid.uuid4()), facts.name, facts.size, facts.sha256)
        try:
            await asyncio.to_thread(self._shelf.write, f"{_FILE}{file.id}", body)
        except DiskFault as fault:
            fault.title, fault.next = f"{facts.name} was not attached: {fault.why}.", ""
            raise
        return replace(draft, files=(*draft.files, file))

    def content(self, file: DraftFile) -> bytes | None:
        """What a file of a draft holds; None where only the server has it."""
        return self._shelf.read(f"{_FILE}{file.id}")

    def drop(self, files: Iterable[DraftFile]) -> None:
        """They were sent, or thrown away; what the disk does not let go is swept later."""
        for file in files:
            with suppress(DiskFault):
                self._shelf.remove(f"{_FILE}{file.id}")

    def copies(self, files: Iterable[DraftFile]) -> tuple[DraftFile, ...]:
        """The same files as ones that were never sent; what only the server has went with the message."""
        copies = []
        for file in files:
            body = self.content(file)
            if body is not None:
                copies.append(replace(file, id=str(uuid.uuid4())))
                self._shelf.write(f"{_FILE}{copies[-1].id}", body)
        return tuple(copies)

    async def upload(self, draft: Draft, known: Iterable[DraftFile] = ()) -> None:
        """Give the server those that it is not known to have. Raises ApiError."""
        there = {file.id for file in known}
        for file in draft.files:
            body = await asyncio.to_thread(self.content, file) if file.id not in there else None
            if body is not None:
                await self._api.upload(draft.patient_id, file, body)

    def sweep(self, drafts: Iterable[Draft]) -> None:
        """Remove what none of these names: every draft and message that is kept, or something of theirs is lost."""
        named = {f"{_FILE}{file.id}" for draft in drafts for file in draft.files}
        for name in self._shelf.names(older_than=_LEFT):
            if name.startswith(_FILE) and name not in named:
                with suppress(DiskFault):
                    self._shelf.remove(name)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "it can't be read"
        name = one_line(path.name)
        raise ApiError(f"{name} can't be read: {why}.", next="Nothing was attached.", reason="not-read") from None
