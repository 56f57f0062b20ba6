"""Writing to the care team: whom, what about, the text, files; then a preview, then sending (MOCKUPS §5, MSG)."""

import asyncio
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, TextArea

from genesis_tui.models.base.dates import instant_text, long_date
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import (
    CORRECTION,
    Conflict,
    Draft,
    MessageLimits,
    Recipients,
    files_text,
    mib,
    to_recipient,
)
from genesis_tui.models.messages.threads import Message, ThreadRow
from genesis_tui.sanitize import one_line
from genesis_tui.screens.base.place import Place
from genesis_tui.screens.messages.compose.answered import Answered, quoted_last
from genesis_tui.screens.messages.compose.attach import AttachPicker, FoundFile
from genesis_tui.screens.messages.compose.autosave import Autosave
from genesis_tui.screens.messages.compose.dialogs import ConflictDialog
from genesis_tui.screens.messages.compose.fields import (
    BodyField,
    ChoiceField,
    EmergencyNotice,
    InfoRow,
    LabelledField,
    TextLabel,
)
from genesis_tui.screens.messages.compose.recipients import ToField
from genesis_tui.screens.messages.compose.review import Review
from genesis_tui.screens.messages.compose.writing_at import WritingAt, go_on_at, writing_at
from genesis_tui.screens.messages.thread import ThreadSpace, beside
from genesis_tui.session.messages import editor
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.frame.bar import Fetched, relation_words
from genesis_tui.widgets.page import Page

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import Worker

    from genesis_tui.screens.base.shell import Reopening

_PAUSE = 0.2
"""Seconds without a keystroke before recipients are looked for."""

_UNCHANGED = "The text is as it was."


