"""Reviewing a draft and sending it: what is missing, an emergency, the preview that names everybody, once (MSG-3)."""

from __future__ import annotations

from datetime import date

from textual import work

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.errors import ApiError, Refused, SignedOut, Unreachable
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import CORRECTION, Draft, MessageLimits, again, due_text, faults
from genesis_tui.models.messages.drafts import MessagePreview as Told
from genesis_tui.models.messages.threads import WINDOW_CLOSED, Message, ThreadRow
from genesis_tui.sanitize import shown
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.messages.compose.autosave import Autosave
from genesis_tui.screens.messages.compose.dialogs import EmergencyDialog
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.page import Para, fact

_PATIENCE = 4.0
"""Seconds that the preview waits to hear that it arrived; after them the outbox goes on by itself."""
_LINES = 5
_MISSING = "missing"


class ConfirmSend(Confirm):
    """The preview of a message."""

    HEADING = "Check before it is sent"


class Review(Autosave):
    """The end of the form. `due`: by when an answer would be due, as far as the recipient is known."""

    due: date | None = None
    thread: ThreadRow | None = None
    """The conversation that a reply goes to."""

    @property
    def limits(self) -> MessageLimits:
        """What a message may hold."""
        return self.post.limits

    @property
    def categories(self) -> tuple[tuple[str, str], ...]:
        """What a new message can be about; a correction is one already, and nothing else becomes one."""
        is_one = bool(self.draft.entry)
        return tuple(one for one in self.limits.categories if (one[0] == CORRECTION) == is_one)

    @work(exclusive=True, group="review")
    async def action_review(self) -> None:
        """`ctrl+r`: what was told of an earlier try is told anew, where it still holds."""
        self.shell.clear_notes()
        if self._tell_missing():
            return
        word = self.limits.emergency(f"{self.draft.subject}\n{self.draft.body}")
        if word and not await self.app.push_screen_wait(EmergencyDialog(word, self.limits)):
            return
        self.keep_at_once()
        self.show_kept(f"asking the server{symbols.get('more')}", ok=False)
        try:
            with self.shell.opening():
                told = await self._told()
        except ApiError as error:
            self.show_kept("", ok=False)
            if error.reason == WINDOW_CLOSED and self.thread is not None:
                await self._offer_new(error, self.thread)
            else:
                self.shell.report(error)
            return
        self.show_kept("", ok=False)
        if await self.app.push_screen_wait(ConfirmSend(self._preview(told), self.send)):
            self.app.pop_screen()
            said = {note.about for note in self.shell.notes}
            for item in self.post.outbox.unsent:
                if item.draft.id == self.draft.id and item.key not in said:
                    self.shell.say("On its way.", "It is kept until it is known to have arrived.", about=item.key)

    def changed(self, draft: Draft) -> None:
        """What was missing and is there now is not asked for any more."""
        super().changed(draft)
        said = next((note.text for note in self.shell.notes if note.about == _MISSING), "")
        if said:
            self._tell_missing(said)

    def _tell_missing(self, said: str = "") -> bool:
        """Say what keeps it from being sent, if anything does, unless that is what was `said`."""
        words = " ".join(faults(self.draft, self.limits))
        if not words:
            self.shell.unsay(_MISSING)
        elif words != said:
            self.shell.say("Not yet.", words, ok=False, about=_MISSING)
        return bool(words)

    async def _offer_new(self, refused: ApiError, thread: ThreadRow) -> None:
        """MSG-10: the words of a reply that comes too late, in a new message with the old subject."""
        patient, new = self.patient, again(self.draft, thread, await self._last_message(thread))
        assert patient is not None

        async def begin() -> None:
            nonlocal new
            self.stop_keeping()
            new = await self.post.drafts.instead(self.draft, new)
            self.done = True

        facts = [Para(), Para(refused.title), Para(refused.next)]
        preview = ActPreview(patient, "Write a new message instead", "write it", facts)
        if await self.app.push_screen_wait(Confirm(preview, begin)):
            self.app.pop_screen()
            self.shell.write(patient, draft=new)

    async def _last_message(self, thread: ThreadRow) -> Message | None:
        record = self.shell.portal.record
        try:
            return (await record.thread(thread.id)).messages[-1] if record is not None else None
        except (ApiError, IndexError):
            return None

    async def _told(self) -> Told:
        """The server's word on what would be sent; without the network, what is known here."""
        draft = self.draft
        try:
            await self.post.drafts.files.upload(draft)
            return await self.post.preview(draft)
        except (Refused, SignedOut):
            raise
        except Unreachable:
            return Told(draft.recipient, self.limits.category(draft.category), draft.subject)

    def _preview(self, told: Told) -> ActPreview:
        draft = self.draft
        patient: FamilyMember | None = self.patient
        assert patient is not None
        lines = shown(draft.body).strip().split("\n")
        text = [*lines[:_LINES], *(["(and more)"] if len(lines) > _LINES else [])]
        files = ", ".join(file.name for file in draft.files)
        me = self.shell.portal.me
        facts = [
            Para(),
            *([fact("From", f"{me.name}, for {patient.name}")] if me and patient.relation != "you" else []),
            fact("To", told.recipient or draft.recipient),
            *([fact("About", told.category)] if told.category else []),
            *([fact("Subject", shown(told.subject))] if told.subject else []),
            fact("Message", "\n".join(text)),
            *([fact("Files", files)] if files else []),
            fact("Reply by", due_text(told.due)),
        ]
        final = "A message that was sent can't be changed or taken back."
        return ActPreview(patient, f"Send a message about {patient.name}", "send", facts, final)

    async def send(self) -> None:
        """Into the outbox; then a moment for the server's word. Raises ApiError where it was refused."""
        self.stop_keeping()
        item = await self.post.send(self.draft)
        self.done = True
        done = await self.post.outbox.settled(item.key, _PATIENCE)
        if done.stage is ActStage.REFUSED:
            self.done = False
            kept = self.post.drafts.newest.get(self.draft.id)
            self.draft = kept or self.draft
            raise Refused("The message was not taken.", detail=done.why, next="It is a draft again.")

    def close_kept(self) -> None:
        """Leave; what was written is a draft, and is nothing where nothing was written."""
        self.shell.clear_notes()
        self.keep_at_once()
        if self.worthless:
            self.post.drafts.files.drop(() if self.done else self.draft.files)
            self.app.pop_screen()
        else:
            self.keep_on_server_and_go()

    def keep_on_server_and_go(self) -> None:
        """The server is told without anybody waiting for it."""
        draft, drafts = self.draft, self.post.drafts

        async def tell() -> None:
            try:
                await drafts.keep_on_server(draft)
            except ApiError:
                return

        self.app.run_worker(tell(), group="drafts", exit_on_error=False)
        self.app.pop_screen()
        self.shell.say("Kept as a draft.", "It is in Drafts.")
