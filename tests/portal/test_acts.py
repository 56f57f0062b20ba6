"""Every act on a record leaves one event: who, for whom, what, and how it ended; never a word of it (AUD-1, FAM-10)."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from genesis_tui.mock_backend.database.family.audit import AuditEvent
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.portal.appointments.facts import slots_of
from genesis_tui.mock_backend.server.app import create_api
from genesis_tui.mock_backend.world.simulation.scheduling import offer_slots
from tests.portal.prescribing import prescribe, refill, renew
from tests.portal.scheduling import EMPTY, ask, change
from tests.portal.writing import BOX, message, post, refusal, reply, upload
from tests.small_world import CHILD, CLINIC, OTHER_SLOT, SLOT, SPONSOR, TEEN, client_of, token_for

WORD = "Xylophone"
"""Stands in every subject, text and name."""
Ask = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]


def words(patient: str, **change: Any) -> dict[str, Any]:
    return message(patient, subject=WORD, body=WORD) | change


async def send(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    return await post(client, "messages", words(patient))


async def correct(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    entry = {"entry": f"Immunization/Immunization-{patient}", "category": "record-correction"}
    return await post(client, "corrections", words(patient, **entry))


async def save(client: httpx.AsyncClient, patient: str, id: str = "") -> httpx.Response:
    body = {"patient": patient, "recipient": BOX, "subject": WORD, "body": WORD}
    return await client.put(f"/portal/v1/drafts/{id or uuid.uuid4()}", json=body)


async def discard(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    id = (await save(client, patient)).json()["id"]
    return await client.delete(f"/portal/v1/drafts/{id}")


async def attach(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    return await upload(client, f"{WORD}.txt", WORD.encode(), patient=patient)


async def make_folder(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    return await post(client, "folders", {"patient": patient, "name": WORD})


async def remove_folder(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    folder = (await make_folder(client, patient)).json()["id"]
    return await client.delete(f"/portal/v1/folders/{folder}")


async def move(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    body = {"patient": patient, "threads": [f"thread-{patient}"], "folder": "trash"}
    return await client.post("/portal/v1/messages/move", json=body)


async def unread(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    body = {"patient": patient, "threads": [f"thread-{patient}"]}
    return await client.post("/portal/v1/messages/unread", json=body)


async def read(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    body = {"patient": patient, "threads": [f"thread-{patient}"]}
    return await client.post("/portal/v1/messages/read", json=body)


async def book(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    return await post(client, "appointments", {"patient": patient, "slot": SLOT, "reason": WORD})


async def cancel(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    row = (await book(client, patient)).json()
    return await change(client, row, "cancel", patient=patient, reason="other", note=WORD)


async def reschedule(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    row = (await book(client, patient)).json()
    return await change(client, row, "reschedule", patient=patient, slot=OTHER_SLOT)


async def request(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    return await ask(client, patient, "acute", CLINIC, [("2026-11-30", "am")], WORD)


async def withdraw(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    row = (await request(client, patient)).json()
    return await change(client, row, "withdraw", "appointment-requests", patient=patient, reason="pat", note=WORD)


async def choose(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    row = (await request(client, patient)).json()
    mock: Mock = client._transport.app.mock  # type: ignore[attr-defined]
    with mock.database.begin() as conn:
        offer_slots(conn, row["id"], slots_of(conn, [SLOT]), at=mock.clock.micros(), policy=mock.policy)
    row["version"] += 1
    return await change(client, row, "choose", "appointment-requests", patient=patient, slot=SLOT)


async def watch(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    body = {"patient": patient, "visit_type": "acute", "before": "2026-12-24T12:00:00Z"}
    return await client.put(f"/portal/v1/slot-watches/{CLINIC}", json=body)


async def unwatch(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    await watch(client, patient)
    asked = {"patient": patient, "visit_type": "acute"}
    return await client.delete(f"/portal/v1/slot-watches/{CLINIC}", params=asked)


async def fill(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    row = (await book(client, patient)).json()
    return await client.put(f"/portal/v1/clipboards/clip-{row['id']}", json={"patient": patient, "response": EMPTY})


async def submit(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    row = (await book(client, patient)).json()
    return await client.post(
        f"/portal/v1/clipboards/clip-{row['id']}/submit", json={"patient": patient, "response": EMPTY}
    )


async def refill_it(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    prescribe(client._transport.app.mock, patient, "open")  # type: ignore[attr-defined]
    return await refill(client, patient, ["open"])


async def renew_it(client: httpx.AsyncClient, patient: str) -> httpx.Response:
    prescribe(client._transport.app.mock, patient, "used", repeats=0)  # type: ignore[attr-defined]
    return await renew(client, patient, ["used"], WORD)


ACTS: dict[str, tuple[Ask, tuple[str, ...]]] = {
    "POST /portal/v1/messages": (send, ("message",)),
    "POST /portal/v1/corrections": (correct, ("correction",)),
    "PUT /portal/v1/drafts/{draft_id}": (save, ("draft",)),
    "DELETE /portal/v1/drafts/{draft_id}": (discard, ("draft", "delete-draft")),
    "PUT /portal/v1/patients/{patient_id}/attachments/{file_id}": (attach, ("upload",)),
    "POST /portal/v1/folders": (make_folder, ("folder",)),
    "DELETE /portal/v1/folders/{folder_id}": (remove_folder, ("folder", "remove-folder")),
    "POST /portal/v1/messages/move": (move, ("move",)),
    "POST /portal/v1/messages/unread": (unread, ("unread",)),
    "POST /portal/v1/messages/read": (read, ("read",)),
    "POST /portal/v1/appointments": (book, ("book",)),
    "POST /portal/v1/appointments/{appointment_id}/cancel": (cancel, ("book", "cancel-appointment")),
    "POST /portal/v1/appointments/{appointment_id}/reschedule": (reschedule, ("book", "reschedule-appointment")),
    "POST /portal/v1/appointment-requests": (request, ("request-appointment",)),
    "POST /portal/v1/appointment-requests/{appointment_id}/withdraw": (
        withdraw,
        ("request-appointment", "withdraw-request"),
    ),
    "POST /portal/v1/appointment-requests/{appointment_id}/choose": (choose, ("request-appointment", "choose-slot")),
    "PUT /portal/v1/clipboards/{clipboard_id}": (fill, ("book", "clipboard")),
    "POST /portal/v1/clipboards/{clipboard_id}/submit": (submit, ("book", "submit-clipboard")),
    "POST /portal/v1/refills": (refill_it, ("request-refills",)),
    "POST /portal/v1/renewals": (renew_it, ("request-renewals",)),
    "PUT /portal/v1/slot-watches/{clinic}": (watch, ("watch-slots",)),
    "DELETE /portal/v1/slot-watches/{clinic}": (unwatch, ("watch-slots", "unwatch-slots")),
}
"""Endpoint -> how it is asked, and the words of the events that this leaves."""
BATCHES = {"POST /portal/v1/refills", "POST /portal/v1/renewals"}
READS = {
    "POST /portal/v1/threads/search",
    "POST /portal/v1/recipients/search",
    "POST /portal/v1/messages/preview",
    "POST /portal/v1/corrections/preview",
}
OF_ACCOUNTS = ("/portal/v1/session", "/portal/v1/proofing", "/portal/v1/family", "/portal/v1/seen")


def left(mock: Mock, patient: str) -> list[tuple[str, str, str]]:
    """Who, what and outcome of every event about a patient, oldest first."""
    events = [event for _, event in reversed(mock.audit.about(patient))]
    return [(one.who_id, one.what, one.outcome) for one in events]


def headers(paths: dict[str, Any], endpoint: str) -> dict[str, bool]:
    """Headers of an endpoint, and whether they are required."""
    parameters = operation(paths, endpoint).get("parameters", ())
    return {one["name"]: one["required"] for one in parameters if one["in"] == "header"}


def operation(paths: dict[str, Any], endpoint: str) -> dict[str, Any]:
    method, _, path = endpoint.partition(" ")
    found: dict[str, Any] = paths[path][method.lower()]
    return found


def test_every_endpoint_that_changes_something_has_a_row(small: Mock) -> None:
    paths = create_api(small).openapi()["paths"]
    changing = {f"{method.upper()} {path}" for path, found in paths.items() for method in found if method != "get"}
    portal = {one for one in changing if one.partition(" ")[2].startswith("/portal/")}
    theirs = {one for one in portal if one.partition(" ")[2].startswith(OF_ACCOUNTS)}
    assert portal - theirs == {*ACTS, *READS}
    acts = {one for one in portal if "Idempotency-Key" in headers(paths, one)}
    assert portal - READS == acts
    creating = {one for one in acts if "201" in operation(paths, one)["responses"]}
    assert creating | BATCHES == {one for one in acts if headers(paths, one)["Idempotency-Key"]}


async def test_an_act_whose_event_cannot_be_written_is_not_done(small: Mock) -> None:
    with small.database.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE audit RENAME TO audit_away")
    async with client_of(small, token_for(small, SPONSOR)) as client:
        before = (await client.get(f"/portal/v1/patients/{SPONSOR}/threads")).json()
        key = str(uuid.uuid4())
        with pytest.raises(DBAPIError):
            await post(client, "messages", words(SPONSOR), key)
        with small.database.begin() as conn:
            conn.exec_driver_sql("ALTER TABLE audit_away RENAME TO audit")
        assert (await client.get(f"/portal/v1/patients/{SPONSOR}/threads")).json() == before
        assert left(small, SPONSOR) == []
        assert (await post(client, "messages", words(SPONSOR), key)).status_code == 201
    assert left(small, SPONSOR) == [(SPONSOR, "message", "allowed")]


@pytest.mark.rule("AUD-1", "FAM-10")
@pytest.mark.parametrize("patient", [SPONSOR, CHILD], ids=["own", "child"])
@pytest.mark.parametrize("endpoint", ACTS)
async def test_an_act_leaves_one_event_that_names_both(
    small: Mock, parent: httpx.AsyncClient, endpoint: str, patient: str
) -> None:
    do, whats = ACTS[endpoint]
    answer = await do(parent, patient)
    assert answer.is_success, answer.text
    assert left(small, patient) == [(SPONSOR, what, "allowed") for what in whats]


@pytest.mark.rule("AUD-1")
@pytest.mark.parametrize("endpoint", ACTS)
async def test_no_event_holds_a_word_of_what_was_written(small: Mock, parent: httpx.AsyncClient, endpoint: str) -> None:
    do, _ = ACTS[endpoint]
    await do(parent, CHILD)
    written = str([event for _, event in small.audit.about(CHILD)]) + str([one.listed() for one in small.log.last(50)])
    assert "allowed" in written
    assert WORD.casefold() not in written.casefold()


@pytest.mark.rule("AUD-1")
async def test_a_draft_that_is_saved_again_and_again_is_one_act_of_a_sign_in(
    small: Mock, parent: httpx.AsyncClient
) -> None:
    id = str(uuid.uuid4())

    async def again(client: httpx.AsyncClient, versions: range) -> None:
        for version in versions:
            body = {"patient": CHILD, "body": f"{version} words"}
            headers = {"If-Match": f'"{version}"'}
            assert (await client.put(f"/portal/v1/drafts/{id}", json=body, headers=headers)).status_code == 200

    await again(parent, range(3))
    assert left(small, CHILD) == [(SPONSOR, "draft", "allowed")]
    small.clock.advance(timedelta(minutes=1))
    async with client_of(small, token_for(small, SPONSOR)) as later:
        await again(later, range(3, 6))
    assert left(small, CHILD) == [(SPONSOR, "draft", "allowed")] * 2


@pytest.mark.rule("AUD-1")
async def test_what_was_not_there_leaves_no_event(small: Mock, parent: httpx.AsyncClient) -> None:
    assert (await parent.delete(f"/portal/v1/drafts/{uuid.uuid4()}")).status_code == 204
    assert (left(small, SPONSOR), left(small, "")) == ([], [])


@pytest.mark.rule("AUD-1", "FAM-10")
async def test_a_refused_act_leaves_its_refusal_alone(small: Mock, parent: httpx.AsyncClient) -> None:
    id = str(uuid.uuid4())
    await save(parent, CHILD, id)
    assert refusal(await save(parent, CHILD, id))[2] == "stale-version"
    folder = (await make_folder(parent, CHILD)).json()["id"]
    await parent.post(
        "/portal/v1/messages/move", json={"patient": CHILD, "threads": [f"thread-{CHILD}"], "folder": folder}
    )
    assert (await parent.delete(f"/portal/v1/folders/{folder}")).status_code == 409
    assert (await upload(parent, "a.exe", b"MZ")).status_code == 422
    assert (await post(parent, "messages", words(CHILD, subject=""))).status_code == 422
    assert [one[1:] for one in left(small, CHILD)] == [
        ("draft", "allowed"),
        ("draft", "stale-version"),
        ("folder", "allowed"),
        ("move", "allowed"),
        ("remove-folder", "folder-not-empty"),
        ("upload", "attachment-type"),
        ("message", "subject-length"),
    ]


@pytest.mark.rule("AUD-1", "MSG-12")
async def test_the_same_key_twice_is_one_act(small: Mock, parent: httpx.AsyncClient) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        assert (await post(parent, "messages", words(CHILD), key)).status_code == 201
    assert left(small, CHILD) == [(SPONSOR, "message", "allowed")]


@pytest.mark.rule("AUD-1")
@pytest.mark.parametrize("before", [254, 255])
async def test_a_refusal_takes_no_event_with_it(small: Mock, parent: httpx.AsyncClient, before: int) -> None:
    """Events are written in batches of 256, and a refusal undoes what stands in its transaction."""
    for _ in range(before):
        small.audit.add(AuditEvent(small.clock.micros(), SPONSOR, TEEN, "threads"))
    assert (await post(parent, "messages", reply(body=""))).status_code == 422
    small.audit.flush()
    with small.database.begin() as conn:
        kept = conn.exec_driver_sql("SELECT count(*) FROM audit").scalar_one()
    assert kept == before + 1
