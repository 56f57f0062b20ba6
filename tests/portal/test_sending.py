"""Writing to a clinic: to whom, what it may hold, what it answers, and once only (MSG-1 to MSG-6, MSG-10 to MSG-12)."""

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from genesis_tui.mock_backend.database.messages.recipients import LISTED
from genesis_tui.mock_backend.database.schema.messages import mailbox
from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import listed, message, post, refusal, reply, sent, whole
from tests.small_world import BASIC, CHILD, DAY, SPONSOR, SPOUSE, STRANGER, TEEN, client_of, token_for


@pytest.mark.rule("MSG-5", "FAM-10")
async def test_a_new_message_names_both_people_and_its_due_day(small: Mock, parent: httpx.AsyncClient) -> None:
    told = await sent(parent, message())
    thread = await whole(parent, told["thread"])
    assert thread["subject"] == "Hello"
    assert thread["category"] == "Other"
    [letter] = thread["messages"]
    assert (letter["from"]["name"], letter["from"]["you"]) == (f"Given{SPONSOR} Family{SPONSOR}", True)
    assert letter["for"]["name"] == f"Given{CHILD} Family{CHILD}"
    assert letter["answer"] == {"due": told["due"], "state": "waiting", "next": ""}
    assert told["thread"] in await listed(parent)
    assert told["thread"] in await listed(parent, "sent")


async def test_what_was_sent_is_audited_with_both_names(small: Mock, parent: httpx.AsyncClient) -> None:
    await sent(parent, message())
    async with client_of(small, token_for(small, SPONSOR)) as client:
        log = (await client.get(f"/portal/v1/patients/{SPONSOR}/access-log")).json()["events"]
    assert not any(one["what"] == "message" for one in log), "it is in the child's log, not in the parent's"
    small.audit.flush()
    events = [event for _, event in small.audit.about(CHILD)]
    assert ("message", "allowed", SPONSOR) in [(one.what, one.outcome, one.who_id) for one in events]


@pytest.mark.rule("MSG-12")
async def test_the_same_key_sends_once(parent: httpx.AsyncClient) -> None:
    key, before = str(uuid.uuid4()), len(await listed(parent))
    first, second = [await post(parent, "messages", message(), key) for _ in range(2)]
    assert first.content == second.content
    assert len(await listed(parent)) == before + 1
    other = await post(parent, "messages", message(body="Something else."), key)
    assert refusal(other) == (422, "", "idempotency-mismatch")
    told = (await parent.get(f"/portal/v1/requests/{key}")).json()
    assert (told["state"], told["answer"]) == ("done", first.json())


async def test_a_message_without_a_key_is_not_sent(parent: httpx.AsyncClient) -> None:
    before = await listed(parent)
    assert (await parent.post("/portal/v1/messages", json=message())).status_code == 400
    assert await listed(parent) == before


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"subject": "x"}, ""),
        ({"subject": "x" * 50}, ""),
        ({"subject": "x" * 51}, "subject-length"),
        ({"subject": ""}, "subject-length"),
        ({"subject": "   "}, "subject-length"),
        ({"subject": "two\nlines"}, "subject-length"),
        ({"subject": "می\u200cخواهم ❤\ufe0f"}, ""),
        ({"subject": "Ir\u202eon"}, "subject-length"),
        ({"body": "x"}, ""),
        ({"body": "x" * 10_000}, ""),
        ({"body": "x" * 10_001}, "body-length"),
        ({"body": ""}, "body-length"),
        ({"body": " \n "}, "body-length"),
        ({"subject": "ä" * 50, "body": "日" * 10_000}, ""),
    ],
)
async def test_subject_and_text_have_their_lengths(
    parent: httpx.AsyncClient, change: dict[str, str], reason: str
) -> None:
    answer = await post(parent, "messages", message(**change))
    assert refusal(answer)[2] == reason
    assert answer.status_code == (422 if reason else 201)
    assert not reason or answer.json()["rule"] == "MSG-6"