class ComposeScreen(Place):
    """One message. What is typed is kept all the time; `esc` leaves it as a draft."""

    PLACE = "inbox"
    CSS_PATH = "compose.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "review", "review and send", id="compose.review"),
        Binding("f4", "editor", "editor", id="compose.editor"),
        Binding("ctrl+o", "attach", "attach", id="compose.attach"),
        Binding("ctrl+t", "quote", "quote", id="compose.quote", tooltip="quote what is answered"),
        Binding("escape", "leave", "keep as draft", id="compose.leave"),
    ]

    def __init__(
        self,
        patient: FamilyMember,
        draft: Draft,
        post: Messaging,
        thread: ThreadRow | None = None,
        at: WritingAt | None = None,
    ) -> None:
        """`thread`: the conversation that a reply goes to. `at`: where the person goes on, who was interrupted."""
        super().__init__()
        self._at = at
        self._whose = patient
        self.thread = thread
        self.due: date | None = None
        """By when an answer would be due, as far as the recipient is known."""
        self.autosave = Autosave(self, self, draft, post)
        self.review = Review(self, self, self.autosave, thread)
        self._conversation: Sequence[Message] = ()
        self._here = Path.cwd()
        self._attaching = asyncio.Lock()
        """Held while a file is copied: each is checked beside those before it."""
        self._subject_entry = LabelledField("Subject", id="subject")
        self.set_class(thread is not None, "-reply")

    @property
    def patient(self) -> FamilyMember | None:
        """Whom the message is about."""
        return self._whose

    @property
    def draft(self) -> Draft:
        """What is written so far."""
        return self.autosave.draft

    @property
    def limits(self) -> MessageLimits:
        """What a message may hold."""
        return self.autosave.post.limits

    @property
    def categories(self) -> tuple[tuple[str, str], ...]:
        """What a new message can be about; a correction is one already, and nothing else becomes one."""
        is_one = bool(self.draft.entry)
        return tuple(one for one in self.limits.categories if (one[0] == CORRECTION) == is_one)

    def compose_body(self) -> ComposeResult:
        """The notice first (MSG-3), then the form; beside it what happens next."""
        yield EmergencyNotice(self.limits.notice)
        with Horizontal(id="columns"):
            with Vertical(id="form", classes="pane"):
                yield from self._compose_head()
                yield Answered(id="answered")
                with Horizontal(id="message"):
                    yield TextLabel()
                    yield BodyField(self.draft.body, id="text")
                yield InfoRow("", id="count", edge=False)
                yield InfoRow("Attached", id="files", edge=False)
                yield InfoRow("Reply by", id="due", edge=False)
            yield Page(id="aside")

    def _compose_head(self) -> ComposeResult:
        person = self._whose
        dot = symbols.get("dot")
        who = f"{person.name} {dot} {'you' if person.relation == 'you' else relation_words(person)}"
        if self.thread is not None:
            yield InfoRow("To", [(self.thread.team, "")], id="told-to")
        else:
            yield ToField(self.draft.recipient)
        yield InfoRow("For", [(who, f"bold {patient_word(person.number)}-ink")], id="for")
        if self.thread is not None:
            yield InfoRow("About", [(self.thread.subject, "")], id="told-subject")
            return
        words = [words for _, words in self.categories]
        yield ChoiceField("Category", words, id="category", chosen=self._category_place())
        yield self._subject_entry

    def _category_place(self) -> int:
        codes = [code for code, _ in self.categories]
        return codes.index(self.draft.category) if self.draft.category in codes else -1

    def on_mount(self) -> None:
        """To what is still to be filled in."""
        self.query_one("#aside", Page).can_focus = False
        self.fetched = Fetched("ready", self.shell.now())
        if self.thread is None:
            self.query_one("#subject", Input).value = self.draft.subject
            self.query_one(ToField).hint(self.draft.recipient_detail)
        area = self.query_one("#text", BodyField)
        quotes = self.draft.body.startswith("\n")
        area.move_cursor((0, 0) if quotes else area.document.end)
        if self._at is None:
            self._focus_first()
        else:
            go_on_at(self, self._at)
        self.show_all()
        if self.draft.recipient_id and self.thread is None:
            self.read_due()
        if self.draft.refused:
            self.shell.say("Not sent.", self.draft.refused, ok=False)

    def on_resize(self) -> None:
        """The conversation has another place, or other room."""
        if self.thread is not None and not self._conversation:
            self.read_conversation()
        self.call_after_refresh(self.show_all)

    @work(exclusive=True, group="conversation")
    async def read_conversation(self) -> None:
        """What is answered stands beside the answer; without it one can write all the same."""
        record = self.shell.portal.record
        if record is None or self.thread is None or record.patient.id != self._whose.id:
            return
        with suppress(ApiError):
            self._conversation = (await record.threads.read(self.thread.id)).messages
            self.show_all()
            self.refresh_bindings()

    @work(exclusive=True, group="due")
    async def read_due(self) -> None:
        """By when who is written to would answer today: a draft is older than that."""
        with suppress(ApiError):
            found = await self.autosave.post.recipients(self._whose.id, self.draft.recipient)
            self.due = next((row.due for row in found.rows if row.id == self.draft.recipient_id), None)
            self.show_all()

    def _focus_first(self) -> None:
        if self.thread is None and not self.draft.recipient_id:
            self.query_one("#to", Input).focus()
            self.find("")
        elif self.thread is None and not self.draft.category:
            self.query_one("#category", ChoiceField).focus()
        elif self.thread is None and not self.draft.subject:
            self.query_one("#subject", Input).focus()
        else:
            self.query_one("#text", BodyField).focus()

    # what is typed

    def keep(self) -> bool:
        """Write what was typed to the disk; whether all of it is kept."""
        return self.autosave.keep_at_once()

    @property
    def written(self) -> Draft:
        return self.draft

    def reopening(self) -> "Reopening | None":
        """The draft as it was kept last, at the same place."""
        if not self.autosave.goes_on:
            return None
        patient, draft, thread, at = self._whose, self.draft, self.thread, writing_at(self)
        portal = self.shell.portal

        async def reopened() -> ComposeScreen:
            post = await portal.messaging()
            kept = await asyncio.to_thread(post.drafts.kept)
            return ComposeScreen(patient, next((one for one in kept if one.id == draft.id), draft), post, thread, at)

        return reopened

    def go_on_with(self, post: Messaging) -> None:
        self.autosave.post = post

    def changed(self, draft: Draft) -> None:
        """Something was typed or chosen."""
        self.autosave.changed(draft)
        self.review.changed()

    def on_unmount(self) -> None:
        """Whatever made the screen go, what was typed stays."""
        self.autosave.keep_at_once()

    @on(ToField.Asked)
    def _asked(self, event: ToField.Asked) -> None:
        self.find(event.words)

    @work(exclusive=True, group="find")
    async def find(self, words: str) -> None:
        """Recipients for these words, once nothing more is typed for a moment."""
        await asyncio.sleep(_PAUSE if words else 0)
        try:
            found = await self.autosave.post.recipients(self._whose.id, words)
        except ApiError as error:
            self.not_fetched(self.fetched, error)
            self.shell.report(error)
            found = Recipients(missing="Recipients can't be searched right now.")
        if not self.draft.recipient_id:
            self.query_one(ToField).show(found)

    @on(ToField.Picked)
    def _picked(self, event: ToField.Picked) -> None:
        row = event.recipient
        if row is None:
            self.changed(replace(self.draft, recipient_id="", recipient="", recipient_detail=""))
            self.due = None
        else:
            self.changed(to_recipient(self.draft, row))
            self.due = row.due
            self.workers.cancel_group(self, "find")
            self.query_one(ToField).shut()
            self._focus_first()
        self.query_one(ToField).hint(self.draft.recipient_detail)
        self.show_all()

    @on(Input.Changed, "#subject")
    def _subject(self, event: Input.Changed) -> None:
        self.changed(replace(self.draft, subject=event.value))
        self._subject_entry.hint.text = f"{len(event.value.strip())}/{self.limits.subject}"

    @on(Input.Submitted, "#subject")
    def _subject_done(self) -> None:
        self.query_one("#text", BodyField).focus()

    @on(TextArea.Changed)
    def _body(self, event: TextArea.Changed) -> None:
        self.changed(replace(self.draft, body=event.text_area.text))
        self.show_count()

    @on(ChoiceField.Changed)
    def _category(self, event: ChoiceField.Changed) -> None:
        self.changed(replace(self.draft, category=self.categories[event.place][0]))

    # keys

    def action_review(self) -> None:
        self._once_attached(self.review.start)

    def action_editor(self) -> None:
        """`f4`: the person's own editor, on the text alone."""
        self.autosave.keep_at_once()
        try:
            text = edited(self.app, self.query_one("#text", BodyField).text)
        except ApiError as error:
            self.shell.report(error)
            return
        self._put_text(text)
        self.changed(replace(self.draft, body=text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is quoted in what answers nothing."""
        return super().check_action(action, parameters) and (action != "quote" or bool(self._conversation))

    def action_quote(self) -> None:
        """`ctrl+t`: the last message of the other side, where the cursor is."""
        area = self.query_one("#text", BodyField)
        area.insert(("\n" if area.cursor_location[1] else "") + quoted_last(self._conversation, self._zone))
        area.focus()

    def _put_text(self, text: str) -> None:
        """In place of what was there; one goes on at its end."""
        area = self.query_one("#text", BodyField)
        if area.text != text:
            area.text = text
            area.move_cursor(area.document.end)

    def action_attach(self) -> None:
        self.app.push_screen(AttachPicker(self._here, self.draft.files, self.limits, self._chosen))

    def _chosen(self, found: FoundFile) -> "Worker[ApiError | None] | None":
        if found.attached is not None:
            files = tuple(one for one in self.draft.files if one.id != found.attached.id)
            self.changed(replace(self.draft, files=files))
            self.autosave.keep_at_once()
            self.autosave.post.drafts.files.drop([found.attached])
            self.show_all()
            return None
        self._here = found.path.parent
        return self.attach(found.path)

    @work(group="attach")
    async def attach(self, path: Path) -> ApiError | None:
        """Copy the file as it is now, after those that were chosen before it, and check it; why it is not attached.

        That is told here where the picker, which stays open for it, is gone.
        """
        async with self._attaching:
            try:
                with_file = await self.autosave.post.drafts.files.attach(self.draft, path, self.limits)
            except ApiError as error:
                error.title = one_line(error.title)
                if not isinstance(self.app.screen, AttachPicker):
                    self.shell.report(error)
                return error
            files = tuple(replace(file, name=one_line(file.name)) for file in with_file.files)
            self.changed(replace(self.draft, files=files))
            self.show_all()
            return None

    def _once_attached(self, act: Callable[[], None]) -> None:
        """Do it now, or once every file that was chosen is there."""
        if self._attaching.locked():
            self.show_kept(f"attaching{symbols.get('more')}", ok=False)
            self.start("once-attached", self._after_files, act, exclusive=True)
        else:
            act()

    async def _after_files(self, act: Callable[[], None]) -> None:
        async with self._attaching:
            pass
        act()

    def action_leave(self) -> None:
        """`esc`: messages away, matches away, else back with the draft kept."""
        if self.has_trouble:
            self.shell.back()
            return
        for field in self.query(ToField):
            if field.has_class("open") and self.draft.recipient_id:
                field.shut()
                return
        self._once_attached(self.autosave.close)

    # what shows

    def show_all(self) -> None:
        """Counter, files, due day, what happens next."""
        self.show_count()
        self._show_files()
        due = self.due or (self.thread.reply_due if self.thread is not None else None)
        words = [(long_date(due), "bold"), ("  three business days", "muted")] if due else [("", "")]
        self.query_one("#due", InfoRow).line = words
        aside, zone = self.query_one("#aside", Page), self._zone
        space = ThreadSpace(max(10, aside.size.width - 2), lambda at: instant_text(at, zone))
        aside.rows = tuple(beside(self._whose, self.draft, self._conversation, space))
        self._show_answered()

    def _show_answered(self) -> None:
        """Over the text, unless it stands beside it."""
        above, size, zone = self.query_one(Answered), self.app.size, self._zone
        space = ThreadSpace(max(10, size.width - (4 if self.phone else 14)), lambda at: instant_text(at, zone))
        above.tell(() if self.wide else self._conversation, space, window=size.height)

    @property
    def _zone(self) -> str:
        return self.shell.portal.sign_in.me.zone if self.shell.portal.sign_in.me else ""

    def show_count(self) -> None:
        """How long the text is."""
        count, most = len(self.draft.body), self.limits.body
        role = "abnormal bold" if count > most else "muted"
        self.query_one("#count", InfoRow).line = [(f"{count:,} of {most:,} characters", role)]

    def _show_files(self) -> None:
        files, limits = self.draft.files, self.limits
        told = self.query_one("#files", InfoRow)
        told.line = [(files_text(files), "")] if files else [("nothing", "muted")]
        told.hint = f"{len(files)} of {limits.files} files, {mib(limits.files_size)} in all"

    def show_kept(self, words: str, *, ok: bool) -> None:
        """At the right end of the counter."""
        mark = f"{symbols.get('ok')} " if ok else ""
        for told in self.query("#count").results(InfoRow):
            told.hint = f"{mark}{words}"

    def conflicted(self, conflict: Conflict) -> None:
        """Both versions, once."""
        if not isinstance(self.app.screen, ConflictDialog):
            self.shell.unasked()
            self.app.push_screen(ConflictDialog(self._whose, conflict), lambda mine: self._settle(conflict, mine))

    def _settle(self, conflict: Conflict, mine: bool | None) -> None:
        if mine is not None:
            self.settle(conflict, mine=mine)

    @work(exclusive=True, group="server")
    async def settle(self, conflict: Conflict, *, mine: bool) -> None:
        """Keep one of the two."""
        chosen = replace(conflict, mine=self.draft)
        try:
            with self.shell.opening():
                draft = await self.autosave.post.drafts.settle(chosen, mine=mine)
        except ApiError as error:
            self.shell.report(error)
            return
        if draft is None:
            self.autosave.stop()
            self.autosave.done = True
            self.app.pop_screen()
            self.shell.tell("It was sent from elsewhere.", "It is in Sent.")
            return
        self.autosave.draft = draft
        self._put_text(draft.body)
        if self.thread is None:
            self.query_one("#subject", Input).value = draft.subject
            self.query_one(ToField).put(draft.recipient, draft.recipient_detail)
            self.query_one("#category", ChoiceField).chosen = self._category_place()
        self.show_all()


def edited(app: "App[Any]", text: str) -> str:
    """What the person made of it, made harmless.

    Raises:
        ApiError: there is no editor, it failed, or the terminal can't be lent to it.
    """

    def run(command: list[str], environment: dict[str, str]) -> int:
        with app.suspend():
            return subprocess.call(command, env=environment)

    try:
        return editor.edited(text, run, unchanged=_UNCHANGED)
    except SuspendNotSupported:
        raise ApiError("An editor can't run in this terminal.", next=_UNCHANGED, reason="editor") from None
