"""What the inbox keeps of what it fetched: pages put together, rows found as one types, and how little a row takes."""

import gc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from genesis_tui.api_client.portal.messages.threads import ThreadPageJson
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.messages.threads import Folder, Message, Party, Thread, ThreadPage, ThreadRow
from genesis_tui.screens.messages.inbox import loaded
from genesis_tui.screens.messages.inbox.loaded import LoadedThreads, Rows, ThreadSearch, matching
from tests.portal.test_messages import add_threads
from tests.screens.signed_in import session

AT = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
DANIEL = Party("Daniel Reyes", you=True)
DANIEL_ID = "12742301"


def row(id: str, subject: str = "Knee brace", *, team: str = "Maya Okafor", unread: int = 0) -> ThreadRow:
    return ThreadRow(id, subject, "Other", team, DANIEL, AT, unread=unread)


def page(*ids: str, after: str = "more") -> ThreadPage:
    return ThreadPage(tuple(row(id) for id in ids), after, (Folder("inbox", "Inbox", 9, 2),))


def ids(rows: Iterable[ThreadRow]) -> str:
    return " ".join(one.id for one in rows)


@pytest.fixture
def shelf() -> LoadedThreads:
    """Two pages of Inbox."""
    made = LoadedThreads()
    made.start("inbox", page("a", "b"))
    made.more("inbox", page("c", "d"))
    return made


# pages


def test_a_thread_that_moved_up_is_listed_once(shelf: LoadedThreads) -> None:
    shelf.more("inbox", page("d", "a", "e", "e"))
    assert ids(shelf.lists["inbox"].rows) == "a b c d e"
    assert shelf.lists["inbox"].next == "more"


def test_what_is_restored_takes_its_next_page_again(shelf: LoadedThreads) -> None:
    marks = shelf.marks()
    shelf.more("inbox", page("e", "f"))
    shelf.restore(marks)
    shelf.more("inbox", page("e", "f"))
    assert ids(shelf.lists["inbox"].rows) == "a b c d e f"


def test_what_was_taken_out_may_come_back(shelf: LoadedThreads) -> None:
    shelf.take_out("inbox", ["b"])
    assert ids(shelf.lists["inbox"].rows) == "a c d"
    shelf.more("inbox", page("b", "d"))
    assert ids(shelf.lists["inbox"].rows) == "a c d b"


def test_a_thread_that_was_read_has_nothing_unread_in_any_list(shelf: LoadedThreads) -> None:
    new = row("n", unread=2)
    shelf.start("inbox", ThreadPage((new, row("b")), "more", (Folder("inbox", "Inbox", 9, 2),)))
    shelf.start(loaded.FOUND, ThreadPage((new,)))
    said = Message("m", Party("Maya Okafor", staff=True), DANIEL, AT, "text", unread=True)
    shelf.read(Thread(new, (said, said)), "inbox")
    assert [one.unread for one in (*shelf.lists["inbox"].rows, *shelf.lists[loaded.FOUND].rows)] == [0, 0, 0]
    assert shelf.unread == 0


# finding


SUBJECTS = ("Knee brace", "Bloodwork", "Straße", "Knee MRI", "brace for the back")


@pytest.fixture
def rows() -> Rows:
    return Rows(row(str(number), subject) for number, subject in enumerate(SUBJECTS))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("knee", "0 3"),
        ("KNEE bra", "0"),
        ("brace knee", "0"),
        ("STRASSE", "2"),
        ("okafor other", "0 1 2 3 4"),
        ("x", ""),
    ],
)
def test_each_word_may_stand_in_subject_sender_or_category(rows: Rows, words: str, found: str) -> None:
    assert ids(matching(rows, words)) == found


@pytest.mark.parametrize("words", ["knee brace", "knee x", "brace  back", "stRASSe"])
def test_letter_by_letter_finds_what_the_whole_words_find(rows: Rows, words: str) -> None:
    typed = [words[:end] for end in range(1, len(words) + 1)]
    shown = rows
    for text in (*typed, *reversed(typed), "brace", "b", "knee"):
        shown = matching(rows, text)
        assert ids(shown) == ids(matching(Rows(rows), text))


