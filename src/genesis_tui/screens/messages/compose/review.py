"""Reviewing a draft and sending it: what is missing, an emergency, the preview that names everybody, once (MSG-3)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.errors import ApiError, Refused, SignedOut, Unreachable
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import Draft, again, due_text, faults, files_text
from genesis_tui.models.messages.drafts import MessagePreview as Told
from genesis_tui.models.messages.threads import WINDOW_CLOSED, Thread, ThreadRow, care_team_of
from genesis_tui.sanitize import shown
from genesis_tui.screens.base.confirm import WAITS, ActPreview, Confirm
from genesis_tui.screens.messages.compose.autosave import Autosave, DraftView
from genesis_tui.screens.messages.compose.dialogs import EmergencyDialog
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.page import Para, fact

if TYPE_CHECKING:
    from genesis_tui.screens.base.place import Place
    from genesis_tui.screens.base.shell import Shell
    from genesis_tui.session.messages.messaging import Messaging

_PATIENCE = 4.0
"""Seconds that the preview waits to hear that it arrived; after them the outbox goes on by itself."""
_LINES = 5
_MISSING = "missing"


class ConfirmSend(Confirm):
    """A message: what it waits for while the server is asked what would be sent, then the preview, then sending."""

    HEADING = "Check before it is sent"

    def __init__(
        self, waiting: ActPreview, told: Callable[[], Awaitable[ActPreview]], send: Callable[[], Awaitable[object]]
    ) -> None:
        """`waiting` shows until `told` gives the preview."""
        super().__init__(waiting, send)
        self._told = told
        self._state = "asking the server"
        self.refused: ApiError | None = None
        """Why there is no preview."""

    def on_mount(self) -> None:
        self.run_worker(self._ask(), group="ask")

    async def _ask(self) -> None:
        try:
            self._preview = await self._told()
        except ApiError as error:
            self.refused = error
            self.dismiss(None)
        else:
            self._state = "asking"
            self.show_preview()
            self.refresh_bindings()

    def action_close(self) -> None:
        """What is on its way goes on by itself, and is told when it has arrived."""
        self.dismiss(True if self._state == "sending" else None)

    def ended_later(self, error: ApiError | None) -> None:
        """What became of a message that is on its way the outbox tells."""
        if error is not None and not isinstance(error, Refused):
            self._shell.report(error)


class Review:
    """The end of the form: what keeps its draft from being sent, the preview, sending."""

    def __init__(self, place: "Place", view: DraftView, autosave: Autosave, thread: ThreadRow | None) -> None:
        """`view` is the form on `place`; `thread` the conversation that a reply goes to."""
        self._place = place
        self._view = view
        self._autosave = autosave
        self._thread = thread

    @property
    def _shell(self) -> "Shell":
        return self._place.shell

    @property
    def _draft(self) -> Draft:
        return self._autosave.draft

    @property
    def _post(self) -> "Messaging":
        return self._autosave.post

    def start(self) -> None:
        """Review the draft; what was told of an earlier try is told anew, where it still holds."""
        self._place.start("review", self._review, exclusive=True)

    async def _review(self) -> None:
        self._shell.clear_notes()
        if self._tell_missing():
            return
        limits = self._post.limits
        word = limits.emergency(f"{self._draft.subject}\n{self._draft.body}")
        if word and not await self._place.app.push_screen_wait(EmergencyDialog(word, limits)):
            return
        self._autosave.keep_at_once()
        dialog = ConfirmSend(self._waiting(), self._told, self._send)
        sent = await self._place.app.push_screen_wait(dialog)
        if dialog.refused is not None:
            if dialog.refused.reason == WINDOW_CLOSED and self._thread is not None:
                await self._offer_new(dialog.refused, self._thread)
            else:
                self._shell.report(dialog.refused)
        elif sent:
            self._place.app.pop_screen()
            said = {note.about for note in self._shell.notes}
            for item in self._post.outbox.unsent:
                if item.draft.id == self._draft.id and item.key not in said:
                    self._shell.tell("On its way.", "It is kept until it is known to have arrived.", about=item.key)

    def changed(self) -> None:
        """What was missing and is there now is not asked for any more."""
        said = next((note.text for note in self._shell.notes if note.about == _MISSING), "")
        if said:
            self._tell_missing(said)

    def _tell_missing(self, said: str = "") -> bool:
        """Say what keeps it from being sent, if anything does, unless that is what was `said`."""
        words = " ".join(faults(self._draft, self._post.limits))
        if not words:
            self._shell.unsay(_MISSING)
        elif words != said:
            self._shell.say("Not yet.", words, ok=False, about=_MISSING)
        return bool(words)

    async def _offer_new(self, refused: ApiError, thread: ThreadRow) -> None:
        """MSG-10: the words of a reply that comes too late, in a new message with the old subject."""
        patient, new = self._patient, await self._anew(thread)

        async def begin() -> None:
            nonlocal new
            self._autosave.stop()
            new = await self._post.drafts.instead(self._draft, new)
            self._autosave.done = True

        facts = [Para(), Para(refused.title), Para(refused.next)]
        preview = ActPreview(patient, "Write a new message instead", "write it", facts)
        if await self._place.app.push_screen_wait(Confirm(preview, begin)):
            self._place.app.pop_screen()
            self._shell.write(patient, draft=new)

    async def _anew(self, row: ThreadRow) -> Draft:
        """The new message, to whom the old one was, as far as that can be known."""
        record, me = self._shell.portal.record, self._shell.portal.sign_in.me
        thread = Thread(row)
        with suppress(ApiError):
            thread = await record.threads.read(row.id) if record is not None else thread
        last = thread.messages[-1] if thread.messages else None
        new = again(self._draft, row, last, me.zone if me else "")
        new = replace(new, category=self._post.limits.code(row.category))
        return await self._post.addressed(new, care_team_of(thread))

    @property
    def _patient(self) -> FamilyMember:
        assert self._place.patient is not None
        return self._place.patient

    def _waiting(self) -> ActPreview:
        files, more = self._draft.files, symbols.get("more")
        what = f"Sending {files_text(files)}, then asking{more}" if files else f"Asking{more}"
        facts = [Para(), Para(f"{what} {WAITS}", "italic muted")]
        return ActPreview(self._patient, "Asking the server what would be sent", "send", facts)

    async def _told(self) -> ActPreview:
        """The server's word on what would be sent; without the network, what is known here."""
        draft = self._draft
        try:
            await self._post.drafts.files.upload(draft)
            told = await self._post.preview(draft)
        except (Refused, SignedOut):
            raise
        except Unreachable:
            told = Told(draft.recipient, self._post.limits.category(draft.category), draft.subject)
        return self._preview(told)

    def _preview(self, told: Told) -> ActPreview:
        draft, patient = self._draft, self._patient
        lines = shown(draft.body).strip().split("\n")
        text = [*lines[:_LINES], *(["(and more)"] if len(lines) > _LINES else [])]
        me = self._shell.portal.sign_in.me
        facts = [
            Para(),
            *([fact("From", f"{me.name}, for {patient.name}")] if me and patient.relation != "you" else []),
            fact("To", told.recipient or draft.recipient),
            *([fact("About", told.category)] if told.category else []),
            *([fact("Subject", shown(told.subject))] if told.subject else []),
            fact("Message", "\n".join(text)),
            *([fact("Files", files_text(draft.files))] if draft.files else []),
            fact("Reply by", due_text(told.due)),
        ]
        act = "Send this message" if patient.relation == "you" else f"Send this message about {patient.name}"
        final = "A message that was sent can't be changed or taken back."
        return ActPreview(patient, act, "send", facts, final)

    async def _send(self) -> None:
        """Into the outbox; then a moment for the server's word. Raises ApiError where it was refused."""
        self._autosave.stop()
        item = await self._post.send(self._draft)
        self._autosave.done = True
        done = await self._post.outbox.settled(item.key, _PATIENCE)
        if done.stage is ActStage.REFUSED:
            self._autosave.done = False
            kept = self._post.drafts.newest.get(self._draft.id)
            self._autosave.draft = kept or self._draft
            raise Refused("The message was not taken.", detail=done.why, next="It is a draft again.")
