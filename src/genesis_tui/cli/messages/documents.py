"""What `inbox --json` prints."""

from collections.abc import Iterable
from typing import NotRequired, TypedDict

from genesis_tui.cli.base.json_parts import (
    Day,
    Instant,
    PatientOutput,
    RefusalOutput,
    UnreadableOutput,
    day,
    instant,
    patient_json,
    unreadable_json,
)
from genesis_tui.models.acts import Act, Outgoing
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.models.messages.threads import AnswerDue, Folder, Message, Party, Thread, ThreadPage, ThreadRow


class FolderOutput(TypedDict):
    """A folder, with how many conversations it holds and how many messages in it are unread."""

    id: str
    name: str
    threads: int
    unread: int


class PartyOutput(TypedDict):
    """Who writes or receives: you, the care team (`staff`), or somebody else."""

    name: str
    you: bool
    staff: bool


class AnswerOutput(TypedDict):
    """By which day an answer is due; `state` is waiting, overdue, answered or late."""

    due: Day
    state: str
    next: str


class ReplyOutput(RefusalOutput):
    """Whether a reply is taken, and until which day."""

    allowed: bool
    until: Day | None


class _ThreadJson(TypedDict):
    id: str
    subject: str
    category: str
    at: Instant
    count: int
    unread: int
    files: int
    state: str
    answer: AnswerOutput | None
    reply: ReplyOutput


_With = TypedDict("_With", {"with": str, "for": PartyOutput | None})


class ThreadOutput(_ThreadJson, _With):
    """A conversation. `count`, `unread` and `files` count messages and their files; `state` is as in the app: due,
    overdue, closed or empty."""


class ThreadsOutput(TypedDict):
    """Conversations, newest first; `more` says that there are others. `folders` come with those of a folder."""

    patient: PatientOutput
    zone: str
    folders: NotRequired[list[FolderOutput]]
    more: bool
    unreadable: UnreadableOutput
    threads: list[ThreadOutput]


class FileOutput(TypedDict):
    """A file of a message; `size` is in bytes, null where it is not known."""

    name: str
    content_type: str
    size: int | None


class _MessageJson(TypedDict):
    id: str
    at: Instant
    body: str
    unread: bool
    files: list[FileOutput]
    answer: AnswerOutput | None


_Parties = TypedDict("_Parties", {"from": PartyOutput | None, "to": PartyOutput | None, "for": PartyOutput | None})


class MessageOutput(_MessageJson, _Parties):
    """One message; `for` is null where people write for themselves."""


class WholeThreadOutput(ThreadOutput):
    """A conversation, oldest message first; `correction` is asked, amended, clarified or declined where it says that
    an entry is wrong, else null."""

    correction: str | None
    messages: list[MessageOutput]


class ThreadDocumentOutput(TypedDict):
    """One conversation."""

    patient: PatientOutput
    zone: str
    unreadable: UnreadableOutput
    thread: WholeThreadOutput


class DraftFileOutput(TypedDict):
    """A file of a draft."""

    name: str
    size: int


class DraftOutput(TypedDict):
    """A message that is not sent.

    `thread` is the conversation that it replies to, `entry` the one that it says is wrong, each null where there is
    none; `refused` says why the server did not take it.
    """

    id: str
    thread: str | None
    to: str
    category: str
    subject: str
    body: str
    entry: str | None
    files: list[DraftFileOutput]
    saved: Instant | None
    on_server: bool
    refused: str


class DraftsOutput(TypedDict):
    """The drafts about one person, last changed first."""

    patient: PatientOutput
    zone: str
    drafts: list[DraftOutput]


class DraftDocumentOutput(TypedDict):
    """One draft."""

    patient: PatientOutput
    zone: str
    draft: DraftOutput


class SentOutput(TypedDict):
    """What became of a message: `state` is sent, queued, sending, unknown (whether it arrived), asks or refused.
    `thread` and `due` are null until it is sent."""

    state: str
    thread: str | None
    due: Day | None
    key: str


class OutgoingOutput(SentOutput):
    """A message on its way, about which patient; `why` says what stands in the way."""

    patient: str
    to: str
    subject: str
    asked: Instant
    why: str
    draft: str


class ActOutput(TypedDict):
    """An act that is no message."""

    key: str
    kind: str
    what: str
    state: str
    why: str


class OutboxOutput(TypedDict):
    """What is not known to be done."""

    zone: str
    messages: list[OutgoingOutput]
    acts: list[ActOutput]


class TakenBackOutput(TypedDict):
    """The id of the draft that a message became again."""

    draft: str


class DeletedOutput(TypedDict):
    """The id of what was deleted."""

    deleted: str


class UnreadOutput(TypedDict):
    """The ids of the conversations that are unread again."""

    unread: list[str]


class FolderNameOutput(TypedDict):
    """A folder."""

    id: str
    name: str


