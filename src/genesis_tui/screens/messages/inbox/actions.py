"""What can be done in the inbox: write, reply, forward, move, delete, undo, mark unread, save a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.dates import long_date
from genesis_tui.models.base.errors import ApiError, RecordClosed, SignedOut
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.messages.drafts import Draft, quoted
from genesis_tui.models.messages.threads import WINDOW_CLOSED, Folder, Message, Thread, ThreadRow, heading
from genesis_tui.sanitize import one_line
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.messages.inbox.loaded import INBOX, TRASH, LoadedThreads
from genesis_tui.screens.messages.inbox.pickers import NEW, FilePicker, FolderPicker
from genesis_tui.screens.messages.inbox.unsent import DRAFTS, Unsent
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.widgets.page import Para

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell


@dataclass(frozen=True, slots=True)
class Moved:
    """What `u` undoes: conversation -> the folder that it was in."""

    was: dict[str, str]


class ThreadActions:
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

    def __init__(self, place: ListDetail[ThreadRow], loaded: LoadedThreads, go_to: Callable[[str], None]) -> None:
        """`place` lists what is `loaded`; `go_to` shows the folder of an id there."""
        self._place = place
        self._loaded = loaded
        self._go_to = go_to
        self._undo: Moved | None = None

    @property
    def _shell(self) -> "Shell":
        return self._place.shell

    @property
    def _thread(self) -> ThreadRow | None:
        """The conversation under the cursor; None on what is not sent yet."""
        row = self._place.list.current
        return None if isinstance(row, Unsent) else row

    def may(self, action: str) -> bool:
        """Whether the action does something now; True for what is no action of this class."""
        thread, folder = self._thread, self._loaded.folder
        match action:
            case "reply" | "forward" | "move" | "unread":
                return thread is not None
            case "delete":
                return self._place.list.current is not None and folder != TRASH
            case "undo":
                return self._undo is not None
            case "save":
                return thread is not None and thread.files > 0
            case "remove_folder":
                return any(f.own and f.id == folder and not f.threads for f in self._loaded.folders)
        return True

    # writing

    def new(self) -> None:
        """A message to somebody who is still to be chosen."""
        if self._place.patient is not None:
            self._shell.write(self._place.patient)

    def reply(self) -> None:
        """Where the conversation takes none any more, a new message with the old one quoted (MSG-10)."""
        row, patient = self._thread, self._place.patient
        if row is None or patient is None:
            return
        if row.reply.allowed:
            self._shell.write(patient, thread=row)
        elif row.reply.reason == WINDOW_CLOSED:
            self._offer_new(row)
        else:
            self._shell.say(row.reply.title, row.reply.next, ok=False)

    def _offer_new(self, row: ThreadRow) -> None:
        patient, place = self._place.patient, self._place
        assert patient is not None

        async def begin() -> None:
            place.app.call_next(lambda: place.start("quote", self._begin_new, row, exclusive=True))

        facts = [Para(), Para(row.reply.title), Para(row.reply.next)]
        place.app.push_screen(Confirm(ActPreview(patient, "Write a new message instead", "write it", facts), begin))

    async def _begin_new(self, row: ThreadRow) -> None:
        """A new message with the last one of a conversation quoted."""
        record, patient = self._place.record, self._place.patient
        if record is not None and patient is not None:
            with self._shell.opening(), reported(self._shell):
                thread = await self._whole(record, row)
                body = quotation(thread.messages[-1:], row.subject)
                self._shell.write(patient, subject=row.subject, body=body)

    def forward(self) -> None:
        """To another of the patient's recipients: a new message with the whole conversation quoted, and its files."""
        if self._thread is not None:
            self._place.start("quote", self._forward, self._thread, exclusive=True)

    async def _forward(self, row: ThreadRow) -> None:
        record, patient = self._place.record, self._place.patient
        if record is not None and patient is not None:
            with self._shell.opening(), reported(self._shell):
                thread = await self._whole(record, row)
                draft = await forwarded(await self._shell.portal.messaging(), record, thread, self._shell.say)
                self._shell.write(patient, draft=draft)

    async def _whole(self, record: OpenRecord, row: ThreadRow) -> Thread:
        """The whole conversation, asked for where it was not read yet. Raises ApiError."""
        return self._loaded.thread(row) or await record.threads.read(row.id)

    def open_unsent(self, row: Unsent) -> None:
        """`enter` on a draft goes on writing; on what asks whether to be sent, sends it."""
        patient = self._place.patient
        if patient is None:
            return
        if row.item is None and row.draft is not None:
            self._place.to_list()
            self._place.list.focus()  # Opening the row asked for the focus on the detail, which comes later.
            self._shell.write(patient, draft=row.draft)
        elif row.item is not None and row.item.stage is ActStage.ASKS:
            facts = [Para(), Para(f"To {row.team}: {row.subject}"), Para("It has waited for more than a day.")]
            preview = ActPreview(patient, f"Send the message about {patient.name} now", "send", facts)
            key = row.item.key
            self._place.app.push_screen(Confirm(preview, lambda: self._again(key)))

    async def _again(self, key: str) -> None:
        post = await self._shell.portal.messaging()
        await post.outbox.again(key)

    # moving

    def move(self) -> None:
        """To a folder that is picked, or made."""
        row, loaded = self._thread, self._loaded
        if row is not None:
            picker = FolderPicker(loaded.folders, loaded.folder, lambda to: self._move([row.id], to))
            self._place.app.push_screen(picker)

    def _move(self, ids: list[str], to: Folder) -> None:
        if self._place.record is not None:
            self._place.start("move", self._moved, self._place.record, ids, to)

    async def _moved(self, record: OpenRecord, ids: list[str], to: Folder) -> None:
        """There, then here; `u` puts them back."""
        place, loaded = self._place, self._loaded
        with reported(self._shell):
            target = await record.threads.make_folder(to.name) if to.id == NEW else to
            self._undo = Moved(await record.threads.move(ids, target.id))
            loaded.take_out(loaded.showing, ids)
            place.show_rows()
            place.load()
            if place.in_detail and place.list.current is None:
                place.to_list()
            place.refresh_bindings()
            self._shell.say(f"Moved to {target.name}.", "u undoes it.")

    def delete(self) -> None:
        """To Trash; a draft for good, after it was asked (MSG-8)."""
        row = self._place.list.current
        if isinstance(row, Unsent):
            self._delete_unsent(row)
        elif row is not None:
            self._move([row.id], Folder(TRASH, "Trash"))

    def _delete_unsent(self, row: Unsent) -> None:
        patient, draft, place = self._place.patient, row.draft, self._place
        if patient is None or draft is None:
            return
        if row.item is not None:
            place.start("move", self._take_back, row.item.key)
            return
        facts = [Para(), Para(f"To {row.team}: {row.subject}")]
        preview = ActPreview(patient, "Delete this draft", "delete", facts, "It is gone for good.")

        async def delete() -> None:
            post = await self._shell.portal.messaging()
            try:
                await post.drafts.delete(draft)
            finally:
                place.call_next(place.load)

        place.app.push_screen(Confirm(preview, delete))

    async def _take_back(self, key: str) -> None:
        """A message on its way becomes a draft again, where it is certain that it has not arrived."""
        with reported(self._shell):
            post = await self._shell.portal.messaging()
            if await post.outbox.take_back(key) is None:
                self._shell.say("It has arrived already.", "A message that was sent can't be taken back.", ok=False)
            self._place.load()

    def undo(self) -> None:
        """Put the conversations that moved last back."""
        moved, self._undo = self._undo, None
        if moved is not None and self._place.record is not None:
            self._place.start("move", self._put_back, self._place.record, moved)

    async def _put_back(self, record: OpenRecord, moved: Moved) -> None:
        with reported(self._shell):
            try:
                for folder in dict.fromkeys(moved.was.values()):
                    await record.threads.move([id for id, was in moved.was.items() if was == folder], folder)
            except ApiError:
                self._undo = moved
                raise
            self._shell.say("Put back.")
            self._place.load()

    def mark_unread(self) -> None:
        """The last message to the viewer is unread again."""
        if self._thread is not None and self._place.record is not None:
            self._place.start("move", self._marked_unread, self._place.record, self._thread)

    async def _marked_unread(self, record: OpenRecord, row: ThreadRow) -> None:
        with reported(self._shell):
            await record.threads.mark_unread([row.id])
            self._loaded.unread_again(row.id)
            self._place.load()

    def remove_folder(self) -> None:
        """Remove the empty folder that shows: it is one of the person's own."""
        record, folder = self._place.record, self._loaded.folder
        if record is not None and folder != DRAFTS:
            self._place.start("move", self._removed_folder, record, folder)

    async def _removed_folder(self, record: OpenRecord, folder: str) -> None:
        with reported(self._shell):
            await record.threads.remove_folder(folder)
            self._go_to(INBOX)

    # files

    def save(self) -> None:
        """A file of the conversation, to the folder that the settings name."""
        if self._thread is not None and self._place.record is not None:
            self._place.start("choose-file", self._choose_file, self._place.record, self._thread, exclusive=True)

    async def _choose_file(self, record: OpenRecord, row: ThreadRow) -> None:
        """The one file that there is, or one of several."""
        with reported(self._shell):
            thread = await self._whole(record, row)
            files = [file for message in thread.messages for file in message.files]
            if len(files) == 1:
                self._save(files[0])
            elif files:
                self._place.app.push_screen(FilePicker(files, self._save))

    def _save(self, file: Attachment) -> None:
        if self._place.record is not None:
            self._place.start("file", self._saved, self._place.record, file)

    async def _saved(self, record: OpenRecord, file: Attachment) -> None:
        with reported(self._shell):
            path = await record.threads.save(file, self._shell.settings.downloads)
            self._shell.say("Saved", one_line(str(path)))


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
            body, _ = await record.threads.content(file)
            draft = await post.drafts.files.attach_content(draft, file.title, body, post.limits)
        except (RecordClosed, SignedOut):
            raise
        except ApiError as error:
            left.append(error.title if file.title in error.title else f"{file.title}: {error.title}")
    if left:
        say("Not all of its files go with it.", " ".join(left), ok=False)
    return draft
