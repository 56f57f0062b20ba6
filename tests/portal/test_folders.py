"""Folders of one's own, moving and deleting, unread again: each viewer for themselves (MSG-7, MSG-8)."""

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import folders, listed, message, post, refusal, reply, sent, whole
from tests.small_world import CHILD, SPONSOR, TEEN, client_of, token_for

THREAD, PRIVATE = f"thread-{CHILD}", f"private-{CHILD}"


async def make(client: httpx.AsyncClient, name: str) -> str:
    answer = await post(client, "folders", {"patient": CHILD, "name": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def move(client: httpx.AsyncClient, folder: str, *threads: str) -> httpx.Response:
    body = {"patient": CHILD, "threads": list(threads), "folder": folder}
    return await client.post("/portal/v1/messages/move", json=body)


@pytest.mark.rule("MSG-7")
async def test_the_standing_folders_come_first_then_own_ones_by_name(parent: httpx.AsyncClient) -> None:
    for name in ("school", "Allergies", "2026"):
        await make(parent, name)
    told = (await parent.get(f"/portal/v1/patients/{CHILD}/threads")).json()["folders"]
    assert [one["name"] for one in told] == ["Inbox", "Sent", "Drafts", "Trash", "2026", "Allergies", "school"]
    assert [one["own"] for one in told] == [False] * 4 + [True] * 3


@pytest.mark.rule("MSG-7")
@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a", True),
        ("x" * 50, True),
        ("x" * 51, False),
        ("", False),
        (" a", False),
        ("a ", False),
        ("School 2", True),
        ("École 日本", True),
        ("a/b", False),
        ("a.b", False),
        ("[b]", False),
        ("\u202eb", False),
        ("inbox", False),
        ("Trash", False),
        ("SCHOOL", False),
    ],
)
async def test_a_folder_has_a_plain_name_of_its_own(parent: httpx.AsyncClient, name: str, taken: bool) -> None:
    await make(parent, "School")
    answer = await post(parent, "folders", {"patient": CHILD, "name": name})
    assert answer.status_code == (201 if taken else 422)
    assert taken or refusal(answer) == (422, "MSG-7", "folder-name")


@pytest.mark.rule("MSG-7")
async def test_a_folder_goes_only_when_it_is_empty(parent: httpx.AsyncClient) -> None:
    folder = await make(parent, "School")
    await move(parent, folder, THREAD)
    assert refusal(await parent.delete(f"/portal/v1/folders/{folder}")) == (409, "MSG-7", "folder-not-empty")
    await move(parent, "inbox", THREAD)
    assert (await parent.delete(f"/portal/v1/folders/{folder}")).status_code == 204
    assert folder not in await folders(parent)


@pytest.mark.rule("MSG-7", "MSG-8")
@pytest.mark.parametrize("to", ["trash", "own"])
async def test_moving_takes_a_thread_out_of_ones_own_folders_alone(
    parent: httpx.AsyncClient, other_parent: httpx.AsyncClient, to: str
) -> None:
    before, others = await folders(parent), await folders(other_parent)
    folder = await make(parent, "School") if to == "own" else to
    told = (await move(parent, folder, THREAD, PRIVATE)).json()
    assert told == {"moved": [{"thread": THREAD, "from": "inbox"}, {"thread": PRIVATE, "from": "inbox"}]}
    assert (await listed(parent), await listed(parent, "sent")) == ([], [])
    assert set(await listed(parent, folder)) == {THREAD, PRIVATE}
    after = await folders(parent)
    assert (after["inbox"], after[folder][0]) == ((0, 0), before["inbox"][0])
    assert after[folder][1] == before["inbox"][1], "what was unread is unread there"
    assert await folders(other_parent) == others
    assert (await move(parent, "inbox", THREAD, PRIVATE)).json()["moved"][0]["from"] == folder
    assert {k: v for k, v in (await folders(parent)).items() if k in before} == before


