"""Threads of secure messages: folders newest first, search, what is unread, and marking it read.

`owner_id` is `''` for a viewer who may read the whole record, and the viewer's id where only what they wrote or
received is open (FAM-3); the folder Sent is always the viewer's own. A conversation about a sensitive entry is the
patient's alone, whoever began it (FAM-7).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)

from genesis_tui.mock_backend.database.record.resources import WITHHELD
from genesis_tui.mock_backend.database.schema.appointments import appointment_thread
from genesis_tui.mock_backend.database.schema.messages import correction, filed, message, moved, thread
from genesis_tui.mock_backend.database.word_index import (
    THREAD_ID,
    hits,
    index_all,
    index_threads,
    is_indexed,
    phrases_of,
)

INBOX, SENT, TRASH, EVERYWHERE, OWN = "inbox", "sent", "trash", "*", "own"
EVERYBODY = ""
_LIMIT: Any = bindparam("limit", type_=Integer)


class FolderView(NamedTuple):
    """One folder of one patient's threads, as one viewer has it: a standing one, the id of an own one, or all."""

    owner_id: str
    patient_id: str
    folder: str
    viewer_id: str

    @property
    def kind(self) -> str:
        """The standing folder; `OWN` for those that hold what the viewer moved there, Trash among them."""
        return self.folder if self.folder in (INBOX, SENT, EVERYWHERE) else OWN

    @property
    def values(self) -> dict[str, Any]:
        """For the queries of a folder."""
        standing = SENT if self.folder == SENT else INBOX
        whose = {"owner": self.owner_id, "patient": self.patient_id, "viewer": self.viewer_id}
        return {**whose, "folder": self.folder, "standing": standing}


class Chosen(NamedTuple):
    """Some threads, and those messages in them that are meant: none stands for all."""

    threads: Sequence[str]
    messages: Sequence[str] = ()


class ThreadCursor(NamedTuple):
    """Where a page ends: the instant (microseconds) and id of its last thread."""

    at: int
    thread_id: str


def folder_page(
    conn: Connection, view: FolderView, *, before: ThreadCursor | None, limit: int, words: Sequence[str] = ()
) -> list[ThreadCursor]:
    """The next threads of a folder after `before`, newest first; with `words` (casefolded) only those with each.

    A word may stand in the subject, or in the sender or body of a message that the owner sees. On SQLite it is the
    beginning of a word there, and what is neither letter nor digit does not count; elsewhere it may stand anywhere.
    """
    if words and is_indexed(conn) and view.folder != SENT:
        return _found(conn, view, words, before=before, limit=limit)
    wanted = _page(view.kind)
    if words:
        wanted = wanted.where(*(_holds(view, word) for word in words))
    if before is not None:
        wanted = wanted.where(tuple_(filed.c.at, filed.c.thread_id) < tuple_(literal(before.at), before.thread_id))
    return [ThreadCursor(row.at, row.thread_id) for row in conn.execute(wanted, view.values | {"limit": limit})]


def _found(
    conn: Connection, view: FolderView, words: Sequence[str], *, before: ThreadCursor | None, limit: int
) -> list[ThreadCursor]:
    phrases = phrases_of(words)
    if not phrases:
        return []
    on = select(filed.c.at).where(filed.c.thread_id == THREAD_ID, *_on(view.kind))
    wanted = hits(view.owner_id, view.patient_id, phrases, before=before).where(on.exists()).limit(limit)
    return [ThreadCursor(row.at, row.thread_id) for row in conn.execute(wanted, view.values)]


def folder_sizes(conn: Connection, inbox: FolderView) -> dict[str, int]:
    """How many threads each folder holds that holds any; Drafts are counted elsewhere."""
    sent = inbox._replace(owner_id=inbox.viewer_id, folder=SENT)
    away = _away(conn, inbox)
    sizes = {INBOX: _filed_count(conn, inbox), SENT: _filed_count(conn, sent)}
    sizes[INBOX] -= sum(away.values())
    sizes[SENT] -= sum(_away(conn, sent).values())
    return sizes | away


