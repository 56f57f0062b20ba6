"""Conversations of the portal API: folders, threads, and putting them elsewhere (MSG-5, MSG-7, MSG-10)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from genesis_tui.api_client.portal.client import PortalClient, of_patient, shaped
from genesis_tui.api_client.portal.decoding import PermissionJson, PortalJson, Said, SaidLines, Text, Words, each
from genesis_tui.api_client.portal.messages.interning import shared
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.messages import threads as messages


class PartyJson(PortalJson):
    """A person or the care team."""

    name: Text = ""
    you: bool = False
    staff: bool = False


class AnswerDueJson(PortalJson):
    """MSG-5."""

    due: date
    state: Words
    next: Text = ""


class MayReplyJson(PermissionJson):
    """WIRE: `can`, with the last day of a reply (MSG-10)."""

    until: date | None = None
    due: date | None = None


class FolderJson(PortalJson):
    """MSG-7."""

    id: Words
    name: Words
    threads: int = 0
    unread: int = 0
    own: bool = False


class ThreadRowJson(PortalJson):
    """A thread in a list."""

    id: Words
    subject: Said = ""
    category: Text = ""
    team: Text = Field("", alias="with")
    person: PartyJson = Field(PartyJson(), alias="for")
    at: AwareDatetime
    count: int = 1
    unread: int = 0
    answer: AnswerDueJson | None = None
    files: int = 0
    can: tuple[Any, ...] = ()


class FileJson(PortalJson):
    """MSG-6."""

    id: Words
    name: Words
    content_type: Text = ""
    size: int = 0


class AboutJson(PortalJson):
    """REC-7."""

    entry: Words
    state: Words
    note: SaidLines = ""


class MessageJson(PortalJson):
    """One message."""

    id: Words
    sender: PartyJson = Field(alias="from")
    receiver: PartyJson = Field(alias="to")
    person: PartyJson | None = Field(None, alias="for")
    at: AwareDatetime
    body: SaidLines
    unread: bool = False
    answer: AnswerDueJson | None = None
    files: tuple[Any, ...] = ()


class ThreadJson(ThreadRowJson):
    """`GET threads/{id}`."""

    patient: Words
    messages: list[Any]
    correction: AboutJson | None = None


class ThreadPageJson(PortalJson):
    """`GET patients/{id}/threads` and `POST threads/search`."""

    threads: list[Any]
    folders: tuple[Any, ...] = ()
    next: str | None = None


class MovesJson(PortalJson):
    """`POST messages/move`."""

    moved: tuple[Any, ...] = ()


class MoveJson(PortalJson):
    """A conversation and the folder it was in."""

    thread: Words
    was: Words = Field("", alias="from")


class PortalThreads:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def folder(self, patient_id: str, folder: str, before: str) -> messages.ThreadPage:
        """Threads of a folder, newest first; `before` is the `next` of the page before, empty for the first."""
        parameters = (("folder", folder), *((("before", before),) if before else ()))
        return _page(await self._client.get(ThreadPageJson, of_patient(patient_id, "threads"), parameters))

    async def search(self, patient_id: str, words: str, before: str) -> messages.ThreadPage:
        """Threads in which each word stands; what is looked for stays out of the URL."""
        asked = {"patient": patient_id, "words": words, "before": before or None}
        return _page(shaped(ThreadPageJson, await self._client.send("POST", "threads/search", asked)))

    async def thread(self, patient_id: str, thread_id: str) -> messages.Thread:
        """A whole thread.

        Raises:
            BadAnswer: it is another patient's (FAM-9).
        """
        whole = await self._client.get(ThreadJson, f"threads/{quote(thread_id, safe='')}")
        if whole.patient != patient_id:
            words = "The server sent a conversation of somebody else."
            raise BadAnswer(words, next="Ask the server's desk.", rule="FAM-9", reason="of-another")
        return _thread(whole)

    async def mark_read(self, patient_id: str, message_ids: Iterable[str]) -> None:
        """The viewer opened these; telling it twice changes nothing."""
        await self._client.send(
            "POST", "seen", {"patient": patient_id, "keys": [f"Message/{id}" for id in message_ids]}
        )

    async def move(self, patient_id: str, thread_ids: Sequence[str], folder: str) -> dict[str, str]:
        """Put conversations into a folder; each one's folder of before (MSG-7)."""
        body = {"patient": patient_id, "threads": list(thread_ids), "folder": folder}
        answer = await self._client.send("POST", "messages/move", body)
        moved = each(MoveJson, shaped(MovesJson, answer).moved)
        return {one.thread: one.was for one in moved}

    async def mark_unread(self, patient_id: str, thread_ids: Sequence[str]) -> None:
        """The last message to the person in each of these is unread again."""
        await self._client.send("POST", "messages/unread", {"patient": patient_id, "threads": list(thread_ids)})

    async def make_folder(self, patient_id: str, name: str) -> messages.Folder:
        """A new folder (MSG-7)."""
        answer = await self._client.send("POST", "folders", {"patient": patient_id, "name": name}, once=True)
        made = shaped(FolderJson, answer)
        return messages.Folder(made.id, made.name, own=True)

    async def remove_folder(self, folder_id: str) -> None:
        """Take an own, empty folder away (MSG-7)."""
        await self._client.send("DELETE", f"folders/{quote(folder_id, safe='')}")

    async def download(self, file_id: str) -> tuple[bytes, str]:
        """What a file holds, and its media type."""
        answer = await self._client.fetch(f"attachments/{quote(file_id, safe='')}")
        return answer.body, answer.kind


