"""No byte of any answer about messages depends on messages that the viewer may not see (FAM-3, FAM-8)."""

import pytest

from genesis_tui.mock_backend.database.messages.threads import file_threads
from genesis_tui.mock_backend.mock import Mock
from tests.small_world import (
    ALMOST_ADULT,
    BASIC,
    CHILD,
    EXPIRED_PROXY,
    FULL_PROXY,
    GRANTER,
    LIMITED_PROXY,
    PATIENTS,
    REVOKED_PROXY,
    SPONSOR,
    SPOUSE,
    STRANGER,
    TEEN,
    client_of,
    token_for,
)

ALL, OWN = "every message", "those that the viewer wrote or received"
SEES = {
    SPONSOR: {SPONSOR: ALL, CHILD: ALL, TEEN: OWN, ALMOST_ADULT: OWN},
    SPOUSE: {SPOUSE: ALL, CHILD: ALL, TEEN: OWN, ALMOST_ADULT: OWN},
    GRANTER: {GRANTER: ALL},
    FULL_PROXY: {FULL_PROXY: ALL, GRANTER: ALL},
    LIMITED_PROXY: {LIMITED_PROXY: ALL, GRANTER: OWN},
    EXPIRED_PROXY: {EXPIRED_PROXY: ALL},
    REVOKED_PROXY: {REVOKED_PROXY: ALL},
    STRANGER: {STRANGER: ALL},
    BASIC: {},
}
"""The oracle's own word, not the code's."""

_KINDS = ("thread", "private")


@pytest.mark.rule("FAM-3", "FAM-5", "FAM-6", "FAM-8", "ID-5")
@pytest.mark.parametrize("viewer", SEES, ids=lambda viewer: f"viewer-{viewer}")
async def test_what_may_not_be_seen_changes_nothing(small: Mock, viewer: str) -> None:
    whole = await _answers(small, viewer)
    removed = _take_out(small, viewer)
    without = await _answers(small, viewer)
    assert removed
    assert {asked for asked in whole if whole[asked] != without[asked]} == set()


@pytest.mark.rule("FAM-3")
@pytest.mark.parametrize("viewer", SEES, ids=lambda viewer: f"viewer-{viewer}")
async def test_every_message_that_may_be_seen_is_seen_and_no_other(small: Mock, viewer: str) -> None:
    told = "\n".join((await _answers(small, viewer)).values())
    with small.database.begin() as conn:
        rows = conn.exec_driver_sql("SELECT id, patient_id, sender_id, receiver_id FROM message").all()
    seen = {row.id for row in rows if f'"id":"{row.id}"' in told}
    assert seen == {row.id for row in rows if _may_see(viewer, row.patient_id, row.sender_id, row.receiver_id)}


def _may_see(viewer: str, patient: str, sender: str, receiver: str) -> bool:
    how = SEES[viewer].get(patient)
    return how == ALL or (how == OWN and viewer in (sender, receiver))


def _take_out(mock: Mock, viewer: str) -> int:
    with mock.database.begin() as conn:
        rows = conn.exec_driver_sql("SELECT id, patient_id, sender_id, receiver_id FROM message").all()
        hidden = [row.id for row in rows if not _may_see(viewer, row.patient_id, row.sender_id, row.receiver_id)]
        conn.exec_driver_sql("DELETE FROM message WHERE id = ?", [(id,) for id in hidden])
        file_threads(conn)
        empty = "thread_id NOT IN (SELECT thread_id FROM message)"
        conn.exec_driver_sql(f"DELETE FROM thread WHERE {empty.replace('thread_id NOT', 'id NOT')}")
    return len(hidden)


async def _answers(mock: Mock, viewer: str) -> dict[str, str]:
    """What is asked, and the whole answer without its request id: folders, threads, searches, counts."""
    found: dict[str, str] = {}
    async with client_of(mock, token_for(mock, viewer, level=1 if viewer == BASIC else 2)) as client:
        urls = [f"/portal/v1/patients/{p}/threads?folder={f}" for p in PATIENTS for f in ("inbox", "sent")]
        urls += [f"/portal/v1/threads/{kind}-{p}" for p in PATIENTS for kind in _KINDS]
        urls += [f"/portal/v1/patients/{p}/news" for p in PATIENTS]
        for url in (*urls, "/portal/v1/family"):
            answer = await client.get(url)
            found[url] = f"{answer.status_code} {_without_id(answer.text, answer.headers['x-request-id'])}"
        for patient in PATIENTS:
            for words in ("subject", "answer", f"writer-{patient}", f"private-{patient}", "clinic"):
                answer = await client.post("/portal/v1/threads/search", json={"patient": patient, "words": words})
                text = _without_id(answer.text, answer.headers["x-request-id"])
                found[f"{patient} {words}"] = f"{answer.status_code} {text}"
    return found


def _without_id(text: str, request_id: str) -> str:
    return text.replace(request_id, "")
