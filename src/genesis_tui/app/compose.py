"""Writing messages from anywhere in the app, and what is told of those on their way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from genesis_tui.app.idle_lock import IdleLock
from genesis_tui.models.base.errors import ApiError, Unreachable

if TYPE_CHECKING:
    from genesis_tui.models.acts import Outgoing
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.messages.drafts import Draft
    from genesis_tui.models.messages.threads import ThreadRow
    from genesis_tui.session.messages.messaging import Messaging
    from genesis_tui.session.open_record import OpenRecord


def _reply(new: Draft, thread: ThreadRow, body: str) -> Draft:
    return replace(new, thread_id=thread.id, subject=thread.subject, recipient=thread.team, body=body)


class Correspondence(IdleLock):
    """The app with a form to write in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._asked_to_quit = False

    def now(self) -> datetime:
        """The server's time as far as it is known."""
        return datetime.now(UTC)

    @work(exclusive=True, group="write")
    async def write(
        self,
        patient: FamilyMember,
        *,
        draft: Draft | None = None,
        thread: ThreadRow | None = None,
        subject: str = "",
        body: str = "",
        category: str = "",
        entry: str = "",
    ) -> None:
        """Open the form for a message about `patient`.

        Args:
            patient: whose record is open.
            draft: goes on with this one.
            thread: replies in this conversation, with the draft that it has already, if any (MSG-9).
            subject: and the others: what a new message begins with. `entry` says that it is a correction (REC-7).
        """
        may = patient.may("message.send")
        if not may.allowed:
            self.say("You can't write here.", f"{may.title} {may.next}".strip(), ok=False)
            return
        words = {"subject": subject, "body": body, "category": category, "entry": entry}
        try:
            with self.opening():
                await self._open_form(patient, draft, thread, words)
        except ApiError as error:
            self.report(error)

    async def _open_form(
        self, patient: FamilyMember, draft: Draft | None, thread: ThreadRow | None, words: dict[str, str]
    ) -> None:
        post = await self.portal.post()
        if draft is None and thread is not None:
            draft = await self._begun(post, patient, thread)
        elif draft is not None and draft.is_reply and thread is None and self.portal.record is not None:
            thread = await self._thread_of(self.portal.record, draft)
        self._hear(post)
        if draft is None:
            new = post.drafts.begin(patient.id, patient.name)
            words["subject"] = words["subject"][: post.limits.subject]
            draft = replace(new, **words) if thread is None else _reply(new, thread, words["body"])  # type: ignore[arg-type]
        from genesis_tui.screens.messages.compose.screen import ComposeScreen

        await self.push_screen(ComposeScreen(patient, draft, post, thread))

    async def _thread_of(self, record: OpenRecord, draft: Draft) -> ThreadRow:
        """The conversation of a reply; without the network what the draft knows of it."""
        from genesis_tui.models.messages.threads import Party, ThreadRow

        try:
            return (await record.thread(draft.thread_id)).row
        except Unreachable:
            subject, team = draft.subject or "Reply", draft.recipient or "the care team"
            return ThreadRow(draft.thread_id, subject, "", team, Party(draft.patient_name), self.now())

    async def _begun(self, post: Messaging, patient: FamilyMember, thread: ThreadRow) -> Draft | None:
        return next((one for one in await post.drafts.of(patient.id) if one.thread_id == thread.id), None)

    @work(exclusive=True, group="go-on-writing")
    async def go_on_writing(self) -> None:
        """After a sign-in: what an earlier session left goes on its way."""
        try:
            post = await self.portal.go_on_writing()
        except ApiError as error:
            self.report(error)
            return
        if post is None:
            return
        from genesis_tui.models.acts import messages_text

        self._hear(post)
        count, unsent, unopened = len(post.drafts.kept()), post.outbox.unsent, post.unopened
        if unopened:
            lead = f"{messages_text(unopened)} kept on this computer can't be opened."
            self.say(lead, "Nothing was deleted, and nothing of it is sent.", ok=False)
        if count and not unsent:
            self.say("Drafts", f"{count} {'is' if count == 1 else 'are'} not sent yet; see Drafts in the Inbox.")
        asks = sum(item.asks for item in unsent)
        if asks:
            lead = f"{messages_text(asks)} waited for more than a day."
            self.say(lead, "Not sent before you say so: open Drafts in the Inbox.", ok=False)

    def _hear(self, post: Messaging) -> None:
        post.outbox.heard = self._heard

    def _heard(self, item: Outgoing) -> None:
        """Told of each change of a message on its way."""
        from genesis_tui.models.acts import ActStage, outgoing_text
        from genesis_tui.sanitize import one_line

        self._asked_to_quit = self._asked_to_quit and not item.unsent
        lead, text = outgoing_text(item, one_line(item.draft.patient_name))
        if lead:
            self.say(lead, text, ok=item.stage is ActStage.SENT, about=item.key)
        for screen in self.screen_stack:
            if hasattr(screen, "mail_moved"):
                screen.mail_moved()

    # leaving

    def may_leave(self) -> bool:
        """Whether to quit now: what is not sent is told first, once."""
        unsent = self.portal.unsent
        if not unsent or self._asked_to_quit:
            return True
        self._asked_to_quit = True
        from genesis_tui.models.acts import leaving_text, messages_text

        lead = f"{messages_text(len(unsent))} {'is' if len(unsent) == 1 else 'are'} not sent yet."
        asks = sum(item.asks for item in unsent)
        self.say(lead, f"Quit again to leave; {leaving_text(len(unsent), asks)}.", ok=False)
        return False

    async def action_quit(self) -> None:
        """`ctrl+q`."""
        if self.may_leave():
            self.exit()

    def action_leave(self) -> None:
        """`q`: as everywhere; the last one quits."""
        last = len(self.screen_stack) == 1 and self.current_mode == self.start
        if not last or self.may_leave():
            super().action_leave()
