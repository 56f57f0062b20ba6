"""What can be done with a conversation: write, reply, forward, go to the next unread one, save a file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.errors import ApiError, RecordClosed, SignedOut
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.messages.drafts import Draft, quotation
from genesis_tui.models.messages.threads import WINDOW_CLOSED, Thread, ThreadRow, care_team_of
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.base.save_file import FileSaver
from genesis_tui.screens.messages.inbox.loaded import TRASH, LoadedThreads
from genesis_tui.screens.messages.inbox.unsent import Unsent
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.widgets.page import Para

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell

NEXT_UNREAD = "Thread/?unread"
"""What an inbox is opened with to show the first conversation that has something unread."""


class ThreadActions:
    """Keys on the row under the cursor, or on the conversation that is read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new", id="inbox.new"),
        Binding("r", "reply", "reply", id="inbox.reply"),
        Binding("w", "forward", "forward", id="inbox.forward"),
        Binding("N", "next_unread", "next unread", id="inbox.next-unread", tooltip="next unread of the whole family"),
        Binding("e", "save", "save file", id="inbox.save"),
    ]

    def __init__(self, place: ListDetail[ThreadRow], loaded: LoadedThreads, go_to: Callable[[str], None]) -> None:
        """`place` lists what is `loaded`; `go_to` shows the folder of an id there."""
        self._place = place
        self._loaded = loaded
        self._go_to = go_to
        self._files = FileSaver(place, self._save)

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
        thread = self._thread
        match action:
            case "reply" | "forward":
                return thread is not None
            case "save":
                return thread is not None and thread.files > 0
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
                body = f"\n\n{quotation(thread.messages[-1:], self._zone, row.subject)}\n"
                me = self._shell.portal.sign_in.me
                code = me.messages.code(row.category) if me and me.messages else ""
                self._shell.write(patient, subject=row.subject, body=body, category=code, to=care_team_of(thread))

    @property
    def _zone(self) -> str:
        return self._shell.portal.sign_in.me.zone if self._shell.portal.sign_in.me else ""

    def forward(self) -> None:
        """To another of the patient's recipients: a new message with the whole conversation quoted, and its files."""
        if self._thread is not None:
            self._place.start("quote", self._forward, self._thread, exclusive=True)

    async def _forward(self, row: ThreadRow) -> None:
        record, patient = self._place.record, self._place.patient
        if record is not None and patient is not None:
            with self._shell.opening(), reported(self._shell):
                thread = await self._whole(record, row)
                post = await self._shell.portal.messaging()
                draft = await forwarded(post, record, thread, self._zone, self._shell.say)
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
            about = "" if patient.relation == "you" else f" about {patient.name}"
            preview = ActPreview(patient, f"Send the message{about} now", "send", facts)
            key = row.item.key
            self._place.app.push_screen(Confirm(preview, lambda: self._again(key)))

    async def _again(self, key: str) -> None:
        post = await self._shell.portal.messaging()
        await post.outbox.again(key)

    # the next unread

    def next_unread(self) -> None:
        """Open the next conversation with something unread: here, in another folder, else of somebody else's."""
        if self._place.record is not None:
            self._place.start("unread", self._next_unread, self._place.record, exclusive=True)

    async def _next_unread(self, record: OpenRecord) -> None:
        with self._shell.opening(), reported(self._shell):
            if not (self._opened_here() or await self._opened_in_folder(record)):
                await self._opened_of_others()

    def _opened_here(self) -> bool:
        rows, cursor = self._place.list.rows, self._place.list.cursor
        order = [*range(cursor + 1, len(rows)), *range(cursor + 1)]
        reading = self._place.list.current if self._place.in_detail else None
        found = next((n for n in order if rows[n].unread and rows[n] is not reading), None)
        if found is not None:
            self._place.list.cursor = found
            self._place.open_row()
        return found is not None

    async def _opened_in_folder(self, record: OpenRecord) -> bool:
        loaded = self._loaded
        for folder in [one for one in loaded.folders if one.unread and one.id not in (TRASH, loaded.showing)]:
            loaded.start(folder.id, await record.threads.load(folder.id))
            found = next((row for row in loaded.lists[folder.id].rows if row.unread), None)
            if found is not None:
                loaded.cursor_at, loaded.reopen = found.key, True
                self._go_to(folder.id)
                return True
        return False

    async def _opened_of_others(self) -> None:
        """Whoever comes after the open one in the family, and has something unread."""
        self._shell.people = family = await self._shell.portal.family.load()
        here = next((n for n, one in enumerate(family.people) if one == self._place.patient), 0)
        others = [*family.people[here + 1 :], *family.people[:here]]
        found = next((one for one in others if one.unread and one.may("messages.read").allowed), None)
        if found is not None:
            self._shell.open_record(found, "inbox", NEXT_UNREAD)
        else:
            self._shell.tell("Nothing is unread.", "Nobody in the family has a message that you have not read.")

    # files

    def save(self) -> None:
        """A file of the conversation, to where the person says."""
        if self._thread is not None and self._place.record is not None:
            self._place.start("choose-file", self._choose_file, self._place.record, self._thread, exclusive=True)

    async def _choose_file(self, record: OpenRecord, row: ThreadRow) -> None:
        with reported(self._shell):
            thread = await self._whole(record, row)
            self._files.choose([file for message in thread.messages for file in message.files])

    async def _save(self, file: Attachment, folder: str) -> Path:
        record = self._place.record
        if record is None:
            raise RecordClosed
        return await record.threads.save(file, folder)


async def forwarded(post: Messaging, record: OpenRecord, thread: Thread, zone: str, say: Callable[..., None]) -> Draft:
    """A draft with all of it, days in `zone`; `say` is told which files do not go with it.

    Raises:
        ApiError: nothing can be had.
    """
    person = record.patient
    draft = replace(
        post.drafts.begin(person.id, person.name),
        subject=f"Fwd: {thread.row.subject}"[: post.limits.subject],
        body=f"\n\n{quotation(thread.messages, zone, thread.row.subject)}\n",
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
