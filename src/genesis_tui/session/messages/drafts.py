"""What a person writes and has not sent: on this disk first, within a second, then on the server (MSG-9).

A draft that another person of the same account of the computer wrote is not there: it opens under its writer's key.
"""

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from genesis_tui.models.base.errors import ApiError, DiskFault, Refused
from genesis_tui.models.messages.drafts import Conflict, Draft
from genesis_tui.session.acts.drafts import DraftDeletion, deletion
from genesis_tui.session.messages.attachments import DraftAttachments
from genesis_tui.store.messages import draft_bytes, draft_of

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.messages.drafts import PortalDrafts
    from genesis_tui.session.acts.outbox import Outbox
    from genesis_tui.store.vault import Vault

P = ParamSpec("P")
T = TypeVar("T")
_DRAFT = "draft-"
_STALE, _FINAL = "stale-version", "sent-is-final"


class Drafts:
    """The drafts of one person on one server."""

    def __init__(self, shelf: "Vault", api: "PortalDrafts", outbox: "Outbox") -> None:
        """`outbox` tells the server what was deleted here."""
        self.files = DraftAttachments(shelf, api)
        self._shelf = shelf
        self._api = api
        self._outbox = outbox
        self._writer = ThreadPoolExecutor(1, "drafts")
        self.offline = False
        """True where the server's answers are a copy of before: what is on this disk is newer (SESS-5)."""
        self._there: dict[str, Draft] = {}
        """What the server has of each, as far as is known."""
        self._unsure: dict[str, Draft] = {}
        """What the server may have of each, as its answer was lost."""
        self._gone: set[str] = set()
        """Those that are sent or deleted: what still comes of them is not kept."""
        self.unopened = 0
        """How many of `kept` do not open here; they are left alone."""
        self.newest: dict[str, Draft] = {}
        """What each draft said last, by id; also while it is still being written."""
        self.told: Callable[[], object] = lambda: None
        """Called when the server has a draft that was only here until then."""

    @property
    def lasts(self) -> bool:
        """Whether what is kept here outlasts this process; with `--private` only the server's copy does."""
        return self._shelf.lasts

    @property
    def fleeting(self) -> tuple[Draft, ...]:
        """Drafts that would go with this process: they are in its memory, and nowhere else."""
        return () if self.lasts else tuple(one for one in self.kept() if not (one.on_server or one.blank))

    def begin(self, patient_id: str, patient_name: str) -> Draft:
        """A new draft; nothing is written before something is typed."""
        return Draft(id=str(uuid.uuid4()), patient_id=patient_id, patient_name=patient_name)

    def kept(self) -> tuple[Draft, ...]:
        """Everything on this disk, last changed first."""
        names = [name for name in self._shelf.names() if name.startswith(_DRAFT)]
        found = {name: draft_of(self._shelf.read(name)) for name in names}
        drafts = [draft for draft in found.values() if draft is not None]
        missing = {name for name, draft in found.items() if draft is None}
        self.unopened = len(missing.intersection(self._shelf.names())) if missing else 0
        for draft in drafts:
            if draft.on_server:
                self._there.setdefault(draft.id, draft)
        return tuple(sorted(drafts, key=lambda draft: draft.saved or datetime.min.replace(tzinfo=UTC), reverse=True))

    def keep_now(self, draft: Draft) -> Draft:
        """Write it to the disk before anything else happens. Raises ApiError where that can't be done."""
        self._begin(draft)
        return self._writer.submit(self._keep, draft).result()

    async def keep(self, draft: Draft) -> Draft:
        """The same without making anybody wait. What was begun is written, though nobody waits for it any more."""
        self._begin(draft)
        return await self._in_order(self._keep, draft)

    def _begin(self, draft: Draft) -> None:
        if draft.id not in self._gone:
            self.newest[draft.id] = draft

    def _keep(self, draft: Draft) -> Draft:
        if draft.id in self._gone:
            return replace(draft, saved=None)
        there = self._there.get(draft.id)
        kept = replace(draft, saved=datetime.now(UTC), on_server=there is not None and there.same_words(draft))
        if there is not None:
            kept = replace(kept, version=max(kept.version, there.version))
        try:
            self._shelf.write(f"{_DRAFT}{draft.id}", draft_bytes(kept))
        except DiskFault as fault:
            fault.next = "Copy what you wrote, or send it before you leave."
            raise
        if self.newest.get(draft.id) is draft:
            self.newest[draft.id] = kept
        return kept

    async def keep_on_server(self, draft: Draft) -> Draft | Conflict:
        """Keep it there too; with its new version, or with what was changed elsewhere meanwhile.

        Raises:
            ApiError: the server can't be reached, or does not take it; the draft is on this disk all the same.
        """
        if draft.id in self._gone:
            return draft
        try:
            there = self._there.get(draft.id)
            await self.files.upload(draft, there.files if there is not None else ())
            version = await self._kept_there(draft)
        except Refused as refused:
            if refused.reason == _FINAL:
                return draft if draft.id in self._gone else Conflict(draft, None)
            if refused.reason != _STALE:
                raise
            return await self._conflict(draft)
        if draft.id in self._gone:
            await self._drop_later(draft)
            return draft
        known = there is not None and there.version > 0
        self._there[draft.id] = replace(draft, version=version)
        kept = await self.keep(replace(self.newest.get(draft.id, draft), version=version))
        if not known:
            self.told()
        return kept

    async def _kept_there(self, draft: Draft) -> int:
        before, self._unsure[draft.id] = self._unsure.get(draft.id), draft
        try:
            version = await self._api.keep_draft(draft)
        except Refused:
            if before is None:
                del self._unsure[draft.id]
            else:
                self._unsure[draft.id] = before
            raise
        self._unsure.pop(draft.id, None)
        return version

    async def tell_server(self) -> None:
        """Drafts of an earlier session that are only here are told to the server; what it refuses stays here."""
        for draft in await asyncio.to_thread(self.kept):
            if not (draft.on_server or draft.blank or draft.id in self.newest):
                try:
                    await self.keep_on_server(draft)
                except Refused:
                    continue
                except ApiError:
                    return

    async def here(self, patient_id: str) -> tuple[Draft, ...]:
        """Those about a patient that are on this disk; the server is not asked."""
        return tuple(one for one in await asyncio.to_thread(self.kept) if one.patient_id == patient_id)

    def certain(self, draft: Draft) -> Draft:
        """As it is sent: without its version where the server may have another one of this disk's own."""
        return replace(draft, version=0) if draft.id in self._unsure else draft

    async def of(self, patient_id: str) -> tuple[Draft, ...]:
        """All drafts about a patient, of this disk and of the server; those here alone where it can't be reached."""
        here = {draft.id: draft for draft in await asyncio.to_thread(self.kept) if draft.patient_id == patient_id}
        if self.offline:
            return tuple(here.values())
        try:
            await self._outbox.hurry(DraftDeletion.KIND)
            listed, unreadable = await self._api.drafts_and_unreadable(patient_id)
        except ApiError:
            return tuple(here.values())
        there = {draft.id: draft for draft in listed if draft.id not in self._gone}
        for id in [id for id, draft in here.items() if draft.on_server and id not in there and not unreadable]:
            if self.newest.get(id, here[id]).same_words(here[id]):
                await self._in_order(self._drop, here.pop(id))
        for id, theirs in there.items():
            mine = here.get(id)
            if mine is None or (mine.on_server and mine.version != theirs.version):
                here[id] = replace(theirs, patient_name=mine.patient_name if mine else "", on_server=True)
                self._there[id] = here[id]
        return tuple(sorted(here.values(), key=lambda draft: draft.saved or datetime.now(UTC), reverse=True))

    async def settle(self, conflict: Conflict, *, mine: bool) -> Draft | None:
        """Keep one of the two versions of a draft, here and on the server; None where nothing is left of it."""
        theirs = conflict.theirs
        if theirs is None:
            return await self._settle_sent(conflict.mine, mine=mine)
        if not mine:
            if theirs.id != conflict.mine.id:
                await self._in_order(self._drop, conflict.mine)
            self._there[theirs.id] = theirs
            return await self.keep(replace(theirs, patient_name=conflict.mine.patient_name))
        draft = replace(conflict.mine, version=theirs.version)
        if theirs.id != draft.id:
            await self._in_order(self._drop, conflict.mine)
            draft = replace(draft, id=theirs.id)
        return await self._kept_both(await self.keep(draft))

    async def _settle_sent(self, draft: Draft, *, mine: bool) -> Draft | None:
        """Another draft with the words that were not sent elsewhere, or none (MSG-8)."""
        new = _another(draft)
        if mine:
            new = await self.keep(replace(new, files=await asyncio.to_thread(self.files.copies, draft.files)))
        await self.take_out(draft)
        await asyncio.to_thread(self.files.drop, draft.files)
        return await self._kept_both(new) if mine else None

    async def _kept_both(self, kept: Draft) -> Draft:
        found = await self.keep_on_server(kept)
        return found.mine if isinstance(found, Conflict) else found

    async def delete(self, draft: Draft) -> None:
        """Gone for good, here and there (MSG-8). Raises ApiError where it can't be."""
        try:
            await self.take_out(draft)
        except DiskFault as fault:
            self._gone.discard(draft.id)
            fault.title, fault.next = f"The draft was not deleted: {fault.why}.", ""
            raise
        await asyncio.to_thread(self.files.drop, draft.files)
        try:
            await self._outbox.do(self._deletion(draft))
        except DiskFault as fault:
            fault.title, fault.next = f"The draft is deleted here, and the server is not told: {fault.why}.", ""
            raise
        except ApiError:
            if draft.version:  # else the server has nothing, as far as is known
                raise

    async def instead(self, old: Draft, new: Draft) -> Draft:
        """Another draft with the same files, on the disk before the old one goes (MSG-10). Raises ApiError."""
        kept = await self.keep(_another(new))
        await self.take_out(old)
        await self._drop_later(old)
        return kept

    async def _drop_later(self, draft: Draft) -> None:
        """The server is told that it is gone, whenever that is; it may have it though its answer never came."""
        await self._outbox.take(self._deletion(draft))

    def _deletion(self, draft: Draft) -> DraftDeletion:
        return deletion(draft.id, self._outbox.clock(), draft.patient_id)

    def is_gone(self, draft_id: str) -> bool:
        """Whether it was sent or deleted in this session."""
        return draft_id in self._gone

    def never_again(self, draft_id: str) -> None:
        """What still comes of a draft that was deleted is not kept."""
        self._gone.add(draft_id)

    def drop_here(self, draft: Draft) -> None:
        """It is no draft any more, and whatever still writes it writes nothing; its files stay."""
        self._gone.add(draft.id)
        with suppress(DiskFault):  # it goes the next time
            self._writer.submit(self._drop, draft).result()

    async def take_out(self, draft: Draft) -> None:
        """The same without making anybody wait. Raises DiskFault."""
        self._gone.add(draft.id)
        await self._in_order(self._drop, draft)

    async def bring_back(self, draft: Draft) -> Draft:
        """What was taken out is a draft again. Raises ApiError."""
        self._gone.discard(draft.id)
        return await self.keep(draft)

    async def settled(self) -> None:
        """Until everything that was begun is on the disk."""
        await self._in_order(lambda: None)

    def _drop(self, draft: Draft) -> None:
        self._shelf.remove(f"{_DRAFT}{draft.id}")
        self.newest.pop(draft.id, None)
        self._there.pop(draft.id, None)

    async def _in_order(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """One after the other, as they came, and to the end: a screen that goes cancels what it waits for."""
        call = partial(act, *args, **named)
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._writer, call))

    async def _conflict(self, draft: Draft) -> Draft | Conflict:
        theirs = await self._api.other_version(draft)
        newest = self.newest.get(draft.id, draft)
        if theirs is not None and theirs.same_words(draft):
            self._there[theirs.id] = replace(draft, version=theirs.version)
            if theirs.id != draft.id:
                await self._in_order(self._drop, draft)
            return await self.keep(replace(newest, id=theirs.id, version=theirs.version))
        unsure = self._unsure.pop(draft.id, None)
        if theirs is not None and unsure is not None and theirs.id == draft.id and theirs.same_words(unsure):
            return await self.keep_on_server(replace(newest, version=theirs.version))
        if theirs is None:
            self._there.pop(draft.id, None)
            return await self.keep(replace(newest, version=0))
        return Conflict(draft, theirs)


def _another(draft: Draft) -> Draft:
    """The same words as a draft that nobody has yet."""
    return replace(draft, id=str(uuid.uuid4()), version=0, on_server=False, saved=None)
