"""Conversations of the portal API: folders, threads, and putting them elsewhere (MSG-5, MSG-7, MSG-10)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any
from urllib.parse import quote

import msgspec

from genesis_tui.api_client.http.client import Response
from genesis_tui.api_client.portal.acts import Nothing, became_of
from genesis_tui.api_client.portal.client import PortalClient, of_patient, read
from genesis_tui.api_client.portal.decoding import Decoder, PortalJson, Said, SaidLines, as_sent, said_lines
from genesis_tui.api_client.portal.messages.interning import shared
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.messages.threads import (
    NO_REPLY,
    AnswerDue,
    Folder,
    Message,
    Party,
    Thread,
    ThreadPage,
    ThreadRow,
)

_PARTY = Decoder(Party, absent={"name": ""})
_ANSWER = Decoder(AnswerDue)
"""MSG-5."""
FOLDER = Decoder(Folder)
"""MSG-7."""


def _party(value: Any) -> Party:
    return shared(_PARTY.decoded(value))


def _optional_party(value: Any) -> Party | None:
    return None if value is None else _party(value)


def _answer(value: Any) -> AnswerDue | None:
    return None if value is None else shared(_ANSWER.decoded(value))


class MayReplyJson(PortalJson, frozen=True):
    """WIRE: `can`, with the last day of a reply (MSG-10) and when it would be answered."""

    action: str
    allowed: bool
    rule: str = ""
    reason: str = ""
    title: str = ""
    next: str = ""
    from_: datetime | None = msgspec.field(default=None, name="from")
    until: date | None = None
    due: date | None = None

    def model(self) -> Permission:
        """Without the days."""
        return Permission(self.action, self.allowed, self.rule, self.reason, self.title, self.next, self.from_)


class ThreadRowJson(PortalJson, frozen=True):
    """A thread in a list."""

    id: str
    at: datetime
    subject: Said = ""
    category: str = ""
    team: str = msgspec.field(default="", name="with")
    person: Annotated[Party, _party] = msgspec.field(default=Party(""), name="for")
    count: int = 1
    unread: int = 0
    answer: Annotated[AnswerDue | None, _answer] = None
    files: int = 0
    can: Annotated[tuple[MayReplyJson, ...], MayReplyJson.each] = ()

    def row(self) -> ThreadRow:
        """As its folder lists it; what many rows have in common stands once."""
        reply = next((one for one in self.can if one.action == NO_REPLY.action), None)
        return ThreadRow(
            id=self.id,
            subject=self.subject,
            category=shared(self.category),
            team=shared(self.team),
            person=self.person,
            at=_instant(self.at),
            count=self.count,
            unread=self.unread,
            answer=self.answer,
            reply=shared(reply.model()) if reply else NO_REPLY,
            reply_until=shared(reply.until) if reply else None,
            reply_due=shared(reply.due) if reply else None,
            files=self.files,
        )


class FileJson(PortalJson, frozen=True):
    """MSG-6."""

    id: str
    name: str
    content_type: str = ""
    size: int = 0

    def model(self) -> Attachment:
        """Where it can be fetched is its id."""
        return Attachment(self.name, self.content_type, self.size, self.id)


def _files(rows: Any) -> tuple[Attachment, ...]:
    return tuple(one.model() for one in FileJson.each(rows))


MESSAGE = Decoder(
    Message,
    names={"sender": "from", "receiver": "to", "person": "for"},
    read={
        "sender": _party,
        "receiver": _party,
        "person": _optional_party,
        "body": said_lines,
        "answer": _answer,
        "files": _files,
    },
)


class AboutJson(PortalJson, frozen=True):
    """REC-7."""

    entry: str
    state: str
    note: SaidLines = ""


class ThreadJson(ThreadRowJson, frozen=True, kw_only=True):
    """`GET threads/{id}`."""

    patient: str
    messages: list[Any]
    correction: AboutJson | None = None

    def model(self) -> Thread:
        """Its messages, and how many of them can't be read."""
        told = tuple(MESSAGE.each(self.messages))
        about = self.correction.state if self.correction else ""
        return Thread(self.row(), told, len(self.messages) - len(told), about)


class ThreadPageJson(PortalJson, frozen=True):
    """`GET patients/{id}/threads` and `POST threads/search`."""

    threads: list[Any]
    folders: Annotated[tuple[Folder, ...], FOLDER.each] = ()
    next: Annotated[str | None, as_sent] = None

    def model(self, size: int = 0) -> ThreadPage:
        """Its rows, and how many of them can't be read; `size` is what it took."""
        rows = tuple(one.row() for one in ThreadRowJson.each(self.threads))
        return ThreadPage(rows, self.next or "", self.folders, len(self.threads) - len(rows), size)


class MoveJson(PortalJson, frozen=True):
    """A conversation and the folder it was in."""

    thread: str
    was: str = msgspec.field(default="", name="from")