@pytest.mark.rule("MSG-4")
async def test_a_message_is_about_one_of_eight_things(parent: httpx.AsyncClient) -> None:
    told = (await parent.get("/portal/v1/session")).json()["limits"]["messages"]["categories"]
    assert [one["code"] for one in told] == [
        *("visit-instructions", "symptoms", "test-results", "forms", "medication", "appointment"),
        *("record-correction", "other"),
    ]
    for one in told:
        correction = {"entry": f"Observation/Observation-{CHILD}"} if one["code"] == "record-correction" else {}
        path = "corrections" if correction else "messages"
        answer = await post(parent, path, message(category=one["code"], **correction))
        assert answer.status_code == 201
        assert (await whole(parent, answer.json()["thread"]))["category"] == one["title"]
    for wrong in ("", "gossip", "record-correction"):
        assert refusal(await post(parent, "messages", message(category=wrong)))[2] == "invalid"


@pytest.mark.rule("MSG-11", "MSG-1")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE linked SET blocked = true", "recipient-blocked"),
        ("DELETE FROM linked", "recipient-unlinked"),
        ("UPDATE mailbox SET closed = 'takes no messages.'", "recipient-blocked"),
    ],
)
async def test_a_recipient_who_takes_no_messages_is_refused(
    small: Mock, parent: httpx.AsyncClient, change: str, reason: str
) -> None:
    with small.database.begin() as conn:
        conn.exec_driver_sql(change)
    for answer in (
        await post(parent, "messages", message()),
        await post(parent, "messages", reply()),
        await parent.post("/portal/v1/messages/preview", json=message()),
    ):
        assert refusal(answer) == (403, "MSG-11", reason)
        assert answer.json()["next"]
    told = (await parent.post("/portal/v1/recipients/search", json={"patient": CHILD, "words": "small"})).json()
    [found] = told["recipients"]
    assert (found["can"][0]["allowed"], found["can"][0]["reason"]) == (False, reason)
    [row] = [one for one in (await whole(parent, f"thread-{CHILD}"))["can"] if one["action"] == "message.reply"]
    assert (row["allowed"], row["reason"]) == (False, reason)


async def test_an_unknown_recipient_is_unlinked_too(parent: httpx.AsyncClient) -> None:
    answer = await post(parent, "messages", message(recipient="box-2"))
    assert refusal(answer) == (403, "MSG-11", "recipient-unlinked")


@pytest.mark.rule("MSG-10")
@pytest.mark.parametrize(("days", "taken"), [(41, True), (42, False)])
async def test_a_conversation_takes_replies_for_45_days(
    small: Mock, parent: httpx.AsyncClient, days: int, taken: bool
) -> None:
    """Its last message is four days older than the start of the world."""
    small.clock.set(small.start + days * DAY)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        answer = await post(client, "messages", reply())
        draft = await client.put(f"/portal/v1/drafts/{uuid.uuid4()}", json=reply())
        new = await post(client, "messages", message(body="> question\n\nAnd now?"))
    assert new.status_code == 201, "a new message with the old one quoted is the way on"
    if taken:
        assert (answer.status_code, draft.status_code) == (201, 200)
        return
    for refused in (answer, draft):
        assert refusal(refused) == (403, "MSG-10", "reply-window-closed")
        assert "new message" in refused.json()["next"]


async def test_a_reply_takes_everything_but_its_text_from_the_thread(parent: httpx.AsyncClient) -> None:
    told = await sent(parent, reply())
    assert told["thread"] == f"thread-{CHILD}"
    assert (await whole(parent, told["thread"]))["messages"][-1]["body"] == "Thank you."
    assert refusal(await post(parent, "messages", reply(subject="Other")))[2] == "invalid"


@pytest.mark.rule("FAM-8", "FAM-3")
async def test_a_thread_that_one_does_not_see_takes_no_reply(small: Mock) -> None:
    async with client_of(small, token_for(small, SPONSOR)) as client:
        unseen = reply(TEEN, thread=f"private-{TEEN}")
        unknown = reply(TEEN, thread="no-such-thread")
        elsewhere = reply(SPONSOR, thread=f"thread-{CHILD}")
        answers = [await post(client, "messages", one) for one in (unseen, unknown, elsewhere)]
    bodies = [{k: v for k, v in one.json().items() if k != "request_id"} for one in answers]
    assert [one.status_code for one in answers] == [404] * 3
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.rule("ID-5")
async def test_basic_sends_nothing(small: Mock) -> None:
    async with client_of(small, token_for(small, BASIC, level=1)) as client:
        for path, body in (("messages", message(BASIC)), ("folders", {"patient": BASIC, "name": "A"})):
            assert refusal(await post(client, path, body))[2] == "premium-required"
        people = (await client.get("/portal/v1/family")).json()["people"]
    [send] = [one for one in people[0]["can"] if one["action"] == "message.send"]
    assert (send["allowed"], send["reason"]) == (False, "premium-required")


