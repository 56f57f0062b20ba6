"""Conversations, drafts and messages on their way as rows of a table, as text to read, and as the JSON that
`inbox --json` promises."""

from collections.abc import Iterable, Iterator
from typing import Any

from genesis_tui.models.acts import Act, Outgoing, doubt_text
from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.base.files import size_text
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import Draft, MessageLimits
from genesis_tui.models.messages.threads import (
    AnswerDue,
    Folder,
    Message,
    Party,
    Thread,
    ThreadPage,
    ThreadRow,
    answer_text,
    heading,
    reply_text,
)
from genesis_tui.sanitize import one_line, plain

DRAFT_HEADS = ("Id", "Saved", "To", "Subject", "State")
OUTBOX_HEADS = ("Key", "Asked", "For", "To", "Subject", "State", "Why")


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
        for file in message.files:
            yield one_line(f"File: {file.title}  {size_text(file.size)}")
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
        "thread": _row(thread.row) | {"correction": thread.correction or None, "messages": messages},
    }


def draft_row(draft: Draft, zone: str) -> tuple[str, ...]:
    """Id, when it was kept, recipient, subject, state."""
    saved = instant_text(draft.saved, zone) if draft.saved else ""
    subject = draft.subject or ("Reply" if draft.is_reply else "")
    return draft.id, saved, draft.recipient, subject, _draft_state(draft)


def draft_heads(draft: Draft, limits: MessageLimits) -> tuple[tuple[str, str], list[tuple[str, str]]]:
    """What stands above the text of a draft, as a table of two columns."""
    files = ", ".join(file.name or "a file" for file in draft.files)
    rows = [
        ("To", draft.recipient),
        ("About", limits.category(draft.category) if draft.category else ""),
        ("Subject", draft.subject),
        ("Entry", draft.entry),
        ("Files", files),
        ("State", _draft_state(draft)),
        ("Refused", draft.refused),
    ]
    return ("Draft", draft.id), [(label, text) for label, text in rows if text]


def drafts_tree(person: FamilyMember, drafts: Iterable[Draft]) -> dict[str, Any]:
    """The drafts about one person."""
    return {"patient": _person(person), "drafts": [_draft(draft) for draft in drafts]}


def draft_tree(person: FamilyMember, draft: Draft) -> dict[str, Any]:
    """One draft."""
    return {"patient": _person(person), "draft": _draft(draft)}


def outcome(item: Outgoing) -> dict[str, Any]:
    """What became of a message."""
    return {
        "state": item.stage.name.lower(),
        "thread": item.thread_id or None,
        "due": item.due.isoformat() if item.due else None,
        "key": item.key,
    }


def outgoing(item: Outgoing) -> dict[str, Any]:
    """A message on its way."""
    told = outcome(item)
    return {
        "key": told.pop("key"),
        "state": told.pop("state"),
        "patient": item.draft.patient_name,
        "to": item.draft.recipient,
        "subject": item.draft.subject,
        "asked": item.asked.isoformat(),
        "why": item.why,
        **told,
        "draft": item.draft.id,
    }


def outgoing_row(item: Outgoing, zone: str) -> tuple[str, ...]:
    """As `OUTBOX_HEADS` names them."""
    draft = item.draft
    asked = instant_text(item.asked, zone)
    return item.key, asked, draft.patient_name, draft.recipient, draft.subject, item.stage, item.why


def act_tree(act: Act, what: str) -> dict[str, Any]:
    """An act that is no message."""
    return {"key": act.key, "kind": act.kind, "what": what, "state": act.stage.name.lower(), "why": act.why}


def act_line(act: Act, what: str) -> str:
    """The same for people."""
    return " ".join(part for part in doubt_text(act, one_line(what)) if part)


def moved_tree(person: FamilyMember, folder: Folder, were: dict[str, str]) -> dict[str, Any]:
    """Conversations that were moved, and where each was."""
    moved = [{"id": id, "from": was} for id, was in were.items()]
    return {"patient": _person(person), "folder": {"id": folder.id, "name": folder.name}, "moved": moved}


def _draft_state(draft: Draft) -> str:
    return "refused" if draft.refused else "kept" if draft.on_server else "kept here"


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "thread": draft.thread_id or None,
        "to": draft.recipient,
        "category": draft.category,
        "subject": draft.subject,
        "body": draft.body,
        "entry": draft.entry or None,
        "files": [{"name": file.name, "size": file.size} for file in draft.files],
        "saved": draft.saved.isoformat() if draft.saved else None,
        "on_server": draft.on_server,
        "refused": draft.refused,
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
        "files": row.files,
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
        "files": [{"name": f.title, "content_type": f.content_type, "size": f.size} for f in message.files],
        "answer": _answer(message.answer),
    }


def _party(party: Party | None) -> dict[str, Any] | None:
    return {"name": party.name, "you": party.you, "staff": party.staff} if party else None


def _answer(answer: AnswerDue | None) -> dict[str, Any] | None:
    return {"due": answer.due.isoformat(), "state": answer.state, "next": answer.next} if answer else None
