"""Writing messages as one person on one server: drafts, outbox, recipients, folders (MSG)."""

import asyncio
from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genesis_tui.models.appointments.limits import AppointmentLimits
from genesis_tui.models.base.errors import ApiError, DiskFault, Unreachable
from genesis_tui.models.home import NewItem
from genesis_tui.models.messages.drafts import PCM, MessageLimits, Recipients, to_recipient
from genesis_tui.sanitize import one_line, shown
from genesis_tui.session.acts.drafts import adopt
from genesis_tui.session.acts.kinds import all_kinds
from genesis_tui.session.acts.messages import outgoing
from genesis_tui.session.acts.outbox import Outbox
from genesis_tui.session.clipboards import ClipboardWork
from genesis_tui.session.messages.drafts import Drafts
from genesis_tui.session.messages.on_disk import FOLDER, folder_of

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.acts import Act, Outgoing
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.home import PersonNews
    from genesis_tui.models.messages.drafts import Draft, MessagePreview, Recipient
    from genesis_tui.models.sign_in import SignedIn
    from genesis_tui.store.vault import Vault

_DRAFT = "Draft/"
_AMONG_KNOWN = "The server can't be reached: only those found before are searched."


class Messaging:
    """What one person writes. Made by `opened`; `close` it before somebody else signs in."""

    def __init__(self, shelf: "Vault", server: "Server", me: "SignedIn") -> None:
        """Nothing is sent before `outbox.start`."""
        self.limits, limits = me.messages or MessageLimits(), me.appointments or AppointmentLimits()
        self.shelf = shelf
        self.api = server.drafts
        self.outbox = Outbox(shelf)
        self.drafts = Drafts(shelf, self.api, self.outbox)
        self.clipboards = ClipboardWork(shelf, server.clipboards, self.outbox, limits.answer)
        adopt(shelf, self.outbox.clock())
        self.outbox.open(all_kinds(server, self.drafts))
        self.not_kept: DiskFault | None = None
        """Why nothing is kept on this computer's disk, where that was not wanted."""
        self._sweep()
        self._known: dict[str, dict[str, Recipient]] = {}
        """Recipients that were found, by patient and id."""

    def _sweep(self) -> None:
        """Files that nothing names go, where everything that could name them opens."""
        kept = self.drafts.kept()
        if not (self.drafts.unopened or self.outbox.unopened):
            self.drafts.files.sweep([*kept, *(item.draft for item in self.outbox.items)])

    @property
    def unopened(self) -> int:
        """How many drafts and messages are on this disk that do not open; they are left alone."""
        return self.drafts.unopened + self.outbox.unopened

    @property
    def fleeting(self) -> tuple[object, ...]:
        """Drafts and answers that are in this process's memory alone, and go with it."""
        return (*self.drafts.fleeting, *self.clipboards.fleeting)

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
        return found.nearest_first()

    async def addressed(self, draft: "Draft", names: "Iterable[str]") -> "Draft":
        """The draft to the first of these that can be written to; as it is where that is none, or can't be known.

        `names` are as recipients are called; `PCM` stands for the patient's own.
        """
        for name in filter(None, names):
            try:
                found = await self.recipients(draft.patient_id, "" if name == PCM else name.partition(",")[0])
            except ApiError:
                break
            row = next((one for one in found.rows if name in (one.name, one.role) and one.send.allowed), None)
            if row is not None:
                return to_recipient(draft, row)
        return draft

    async def preview(self, draft: "Draft") -> "MessagePreview":
        """What sending it now would send, as the server says. Raises Refused as sending it would."""
        return await self.api.preview(draft)

    async def send(self, draft: "Draft") -> "Outgoing":
        """Put it into the outbox; it is a draft no longer. Raises ApiError where it can't be written down."""
        return await self.outbox.take(outgoing(self.drafts.certain(draft), self.outbox.clock()))

    async def with_unsent(self, news: "PersonNews") -> "PersonNews":
        """A person's news with what is not sent as it is here, which is newer than what the server knows of it."""
        patient = news.person.id
        kept = await asyncio.to_thread(self.drafts.kept)
        drafts = {draft.id: _unsent(draft, draft.saved) for draft in kept if draft.patient_id == patient}
        going = {i.draft.id: _unsent(i.draft, i.asked) for i in self.outbox.unsent if i.draft.patient_id == patient}
        mine = {**going, **drafts}
        doubted = [self._in_doubt(act) for act in self.outbox.unknown if self._is_about(act, news.person)]
        theirs = [one for one in news.items if not (one.is_draft and self._is_mine(one.key.removeprefix(_DRAFT), mine))]
        first = [one for one in theirs if one.until is None]
        due = (one for one in theirs if one.until is not None)
        return replace(news, items=(*first, *mine.values(), *doubted, *due))

    def _in_doubt(self, act: "Act") -> NewItem:
        title = one_line(f"Not known yet whether it was done: {self.outbox.named(act)}")
        return NewItem("inbox" if act.patient_id else "family", f"Act/{act.key}", title, "in doubt", act.asked)

    @staticmethod
    def _is_about(act: "Act", person: "FamilyMember") -> bool:
        """What names nobody is the person's own, such as access that they give."""
        return act.patient_id == person.id or (not act.patient_id and person.relation == "you")

    def _is_mine(self, id: str, mine: Container[str]) -> bool:
        return id in mine or self.drafts.is_gone(id)

    async def close(self) -> None:
        """Stop sending; everything is on the disk."""
        await self.outbox.close()
        await self.drafts.settled()


async def opened(
    url: str,
    me: "SignedIn",
    server: "Server",
    *,
    keep: bool,
    memory: "Vault | None" = None,
) -> Messaging:
    """The person's own, on what they left here; in memory alone where this computer's disk takes nothing.

    Args:
        url: the server.
        me: who is signed in there, and what the server takes of them.
        server: what they are signed in to.
        keep: False writes nothing to the disk (`--private`).
        memory: what they left in memory then, before a lock.

    Raises:
        ApiError: the server does not give the key, or the folder could be read by others.
    """
    from genesis_tui.store.vault import MemoryVault, vault

    shelf: Vault = memory or MemoryVault()
    fault = None
    if keep:
        key = await server.drafts.vault_key()
        try:
            shelf = await asyncio.to_thread(vault, FOLDER, folder_of(url, me.id), key=key)
        except DiskFault as error:
            fault = error
    messaging = await asyncio.to_thread(Messaging, shelf, server, me)
    messaging.not_kept = fault
    return messaging


def _unsent(draft: "Draft", at: datetime | None) -> NewItem:
    subject = draft.subject or ("a reply" if draft.is_reply else "no subject yet")
    title = shown(f"To {draft.recipient or 'nobody yet'}: {subject}")
    return NewItem("inbox", f"{_DRAFT}{draft.id}", title, "not sent", at or datetime.now(UTC))