def _page(source: ThreadPageJson) -> messages.ThreadPage:
    rows = tuple(_row(row) for row in each(ThreadRowJson, source.threads))
    folders = (messages.Folder(f.id, f.name, f.threads, f.unread, f.own) for f in each(FolderJson, source.folders))
    return messages.ThreadPage(rows, source.next or "", tuple(folders), len(source.threads) - len(rows))


def _thread(source: ThreadJson) -> messages.Thread:
    told = tuple(_message(one) for one in each(MessageJson, source.messages))
    about = source.correction.state if source.correction else ""
    return messages.Thread(_row(source), told, len(source.messages) - len(told), about)


def _row(source: ThreadRowJson) -> messages.ThreadRow:
    reply, until, due = _reply(source.can)
    return messages.ThreadRow(
        id=source.id,
        subject=source.subject,
        category=shared(source.category),
        team=shared(source.team),
        person=_party(source.person),
        at=_instant(source.at),
        count=source.count,
        unread=source.unread,
        answer=_answer(source.answer),
        reply=reply,
        reply_until=until,
        reply_due=due,
        files=source.files,
    )


def _reply(rows: Iterable[Any]) -> tuple[Permission, date | None, date | None]:
    for one in each(MayReplyJson, rows):
        if one.action == messages.NO_REPLY.action:
            can = Permission(one.action, one.allowed, one.rule, one.reason, one.title, one.next, one.since)
            return shared(can), shared(one.until), shared(one.due)
    return messages.NO_REPLY, None, None


def _message(source: MessageJson) -> messages.Message:
    return messages.Message(
        id=source.id,
        sender=_party(source.sender),
        receiver=_party(source.receiver),
        person=_party(source.person) if source.person else None,
        at=source.at,
        body=source.body,
        unread=source.unread,
        answer=_answer(source.answer),
        files=tuple(Attachment(f.name, f.content_type, f.size, f.id) for f in each(FileJson, source.files)),
    )


def _party(source: PartyJson) -> messages.Party:
    return shared(messages.Party(source.name, source.you, source.staff))


def _answer(source: AnswerDueJson | None) -> messages.AnswerDue | None:
    return None if source is None else shared(messages.AnswerDue(source.due, source.state, source.next))


def _instant(at: datetime) -> datetime:
    """The same instant under a shared zone: pydantic makes an object for the zone of each."""
    return at.replace(tzinfo=shared(timezone(at.utcoffset() or timedelta())))
