"""A message that is sent: it is no draft any more, and becomes one again where it is not sent (MSG-8, MSG-12)."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from genesis_tui.models.acts import Outgoing
from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.store.acts import MESSAGE, act_in
from genesis_tui.store.messages import draft_in

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.messages.drafts import PortalDrafts
    from genesis_tui.models.messages.drafts import Draft, DraftFile

CORRECTION = "correction"
Sent = tuple[str, date | None]
"""Its conversation, and by when an answer is due."""


class SentFiles(Protocol):
    """The files of drafts, as far as sending needs them."""

    async def upload(self, draft: "Draft", known: "Iterable[DraftFile]" = ()) -> None:
        """Give the server the files of a draft that it does not have."""

    def drop(self, files: "Iterable[DraftFile]") -> None:
        """Remove the copies of files that were sent."""


class DraftStore(Protocol):
    """The drafts that messages are made from, and that they become again where they are not sent."""

    @property
    def files(self) -> SentFiles:
        """The files that go with drafts."""

    def kept(self) -> "tuple[Draft, ...]":
        """Everything on this disk."""

    def drop_here(self, draft: "Draft") -> None:
        """Remove a draft that an earlier session began to send."""

    async def take_out(self, draft: "Draft") -> None:
        """Remove a draft that is to be sent."""

    async def bring_back(self, draft: "Draft") -> "Draft":
        """Make a message a draft again."""


def outgoing(draft: "Draft", asked: datetime) -> Outgoing:
    """The act that sends a draft."""
    kind = CORRECTION if draft.corrects else MESSAGE
    return Outgoing(kind=kind, patient_id=draft.patient_id, asked=asked, draft=draft)


class Messages(ActKind[Outgoing, Sent]):
    """A message that begins a conversation or goes on with one."""

    name: ClassVar[str] = MESSAGE
    waits = True
    asks = True

    def __init__(self, api: "PortalDrafts", drafts: DraftStore) -> None:
        self._api = api
        self._drafts = drafts

    def read(self, tree: dict[str, Any]) -> Outgoing:
        draft = draft_in(tree["draft"])
        kind = CORRECTION if draft.corrects else MESSAGE
        due = date.fromisoformat(tree["due"]) if tree["due"] else None
        return act_in({**tree, "kind": kind, "patient_id": draft.patient_id}, Outgoing, draft=draft, due=due)

    def named(self, act: Outgoing) -> str:
        return f"the message to {act.draft.recipient or 'the care team'}"

    async def prepare(self, act: Outgoing) -> None:
        await self._drafts.files.upload(act.draft)

    async def send(self, act: Outgoing) -> Sent:
        return await self._api.send(act.draft, act.key)

    async def became_of(self, act: Outgoing) -> Sent | None:
        return await self._api.became_of(act.key)

    def done(self, act: Outgoing, answer: Sent) -> Outgoing:
        return replace(act, thread_id=answer[0], due=answer[1])

    def resumed(self, act: Outgoing) -> None:
        self._drafts.drop_here(act.draft)

    async def begun(self, act: Outgoing) -> None:
        await self._drafts.take_out(act.draft)

    async def ended(self, act: Outgoing) -> None:
        await asyncio.to_thread(self._drafts.files.drop, act.draft.files)

    async def undo(self, act: Outgoing) -> Outgoing:
        draft = replace(act.draft, refused=act.why) if act.why else act.draft
        return replace(act, draft=await self._drafts.bring_back(draft))

    async def undone_elsewhere(self, act: Outgoing) -> Outgoing | None:
        kept = next((one for one in await asyncio.to_thread(self._drafts.kept) if one.id == act.draft.id), None)
        if kept is None:
            return None
        with suppress(ApiError):
            kept = await self._drafts.bring_back(kept)
        return replace(act, draft=kept, why=kept.refused or "It was made a draft again elsewhere.")
