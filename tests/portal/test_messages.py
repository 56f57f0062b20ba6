"""Folders, threads and search of secure messages: pages, counts, and what of it reaches whom (MSG, FAM-3, FAM-8)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.messages.threads import (
    ThreadCursor,
    file_threads,
    unread_messages,
    unread_threads,
)
from genesis_tui.mock_backend.database.schema import messages as tables
from genesis_tui.mock_backend.mock import Mock
from tests.small_world import (
    ALMOST_ADULT,
    BASIC,
    CHILD,
    DAY,
    GRANTER,
    LIMITED_PROXY,
    SPONSOR,
    SPOUSE,
    START,
    STRANGER,
    TEEN,
    client_of,
    small_mock,
    token_for,
)


@pytest.fixture
def small() -> Iterator[Mock]:
    mock = small_mock()
    yield mock
    mock.close()


def viewer(mock: Mock, person: str, *, level: int = 2) -> httpx.AsyncClient:
    return client_of(mock, token_for(mock, person, level=level))


async def folder(client: httpx.AsyncClient, patient: str, **asked: str) -> Any:
    answer = await client.get(f"/portal/v1/patients/{patient}/threads", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def thread(client: httpx.AsyncClient, id: str) -> Any:
    answer = await client.get(f"/portal/v1/threads/{id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def found(client: httpx.AsyncClient, patient: str, words: str) -> set[str]:
    answer = await client.post("/portal/v1/threads/search", json={"patient": patient, "words": words})
    assert answer.status_code == 200, answer.text
    return {row["id"] for row in answer.json()["threads"]}


async def unread_in_family(client: httpx.AsyncClient, patient: str) -> int:
    people = (await client.get("/portal/v1/family")).json()["people"]
    return next(int(one["new"]["messages"]) for one in people if one["id"] == patient)


def add_threads(mock: Mock, patient: str, count: int, *, writer: str = "") -> None:
    """More threads, the first of them oldest; every third pair was sent at the same instant."""
    sent = to_micros(START - 3 * DAY)
    with mock.database.begin() as conn:
        of = {"patient_id": patient, "category": "Other", "recipient": "Clinic", "mailbox_id": "box-1"}
        conn.execute(insert(tables.thread), [{"id": f"more-{n}", "subject": f"No. {n}", **of} for n in range(count)])
        to = {"patient_id": patient, "sender_id": writer, "receiver_id": "" if writer else patient}
        told = {**to, "sender": "Clinic", "body": "b"}
        at = [sent + n // 3 * 1_000_000 for n in range(count)]
        conn.execute(
            insert(tables.message),
            [{"id": f"more-message-{n}", "thread_id": f"more-{n}", "sent": at[n], **told} for n in range(count)],
        )
        file_threads(conn)


async def walk(client: httpx.AsyncClient, patient: str, name: str = "inbox") -> list[Any]:
    rows, before = [], ""
    while True:
        page = await folder(client, patient, folder=name, **({"before": before} if before else {}))
        rows.append(page["threads"])
        before = page["next"]
        if not before:
            return rows


# folders and pages


@pytest.mark.rule("MSG-7")
@pytest.mark.parametrize(
    ("count", "pages"), [(47, [49]), (48, [50]), (49, [50, 1]), (148, [50, 50, 50]), (149, [50, 50, 50, 1])]
)
async def test_pages_hold_every_thread_once_newest_first(small: Mock, count: int, pages: list[int]) -> None:
    add_threads(small, SPONSOR, count)
    async with viewer(small, SPONSOR) as client:
        rows = await walk(client, SPONSOR)
        told = await folder(client, SPONSOR)
    assert [len(page) for page in rows] == pages
    flat = [row for page in rows for row in page]
    assert len({row["id"] for row in flat}) == len(flat) == count + 2
    assert [row["at"] for row in flat] == sorted((row["at"] for row in flat), reverse=True)
    inbox = told["folders"][0]
    assert (inbox["id"], inbox["name"], inbox["threads"], inbox["unread"]) == ("inbox", "Inbox", count + 2, count + 2)


@pytest.mark.parametrize("before", ["x", "", "MTIz", "MTIzLg==", "9" * 300, "ä"])
async def test_a_page_that_nobody_gave_out_is_refused(small: Mock, before: str) -> None:
    async with viewer(small, SPONSOR) as client:
        answer = await client.get(f"/portal/v1/patients/{SPONSOR}/threads", params={"before": before})
    assert (answer.status_code, answer.json()["reason"]) == (422, "invalid")


async def test_a_folder_that_is_none_is_refused(small: Mock) -> None:
    async with viewer(small, SPONSOR) as client:
        answer = await client.get(f"/portal/v1/patients/{SPONSOR}/threads", params={"folder": "attic"})
    assert answer.status_code == 404


@pytest.mark.sqlite("the plan of a query")
def test_a_page_of_a_long_folder_comes_by_index(small: Mock) -> None:
    add_threads(small, SPONSOR, 200)
    with small.database.begin() as conn:
        plans: list[str] = []
        statement = (
            "EXPLAIN QUERY PLAN SELECT at, thread_id FROM filed"
            " WHERE owner_id = '' AND patient_id = ? AND folder = 'inbox'"
            " AND (at, thread_id) < (?, ?) ORDER BY at DESC, thread_id DESC LIMIT 51"
        )
        plans += [row.detail for row in conn.exec_driver_sql(statement, (SPONSOR, to_micros(START), "x"))]
    assert len(plans) == 1
    assert "ix_filed_newest" in plans[0]
    assert ThreadCursor(1, "x") > ThreadCursor(1, "a"), "the order of the pages is the order of their places"


@pytest.mark.rule("MSG-7")
async def test_sent_holds_what_the_viewer_wrote_by_their_own_last_message(small: Mock) -> None:
    async with viewer(small, SPONSOR) as client:
        sent, inbox = await folder(client, CHILD, folder="sent"), await folder(client, CHILD)
    assert [row["id"] for row in sent["threads"]] == [f"thread-{CHILD}"]
    assert {row["id"] for row in inbox["threads"]} == {f"thread-{CHILD}", f"private-{CHILD}"}
    assert [(one["id"], one["threads"]) for one in sent["folders"][:2]] == [("inbox", 2), ("sent", 1)]
    assert sent["threads"][0]["at"] < inbox["threads"][0]["at"]


# reading


async def test_a_thread_is_whole_and_oldest_first(small: Mock) -> None:
    async with viewer(small, SPONSOR) as client:
        told = await thread(client, f"thread-{CHILD}")
    assert [one["id"].split("-")[0] for one in told["messages"]] == ["question", "answer"] * 3
    assert [one["at"] for one in told["messages"]] == sorted(one["at"] for one in told["messages"])
    assert told["count"] == 6


@pytest.mark.rule("FAM-10")
async def test_a_message_written_for_another_names_both(small: Mock) -> None:
    async with viewer(small, SPOUSE) as client:
        told = await thread(client, f"thread-{CHILD}")
    child = {"name": f"Given{CHILD} Family{CHILD}", "you": False, "staff": False}
    own, other, mine = (one for one in told["messages"] if one["id"].startswith("question"))
    assert (own["from"]["name"], own["for"]) == (child["name"], None)
    assert (other["from"]["name"], other["for"]) == (f"Given{SPONSOR} Family{SPONSOR}", child)
    assert (mine["from"]["you"], mine["to"], mine["for"]) == (
        True,
        {"name": "Small Clinic", "you": False, "staff": True},
        child,
    )


@pytest.mark.rule("MSG-7", "REL-5")
async def test_reading_marks_it_for_the_viewer_alone(small: Mock) -> None:
    async with viewer(small, SPONSOR) as parent, viewer(small, SPOUSE) as other:
        before = [(await folder(one, CHILD))["folders"][0]["unread"] for one in (parent, other)]
        told = await thread(parent, f"thread-{CHILD}")
        assert (await folder(parent, CHILD))["folders"][0]["unread"] == 1, "asking for it opens nothing"
        keys = [f"Message/{one['id']}" for one in told["messages"]]
        for _ in range(2):
            assert (await parent.post("/portal/v1/seen", json={"patient": CHILD, "keys": keys})).status_code == 204
        after = [(await folder(one, CHILD))["folders"][0]["unread"] for one in (parent, other)]
        family = [await unread_in_family(one, CHILD) for one in (parent, other)]
        rows = (await folder(parent, CHILD))["threads"]
    assert (before, after, family) == ([1, 1], [0, 1], [0, 1])
    assert sum(row["unread"] for row in rows) == 0


@pytest.mark.rule("FAM-8")
async def test_nobody_marks_messages_of_another_patient_or_person(small: Mock) -> None:
    async with viewer(small, SPONSOR) as client:
        keys = [f"Message/answer-thread-{TEEN}-{SPONSOR}", f"Message/answer-thread-{CHILD}-{SPOUSE}", "Message/none"]
        assert (await client.post("/portal/v1/seen", json={"patient": CHILD, "keys": keys})).status_code == 204
    with small.database.begin() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM message WHERE opened IS NOT NULL").scalar_one() == 0


@pytest.mark.rule("FAM-3")
async def test_a_parent_of_a_teen_marks_their_messages_and_no_results(small: Mock) -> None:
    async with viewer(small, SPONSOR) as client:
        key = f"Message/answer-thread-{TEEN}-{SPONSOR}"
        assert (await client.post("/portal/v1/seen", json={"patient": TEEN, "keys": [key]})).status_code == 204
        both = {"patient": TEEN, "keys": [key, "Observation/1"]}
        refused = await client.post("/portal/v1/seen", json=both)
    assert (refused.status_code, refused.json()["reason"]) == (403, "restricted-teen")


# who sees what


@pytest.mark.rule("FAM-3", "FAM-5")
@pytest.mark.parametrize(("who", "patient"), [(SPONSOR, TEEN), (LIMITED_PROXY, GRANTER)])
async def test_limited_access_shows_ones_own_messages_only(small: Mock, who: str, patient: str) -> None:
    async with viewer(small, who) as client:
        inbox, sent = await folder(client, patient), await folder(client, patient, folder="sent")
        told = await thread(client, f"thread-{patient}")
        searched = [await found(client, patient, words) for words in (f"private-{patient}", f"writer-{patient}")]
        hidden = await client.get(f"/portal/v1/threads/private-{patient}")
    assert [row["id"] for row in (*inbox["threads"], *sent["threads"])] == [f"thread-{patient}"] * 2
    assert [(one["threads"], one["unread"]) for one in inbox["folders"][:2]] == [(1, 1), (1, 0)]
    assert [one["id"] for one in told["messages"]] == [f"{k}-thread-{patient}-{who}" for k in ("question", "answer")]
    assert (told["count"], inbox["threads"][0]["count"]) == (2, 2)
    assert searched == [set(), set()]
    assert hidden.status_code == 404


@pytest.mark.rule("FAM-8")
@pytest.mark.parametrize(
    ("who", "id"),
    [
        (SPONSOR, f"private-{TEEN}"),
        (SPONSOR, f"thread-{SPOUSE}"),
        (STRANGER, f"thread-{SPONSOR}"),
        (LIMITED_PROXY, f"private-{GRANTER}"),
    ],
)
async def test_what_one_may_not_see_answers_as_what_is_not_there(small: Mock, who: str, id: str) -> None:
    async with viewer(small, who) as client:
        hidden, unknown = [await client.get(f"/portal/v1/threads/{one}") for one in (id, "no-such-thread")]
    told = [answer.json() | {"request_id": ""} for answer in (hidden, unknown)]
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert told[0] == told[1]


@pytest.mark.rule("ID-5")
async def test_basic_is_refused_whether_or_not_the_thread_exists(small: Mock) -> None:
    async with viewer(small, BASIC, level=1) as client:
        answers = [await client.get(f"/portal/v1/threads/{one}") for one in (f"thread-{BASIC}", "no-such-thread")]
    told = [answer.json() | {"request_id": ""} for answer in answers]
    assert told[0] == told[1]
    assert (answers[0].status_code, told[0]["reason"]) == (403, "premium-required")


@pytest.mark.rule("FAM-4")
async def test_a_parents_messages_close_with_the_record_at_18(small: Mock) -> None:
    async with viewer(small, SPONSOR) as client:
        before = await client.get(f"/portal/v1/threads/thread-{ALMOST_ADULT}")
    small.clock.set(START + 10 * DAY)
    async with viewer(small, SPONSOR) as client:
        after = await client.get(f"/portal/v1/threads/thread-{ALMOST_ADULT}")
        named = await client.get(f"/portal/v1/patients/{ALMOST_ADULT}/threads")
    assert (before.status_code, after.status_code) == (200, 404)
    assert named.json()["reason"] == "adult-dependent"


@pytest.mark.rule("AUD-1", "FAM-10")
async def test_reading_anothers_messages_is_audited(small: Mock) -> None:
    async with viewer(small, SPONSOR) as client:
        await folder(client, CHILD)
        await thread(client, f"thread-{CHILD}")
        await client.get(f"/portal/v1/threads/thread-{SPOUSE}")
    events = [(event.who_id, event.what, event.outcome) for _, event in small.audit.about(CHILD)]
    assert events == [(SPONSOR, "thread", "allowed"), (SPONSOR, "threads", "allowed")]
    refused = [(event.what, event.outcome) for _, event in small.audit.about(SPOUSE)]
    assert refused == [("thread", "not-found")]


# search


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (f"SUBJECT of thread-{CHILD}", {f"thread-{CHILD}"}),
        (f"answer {SPOUSE}", {f"thread-{CHILD}"}),
        (f"Given{SPOUSE}", {f"thread-{CHILD}"}),
        ("small   clinic", {f"thread-{CHILD}", f"private-{CHILD}"}),
        ("subject nowhere", set()),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
    ],
)
async def test_each_word_stands_in_subject_sender_or_body(small: Mock, words: str, ids: set[str]) -> None:
    async with viewer(small, SPONSOR) as client:
        assert await found(client, CHILD, words) == ids


@pytest.mark.parametrize(
    "body",
    [
        {"patient": SPONSOR, "words": ""},
        {"patient": SPONSOR, "words": "  "},
        {"patient": SPONSOR, "words": "x" * 201},
        {"patient": SPONSOR},
        {"words": "x"},
        {"patient": SPONSOR, "words": 1},
        {"patient": SPONSOR, "words": "x", "more": 1},
        {"patient": SPONSOR, "words": "x", "before": "x"},
    ],
)
async def test_a_search_is_checked_strictly(small: Mock, body: dict[str, object]) -> None:
    async with viewer(small, SPONSOR) as client:
        assert (await client.post("/portal/v1/threads/search", json=body)).status_code == 422


async def test_what_is_found_pages_too(small: Mock) -> None:
    add_threads(small, SPONSOR, 60)
    asked = {"patient": SPONSOR, "words": "no."}
    async with viewer(small, SPONSOR) as client:
        first = (await client.post("/portal/v1/threads/search", json=asked)).json()
        then = (await client.post("/portal/v1/threads/search", json=asked | {"before": first["next"]})).json()
    ids = [row["id"] for row in (*first["threads"], *then["threads"])]
    assert (len(first["threads"]), len(set(ids)), then["next"]) == (50, 60, None)


# what the rules say


@pytest.mark.rule("MSG-10")
@pytest.mark.parametrize(("days", "allowed"), [(41, True), (42, False)])
async def test_a_thread_says_until_when_it_takes_a_reply(small: Mock, days: int, allowed: bool) -> None:
    small.clock.set(START + days * DAY)
    async with viewer(small, SPONSOR) as client:
        row = (await folder(client, SPONSOR))["threads"][0]
        whole = await thread(client, row["id"])
    (reply,) = row["can"]
    assert (reply["action"], reply["allowed"], reply["until"]) == ("message.reply", allowed, "2026-12-31")
    assert reply["reason"] == ("" if allowed else "reply-window-closed")
    assert whole["can"] == [reply]


@pytest.mark.rule("MSG-5")
async def test_a_question_waits_then_is_overdue(small: Mock) -> None:
    add_threads(small, SPONSOR, 1, writer=SPONSOR)
    states = []
    for hours in (0, 24 * 5, 24 * 9):
        small.clock.set(START + timedelta(hours=hours))
        async with viewer(small, SPONSOR) as client:
            row = next(one for one in (await folder(client, SPONSOR))["threads"] if one["id"] == "more-0")
            states.append((row["answer"]["due"], row["answer"]["state"], bool(row["answer"]["next"])))
    assert states == [
        ("2026-11-20", "waiting", False),
        ("2026-11-20", "overdue", True),
        ("2026-11-20", "overdue", True),
    ]


async def test_the_unread_list_names_the_newest_message_of_each_thread(small: Mock) -> None:
    with small.database.begin() as conn:
        assert unread_messages(conn, SPONSOR, CHILD) == 1
        (row,) = unread_threads(conn, SPONSOR, CHILD)
        assert unread_threads(conn, STRANGER, CHILD) == []
    assert (row.id, row.subject, row.sender) == (f"thread-{CHILD}", f"Subject of thread-{CHILD}", "Small Clinic")


async def test_filing_one_thread_is_filing_all(small: Mock) -> None:
    def filed() -> list[Any]:
        with small.database.begin() as conn:
            return [tuple(row) for row in conn.exec_driver_sql("SELECT * FROM filed ORDER BY 1, 2, 3, 4")]

    before = filed()
    with small.database.begin() as conn:
        file_threads(conn, [f"thread-{CHILD}"])
    assert filed() == before
    assert ("", CHILD, "inbox") in [row[:3] for row in before]