async def test_a_stranger_sends_nothing(small: Mock) -> None:
    async with client_of(small, token_for(small, STRANGER)) as client:
        assert (await post(client, "messages", message())).status_code == 404


@pytest.mark.rule("MSG-5")
async def test_a_preview_names_the_day_and_sends_nothing(small: Mock, parent: httpx.AsyncClient) -> None:
    before = await listed(parent)
    told = (await parent.post("/portal/v1/messages/preview", json=message())).json()
    assert (told["patient"], told["recipient"], told["files"]) == (CHILD, "Small Clinic", 0)
    assert told["due"] == (await sent(parent, message()))["due"]
    assert len(await listed(parent)) == len(before) + 1


@pytest.mark.rule("MSG-8")
async def test_nothing_changes_what_was_sent(parent: httpx.AsyncClient) -> None:
    told = await sent(parent, message())
    [letter] = (await whole(parent, told["thread"]))["messages"]
    [change] = letter["can"]
    assert (change["action"], change["allowed"], change["reason"]) == ("message.change", False, "sent-is-final")
    for method in ("PUT", "PATCH", "DELETE"):
        assert (await parent.request(method, f"/portal/v1/messages/{told['id']}")).status_code in (404, 405)


# the clinic's side


@pytest.mark.rule("MSG-5")
async def test_the_clinic_answers_within_three_business_days(small: Mock, parent: httpx.AsyncClient) -> None:
    threads = [(await sent(parent, message(subject=f"No. {n}")))["thread"] for n in range(12)]
    small.clock.set(small.clock.now() + 8 * DAY)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        told = [await whole(client, one) for one in threads]
    assert all(len(one["messages"]) == 2 for one in told)
    assert {one["messages"][0]["answer"]["state"] for one in told} == {"answered"}
    last = told[0]["messages"][-1]
    assert (last["from"]["staff"], last["to"]["you"], last["unread"]) == (True, True, True)
    assert len({one["messages"][-1]["at"][:10] for one in told}) > 1, "not all on one day"


async def test_moving_the_clock_in_steps_gives_the_same_answers(small: Mock, parent: httpx.AsyncClient) -> None:
    told = await sent(parent, message())
    for hours in range(0, 8 * 24, 7):
        small.clock.set(small.start + timedelta(hours=hours))
        await parent.get("/portal/v1/session/vault")
    async with client_of(small, token_for(small, SPONSOR)) as client:
        assert len((await whole(client, told["thread"]))["messages"]) == 2


async def as_tester(mock: Mock, method: str, path: str, body: Any) -> httpx.Response:
    async with client_of(mock, mock.tester_token) as client:
        return await client.request(method, f"/mock/v1/staff/{path}", json=body)


@pytest.mark.rule("MSG-5")
async def test_no_answer_in_time_is_overdue_and_a_late_one_is_marked(small: Mock, parent: httpx.AsyncClient) -> None:
    assert (await as_tester(small, "PUT", "answering", {"automatic": False})).status_code == 204
    told = await sent(parent, message())
    small.clock.set(small.clock.now() + 8 * DAY)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        [letter] = (await whole(client, told["thread"]))["messages"]
        assert letter["answer"]["state"] == "overdue"
        assert letter["answer"]["next"]
        written = await as_tester(small, "POST", "messages", {"thread": told["thread"], "body": "Sorry for the wait."})
        assert written.status_code == 201
        first, last = (await whole(client, told["thread"]))["messages"]
    assert first["answer"]["state"] == "late"
    assert "Sorry for the wait." in last["body"]


async def test_an_answer_by_hand_comes_in_place_of_the_clinics_own(small: Mock, parent: httpx.AsyncClient) -> None:
    told = await sent(parent, message())
    await as_tester(small, "POST", "messages", {"thread": told["thread"], "body": "At once."})
    small.clock.set(small.clock.now() + 8 * DAY)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        assert len((await whole(client, told["thread"]))["messages"]) == 2