class CountingText(str):
    """Text that counts how often it is looked at for a search."""

    __slots__ = ()
    folded = 0

    def __format__(self, spec: str) -> str:
        CountingText.folded += 1
        return str(self)


def test_texts_are_made_once_while_something_found_shows(shelf: LoadedThreads) -> None:
    CountingText.folded = 0
    shelf.start("inbox", ThreadPage(tuple(row(id, CountingText(f"Knee {id}")) for id in "abcd"), "more"))
    shown = matching(shelf.lists["inbox"].rows, "k")
    for words in ("kn", "k", "knee b"):
        shown = matching(shelf.lists["inbox"].rows, words)
    assert CountingText.folded == 4
    shelf.more("inbox", ThreadPage((row("e", CountingText("Knee b"), unread=1),)))
    shown = matching(shelf.lists["inbox"].rows, "knee b")
    assert (ids(shown), CountingText.folded) == ("b e", 5)
    shelf.read(Thread(shown[1]), "inbox")
    shown = matching(shelf.lists["inbox"].rows, "knee b")
    assert (ids(shown), shown[1].unread, CountingText.folded) == ("b e", 0, 5)


def test_a_list_that_lost_rows_finds_none_of_them(shelf: LoadedThreads) -> None:
    shown = matching(shelf.lists["inbox"].rows, "knee")
    shelf.take_out("inbox", ["b"])
    assert ids(shown) == "a b c d"
    assert ids(matching(shelf.lists["inbox"].rows, "knee")) == "a c d"


def test_the_texts_go_when_nothing_that_was_found_shows(rows: Rows) -> None:
    shown = matching(rows, "k")
    assert any(isinstance(one, ThreadSearch) for one in gc.get_objects())
    del shown
    assert not any(isinstance(one, ThreadSearch) for one in gc.get_objects())
    assert ids(matching(rows, "kn")) == "0 3"


# what a row takes


def _told(number: int, at: str) -> dict[str, object]:
    may = {"action": "message.reply", "allowed": True, "title": "You can reply until the last day."}
    return {
        "id": f"t-{number}",
        "subject": "Knee brace",
        "category": "Other questions",
        "with": "Maya Okafor",
        "for": {"name": "Daniel Reyes", "you": True},
        "at": at,
        "answer": {"due": "2026-11-25", "state": "waiting"},
        "can": [may | {"until": "2027-01-22", "due": "2026-11-25"}],
    }


@pytest.mark.parametrize("zone", ["Z", "-05:00"])
def test_rows_share_what_they_all_say(zone: str) -> None:
    # Each row in an answer of its own, as pages are.
    first, second = (
        ThreadPageJson(threads=[_told(number, f"2026-11-2{number}T14:42:00{zone}")]).model().rows[0]
        for number in (1, 2)
    )
    for name in ("person", "answer", "reply", "reply_until", "reply_due", "team", "category"):
        assert getattr(first, name) is getattr(second, name), name
    assert first.at.tzinfo is second.at.tzinfo
    assert first.at == datetime.fromisoformat(f"2026-11-21T14:42:00{zone}")
    assert (first.at.hour, first.reply_until) == (14, date(2027, 1, 22))
    assert replace(first, id=second.id, at=second.at) == second


# how much of how much


@pytest.mark.parametrize(
    ("size", "first", "then"), [((120, 40), "  of 5,210", "  of 5,210"), ((80, 24), "50 of 5,210", "100 of 5,210")]
)
async def test_how_many_there_are_stays_beside_the_folders(
    mock: Mock, transport: httpx.ASGITransport, size: tuple[int, int], first: str, then: str
) -> None:
    add_threads(mock, DANIEL_ID, 5_200)
    async with session(mock, transport, size=size, patient="you", place="inbox") as app:
        await app.expect(first)
        await app.press(*["pagedown"] * 3)
        await app.expect(then)
