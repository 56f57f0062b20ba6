"""The word index of threads: what is found, in which order, for whom, and that it is never behind the messages."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database import word_index
from genesis_tui.mock_backend.database.engine import image_of, open_database, replace_with
from genesis_tui.mock_backend.database.messages import threads
from genesis_tui.mock_backend.database.messages.folders import move_threads
from genesis_tui.mock_backend.database.messages.threads import (
    EVERYBODY,
    EVERYWHERE,
    INBOX,
    TRASH,
    FolderView,
    ThreadCursor,
    file_threads,
    folder_page,
)
from genesis_tui.mock_backend.database.schema.messages import message, thread
from genesis_tui.mock_backend.mock import Mock
from tests.small_world import CHILD, LIMITED_PROXY, SPONSOR, SPOUSE, START, small_mock

pytestmark = pytest.mark.sqlite("the word index is FTS5")
ALL = FolderView(EVERYBODY, CHILD, EVERYWHERE, SPONSOR)
NOW = to_micros(START)


@pytest.fixture
def small() -> Iterator[Mock]:
    mock = small_mock()
    yield mock
    mock.close()


@pytest.fixture
def conn(small: Mock) -> Iterator[Connection]:
    with small.database.begin() as conn:
        yield conn
        conn.exec_driver_sql("INSERT INTO document_words (document_words, rank) VALUES ('integrity-check', 1)")


def add_thread(conn: Connection, id: str, subject: str = "Other", *, patient: str = CHILD) -> None:
    row = {"id": id, "patient_id": patient, "subject": subject, "category": "Other", "recipient": "Clinic"}
    conn.execute(insert(thread).values(**row))


def add_message(conn: Connection, id: str, body: str = "b", *, at: int = NOW, writer: str = "", to: str = "") -> None:
    """Into the thread of which `id` has the beginning, up to the first full stop."""
    name = id.partition(".")[0]
    row = {"id": id, "thread_id": name, "patient_id": CHILD, "sender_id": writer, "sender": "Clinic"}
    conn.execute(insert(message).values(**row, receiver_id=to, sent=at, body=body))
    file_threads(conn, [name])


def found(conn: Connection, words: str, shelf: FolderView = ALL) -> set[str]:
    page = folder_page(conn, shelf, before=None, limit=1000, words=words.casefold().split())
    return {place.thread_id for place in page}


def walk(conn: Connection, shelf: FolderView, limit: int, words: str) -> list[ThreadCursor]:
    rows: list[ThreadCursor] = []
    while page := folder_page(conn, shelf, before=rows[-1] if rows else None, limit=limit, words=words.split()):
        rows.extend(page)
    return rows


# what is found


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("crème", True),
        ("creme", True),
        ("CREME", True),
        ("cre\u0301me", True),
        ("cr", True),
        ("rème", False),
        ("strasse", True),
        ("STRAßE", True),
        ("o'brien", True),
        ("o’brien", True),
        ("brien", True),
        ("brien o", True),
        ("x-ray", True),
        ("ray-x", False),
        ("250", True),
        ("50", False),
        ("mg,", True),
        ("Ω", True),
        ("काम", True),
        ("का", True),
        ("crème nowhere", False),
        ("crème - ! brien", True),
    ],
)
def test_a_word_is_found_by_its_beginning(conn: Connection, words: str, there: bool) -> None:
    add_thread(conn, "new", "Crème, 250 mg: Straße of O'Brien")
    add_message(conn, "new.1", "an X-ray; ω and काम")
    assert found(conn, words) == ({"new"} if there else set())


@pytest.mark.parametrize(
    "words",
    [
        *('"', '""', "'", "*", "%", "_", "\\", "-", "...", "\0", "\ud800", "\u0301"),
        *("NEAR(", "zzz OR subject", "words:", "shelf:x", 'zzz" OR "subject', "subject NOT zzz", "^", "{shelf}:x"),
        *("x" + CHILD.encode().hex(), CHILD.encode().hex(), "x"),
    ],
)
def test_what_is_asked_is_never_a_query(conn: Connection, words: str) -> None:
    assert found(conn, words) == set()


def test_many_letters_are_one_query(conn: Connection) -> None:
    letters = "a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9 ä ö ü"
    add_thread(conn, "new", letters)
    add_message(conn, "new.1")
    assert (found(conn, letters), found(conn, f"{letters} ß")) == ({"new"}, set())


def test_words_that_others_begin_with_are_not_asked_twice() -> None:
    assert word_index.phrases_of(["app", "appoint", "appoint-ment", "x", "!", "x"]) == ["appoint ment", "x"]


# for whom


@pytest.mark.rule("FAM-3")
def test_each_owner_has_the_words_of_the_messages_that_they_see(conn: Connection) -> None:
    add_thread(conn, "new", "Plan")
    add_message(conn, "new.1", "mine alone", writer=SPONSOR)
    add_message(conn, "new.2", "yours alone", to=SPOUSE)
    hers, his = (ALL._replace(owner_id=one, viewer_id=one) for one in (SPOUSE, SPONSOR))
    for words, shelves in (("mine", [ALL, his]), ("yours", [ALL, hers]), ("plan", [ALL, his, hers])):
        told = [shelf for shelf in (ALL, his, hers) if found(conn, words, shelf) == {"new"}]
        assert told == [shelf for shelf in (ALL, his, hers) if shelf in shelves]
    assert found(conn, "plan", ALL._replace(patient_id=SPONSOR)) == set()
    assert found(conn, "plan", ALL._replace(owner_id=LIMITED_PROXY)) == set()


@pytest.mark.rule("MSG-7", "MSG-8")
def test_a_search_in_a_folder_finds_what_is_there(conn: Connection) -> None:
    for name in ("kept", "away"):
        add_thread(conn, name, "Plan")
        add_message(conn, f"{name}.1")
    move_threads(conn, SPONSOR, CHILD, ["away"], TRASH)
    told = [found(conn, "plan", ALL._replace(folder=folder)) for folder in (EVERYWHERE, INBOX, TRASH)]
    assert told == [{"kept", "away"}, {"kept"}, {"away"}]


# in which order


@pytest.mark.parametrize("seed", range(6))
def test_pages_hold_every_hit_once_newest_first(conn: Connection, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes when, many at one instant, and with little room between the numbers."""
    monkeypatch.setattr(word_index, "_GAP", 1 << (4 + seed))
    monkeypatch.setattr(word_index, "_STEP", 1 << 3)
    chance = random.Random(seed)
    names = [f"new-{chance.randrange(10**6)}" for _ in range(60)]
    for name in names:
        add_thread(conn, name, chance.choice(["plan", "other"]))
    for number in range(150):
        at = NOW + chance.choice([number, -number, 0, 0, 1]) * chance.choice([1, 1_000_000])
        add_message(conn, f"{chance.choice(names)}.{number}", at=at, to=chance.choice(["", SPONSOR, SPOUSE]))
        if number == 70:
            file_threads(conn)
    plans = set(conn.exec_driver_sql("SELECT id FROM thread WHERE subject = 'plan'").scalars())
    for owner in (EVERYBODY, SPONSOR, SPOUSE):
        shelf = ALL._replace(owner_id=owner)
        wanted = [place for place in walk(conn, shelf, 1000, "") if place.thread_id in plans]
        assert wanted
        for limit in (1, 3, 50):
            assert walk(conn, shelf, limit, "pla") == wanted


