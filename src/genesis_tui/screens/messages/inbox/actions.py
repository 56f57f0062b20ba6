"""What can be done in the inbox: write, reply, forward, move, delete, undo, mark unread, save a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.dates import long_date
from genesis_tui.models.base.errors import ApiError, RecordClosed, SignedOut
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.messages.drafts import Draft, quoted
from genesis_tui.models.messages.threads import WINDOW_CLOSED, Folder, Message, Thread, ThreadRow, heading
from genesis_tui.sanitize import one_line
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.messages.inbox.pickers import NEW, FilePicker, FolderPicker
from genesis_tui.screens.messages.inbox.unsent import DRAFTS, Unsent
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.widgets.page import Para

INBOX, TRASH = "inbox", "trash"


@dataclass(frozen=True, slots=True)
class Moved:
    """What `u` undoes: conversation -> the folder that it was in."""

    was: dict[str, str]
    words: str


class ThreadActions(ListDetail[ThreadRow]):
    """Keys on the row under the cursor, or on the conversation that is read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new", id="inbox.new"),
        Binding("r", "reply", "reply", id="inbox.reply"),
        Binding("w", "forward", "forward", id="inbox.forward"),
        Binding("m", "move", "move", id="inbox.move"),
        Binding("d", "delete", "delete", id="inbox.delete"),
        Binding("u", "undo", "undo", id="inbox.undo"),
        Binding("U", "unread", "mark unread", id="inbox.unread"),
        Binding("e", "save", "save file", id="inbox.save"),
        Binding("X", "remove_folder", "remove folder", show=False, id="inbox.remove-folder"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._undo: Moved | None = None

    # what the screen says

    @property
    def folder(self) -> str:
        """The folder that shows."""
        return INBOX

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All of them, as far as they are known."""
        return ()

    def whole(self, row: ThreadRow) -> Thread | None:
        """The conversation, where it is here."""
        return None

    def taken_out(self, ids: Sequence[str]) -> None:
        """These conversations are elsewhere now."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something now."""
        if not self.is_mounted or self._record is None:
            return super().check_action(action, parameters)
        row = self.list.current
        thread = row if row is not None and not isinstance(row, Unsent) else None
        match action:
            case "reply" | "forward" | "move" | "unread":
                return thread is not None
            case "delete":
                return row is not None and self.folder != TRASH
            case "undo":
                return self._undo is not None
            case "save":
                return thread is not None and thread.files > 0
            case "remove_folder":
                return any(f.own and f.id == self.folder and not f.threads for f in self.folders)
        return super().check_action(action, parameters)

    # writing

    def action_new(self) -> None:
        """`n`."""
        if self.patient is not None:
            self.shell.write(self.patient)

    def action_reply(self) -> None:
        """`r`: where the conversation takes none any more, a new message with the old one quoted (MSG-10)."""
        row, patient = self.list.current, self.patient
        if row is None or patient is None or isinstance(row, Unsent):
            return
        if row.reply.allowed:
            self.shell.write(patient, thread=row)
        elif row.reply.reason == WINDOW_CLOSED:
            self._offer_new(row)
        else:
            self.shell.say(row.reply.title, row.reply.next, ok=False)

    def _offer_new(self, row: ThreadRow) -> None:
        patient = self.patient
        assert patient is not None

        async def begin() -> None:
            self.app.call_next(self.begin_new, row)

        facts = [Para(), Para(row.reply.title), Para(row.reply.next)]
        self.app.push_screen(Confirm(ActPreview(patient, "Write a new message instead", "write it", facts), begin))

    @work(exclusive=True, group="quote")
    async def begin_new(self, row: ThreadRow) -> None:
        """A new message with the last one of a conversation quoted."""
        with self.shell.opening():
            thread = await self._fetched(row)
            if thread is not None and self.patient is not None:
                body = quotation(thread.messages[-1:], row.subject)
                self.shell.write(self.patient, subject=row.subject, body=body)

    def action_forward(self) -> None:
        """`w`: to another of the patient's recipients, as a new message."""
        row = self.list.current
        if row is not None and not isinstance(row, Unsent):
            self.forward(row)

    @work(exclusive=True, group="quote")
    async def forward(self, row: ThreadRow) -> None:
        """A new message with the whole conversation quoted, and with its files."""
        record, patient = self._record, self.patient
        if record is None or patient is None:
            return
        with self.shell.opening():
            thread = await self._fetched(row)
            if thread is None:
                return
            try:
                draft = await forwarded(await self.shell.portal.post(), record, thread, self.shell.say)
            except RecordClosed:
                return
            except ApiError as error:
                self.shell.report(error)
                return
            self.shell.write(patient, draft=draft)

    async def _fetched(self, row: ThreadRow) -> Thread | None:
        """The whole conversation, asked for where it was not read yet; None where it can't be had."""
        thread = self.whole(row)
        if thread is not None or self._record is None:
            return thread
        try:
            return await self._record.thread(row.id)
        except RecordClosed:
            return None
        except ApiError as error:
            self.shell.report(error)
            return None

    def open_unsent(self, row: Unsent) -> None:
        """`enter` on a draft goes on writing; on what asks whether to be sent, sends it."""
        if row.item is None and row.draft is not None and self.patient is not None:
            self._to_list()
            self.shell.write(self.patient, draft=row.draft)
        elif row.item is not None and row.item.stage is ActStage.ASKS and self.patient is not None:
            facts = [Para(), Para(f"To {row.team}: {row.subject}"), Para("It has waited for more than a day.")]
            preview = ActPreview(self.patient, f"Send the message about {self.patient.name} now", "send", facts)
            key = row.item.key
            self.app.push_screen(Confirm(preview, lambda: self._again(key)))

    async def _again(self, key: str) -> None:
        post = await self.shell.portal.post()
        await post.outbox.again(key)

    # moving

    def action_move(self) -> None:
        """`m`."""
        row = self.list.current
        if row is not None:
            self.app.push_screen(FolderPicker(self.folders, self.folder, lambda to: self._move_to(row, to)))

    def _move_to(self, row: ThreadRow, to: Folder) -> None:
        if self._record is not None:
            self.move(self._record, [row.id], to)

    @work(group="move")
    async def move(self, record: OpenRecord, ids: list[str], to: Folder) -> None:
        """There, then here; `u` puts them back."""
        try:
            target = await record.make_folder(to.name) if to.id == NEW else to
            was = await record.move(ids, target.id)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
            return
        self._undo = Moved(was, target.name)
        self.taken_out(ids)
        self._leave_empty()
        self.shell.say(f"Moved to {target.name}.", "u undoes it.")

    def _leave_empty(self) -> None:
        """Back to the list where nothing is left to read; `u` works from now on."""
        if self.in_detail and self.list.current is None:
            self._to_list()
        self.refresh_bindings()

    def _to_list(self) -> None:
        self._reading = False
        self._lay_out()
        self.list.focus()

    def action_delete(self) -> None:
        """`d`: to Trash; a draft for good, after it was asked (MSG-8)."""
        row = self.list.current
        if isinstance(row, Unsent):
            self._delete_unsent(row)
        elif row is not None and self._record is not None:
            self.move(self._record, [row.id], Folder(TRASH, "Trash"))

    def _delete_unsent(self, row: Unsent) -> None:
        patient, draft = self.patient, row.draft
        if patient is None or draft is None:
            return
        if row.item is not None:
            self.take_back(row.item.key)
            return
        facts = [Para(), Para(f"To {row.team}: {row.subject}")]
        preview = ActPreview(patient, "Delete this draft", "delete", facts, "It is gone for good.")

        async def delete() -> None:
            post = await self.shell.portal.post()
            try:
                await post.drafts.delete(draft)
            finally:
                self.call_next(self.load)

        self.app.push_screen(Confirm(preview, delete))

    @work(group="move")
    async def take_back(self, key: str) -> None:
        """A message on its way becomes a draft again, where it is certain that it has not arrived."""
        try:
            post = await self.shell.portal.post()
            draft = await post.outbox.take_back(key)
        except ApiError as error:
            self.shell.report(error)
            return
        if draft is None:
            self.shell.say("It has arrived already.", "A message that was sent can't be taken back.", ok=False)
        self.load()

    def action_undo(self) -> None:
        """`u`."""
        moved, self._undo = self._undo, None
        if moved is not None and self._record is not None:
            self.put_back(self._record, moved)

    @work(group="move")
    async def put_back(self, record: OpenRecord, moved: Moved) -> None:
        """Each conversation to where it was."""
        try:
            for folder in dict.fromkeys(moved.was.values()):
                await record.move([id for id, was in moved.was.items() if was == folder], folder)
        except RecordClosed:
            return
        except ApiError as error:
            self._undo = moved
            self.shell.report(error)
            return
        self.shell.say("Put back.")
        self.load()

    @work(group="move")
    async def mark_unread(self, record: OpenRecord, row: ThreadRow) -> None:
        """The last message to the viewer is unread again."""
        try:
            await record.mark_unread([row.id])
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
            return
        self.unread_again(row)
        self.load()

    def unread_again(self, row: ThreadRow) -> None:
        """What is known of the conversation says that it was read."""

    def action_unread(self) -> None:
        """`U`."""
        row = self.list.current
        if row is not None and self._record is not None:
            self.mark_unread(self._record, row)

    @work(group="move")
    async def action_remove_folder(self) -> None:
        """`X`: an empty folder of one's own."""
        if self._record is None or self.folder == DRAFTS:
            return
        try:
            await self._record.remove_folder(self.folder)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
            return
        self.left_folder()

    def left_folder(self) -> None:
        """The folder that showed is gone."""

    # files

    def action_save(self) -> None:
        """`e`: a file of the conversation, to the folder that the settings name."""
        row = self.list.current
        if row is not None and not isinstance(row, Unsent):
            self.choose_file(row)

    @work(exclusive=True, group="choose-file")
    async def choose_file(self, row: ThreadRow) -> None:
        """The one file that there is, or one of several."""
        thread = await self._fetched(row)
        files = [file for message in (thread.messages if thread else ()) for file in message.files]
        if len(files) == 1:
            self.save_file(files[0])
        elif files:
            self.app.push_screen(FilePicker(files, self._picked))

    def _picked(self, file: Attachment) -> None:
        self.save_file(file)

    @work(group="file")
    async def save_file(self, attachment: Attachment) -> None:
        """Fetch a file and keep it; the message says where it is."""
        try:
            if self._record is not None:
                path = await self._record.save_file(attachment, self.shell.settings.downloads)
                self.shell.say("Saved", one_line(str(path)))
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)


def quotation(messages: Sequence[Message], otherwise: str) -> str:
    """Room to write, then the messages, each line marked; `otherwise` where there are none."""
    said = [f"{long_date(one.at.date())}, {heading(one)[0]}:\n{one.body}" for one in messages]
    return "\n\n" + quoted("\n\n".join(said) or otherwise) + "\n"


async def forwarded(post: Messaging, record: OpenRecord, thread: Thread, say: Callable[..., None]) -> Draft:
    """A draft with all of it; `say` is told which files do not go with it. Raises ApiError where nothing can be had."""
    person = record.patient
    draft = replace(
        post.drafts.begin(person.id, person.name),
        subject=f"Fwd: {thread.row.subject}"[: post.limits.subject],
        body=quotation(thread.messages, thread.row.subject),
    )
    left = []
    for file in (file for message in thread.messages for file in message.files):
        try:
            body, _ = await record.content_of_file(file)
            draft = await post.drafts.files.attach_content(draft, file.title, body, post.limits)
        except (RecordClosed, SignedOut):
            raise
        except ApiError as error:
            left.append(f"{file.title}: {error.title}")
    if left:
        say("Not all of its files go with it.", " ".join(left), ok=False)
    return draft
