"""Secure messages of the portal API (MSG-5, MSG-7, MSG-10)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from genesis_tui.api_client.portal.client import Calls, of_patient, shaped
from genesis_tui.api_client.portal.messages import message_shapes as shapes
from genesis_tui.api_client.portal.messages.interning import shared
from genesis_tui.api_client.portal.translate import each
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.messages import threads as messages


class MessagesApi:
    """Calls in the name of the person signed in; each may raise what `Calls` raises."""

    def __init__(self, calls: Calls) -> None:
        """On the portal of one server."""
        self._calls = calls

    async def folder(self, patient_id: str, folder: str, before: str) -> messages.ThreadPage:
        """Threads of a folder, newest first; `before` is the `next` of the page before, empty for the first."""
        parameters = (("folder", folder), *((("before", before),) if before else ()))
        return _page(await self._calls.get(shapes.Page, of_patient(patient_id, "threads"), parameters))

    async def search(self, patient_id: str, words: str, before: str) -> messages.ThreadPage:
        """Threads in which each word stands; what is looked for stays out of the URL."""
        asked = {"patient": patient_id, "words": words, "before": before or None}
        return _page(shaped(shapes.Page, await self._calls.send("POST", "threads/search", asked)))

    async def thread(self, patient_id: str, thread_id: str) -> messages.Thread:
        """A whole thread.

        Raises:
            BadAnswer: it is another patient's (FAM-9).
        """
        whole = await self._calls.get(shapes.Whole, f"threads/{quote(thread_id, safe='')}")
        if whole.patient != patient_id:
            words = "The server sent a conversation of somebody else."
            raise BadAnswer(words, next="Ask the server's desk.", rule="FAM-9", reason="of-another")
        return _thread(whole)

    async def mark_read(self, patient_id: str, message_ids: Iterable[str]) -> None:
        """The viewer opened these; telling it twice changes nothing."""
        await self._calls.send("POST", "seen", {"patient": patient_id, "keys": [f"Message/{id}" for id in message_ids]})


def _page(source: shapes.Page) -> messages.ThreadPage:
    rows = tuple(_row(row) for row in each(shapes.Row, source.threads))
    folders = (messages.Folder(f.id, f.name, f.threads, f.unread, f.own) for f in each(shapes.Folder, source.folders))
    return messages.ThreadPage(rows, source.next or "", tuple(folders), len(source.threads) - len(rows))


def _thread(source: shapes.Whole) -> messages.Thread:
    told = tuple(_message(one) for one in each(shapes.Message, source.messages))
    about = source.correction.state if source.correction else ""
    return messages.Thread(_row(source), told, len(source.messages) - len(told), about)


def _row(source: shapes.Row) -> messages.ThreadRow:
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
    for one in each(shapes.MayReply, rows):
        if one.action == messages.NO_REPLY.action:
            can = Permission(one.action, one.allowed, one.rule, one.reason, one.title, one.next, one.since)
            return shared(can), shared(one.until), shared(one.due)
    return messages.NO_REPLY, None, None


def _message(source: shapes.Message) -> messages.Message:
    return messages.Message(
        id=source.id,
        sender=_party(source.sender),
        receiver=_party(source.receiver),
        person=_party(source.person) if source.person else None,
        at=source.at,
        body=source.body,
        unread=source.unread,
        answer=_answer(source.answer),
        files=tuple(Attachment(f.name, f.content_type, f.size, f.id) for f in each(shapes.File, source.files)),
    )


def _party(source: shapes.Party) -> messages.Party:
    return shared(messages.Party(source.name, source.you, source.staff))


def _answer(source: shapes.Answer | None) -> messages.AnswerDue | None:
    return None if source is None else shared(messages.AnswerDue(source.due, source.state, source.next))


def _instant(at: datetime) -> datetime:
    """The same instant under a shared zone: pydantic makes an object for the zone of each."""
    return at.replace(tzinfo=shared(timezone(at.utcoffset() or timedelta())))