def test_hits_come_without_sorting(conn: Connection) -> None:
    wanted = word_index.hits(EVERYBODY, CHILD, ["subject"], before=(NOW, "x")).limit(51)
    compiled = wanted.compile(conn.engine, compile_kwargs={"literal_binds": True})
    plan = [row.detail for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
    assert plan[0].startswith("SCAN document_words VIRTUAL TABLE")
    assert any(step.startswith("SEARCH document USING INTEGER PRIMARY KEY") for step in plan)
    assert not any("TEMP B-TREE" in step for step in plan)


# never behind


def test_a_message_that_is_gone_is_not_found(conn: Connection) -> None:
    add_thread(conn, "new", "Plan")
    add_message(conn, "new.1", "first", writer=SPONSOR)
    add_message(conn, "new.2", "second", to=SPOUSE)
    conn.exec_driver_sql("DELETE FROM message WHERE id = 'new.1'")
    file_threads(conn, ["new"])
    assert (found(conn, "first"), found(conn, "second")) == (set(), {"new"})
    conn.exec_driver_sql("DELETE FROM message WHERE id = 'new.2'")
    file_threads(conn, ["new"])
    assert found(conn, "plan") == set()


def test_snapshots_hold_the_index(small: Mock) -> None:
    image = image_of(small.database)
    for _ in range(2):
        with small.database.begin() as conn:
            assert found(conn, "plan") == set()
            add_thread(conn, "new", "Plan")
            add_message(conn, "new.1")
            assert found(conn, "plan") == {"new"}
        later = image_of(small.database)
        replace_with(small.database, image)
        with small.database.begin() as conn:
            assert (found(conn, "plan"), len(found(conn, "subject"))) == (set(), 2)
    other = open_database()
    replace_with(other, later)
    with other.begin() as conn:
        assert (found(conn, "plan"), len(found(conn, "subject"))) == ({"new"}, 2)
    other.close()


def test_an_empty_database_finds_nothing(small: Mock) -> None:
    small.database.empty()
    with small.database.begin() as conn:
        assert found(conn, "subject") == set()
        file_threads(conn)
        assert conn.exec_driver_sql("SELECT count(*) FROM document").scalar_one() == 0


def test_a_transaction_that_fails_leaves_the_index(small: Mock) -> None:
    def fail() -> None:
        with small.database.begin() as conn:
            add_thread(conn, "new", "Plan")
            add_message(conn, "new.1")
            file_threads(conn)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with small.database.begin() as conn:
        assert (found(conn, "plan"), len(found(conn, "subject"))) == (set(), 2)


def test_a_file_from_before_the_index_gets_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mock.db'}"
    for _ in range(2):
        mock = Mock.create(url, start=START, frozen=True)
        with mock.database.begin() as conn:
            ((patient, subject),) = conn.exec_driver_sql("SELECT patient_id, subject FROM thread LIMIT 1").all()
            assert found(conn, subject, ALL._replace(patient_id=patient))
            for name in ("TABLE document_words", "VIEW document_written", "TABLE document"):
                conn.exec_driver_sql(f"DROP {name}")
        mock.close()


def test_elsewhere_words_are_looked_for_in_the_text(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "is_indexed", lambda _conn: False)
    assert len(found(conn, "ubject")) == 2


def test_a_new_database_has_the_index() -> None:
    database = open_database()
    with database.begin() as conn:
        assert found(conn, "subject") == set()
    database.close()
