"""Drafts on the server: versions, one a conversation, gone when sent or deleted (MSG-8, MSG-9)."""

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import folders, message, post, refusal, reply, sent
from tests.small_world import CHILD, SPONSOR, client_of, token_for


async def keep(client: httpx.AsyncClient, id: str, body: dict[str, Any], version: int = 0) -> httpx.Response:
    return await client.put(f"/portal/v1/drafts/{id}", json=body, headers={"If-Match": f'"{version}"'})


async def kept(client: httpx.AsyncClient, patient: str = CHILD) -> list[Any]:
    drafts: list[Any] = (await client.get(f"/portal/v1/patients/{patient}/drafts")).json()["drafts"]
    return drafts


@pytest.fixture
def draft_id() -> str:
    return str(uuid.uuid4())


@pytest.mark.rule("MSG-9")
async def test_a_draft_is_kept_as_it_is_and_counted(parent: httpx.AsyncClient, draft_id: str) -> None:
    half = {"patient": CHILD, "recipient": "box-1", "body": "It began"}
    first = await keep(parent, draft_id, half)
    assert (first.status_code, first.json()["version"], first.headers["etag"]) == (200, 1, '"1"')
    second = await keep(parent, draft_id, half | {"subject": "Cough", "body": "It began on Monday."}, 1)
    assert second.json()["version"] == 2
    [told] = await kept(parent)
    assert (told["id"], told["version"], told["subject"]) == (draft_id, 2, "Cough")
    assert (told["recipient_name"], told["body"]) == ("Small Clinic", "It began on Monday.")
    assert (await folders(parent))["drafts"][0] == 1


@pytest.mark.rule("MSG-9")
async def test_the_files_of_a_draft_are_told_by_name_and_size(parent: httpx.AsyncClient, draft_id: str) -> None:
    file, other = str(uuid.uuid4()), str(uuid.uuid4())
    headers = {"Content-Disposition": 'attachment; filename="readings.txt"', "Idempotency-Key": str(uuid.uuid4())}
    await parent.put(f"/portal/v1/patients/{CHILD}/attachments/{file}", content=b"120/80", headers=headers)
    await keep(parent, draft_id, {"patient": CHILD, "body": "With readings.", "attachments": [other, file]})
    [told] = await kept(parent)
    assert told["attachments"] == [other, file], "one that never arrived is still named"
    assert [(one["id"], one["name"], one["size"]) for one in told["files"]] == [(file, "readings.txt", 6)]


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("version", [0, 1, 3])
async def test_another_version_is_a_conflict_that_shows_both(
    parent: httpx.AsyncClient, draft_id: str, version: int
) -> None:
    for n in range(2):
        await keep(parent, draft_id, {"patient": CHILD, "body": f"words {n}"}, n)
    answer = await keep(parent, draft_id, {"patient": CHILD, "body": "mine"}, version)
    assert refusal(answer) == (409, "MSG-9", "stale-version")
    assert answer.json()["draft"]["body"] == "words 1"
    assert (await kept(parent))[0]["body"] == "words 1", "nothing changed"


@pytest.mark.rule("MSG-9")
async def test_a_conversation_has_one_draft_of_each_person(
    parent: httpx.AsyncClient, other_parent: httpx.AsyncClient, draft_id: str
) -> None:
    await keep(parent, draft_id, reply(body="mine"))
    answer = await keep(parent, str(uuid.uuid4()), reply(body="mine again"))
    assert refusal(answer) == (409, "MSG-9", "stale-version")
    assert answer.json()["draft"]["id"] == draft_id
    assert (await keep(other_parent, str(uuid.uuid4()), reply(body="hers"))).status_code == 200
    assert [one["body"] for one in await kept(parent)] == ["mine"]
    assert [one["body"] for one in await kept(other_parent)] == ["hers"]


@pytest.mark.rule("MSG-9", "FAM-9")
async def test_a_draft_stays_with_its_owner_patient_and_conversation(
    parent: httpx.AsyncClient, other_parent: httpx.AsyncClient, draft_id: str
) -> None:
    await keep(parent, draft_id, {"patient": CHILD, "body": "mine"})
    assert (await keep(other_parent, draft_id, {"patient": CHILD, "body": "hers"})).status_code == 404
    assert (await keep(parent, draft_id, {"patient": SPONSOR, "body": "mine"}, 1)).status_code == 404
    assert (await keep(parent, draft_id, reply(), 1)).status_code == 422
    assert (await kept(parent))[0]["body"] == "mine"
    assert await kept(parent, SPONSOR) == []


@pytest.mark.rule("MSG-8")
async def test_deleting_a_draft_is_final(
    parent: httpx.AsyncClient, other_parent: httpx.AsyncClient, draft_id: str
) -> None:
    await keep(parent, draft_id, {"patient": CHILD, "body": "mine"})
    assert (await other_parent.delete(f"/portal/v1/drafts/{draft_id}")).status_code == 204
    assert len(await kept(parent)) == 1, "nobody else's"
    assert (await parent.delete(f"/portal/v1/drafts/{draft_id}")).status_code == 204
    assert await kept(parent) == []
    assert (await parent.delete(f"/portal/v1/drafts/{draft_id}")).status_code == 204, "twice is once"


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("body", [message(), reply()])
async def test_what_is_sent_is_no_draft_any_more(
    parent: httpx.AsyncClient, draft_id: str, body: dict[str, Any]
) -> None:
    await keep(parent, draft_id, body)
    await sent(parent, body | {"draft": draft_id})
    assert await kept(parent) == []


