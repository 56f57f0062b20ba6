"""Conversations as rows of a table, as text to read, and as the JSON that `inbox --json` promises."""

from collections.abc import Iterable, Iterator
from typing import Any

from genesis_tui.models.messages import (
    Answer,
    Message,
    Party,
    Thread,
    ThreadPage,
    ThreadRow,
    answer_text,
    heading,
    reply_text,
)
from genesis_tui.models.people import FamilyMember
from genesis_tui.models.wording import instant_text
from genesis_tui.text import one_line, plain


def table_row(row: ThreadRow, zone: str) -> tuple[str, ...]:
    """Id, date, unread, care team, subject, state."""
    unread = str(row.unread) if row.unread else ""
    return row.id, instant_text(row.at, zone), unread, row.team, row.subject, row.state


def thread_lines(thread: Thread, zone: str) -> Iterator[str]:
    """Subject and category, each message under who wrote it to whom and when, and what may be replied."""
    yield one_line(thread.row.subject)
    yield one_line(thread.row.category)
    for message in thread.messages:
        sender, receiver = heading(message)
        yield ""
        yield one_line(f"{'* ' if message.unread else ''}{sender} → {receiver}, {instant_text(message.at, zone)}")
        yield plain(message.body, lines=True)
        if message.answer is not None:
            yield one_line(answer_text(message.answer))
    yield ""
    yield one_line(reply_text(thread.row))


def tree(person: FamilyMember, page: ThreadPage, rows: Iterable[ThreadRow], *, more: bool) -> dict[str, Any]:
    """A list of conversations."""
    folders = [{"id": f.id, "name": f.name, "threads": f.threads, "unread": f.unread} for f in page.folders]
    return {
        "patient": _person(person),
        **({"folders": folders} if folders else {}),
        "more": more,
        "unreadable": page.unreadable,
        "threads": [_row(row) for row in rows],
    }


def thread_tree(person: FamilyMember, thread: Thread) -> dict[str, Any]:
    """One conversation."""
    messages = [_message(message) for message in thread.messages]
    return {
        "patient": _person(person),
        "unreadable": thread.unreadable,
        "thread": _row(thread.row) | {"messages": messages},
    }


def _person(person: FamilyMember) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "relation": person.relation}


def _row(row: ThreadRow) -> dict[str, Any]:
    reply = row.reply
    return {
        "id": row.id,
        "subject": row.subject,
        "category": row.category,
        "with": row.team,
        "for": _party(row.person),
        "at": row.at.isoformat(),
        "count": row.count,
        "unread": row.unread,
        "state": row.state,
        "answer": _answer(row.answer),
        "reply": {
            "allowed": reply.allowed,
            "until": row.reply_until.isoformat() if row.reply_until else None,
            "rule": reply.rule,
            "reason": reply.reason,
            "title": reply.title,
            "next": reply.next,
        },
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "from": _party(message.sender),
        "to": _party(message.receiver),
        "for": _party(message.person),
        "at": message.at.isoformat(),
        "body": message.body,
        "unread": message.unread,
        "answer": _answer(message.answer),
    }


def _party(party: Party | None) -> dict[str, Any] | None:
    return {"name": party.name, "you": party.you, "staff": party.staff} if party else None


def _answer(answer: Answer | None) -> dict[str, Any] | None:
    return {"due": answer.due.isoformat(), "state": answer.state, "next": answer.next} if answer else None