_Moved = TypedDict("_Moved", {"id": str, "from": str})


class MovedOutput(TypedDict):
    """Conversations that were moved, and the id of the folder where each was."""

    patient: PatientOutput
    folder: FolderNameOutput
    moved: list[_Moved]


def tree(person: FamilyMember, page: ThreadPage, rows: Iterable[ThreadRow], zone: str, *, more: bool) -> ThreadsOutput:
    """A list of conversations."""
    folders = [FolderOutput(id=f.id, name=f.name, threads=f.threads, unread=f.unread) for f in page.folders]
    found: ThreadsOutput = {
        "patient": patient_json(person),
        "zone": zone,
        "more": more,
        "unreadable": unreadable_json(page.unreadable),
        "threads": [_row(row, zone) for row in rows],
    }
    if folders:
        found["folders"] = folders
    return found


def thread_tree(person: FamilyMember, thread: Thread, zone: str) -> ThreadDocumentOutput:
    """One conversation."""
    return {
        "patient": patient_json(person),
        "zone": zone,
        "unreadable": unreadable_json(thread.unreadable),
        "thread": {
            **_row(thread.row, zone),
            "correction": thread.correction or None,
            "messages": [_message(message, zone) for message in thread.messages],
        },
    }


def drafts_tree(person: FamilyMember, drafts: Iterable[Draft], zone: str) -> DraftsOutput:
    """The drafts about one person."""
    return {"patient": patient_json(person), "zone": zone, "drafts": [_draft(draft, zone) for draft in drafts]}


def draft_tree(person: FamilyMember, draft: Draft, zone: str) -> DraftDocumentOutput:
    """One draft."""
    return {"patient": patient_json(person), "zone": zone, "draft": _draft(draft, zone)}


def outcome(item: Outgoing) -> SentOutput:
    """What became of a message."""
    return {
        "state": item.stage.name.lower(),
        "thread": item.thread_id or None,
        "due": day(item.due),
        "key": item.key,
    }


def outgoing(item: Outgoing, zone: str) -> OutgoingOutput:
    """A message on its way."""
    told = outcome(item)
    return {
        "key": told["key"],
        "state": told["state"],
        "patient": item.draft.patient_name,
        "to": item.draft.recipient,
        "subject": item.draft.subject,
        "asked": instant(item.asked, zone),
        "why": item.why,
        "thread": told["thread"],
        "due": told["due"],
        "draft": item.draft.id,
    }


def act_tree(act: Act, what: str) -> ActOutput:
    """An act that is no message."""
    return {"key": act.key, "kind": act.kind, "what": what, "state": act.stage.name.lower(), "why": act.why}


def moved_tree(person: FamilyMember, folder: Folder, were: dict[str, str]) -> MovedOutput:
    """Conversations that were moved, and where each was."""
    return {
        "patient": patient_json(person),
        "folder": {"id": folder.id, "name": folder.name},
        "moved": [{"id": id, "from": was} for id, was in were.items()],
    }


def _draft(draft: Draft, zone: str) -> DraftOutput:
    return {
        "id": draft.id,
        "thread": draft.thread_id or None,
        "to": draft.recipient,
        "category": draft.category,
        "subject": draft.subject,
        "body": draft.body,
        "entry": draft.entry or None,
        "files": [{"name": file.name, "size": file.size} for file in draft.files],
        "saved": instant(draft.saved, zone),
        "on_server": draft.on_server,
        "refused": draft.refused,
    }


def _row(row: ThreadRow, zone: str) -> ThreadOutput:
    reply = row.reply
    return {
        "id": row.id,
        "subject": row.subject,
        "category": row.category,
        "with": row.team,
        "for": _party(row.person),
        "at": instant(row.at, zone),
        "count": row.count,
        "unread": row.unread,
        "files": row.files,
        "state": row.state,
        "answer": _answer(row.answer),
        "reply": {
            "allowed": reply.allowed,
            "until": day(row.reply_until),
            "rule": reply.rule,
            "reason": reply.reason,
            "title": reply.title,
            "next": reply.next,
        },
    }


def _message(message: Message, zone: str) -> MessageOutput:
    return {
        "id": message.id,
        "from": _party(message.sender),
        "to": _party(message.receiver),
        "for": _party(message.person),
        "at": instant(message.at, zone),
        "body": message.body,
        "unread": message.unread,
        "files": [{"name": f.title, "content_type": f.content_type, "size": f.size} for f in message.files],
        "answer": _answer(message.answer),
    }


def _party(party: Party | None) -> PartyOutput | None:
    return {"name": party.name, "you": party.you, "staff": party.staff} if party else None


def _answer(answer: AnswerDue | None) -> AnswerOutput | None:
    return {"due": day(answer.due), "state": answer.state, "next": answer.next} if answer else None