def _filed_count(conn: Connection, view: FolderView) -> int:
    return int(conn.execute(_FILED_COUNT, view.values).scalar_one())


def _away(conn: Connection, view: FolderView) -> dict[str, int]:
    """Folder -> how many threads of a standing folder the viewer moved there."""
    return {row[0]: int(row[1]) for row in conn.execute(_AWAY, view.values)}


def threads_of(conn: Connection, thread_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Id -> row of `thread`, whoever may see it."""
    wanted = select(thread).where(thread.c.id.in_(list(thread_ids)))
    return {row.id: row for row in conn.execute(wanted)}


def threads_for(
    conn: Connection, viewer_id: str, patient_ids: Iterable[str], thread_ids: Iterable[str]
) -> dict[str, Row[Any]]:
    """Id -> row of `thread`, for those about one of these patients that are not kept from the viewer (FAM-7)."""
    ids = list(thread_ids)
    asked = ({"viewer": viewer_id, "patient": one, "ids": ids} for one in patient_ids)
    return {row.id: row for one in asked for row in conn.execute(_OPEN_TO_VIEWER, one)}


def messages_of(conn: Connection, thread_ids: Iterable[str], *, bodies: bool) -> dict[str, list[Row[Any]]]:
    """Thread id -> its messages, oldest first; without `bodies` they are None."""
    found: dict[str, list[Row[Any]]] = {}
    for row in conn.execute(_WITH_BODIES if bodies else _WITHOUT_BODIES, {"ids": list(thread_ids)}):
        found.setdefault(row.thread_id, []).append(row)
    return found


def unread_messages(conn: Connection, viewer_id: str, patient_id: str) -> int:
    """How many messages about a patient were sent to the viewer and not opened, but for those in Trash."""
    return sum(count for folder, count in unread_by_folder(conn, viewer_id, patient_id).items() if folder != TRASH)


def unread_by_folder(conn: Connection, viewer_id: str, patient_id: str) -> dict[str, int]:
    """How many messages about a patient the viewer has unread, by folder; folders without any are left out (MSG-7)."""
    rows = conn.execute(_UNREAD_BY_FOLDER, {"viewer": viewer_id, "patient": patient_id})
    return {row[0]: int(row[1]) for row in rows}


def unread_threads(conn: Connection, viewer_id: str, patient_id: str, *, limit: int = 50) -> list[Row[Any]]:
    """Threads about a patient with a message that the viewer has not opened, by that message, newest first.

    Rows have id, subject, sender (of the newest unread message) and at (microseconds). What was sent to the viewer is
    open to them whatever their access to the record is (FAM-3).
    """
    return list(conn.execute(_UNREAD_THREADS, {"viewer": viewer_id, "patient": patient_id, "limit": limit}))


def open_messages(conn: Connection, viewer_id: str, patient_id: str, ids: Iterable[str], *, now: int) -> None:
    """The viewer has opened these; ids of anything but unread messages to them about this patient do nothing."""
    mine = and_(message.c.receiver_id == viewer_id, message.c.patient_id == patient_id, message.c.opened.is_(None))
    conn.execute(update(message).where(message.c.id.in_(list(ids)), mine).values(opened=now))


def open_threads(conn: Connection, viewer_id: str, patient_id: str, chosen: Chosen, *, now: int) -> list[str]:
    """The viewer has opened what is unread in these threads; ids of the messages that are read by it."""
    return _marked(conn, viewer_id, patient_id, chosen, message.c.opened.is_(None), opened=now)


def shut_messages(conn: Connection, viewer_id: str, patient_id: str, chosen: Chosen) -> list[str]:
    """The last message to the viewer of each of these threads is unread again; ids of those that were read before."""
    mine = (message.c.receiver_id == viewer_id, message.c.patient_id == patient_id)
    last = select(message.c.thread_id, func.max(message.c.sent)).where(*mine, message.c.thread_id.in_(chosen.threads))
    newest = tuple_(message.c.thread_id, message.c.sent).in_(last.group_by(message.c.thread_id))
    which = true() if chosen.messages else newest
    return _marked(conn, viewer_id, patient_id, chosen, and_(which, message.c.opened.is_not(None)), opened=None)


def _marked(
    conn: Connection,
    viewer_id: str,
    patient_id: str,
    chosen: Chosen,
    which: ColumnElement[bool],
    *,
    opened: int | None,
) -> list[str]:
    mine = [message.c.receiver_id == viewer_id, message.c.patient_id == patient_id, which]
    mine.append(message.c.thread_id.in_(chosen.threads))
    if chosen.messages:
        mine.append(message.c.id.in_(chosen.messages))
    ids = list(conn.execute(select(message.c.id).where(*mine).order_by(message.c.sent, message.c.id)).scalars())
    conn.execute(update(message).where(message.c.id.in_(ids)).values(opened=opened))
    return ids


def file_threads(conn: Connection, thread_ids: Sequence[str] | None = None) -> None:
    """Put threads (None: all) into the folders that their messages say; to be called after every change of messages."""
    named = [] if thread_ids is None else [filed.c.thread_id.in_(thread_ids)]
    conn.execute(delete(filed).where(*named))
    part = _taking_part().subquery()
    wanted = select(part.c.owner_id, thread.c.patient_id, part.c.folder, part.c.thread_id, func.max(part.c.sent))
    wanted = wanted.join(thread, thread.c.id == part.c.thread_id)
    if thread_ids is not None:
        wanted = wanted.where(part.c.thread_id.in_(thread_ids))
    placed = wanted.group_by(part.c.owner_id, thread.c.patient_id, part.c.folder, part.c.thread_id)
    conn.execute(insert(filed).from_select(["owner_id", "patient_id", "folder", "thread_id", "at"], placed))
    if is_indexed(conn):
        _index(conn, thread_ids)


def _index(conn: Connection, thread_ids: Sequence[str] | None) -> None:
    if thread_ids is None:
        index_all(conn)
    else:
        index_threads(conn, thread_ids)


def _taking_part() -> CompoundSelect[Any]:
    """For each message: everybody's inbox, those of its writer and receiver, and its writer's folder Sent."""
    sides = ((message.c.sender_id, INBOX), (message.c.receiver_id, INBOX), (message.c.sender_id, SENT))
    people = [_side(owner, folder).where(owner != EVERYBODY) for owner, folder in sides]
    return union_all(_side(literal(EVERYBODY), INBOX), *people)


def _side(owner: ColumnElement[str], folder: str) -> Select[Any]:
    return select(
        owner.label("owner_id"), literal(folder).label("folder"), message.c.thread_id, message.c.sent
    ).select_from(message)


def _not_withheld(thread_id: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """FAM-7: that a conversation of `:patient` is not about an entry that is kept from `:viewer`."""
    about = select(correction.c.thread_id).where(
        correction.c.patient_id == bindparam("patient"), correction.c.entry.in_(WITHHELD)
    )
    named = literal("Appointment/") + appointment_thread.c.appointment_id
    of_visits = select(appointment_thread.c.thread_id).where(
        appointment_thread.c.patient_id == bindparam("patient"), named.in_(WITHHELD)
    )
    return [thread_id.not_in(about), thread_id.not_in(of_visits)]


_FILED = (
    filed.c.owner_id == bindparam("owner"),
    filed.c.patient_id == bindparam("patient"),
    filed.c.folder == bindparam("standing"),
    *_not_withheld(filed.c.thread_id),
)
"""The rows of Inbox or Sent (`FolderView.values`) as the messages alone would have them."""
_FILED_COUNT = select(func.count()).select_from(filed).where(*_FILED)
_MOVED = (moved.c.viewer_id == bindparam("viewer"), moved.c.patient_id == bindparam("patient"))
_AWAY = (
    select(moved.c.folder, func.count())
    .join(filed, filed.c.thread_id == moved.c.thread_id)
    .where(*_MOVED, *_FILED)
    .group_by(moved.c.folder)
)


def _on(kind: str) -> tuple[ColumnElement[bool], ...]:
    """Inbox and Sent hold what their messages put there and the viewer has not taken out; the others what was moved."""
    taken = select(moved.c.thread_id).where(
        moved.c.viewer_id == bindparam("viewer"), moved.c.thread_id == filed.c.thread_id
    )
    if kind == EVERYWHERE:
        return _FILED
    if kind == OWN:
        return (*_FILED, taken.where(moved.c.folder == bindparam("folder")).exists())
    return (*_FILED, ~taken.exists())


@cache
def _page(kind: str) -> Select[Any]:
    """The threads of a folder of this kind, newest first, at most `:limit`."""
    wanted = select(filed.c.at, filed.c.thread_id).where(*_on(kind))
    return wanted.order_by(filed.c.at.desc(), filed.c.thread_id.desc()).limit(_LIMIT)


def _holds(view: FolderView, word: str) -> ColumnElement[bool]:
    subject = select(thread.c.id).where(
        thread.c.id == filed.c.thread_id, thread.c.words.contains(word, autoescape=True)
    )
    said = select(message.c.id).where(
        message.c.thread_id == filed.c.thread_id, message.c.words.contains(word, autoescape=True)
    )
    if view.owner_id != EVERYBODY:
        said = said.where(or_(message.c.sender_id == view.owner_id, message.c.receiver_id == view.owner_id))
    return or_(subject.exists(), said.exists())


_IDS: Any = bindparam("ids", expanding=True)
_OPEN_TO_VIEWER = select(thread).where(
    thread.c.id.in_(_IDS), thread.c.patient_id == bindparam("patient"), *_not_withheld(thread.c.id)
)


def _messages(body: ColumnElement[Any]) -> Select[Any]:
    columns = [column for column in message.c if column.name not in ("body", "words")]
    wanted = select(*columns, body).where(message.c.thread_id.in_(_IDS))
    return wanted.order_by(message.c.thread_id, message.c.sent, message.c.id)


_WITH_BODIES, _WITHOUT_BODIES = _messages(message.c.body), _messages(literal(None).label("body"))

_UNREAD = (
    message.c.receiver_id == bindparam("viewer"),
    message.c.patient_id == bindparam("patient"),
    message.c.opened.is_(None),
    *_not_withheld(message.c.thread_id),
)
_FOLDER = func.coalesce(moved.c.folder, INBOX).label("folder")
_UNREAD_BY_FOLDER = (
    select(_FOLDER, func.count())
    .select_from(message)
    .outerjoin(moved, and_(moved.c.thread_id == message.c.thread_id, moved.c.viewer_id == bindparam("viewer")))
    .where(*_UNREAD)
    .group_by(_FOLDER)
)
_NEWEST = (
    select(message.c.thread_id, func.max(message.c.sent).label("at"))
    .where(*_UNREAD)
    .group_by(message.c.thread_id)
    .subquery()
)
_UNREAD_THREADS = (
    select(thread.c.id, thread.c.subject, func.max(message.c.sender).label("sender"), _NEWEST.c.at)
    .join(_NEWEST, _NEWEST.c.thread_id == thread.c.id)
    .join(message, and_(message.c.thread_id == thread.c.id, message.c.sent == _NEWEST.c.at))
    .outerjoin(moved, and_(moved.c.thread_id == thread.c.id, moved.c.viewer_id == bindparam("viewer")))
    .where(message.c.receiver_id == bindparam("viewer"), func.coalesce(moved.c.folder, INBOX) != TRASH)
    .group_by(thread.c.id, thread.c.subject, _NEWEST.c.at)
    .order_by(_NEWEST.c.at.desc(), thread.c.id.desc())
    .limit(_LIMIT)
)