async def test_what_is_in_trash_is_not_new(parent: httpx.AsyncClient) -> None:
    async def new() -> int:
        people = (await parent.get("/portal/v1/family")).json()["people"]
        return next(int(one["new"]["messages"]) for one in people if one["id"] == CHILD)

    assert await new() == 1
    await move(parent, "trash", THREAD)
    assert await new() == 0
    news = (await parent.get(f"/portal/v1/patients/{CHILD}/news")).json()["items"]
    assert not [one for one in news if one["place"] == "inbox"]


async def test_a_message_brings_a_thread_back_from_trash(parent: httpx.AsyncClient) -> None:
    folder = await make(parent, "School")
    await move(parent, "trash", THREAD)
    await sent(parent, reply())
    assert THREAD in await listed(parent)
    await move(parent, folder, THREAD)
    await sent(parent, reply())
    assert THREAD in await listed(parent, folder), "an own folder keeps it"


@pytest.mark.rule("FAM-8")
async def test_only_threads_that_one_sees_are_moved(small: Mock) -> None:
    async with client_of(small, token_for(small, SPONSOR)) as client:
        body = {"patient": TEEN, "threads": [f"thread-{TEEN}", f"private-{TEEN}"], "folder": "trash"}
        assert (await client.post("/portal/v1/messages/move", json=body)).status_code == 404
        assert await listed(client, "trash", TEEN) == [], "none of them"


async def test_a_folder_of_somebody_elses_is_none(parent: httpx.AsyncClient, other_parent: httpx.AsyncClient) -> None:
    folder = await make(parent, "School")
    assert (await move(other_parent, folder, THREAD)).status_code == 404
    assert (await other_parent.delete(f"/portal/v1/folders/{folder}")).status_code == 404
    answer = await other_parent.get(f"/portal/v1/patients/{CHILD}/threads", params={"folder": folder})
    assert answer.status_code == 404


@pytest.mark.rule("MSG-7")
async def test_the_last_message_is_unread_again(parent: httpx.AsyncClient, other_parent: httpx.AsyncClient) -> None:
    read = {"patient": CHILD, "keys": [f"Message/{one['id']}" for one in (await whole(parent, THREAD))["messages"]]}
    await parent.post("/portal/v1/seen", json=read)
    others = await folders(other_parent)
    assert (await folders(parent))["inbox"][1] == 0
    body = {"patient": CHILD, "threads": [THREAD]}
    told = (await parent.post("/portal/v1/messages/unread", json=body)).json()
    assert (len(told["messages"]), (await folders(parent))["inbox"][1]) == (1, 1)
    assert await folders(other_parent) == others
    assert (await parent.post("/portal/v1/messages/read", json=body)).json() == told
    assert (await parent.post("/portal/v1/messages/read", json=body)).json() == {"messages": []}
    assert (await folders(parent))["inbox"][1] == 0
    assert (await parent.post("/portal/v1/messages/unread", json=body | told)).json() == told, (
        "undone, message by message"
    )
    assert await folders(other_parent) == others


async def test_marking_two_threads_unread_opens_no_older_message(small: Mock, parent: httpx.AsyncClient) -> None:
    """An older message of one may have been sent at the very instant of the other's last."""
    threads = [(await sent(parent, message()))["thread"] for _ in range(2)]
    async with client_of(small, small.tester_token) as tester:
        for thread in (threads[0], threads[1], threads[0]):
            await tester.post("/mock/v1/staff/messages", json={"thread": thread, "body": "Read."})
            if thread == threads[1]:
                await sent(parent, reply(thread=threads[0]))
    keys = [f"Message/{one['id']}" for thread in threads for one in (await whole(parent, thread))["messages"]]
    await parent.post("/portal/v1/seen", json={"patient": CHILD, "keys": keys})
    await parent.post("/portal/v1/messages/unread", json={"patient": CHILD, "threads": threads})
    assert [(await whole(parent, thread))["unread"] for thread in threads] == [1, 1]


async def test_a_search_finds_in_every_folder(parent: httpx.AsyncClient) -> None:
    told = await sent(parent, message(subject="Peanut butter"))
    await move(parent, "trash", told["thread"])
    found = (await parent.post("/portal/v1/threads/search", json={"patient": CHILD, "words": "peanut"})).json()
    assert [one["id"] for one in found["threads"]] == [told["thread"]]