async def test_a_tester_answers_only_what_is_there(small: Mock, parent: httpx.AsyncClient) -> None:
    assert (await as_tester(small, "POST", "messages", {"thread": "no", "body": "x"})).status_code == 404
    plain = {"thread": f"thread-{CHILD}", "body": "x", "outcome": "amended"}
    assert (await as_tester(small, "POST", "messages", plain)).status_code == 422


# recipients


@pytest.mark.rule("MSG-1", "MSG-2")
async def test_recipients_are_pcm_providers_then_clinics(sign_in: Any) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await daniel.get("/portal/v1/session")).json()["person"]["id"]

    async def found(words: str) -> list[Any]:
        answer = await daniel.post("/portal/v1/recipients/search", json={"patient": me, "words": words})
        rows: list[Any] = answer.json()["recipients"]
        return rows

    mine = await found("")
    assert (mine[0]["name"], mine[0]["role"]) == ("Dr. Anna Okafor", "your PCM")
    kinds = [one["kind"] == "provider" for one in mine]
    assert kinds == sorted(kinds, reverse=True), "providers first"
    assert all(one["can"][0]["allowed"] for one in mine)
    clinics = [(one["name"], one["detail"]) for one in await found("Fort Belvoir Family Medicine") if one["clinic"]]
    assert ("Fort Belvoir Family Medicine", "nursing pool") in clinics
    assert ("Fort Belvoir Family Medicine, administration", "administrative team") in clinics
    assert [one["name"] for one in await found("ánna ökafor")] == ["Dr. Anna Okafor"]
    radiology = await found("radiology")
    assert {one["can"][0]["reason"] for one in radiology} == {"recipient-blocked"}
    assert {one["can"][0]["reason"] for one in await found("Landstuhl Family")} == {"recipient-unlinked"}


@pytest.mark.rule("MSG-2")
async def test_who_has_no_pcm_is_told_so_with_the_way_on(small: Mock, parent: httpx.AsyncClient) -> None:
    told = (await parent.post("/portal/v1/recipients/search", json={"patient": CHILD})).json()
    assert "No primary care manager" in told["missing"]
    assert "clinic" in told["missing"]


@pytest.mark.rule("MSG-3")
async def test_the_server_says_what_counts_as_an_emergency(parent: httpx.AsyncClient) -> None:
    told = (await parent.get("/portal/v1/session")).json()["limits"]["messages"]["emergency"]
    assert "911" in told["notice"]
    assert {"chest pain", "can't breathe", "suicide"} <= set(told["words"])
    assert "988" in " ".join(told["lines"])


async def test_each_parent_has_the_key_to_their_own_drafts(
    parent: httpx.AsyncClient, other_parent: httpx.AsyncClient
) -> None:
    keys = [(await one.get("/portal/v1/session/vault")).json()["key"] for one in (parent, parent, other_parent)]
    assert keys[0] == keys[1] != keys[2]
    assert SPOUSE not in keys[2]


def _mailbox(id: str, name: str, kind: str) -> dict[str, str]:
    empty = dict.fromkeys(("key", "detail", "clinic", "facility"), "")
    return empty | {"id": id, "name": name, "kind": kind, "zone": "UTC", "words": name.casefold()}


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(("count", "more"), [(LISTED - 1, 0), (LISTED, 0), (LISTED + 3, 3)])
async def test_a_long_list_of_providers_hides_no_clinic(
    small: Mock, parent: httpx.AsyncClient, count: int, more: int
) -> None:
    with small.database.begin() as conn:
        for number in range(count):
            name = f"Dr. Many {number}"
            conn.execute(insert(mailbox).values(_mailbox(f"many-{number}", name, "provider")))
        conn.execute(insert(mailbox).values(_mailbox("many", "Many Clinic", "nursing")))
    told = (await parent.post("/portal/v1/recipients/search", json={"patient": CHILD, "words": "many"})).json()
    assert (len(told["recipients"]), told["more"]) == (count - more + 1, more)
    assert told["recipients"][-1]["name"] == "Many Clinic"
