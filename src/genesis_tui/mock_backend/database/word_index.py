"""The word index of threads on SQLite: one document for each Inbox that a thread stands in.

A document is the subject, and sender and body of the messages that the Inbox's owner sees (FAM-3). Its number rises
with the instant of the Inbox's row, then with the thread's id, so that hits come newest first without reading all of
them. FTS5 reads the documents out of `document` (https://www.sqlite.org/fts5.html, external content tables).
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any
from unicodedata import category, combining, normalize

from sqlalchemy import BigInteger, Connection, String, literal_column, select, text
from sqlalchemy.sql.selectable import Select

_TABLES = (
    "CREATE TABLE IF NOT EXISTS document (number INTEGER PRIMARY KEY, at BIGINT NOT NULL, thread_id VARCHAR NOT NULL,"
    " owner_id VARCHAR NOT NULL, shelf VARCHAR NOT NULL, words TEXT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS ix_document_place ON document (at, thread_id, owner_id)",
    "CREATE INDEX IF NOT EXISTS ix_document_thread ON document (thread_id)",
    "CREATE VIEW IF NOT EXISTS document_written AS"
    " SELECT filed.at, filed.thread_id, filed.owner_id, hex(filed.owner_id) || 'x' || hex(filed.patient_id) AS shelf,"
    " thread.words || char(10) || coalesce((SELECT group_concat(message.words, char(10)) FROM message"
    " WHERE message.thread_id = filed.thread_id"
    " AND (filed.owner_id = '' OR filed.owner_id IN (message.sender_id, message.receiver_id))), '') AS words"
    " FROM filed JOIN thread ON thread.id = filed.thread_id WHERE filed.folder = 'inbox'",
    "CREATE VIRTUAL TABLE IF NOT EXISTS document_words USING fts5(shelf, words, content='document',"
    " content_rowid='number', columnsize=0, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2')",
)
_GAP, _STEP = 1 << 36, 1 << 24
"""Between numbers when all are given out anew, and from one to the next where there is room for it."""

_ALL = text(
    "INSERT INTO document (number, at, thread_id, owner_id, shelf, words)"
    " SELECT :gap * row_number() OVER (ORDER BY at, thread_id, owner_id), * FROM document_written"
)
_WRITTEN = text("SELECT * FROM document_written WHERE thread_id = :id")
_ONE = text("INSERT INTO document VALUES (:number, :at, :thread_id, :owner_id, :shelf, :words)")
_ENTER = "INSERT INTO document_words (rowid, shelf, words) SELECT number, shelf, words FROM document"
_STRIKE = (
    "INSERT INTO document_words (document_words, rowid, shelf, words)"
    " SELECT 'delete', number, shelf, words FROM document"
)
_BEFORE = text(
    "SELECT number FROM document WHERE (at, thread_id, owner_id) < (:at, :thread_id, :owner_id)"
    " ORDER BY at DESC, thread_id DESC, owner_id DESC LIMIT 1"
)
_AFTER = text(
    "SELECT number FROM document WHERE (at, thread_id, owner_id) > (:at, :thread_id, :owner_id)"
    " ORDER BY at, thread_id, owner_id LIMIT 1"
)

AT, THREAD_ID = literal_column("document.at", BigInteger), literal_column("document.thread_id", String)
"""What `hits` selects."""


_BESIDE = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "’": "'"})


def folded(text: str) -> str:
    """Names as FHIR's string search and the one for recipients compare them: `Núñez` and `nunez` alike."""
    if text.isascii():
        return text.casefold()
    return "".join(char for char in normalize("NFKD", text).casefold() if not combining(char)).translate(_BESIDE)


def create_index(_metadata: object, conn: Connection, **_options: object) -> None:
    """Makes the tables of the index beside the others, and fills them for threads that were there before."""
    if not is_indexed(conn):
        return
    for statement in _TABLES:
        conn.exec_driver_sql(statement)
    if conn.exec_driver_sql("SELECT 1 FROM document LIMIT 1").first() is None:
        index_all(conn)


def is_indexed(conn: Connection) -> bool:
    """Whether this database has the index."""
    return conn.dialect.name == "sqlite"


def index_all(conn: Connection) -> None:
    """Writes every document anew, after every change of `filed` as a whole."""
    conn.exec_driver_sql("DELETE FROM document")
    conn.execute(_ALL, {"gap": _GAP})
    conn.exec_driver_sql("INSERT INTO document_words (document_words) VALUES ('rebuild')")


def index_threads(conn: Connection, thread_ids: Iterable[str]) -> None:
    """Writes the documents of these threads anew, after every change of their rows in `filed`."""
    for thread_id in thread_ids:
        mine = {"id": thread_id}
        conn.execute(text(f"{_STRIKE} WHERE thread_id = :id"), mine)
        conn.execute(text("DELETE FROM document WHERE thread_id = :id"), mine)
        for row in conn.execute(_WRITTEN, mine).mappings().all():
            number = _number(conn, dict(row))
            if number is None:
                index_all(conn)
                return
            conn.execute(_ONE, {**row, "number": number})
        conn.execute(text(f"{_ENTER} WHERE thread_id = :id"), mine)


def _number(conn: Connection, place: dict[str, Any]) -> int | None:
    """A number between those of the neighbours; None where no number is left between them."""
    before = conn.execute(_BEFORE, place).scalar() or 0
    after = conn.execute(_AFTER, place).scalar()
    if after is None:
        return int(before) + _GAP
    step = min(_STEP, (after - before) // 2)
    return int(before) + step if step else None


def hits(owner_id: str, patient_id: str, phrases: Sequence[str], *, before: tuple[int, str] | None) -> Select[int, str]:
    """Selects `at` and `thread_id` of threads in which each phrase stands, newest first.

    Args:
        owner_id: whose Inbox; empty for that of everybody with full access.
        patient_id: whose threads.
        phrases: what `phrases_of` gave; at least one. The last run of each may go on in the document.
        before: instant and id of the thread after which to go on.
    """
    shelf = f"{owner_id.encode().hex()}x{patient_id.encode().hex()}"
    asked = " AND ".join(f'"{phrase}"*' for phrase in phrases)
    wanted = (
        select(AT.label("at"), THREAD_ID.label("thread_id"))
        .select_from(text("document_words CROSS JOIN document ON document.number = document_words.rowid"))
        .where(text("document_words MATCH :asked").bindparams(asked=f'shelf : "{shelf}" AND words : ({asked})'))
        .order_by(text("document_words.rowid DESC"))
    )
    if before is None:
        return wanted
    at, thread_id = before
    last = text(f"document_words.rowid <= ({_BEFORE.text})").bindparams(at=at, thread_id=thread_id, owner_id="")
    return wanted.where(last)


def phrases_of(words: Iterable[str]) -> list[str]:
    """Casefolded words cut as the index cuts them, into runs of letters and digits with a space between.

    Without those that have neither, and without those that others begin with: where these stand, they do.
    """
    phrases = sorted({phrase for phrase in map(_phrase, words) if phrase})
    return [phrase for phrase, after in pairwise([*phrases, ""]) if not after.startswith(phrase)]


def _phrase(word: str) -> str:
    runs = "".join(char if _is_inside(char) else " " for char in word).split()
    return " ".join(run for run in runs if any(category(char)[0] != "M" for char in run))


def _is_inside(char: str) -> bool:
    """Letters, digits, marks upon letters, and private characters, as the tokenizer unicode61 has them."""
    kind = category(char)
    return kind[0] in "LNM" or kind == "Co"