class MovesJson(PortalJson, frozen=True):
    """`POST messages/move`."""

    moved: Annotated[tuple[MoveJson, ...], MoveJson.each] = ()

    def model(self) -> dict[str, str]:
        """Each conversation's folder of before."""
        return {one.thread: one.was for one in self.moved}


class MarkedJson(PortalJson, frozen=True):
    """`POST messages/read` and `POST messages/unread`."""

    messages: tuple[str, ...] = ()


class PortalThreads:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def folder(self, patient_id: str, folder: str, before: str) -> ThreadPage:
        """Threads of a folder, newest first; `before` is the `next` of the page before, empty for the first."""
        parameters = (("folder", folder), *((("before", before),) if before else ()))
        return _page(await self._client.ask(of_patient(patient_id, "threads"), parameters))

    async def search(self, patient_id: str, words: str, before: str) -> ThreadPage:
        """Threads in which each word stands; what is looked for stays out of the URL."""
        asked = {"patient": patient_id, "words": words, "before": before or None}
        return _page(await self._client.send("POST", "threads/search", asked))

    async def thread(self, patient_id: str, thread_id: str) -> Thread:
        """A whole thread.

        Raises:
            BadAnswer: it is another patient's (FAM-9).
        """
        whole = await self._client.get(ThreadJson, f"threads/{quote(thread_id, safe='')}")
        if whole.patient != patient_id:
            words = "The server sent a conversation of somebody else."
            raise BadAnswer(words, next="Ask the server's desk.", rule="FAM-9", reason="of-another")
        return whole.model()

    async def mark_read(self, patient_id: str, message_ids: Iterable[str]) -> None:
        """The viewer opened these; telling it twice changes nothing."""
        await self._client.send(
            "POST", "seen", {"patient": patient_id, "keys": [f"Message/{id}" for id in message_ids]}
        )

    async def move(self, patient_id: str, thread_ids: Sequence[str], folder: str, key: str = "") -> dict[str, str]:
        """Put conversations into a folder; each one's folder of before (MSG-7)."""
        body = {"patient": patient_id, "threads": list(thread_ids), "folder": folder}
        return read(MovesJson, await self._client.send("POST", "messages/move", body, key=key)).model()

    async def moved(self, key: str) -> dict[str, str] | None:
        """What became of that under its key; these are as `acts.became_of`."""
        found = await became_of(self._client, key, MovesJson)
        return found.model() if found is not None else None

    async def mark(
        self, patient_id: str, thread_ids: Sequence[str], messages: Sequence[str], key: str, *, unread: bool
    ) -> tuple[str, ...]:
        """What is unread in these is read, or the last message to the person in each is unread again.

        Args:
            patient_id: whom all of them are about.
            thread_ids: of which conversations.
            messages: only these; none stands for all.
            key: idempotency key.
            unread: which of the two.

        Returns:
            The ids of the messages that were the other before.
        """
        asked = {"patient": patient_id, "threads": list(thread_ids), "messages": list(messages)}
        answer = await self._client.send("POST", f"messages/{'unread' if unread else 'read'}", asked, key=key)
        return read(MarkedJson, answer).messages

    async def marked(self, key: str) -> tuple[str, ...] | None:
        """What became of that under its key."""
        found = await became_of(self._client, key, MarkedJson)
        return found.messages if found is not None else None

    async def make_folder(self, patient_id: str, name: str, key: str) -> Folder:
        """A new folder (MSG-7)."""
        answer = await self._client.send("POST", "folders", {"patient": patient_id, "name": name}, key=key)
        return _own(read(FOLDER, answer))

    async def folder_made(self, key: str) -> Folder | None:
        """What became of that under its key."""
        made = await became_of(self._client, key, FOLDER)
        return _own(made) if made is not None else None

    async def remove_folder(self, folder_id: str, key: str = "") -> None:
        """Take an own, empty folder away (MSG-7)."""
        await self._client.send("DELETE", f"folders/{quote(folder_id, safe='')}", key=key)

    async def done(self, key: str) -> bool | None:
        """What became of one of those that are answered by nothing."""
        return await became_of(self._client, key, Nothing)

    async def download(self, file_id: str) -> tuple[bytes, str]:
        """What a file holds, and its media type."""
        answer = await self._client.fetch(f"attachments/{quote(file_id, safe='')}")
        return answer.body, answer.kind


def _page(answer: Response) -> ThreadPage:
    return read(ThreadPageJson, answer).model(len(answer.body))


def _own(made: Folder) -> Folder:
    return Folder(made.id, made.name, own=True)


def _instant(at: datetime) -> datetime:
    """The same instant under a shared zone: each that is read has an object of its own for its offset."""
    return at.replace(tzinfo=shared(timezone(at.utcoffset() or timedelta())))