async def test_a_refused_message_stays_a_draft(parent: httpx.AsyncClient, draft_id: str) -> None:
    await keep(parent, draft_id, message(subject=""))
    assert (await post(parent, "messages", message(subject="", draft=draft_id))).status_code == 422
    assert len(await kept(parent)) == 1


@pytest.mark.parametrize(("length", "taken"), [(10_000, True), (10_001, False)])
async def test_a_draft_is_no_longer_than_a_message(
    parent: httpx.AsyncClient, draft_id: str, length: int, taken: bool
) -> None:
    answer = await keep(parent, draft_id, {"patient": CHILD, "body": "x" * length})
    assert (answer.status_code, refusal(answer)[2]) == ((200, "") if taken else (422, "body-length"))


@pytest.mark.rule("MSG-8", "MSG-9")
@pytest.mark.parametrize(("version", "left"), [(1, ["Newer words."]), (2, []), (None, [])])
async def test_sending_takes_the_version_that_it_names(
    parent: httpx.AsyncClient, draft_id: str, version: int | None, left: list[str]
) -> None:
    await keep(parent, draft_id, {"patient": CHILD, "body": "Words."})
    await keep(parent, draft_id, {"patient": CHILD, "body": "Newer words."}, 1)
    named = {} if version is None else {"draft_version": version}
    await sent(parent, message(draft=draft_id, **named))
    assert [one["body"] for one in await kept(parent)] == left


@pytest.mark.rule("MSG-8", "MSG-9")
@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("body", [message(), reply()], ids=["new", "reply"])
async def test_what_comes_late_makes_no_draft_of_what_was_sent(
    parent: httpx.AsyncClient, draft_id: str, body: dict[str, Any], version: int
) -> None:
    if version:
        await keep(parent, draft_id, body)
    await sent(parent, body | {"draft": draft_id})
    late = await keep(parent, draft_id, body, version)
    assert refusal(late) == (409, "MSG-8", "sent-is-final")
    assert "sent" in late.json()["title"]
    assert late.json()["next"]
    assert await kept(parent) == []


@pytest.mark.rule("MSG-8")
async def test_a_sent_draft_is_remembered_for_good(small: Mock, parent: httpx.AsyncClient, draft_id: str) -> None:
    await sent(parent, message(draft=draft_id))
    small.clock.advance(timedelta(days=400))
    async with client_of(small, token_for(small, SPONSOR)) as later:
        assert refusal(await keep(later, draft_id, {"patient": CHILD, "body": "late"}))[2] == "sent-is-final"


@pytest.mark.rule("MSG-8")
async def test_a_correction_ends_its_draft_too(parent: httpx.AsyncClient, draft_id: str) -> None:
    entry = f"Immunization/Immunization-{CHILD}"
    body = message(category="record-correction", entry=entry, draft=draft_id)
    assert (await post(parent, "corrections", body)).status_code == 201
    late = await keep(parent, draft_id, {"patient": CHILD, "entry": entry, "body": "late"})
    assert refusal(late)[2] == "sent-is-final"


async def test_a_refused_message_ends_no_draft(parent: httpx.AsyncClient, draft_id: str) -> None:
    assert (await post(parent, "messages", message(subject="", draft=draft_id))).status_code == 422
    assert (await keep(parent, draft_id, message(subject=""))).status_code == 200
    assert (await post(parent, "messages", message(subject="", draft=draft_id))).status_code == 422
    assert (await keep(parent, draft_id, message(), 1)).status_code == 200


async def test_a_deleted_draft_may_be_made_again(parent: httpx.AsyncClient, draft_id: str) -> None:
    await keep(parent, draft_id, {"patient": CHILD, "body": "Words."})
    await parent.delete(f"/portal/v1/drafts/{draft_id}")
    assert (await keep(parent, draft_id, {"patient": CHILD, "body": "Words."})).status_code == 200


@pytest.mark.rule("MSG-8", "MSG-9")
async def test_newer_words_that_stayed_go_on_until_they_are_sent_too(parent: httpx.AsyncClient, draft_id: str) -> None:
    await keep(parent, draft_id, {"patient": CHILD, "body": "Words."})
    await keep(parent, draft_id, {"patient": CHILD, "body": "Newer words."}, 1)
    await sent(parent, message(draft=draft_id, draft_version=1))
    assert (await keep(parent, draft_id, {"patient": CHILD, "body": "Newest words."}, 2)).status_code == 200
    await sent(parent, message(draft=draft_id, draft_version=3))
    assert refusal(await keep(parent, draft_id, {"patient": CHILD, "body": "late"}, 3))[2] == "sent-is-final"


@pytest.mark.rule("FAM-8")
async def test_nobody_ends_anothers_draft_by_its_id(
    parent: httpx.AsyncClient, other_parent: httpx.AsyncClient, draft_id: str
) -> None:
    await keep(parent, draft_id, {"patient": CHILD, "body": "mine"})
    await sent(other_parent, message(draft=draft_id))
    assert (await keep(parent, draft_id, {"patient": CHILD, "body": "mine still"}, 1)).status_code == 200
    assert (await kept(parent))[0]["body"] == "mine still"
