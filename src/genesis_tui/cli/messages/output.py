"""Conversations, drafts and messages on their way as rows of a table and as text to read."""

from collections.abc import Iterator

from genesis_tui.models.acts import Act, Outgoing, doubt_text
from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.base.files import size_text
from genesis_tui.models.messages.drafts import Draft, MessageLimits
from genesis_tui.models.messages.threads import (
    Thread,
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


def outgoing_row(item: Outgoing, zone: str) -> tuple[str, ...]:
    """As `OUTBOX_HEADS` names them."""
    draft = item.draft
    asked = instant_text(item.asked, zone)
    return item.key, asked, draft.patient_name, draft.recipient, draft.subject, item.stage, item.why


def act_line(act: Act, what: str) -> str:
    """The same for people."""
    return " ".join(part for part in doubt_text(act, one_line(what)) if part)


def _draft_state(draft: Draft) -> str:
    return "refused" if draft.refused else "kept" if draft.on_server else "kept here"
