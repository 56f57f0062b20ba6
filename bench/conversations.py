"""A mock's file database in which one person has as many conversations as wanted, for the benches of the inbox."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.messages.threads import file_threads
from genesis_tui.mock_backend.database.schema.messages import message, thread
from genesis_tui.mock_backend.database.schema.sign_in import sign_in
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.world.base.load import insert_rows

START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
RARE = "hexafluoride"
"""A word that stands in ten conversations, evenly spread."""
COMMON = "appointment"
"""A word that stands in about half of them."""
_SYLLABLES = tuple(map("".join, zip("bcdfghklmnprstvxyz", "aeioeaeiouaeiouaei", strict=True)))
_WORDS, _LONG = 5_000, 30
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Conversations:
    """A filled database, and who signs in to read it."""

    url: str
    username: str
    password: str
    patient: str
    threads: int


def fill(file: Path, threads: int) -> Conversations:
    """Makes `file` hold this many threads about the demo's first person, of two messages each, the later ones read."""
    mock = Mock.create(f"sqlite:///{file}", start=START, frozen=True)
    with mock.database.begin() as conn:
        reader = conn.execute(select(sign_in).where(sign_in.c.level == 2)).mappings().first()
        if reader is None:
            raise RuntimeError("the world has nobody with Premium")
        patient = str(reader["person_id"])
        there = len(conn.execute(select(thread.c.id).where(thread.c.patient_id == patient)).all())
        _put(conn, patient, threads - there)
        file_threads(conn)
    mock.close()
    return Conversations(f"sqlite:///{file}", reader["username"], reader["password"], patient, threads)


def _put(conn: Connection, patient: str, count: int) -> None:
    chance = random.Random(count)
    known = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_WORDS)]
    shares = [1 / place for place in range(1, _WORDS + 1)]
    rows: list[dict[str, object]] = []
    said: list[dict[str, object]] = []
    for number in range(count):
        words = chance.choices(known, weights=shares, k=2 * _LONG)
        words[-1] = RARE if number % max(1, count // 10) == 0 else words[-1]
        words[0] = COMMON if number % 2 else words[0]
        rows.append(_thread(number, patient, " ".join(words[1:4])))
        said.extend(_messages(number, patient, words))
        if len(rows) == _BATCH:
            insert_rows(conn, thread, rows)
            insert_rows(conn, message, said)
            rows, said = [], []
    insert_rows(conn, thread, rows)
    insert_rows(conn, message, said)


def _thread(number: int, patient: str, subject: str) -> dict[str, object]:
    return {
        "id": f"bench-{number}",
        "patient_id": patient,
        "subject": f"{subject} {number}",
        "category": "Other",
        "recipient": "Family Medicine",
        "mailbox_id": "",
        "zone": "UTC",
        "words": f"{subject} {number}".casefold(),
    }


def _messages(number: int, patient: str, words: list[str]) -> Iterator[dict[str, object]]:
    """A question and its answer, an hour apart; a thread every three minutes back from the start."""
    asked = to_micros(START) - (number + 40) * 180_000_000
    for place, (sender_id, sender) in enumerate(((patient, "Daniel Reyes"), ("", "Maya Okafor"))):
        body = " ".join(words[place * _LONG : (place + 1) * _LONG])
        sent = asked - (1 - place) * 3_600_000_000
        yield {
            "id": f"bench-{number}-{place}",
            "thread_id": f"bench-{number}",
            "patient_id": patient,
            "sender_id": sender_id,
            "sender": sender,
            "receiver_id": "" if sender_id else patient,
            "sent": sent,
            "body": body,
            "opened": None if number < 20 and not sender_id else sent,
            "words": f"{sender}\n{body}".casefold(),
        }
