"""Clipboards of whoever is signed in: answers on this disk first, then at the clinic, handed in once (CLIP-1)."""

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from genesis_tui.models.appointments.clipboards.editing import begun
from genesis_tui.models.appointments.clipboards.questions import Clipboard, ClipboardConflict, Filling, Submitted
from genesis_tui.models.base.errors import ApiError, DiskFault, NotFound, Refused
from genesis_tui.session.acts.clipboards import ClipboardSave, ClipboardSubmission
from genesis_tui.store.clipboards import KeptClipboard, clipboard_bytes, clipboard_of

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.appointments.clipboards.clipboards import PortalClipboards
    from genesis_tui.models.appointments.clipboards.questions import Clipboards
    from genesis_tui.session.acts.outbox import Outbox
    from genesis_tui.store.vault import Vault

P = ParamSpec("P")
T = TypeVar("T")
_CLIPBOARD = "clipboard-"
_STALE, _SUBMITTED = "stale-version", "already-submitted"


class ClipboardWork:
    """What one person fills in on one server."""

    def __init__(self, shelf: "Vault", api: "PortalClipboards", outbox: "Outbox", longest: int) -> None:
        """`outbox` sends it; `longest`: characters that the server takes of a text."""
        self._shelf = shelf
        self._api = api
        self._outbox = outbox
        self._longest = longest
        self._writer = ThreadPoolExecutor(1, "clipboards")
        self._there: dict[str, tuple[int, str]] = {}
        """What the server has of each, as far as this session told it: version, response."""

    @property
    def lasts(self) -> bool:
        """Whether what is kept here outlasts this process."""
        return self._shelf.lasts

    @property
    def fleeting(self) -> tuple[KeptClipboard, ...]:
        """Answers that would go with this process: they are in its memory, and nowhere else."""
        names = [] if self.lasts else [name for name in self._shelf.names() if name.startswith(_CLIPBOARD)]
        kept = (clipboard_of(self._shelf.read(name)) for name in names)
        return tuple(one for one in kept if one is not None and not one.on_server)

    async def load(self, patient_id: str) -> "Clipboards":
        """All of a patient as the server has them. Raises ApiError."""
        return await self._api.clipboards(patient_id)

    async def begin(self, clipboard: Clipboard) -> Filling:
        """Go on with the answers on this disk, where they are newer than the server's; else with those there."""
        there = Filling(clipboard, clipboard.answers or begun(clipboard.questions), clipboard.version, clipboard.saved)
        kept = await asyncio.to_thread(self._read, clipboard)
        if kept is None or not clipboard.save.allowed:
            return there
        if kept.on_server and kept.version != clipboard.version:
            return there
        return Filling(clipboard, kept.answers, kept.version, kept.saved, kept.on_server)

    async def resume(self, mine: Filling) -> Filling:
        """Go on with what was filled in before an interruption, on the clipboard as the clinic has it by now."""
        clipboard = mine.clipboard
        try:
            found = await self.begin(await self.named(clipboard.patient_id, clipboard.id))
        except ApiError:  # it goes on without the network
            kept = await asyncio.to_thread(self._read, clipboard)
            return mine if kept is None else Filling(clipboard, kept.answers, kept.version, kept.saved, kept.on_server)
        unkept = found.clipboard.save.allowed and not mine.on_server and found.version == mine.version
        return replace(found, answers=mine.answers, on_server=False) if unkept else found

    def _read(self, clipboard: Clipboard) -> KeptClipboard | None:
        kept = clipboard_of(self._shelf.read(_name(clipboard.id)))
        return kept if kept is not None and kept.patient_id == clipboard.patient_id else None

    async def keep(self, filling: Filling) -> Filling:
        """Write the answers to the disk. Raises DiskFault."""
        return await self._in_order(self._keep, replace(filling, on_server=False))

    def keep_now(self, filling: Filling) -> Filling:
        """The same before anything else happens."""
        return self._writer.submit(self._keep, replace(filling, on_server=False)).result()

    def _keep(self, filling: Filling) -> Filling:
        kept = replace(filling, saved=datetime.now(UTC))
        clipboard = filling.clipboard
        ids = (clipboard.id, clipboard.patient_id, kept.version, kept.answers, kept.saved, kept.on_server)
        try:
            self._shelf.write(_name(clipboard.id), clipboard_bytes(KeptClipboard(*ids)))
        except DiskFault as fault:
            fault.next = "Submit it before you leave."
            raise
        return kept

    async def keep_on_server(self, filling: Filling) -> Filling | ClipboardConflict:
        """Have the clinic keep the answers too; with the new version, or with what was changed elsewhere meanwhile.

        Raises:
            ApiError: the server can't be reached, or does not take them; they are on this disk all the same.
        """
        clipboard = filling.clipboard
        await self._outbox.hurry(ClipboardSave.KIND)
        filling, response = self._newest(filling), self._response(filling)
        if self._there.get(clipboard.id) == (filling.version, response):
            return await self._kept_there(filling)
        asked = ClipboardSave(
            patient_id=clipboard.patient_id,
            clipboard_id=clipboard.id,
            what=clipboard.what,
            version=filling.version,
            response=response,
            asked=self._outbox.clock(),
        )
        try:
            done = await self._outbox.do(asked)
        except Refused as refused:
            if refused.reason != _STALE:
                raise
            return await self._conflict(filling, response)
        self._there[clipboard.id] = (done.made, response)
        return await self._kept_there(replace(filling, version=done.made))

    async def _kept_there(self, filling: Filling) -> Filling:
        return await self._in_order(self._keep, replace(filling, on_server=True))

    def _newest(self, filling: Filling) -> Filling:
        """With the version that a save has made which was in doubt before."""
        mine = (act for act in self._outbox.acts if isinstance(act, ClipboardSave) and not act.unsent)
        for act in mine:
            if act.clipboard_id == filling.clipboard.id and act.made > filling.version:
                self._there[act.clipboard_id] = (act.made, act.response)
                filling = replace(filling, version=act.made)
        return filling

    async def _conflict(self, filling: Filling, response: str) -> Filling | ClipboardConflict:
        theirs = await self.named(filling.clipboard.patient_id, filling.clipboard.id)
        there = Filling(theirs, theirs.answers or begun(theirs.questions), theirs.version, theirs.saved)
        if self._response(there) == response:
            self._there[theirs.id] = (theirs.version, response)
            return await self._kept_there(replace(filling, clipboard=theirs, version=theirs.version))
        return ClipboardConflict(filling, there)

    async def named(self, patient_id: str, clipboard_id: str) -> Clipboard:
        """One of a patient's as the server has it, to be filled in within its limits. Raises NotFound."""
        rows = (await self.load(patient_id)).rows
        found = next((one for one in rows if one.id == clipboard_id), None)
        if found is None:
            raise NotFound("There is no such clipboard.", next="The visit may have been cancelled.")
        return found.at_most(self._longest)

    async def settle(self, conflict: ClipboardConflict, *, mine: bool) -> Filling:
        """Keep one of the two: here, and the person's own at the clinic too. Raises ApiError."""
        if not mine:
            return await self._kept_there(conflict.theirs)
        kept = await self.keep(
            replace(conflict.mine, clipboard=conflict.theirs.clipboard, version=conflict.theirs.version)
        )
        found = await self.keep_on_server(kept)
        return found.mine if isinstance(found, ClipboardConflict) else found

    async def submit(self, filling: Filling) -> Submitted:
        """Hand it in with these answers, once; nothing of it stays on this disk.

        Raises:
            Refused: `required-missing`, `stale-version`, `already-submitted`, `already-started`.
            ApiError: it was not handed in, or that is not known yet (reason `not-known`).
        """
        clipboard = filling.clipboard
        await self._outbox.hurry(ClipboardSave.KIND)
        filling, response = self._newest(filling), self._response(filling, whole=True)
        asked = ClipboardSubmission(
            patient_id=clipboard.patient_id,
            clipboard_id=clipboard.id,
            what=clipboard.what,
            version=filling.version,
            response=response,
            asked=self._outbox.clock(),
        )
        try:
            done = await self._outbox.do(asked)
        except Refused as refused:
            if refused.reason == _SUBMITTED:
                await self.drop(clipboard.id)
            raise
        await self.drop(clipboard.id)
        return done.made or Submitted(self._outbox.clock())

    async def drop(self, clipboard_id: str) -> None:
        """Its answers are at the clinic alone from now on."""
        with suppress(DiskFault):  # it is read-only there: what is here shows no more
            await self._in_order(self._shelf.remove, _name(clipboard_id))

    def _response(self, filling: Filling, *, whole: bool = False) -> str:
        from genesis_tui.api_client.portal.appointments.clipboards.responses import response_of

        return response_of(filling.clipboard, filling.answers, whole=whole)

    async def _in_order(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """One after the other, and to the end: a screen that goes cancels what it waits for."""
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._writer, lambda: act(*args, **named)))


def _name(clipboard_id: str) -> str:
    """What it is kept under: the server's ids may be anything."""
    return f"{_CLIPBOARD}{uuid.uuid5(uuid.NAMESPACE_URL, clipboard_id)}"
