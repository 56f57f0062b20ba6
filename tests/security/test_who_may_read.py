"""S2: every endpoint of the routing tables, asked by every role; each cell of the table asserted, none left out."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Route

from genesis_tui.mock_backend.clock import MICROSECOND
from genesis_tui.mock_backend.database.idempotency import answered, take_key
from genesis_tui.mock_backend.database.record.clipboards import add_clipboard
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.fhir.app import create_fhir_app
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_api
from tests.portal.scheduling import EMPTY, Json, Scheduled, schedule
from tests.security.who_may_read import (
    BEFORE_SIGN_IN,
    BY_TESTER_TOKEN,
    DIRECTORY,
    ENDS,
    FHIR,
    KEYS,
    NO_SCOPE,
    PORTAL,
    ROLES,
    SENSITIVE,
    WAITING,
    Role,
)
from tests.small_world import (
    ALMOST_ADULT,
    CLINIC,
    DAY,
    LATER_SLOTS,
    LOCKED,
    PASSWORD,
    SPONSOR,
    STRANGER,
    TODAY,
    client_of,
    small_mock,
    token_for,
)


def test_every_fhir_endpoint_has_a_row(small: Mock) -> None:
    routes = [one for one in create_fhir_app(small).routed.routes if isinstance(one, Route)]
    endpoints = {f"{method} {one.path}" for one in routes for method in (one.methods or {"GET"}) - {"HEAD"}}
    assert endpoints == set(FHIR)


def test_every_other_endpoint_has_a_row(small: Mock) -> None:
    api = create_api(small)
    api.load()
    assert set(_api_endpoints(api)) == {*PORTAL, *ENDS, *BY_TESTER_TOKEN, *BEFORE_SIGN_IN}


def _api_endpoints(api: FastAPI) -> Iterator[str]:
    for route in _flat(api.routes):
        for method in route.methods - {"HEAD"}:
            yield f"{method} {route.path}"


def _flat(routes: Any) -> Iterator[Any]:
    """The routes of an application with those of the routers in it, prefixes included."""
    for route in routes:
        if hasattr(route, "effective_route_contexts"):
            yield from route.effective_route_contexts()
        else:
            yield route


@pytest.mark.rule("FAM-1", "FAM-2", "FAM-3", "FAM-4", "FAM-5", "FAM-6", "FAM-8", "ID-5", "SUP-5")
@pytest.mark.parametrize("role", ROLES, ids=[role.name for role in ROLES])
async def test_each_role_gets_what_its_column_says(small: Mock, role: Role) -> None:
    scheduled = await schedule(small, role.patient)
    async with _client(small, role) as client:
        answers = {name: await _ask(client, name, role, scheduled) for name in FHIR}
        answers |= {name: await _ask(client, name, role, scheduled) for name in sorted(PORTAL, key=_sign_out_last)}
        expected = {name: row[role.name] for name, row in {**FHIR, **PORTAL}.items()}
        assert {name: _cell(answer) for name, answer in answers.items()} == expected


@pytest.mark.rule("FAM-7", "FAM-8", "SESS-4")
@pytest.mark.parametrize("role", ROLES, ids=[role.name for role in ROLES])
async def test_what_is_sensitive_and_what_speaks_of_it_is_the_patients_alone(small: Mock, role: Role) -> None:
    note = f"DocumentReference/secret-note-{role.patient}"
    origin = {"resourceType": "Provenance", "id": f"of-secret-note-{role.patient}", "target": [{"reference": note}]}
    facts, now = ResourceFacts(role.patient), small.clock.micros()
    with small.database.begin() as conn:
        put_resource(conn, origin | {"recorded": "2026-11-15T12:00:00Z"}, facts, now=now, policy=small.policy)
        visit = f"secret-appointment-{role.patient}"
        add_clipboard(conn, f"secret-clipboard-{role.patient}", role.patient, visit, "Questionnaire-1")
    wrong = {"patient": role.patient, "recipient": "box-1", "subject": "Hello", "body": "Hello.", "entry": note}
    bodies = {
        "corrections": wrong | {"category": "record-correction"},
        "clipboards": {"patient": role.patient, "response": EMPTY},
        "appointments": {"patient": role.patient, "reason": "pat"},
    }
    versions = {"PUT": "0"}
    answers = {}
    async with _client(small, role) as client:
        for name in SENSITIVE:
            method, path = name.split()
            if method == "GET":
                url = f"/fhir/r4{path}-{role.patient}".replace("target=", "target=DocumentReference/")
                answers[name] = _cell(await client.get(url))
                continue
            url = path
            for one in ("secret-clipboard", "secret-appointment"):
                url = url.replace(one, f"{one}-{role.patient}")
            headers = {"Idempotency-Key": str(uuid.uuid4()), "If-Match": versions.get(method, "1")}
            asked = client.request(method, url, json=bodies[path.split("/")[3]], headers=headers)
            answers[name] = _cell(await asked)
    assert answers == {name: row[role.name] for name, row in SENSITIVE.items()}


@pytest.mark.rule("FAM-4", "FAM-5", "FAM-8", "SESS-4")
@pytest.mark.parametrize("role", ROLES, ids=[role.name for role in ROLES])
async def test_a_key_tells_of_what_is_open_to_its_role_by_now(small: Mock, role: Role) -> None:
    key, [(name, row)] = str(uuid.uuid4()), KEYS.items()
    with small.database.begin() as conn:
        viewer, about = role.viewer or role.patient, (role.patient, "messages")
        at = small.clock.micros() + (6 * DAY // MICROSECOND if role.once_18 else 0)
        take_key(conn, viewer, key, body_hash="", at=at, about=about)
        answered(conn, viewer, key, status=201, answer=b'{"thread": "thread-%s"}' % role.patient.encode())
    async with _client(small, role) as client:
        answer = await client.get(name.split()[1].format(key=key))
    assert _cell(answer) == row[role.name]
    assert (role.patient in answer.text) == (row[role.name] == "ok")


@pytest.mark.rule("SESS-2", "FAM-8")
@pytest.mark.parametrize("role", ROLES, ids=[role.name for role in ROLES])
async def test_what_ends_a_sign_in_ends_it_for_its_own_role(small: Mock, role: Role) -> None:
    for name, row in ENDS.items():
        method, path = name.split()
        async with _client(small, role) as client:
            assert _cell(await client.request(method, path)) == row[role.name]
            ended = row[role.name] in ("ok", "401")
            assert ((await client.get("/portal/v1/session")).status_code == 401) == ended


@pytest.mark.parametrize("role", ROLES, ids=[role.name for role in ROLES])
async def test_no_sign_in_opens_what_is_for_testers(small: Mock, role: Role) -> None:
    async with _client(small, role) as client:
        for name in sorted(BY_TESTER_TOKEN):
            method, path = name.split()
            assert (await client.request(method, path, json={})).status_code == 401


@pytest.mark.rule("LOCK-5")
async def test_a_locked_account_gets_no_token_for_the_right_password(small: Mock) -> None:
    async with client_of(small) as client:
        form = {
            "client_id": "genesis-tui",
            "response_type": "code",
            "scope": "openid user/*.rs portal",
            "code_challenge": "x" * 43,
            "code_challenge_method": "S256",
            "username": f"User{LOCKED}",
            "password": PASSWORD,
        }
        answer = await client.post("/oauth/challenge", data=form)
        assert answer.status_code in (400, 403)
        assert answer.json()["reason"] == "locked"
        assert "authorization_code" not in answer.json()


def _client(mock: Mock, role: Role) -> httpx.AsyncClient:
    if role.once_18:
        mock.clock.set(mock.clock.now() + timedelta(days=10))
    if role.viewer is None:
        return client_of(mock)
    patient = role.patient if "launch/patient" in role.scope else None
    return client_of(mock, token_for(mock, role.viewer, level=role.level, scope=role.scope, patient=patient))


def _sign_out_last(name: str) -> bool:
    return name == "DELETE /portal/v1/session"


@pytest.mark.rule("FAM-8")
async def test_what_a_search_carries_along_needs_a_scope_of_its_own(small: Mock) -> None:
    carried = []
    for more in ("", " patient/Provenance.s", " patient/Provenance.r"):
        token = token_for(small, SPONSOR, scope=f"launch/patient patient/Observation.rs{more}", patient=SPONSOR)
        async with client_of(small, token) as client:
            asked = {"patient": SPONSOR, "category": "laboratory", "_revinclude": "Provenance:target"}
            found = (await client.get("/fhir/r4/Observation", params=asked)).json()["entry"]
        carried.append([one["resource"]["resourceType"] for one in found])
    assert carried == [["Observation"], ["Observation"], ["Observation", "Provenance"]]


async def _ask(client: httpx.AsyncClient, name: str, role: Role, scheduled: Scheduled) -> httpx.Response:
    method, path = name.split()
    if not path.startswith("/portal"):
        return await _ask_fhir(client, method, path, role.patient)
    ids = {
        "patient_id": role.patient,
        "thread_id": f"thread-{role.patient}",
        "grant_id": "grant-0" if role.name == WAITING else "grant-4",
    }
    if any(word in path for word in ("appointments", "appointment-requests", "clipboards", "clinic", "slot", "visit")):
        return await _ask_scheduling(client, method, path, role.patient, scheduled)
    path = path.format_map(_Ids(ids)) if "{" in path else path
    bodies = {
        "/portal/v1/threads/search": {"patient": role.patient, "words": "subject"},
        "/portal/v1/seen": {"patient": role.patient, "keys": []},
        "/portal/v1/session/ask-first": {"kinds": []},
        "/portal/v1/proofing": {"answers": {"q1": "a"}},
        "/portal/v1/proofing/code": {"contact": "email"},
        "/portal/v1/proofing/questions": {"code": "000000"},
        "/portal/v1/family/grants": {"receiver": f"user{_receiver(role)}", "scope": "limited", "until": None},
        "/portal/v1/family/access-requests": {"user_name": f"user{_receiver(role)}", "scope": "limited"},
        "/portal/v1/family/access-requests/refuse": {"user_name": f"user{_receiver(role)}"},
    }
    message = {"patient": role.patient, "recipient": "box-1", "category": "other", "subject": "Hello", "body": "Hello."}
    wrong = message | {"category": "record-correction", "entry": f"Observation/Observation-{role.patient}"}
    threads = {"patient": role.patient, "threads": [f"thread-{role.patient}"]}
    bodies |= {
        "/portal/v1/recipients/search": {"patient": role.patient, "words": ""},
        "/portal/v1/messages": message,
        "/portal/v1/messages/preview": message,
        "/portal/v1/corrections": wrong,
        "/portal/v1/corrections/preview": wrong,
        "/portal/v1/folders": {"patient": role.patient, "name": "Forms"},
        "/portal/v1/messages/move": threads | {"folder": "trash"},
        "/portal/v1/messages/unread": threads,
        "/portal/v1/messages/read": threads,
    }
    item = {"prescription": f"MedicationRequest-{role.patient}", "note": "Please."}
    bodies |= {
        "/portal/v1/refills": {"patient": role.patient, "pickup": "point-1", "prescriptions": [item["prescription"]]},
        "/portal/v1/renewals": {"patient": role.patient, "items": [item]},
    }
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    if "/attachments/" in path and method == "PUT":
        headers["Content-Disposition"] = 'attachment; filename="a.txt"'
        return await client.put(path, content=b"words", headers=headers)
    body = {"patient": role.patient} if "/drafts/" in path and method == "PUT" else bodies.get(path)
    return await client.request(method, path, json=body, headers=headers)


async def _ask_scheduling(
    client: httpx.AsyncClient, method: str, path: str, patient: str, scheduled: Scheduled
) -> httpx.Response:
    """What is booked is moved, another called off; of two requests one is taken back; a clipboard is kept, then one."""
    (moved, cancelled, third), (offered, withdrawn), whose = scheduled.visits, scheduled.requests, {"patient": patient}
    acute, filled = whose | {"visit_type": "acute"}, whose | {"response": EMPTY}
    periods = [{"day": "2026-12-08", "half": "pm"}]
    asked: dict[str, tuple[Json, Json]] = {
        "appointments": ({}, whose | {"slot": LATER_SLOTS[4]}),
        "cancel": (cancelled, whose | {"reason": "pat"}),
        "reschedule": (moved, whose | {"slot": LATER_SLOTS[5]}),
        "appointment-requests": ({}, acute | {"clinic": CLINIC, "periods": periods, "reason": "A rash."}),
        "choose": (offered, whose | {"slot": scheduled.offered}),
        "withdraw": (withdrawn, whose | {"reason": "pat"}),
        "submit": (third, filled),
        "{clipboard_id}": (moved, filled),
        "{clinic}": ({}, acute | {"before": "2026-12-24T12:00:00Z"}),
    }
    row, body = asked.get(path.rpartition("/")[2], ({}, {}))
    of = row.get("id", "")
    url = path.format(patient_id=patient, appointment_id=of, clipboard_id=f"clip-{of}", clinic=CLINIC)
    period = {"from": "2026-12-07", "to": "2026-12-07"}
    if method in ("GET", "DELETE"):
        return await client.request(method, url, params=acute | period)
    version = 0 if "clipboard" in path else row.get("version", 0)
    headers = {"Idempotency-Key": str(uuid.uuid4()), "If-Match": str(version)}
    return await client.request(method, url, json=body, headers=headers)


class _Ids(dict[str, str]):
    """Ids of the small world by their name in a path; of what is not in it any UUID."""

    def __missing__(self, name: str) -> str:
        return str(uuid.uuid4())


def _receiver(role: Role) -> str:
    return LOCKED if role.viewer == STRANGER else STRANGER


async def _ask_fhir(client: httpx.AsyncClient, method: str, path: str, patient: str) -> httpx.Response:
    kind = path.split("/")[1]
    whose = {"StructureDefinition": "release-time", "CodeSystem": "origin", "Patient": patient}
    directory = kind in DIRECTORY
    whose["Slot"] = LATER_SLOTS[-1]
    one = whose.get(kind, f"{kind}-{'1' if directory else patient}")
    if "{id}" in path or kind == "metadata":
        return await client.get(f"/fhir/r4{path}".replace("{id}", one))
    searched = {"Patient": {"_id": patient}, "Provenance": {"target": f"Observation/Observation-{patient}"}}
    asked = {"_id": one} if directory else searched.get(kind, {"patient": patient})
    if kind == "Appointment":
        asked = {**asked, "date": "ge2026"}
    if method == "POST":
        return await client.post(f"/fhir/r4{path}", data=asked)
    return await client.get(f"/fhir/r4{path}", params=asked)


def _cell(answer: httpx.Response) -> str:
    if answer.status_code in (200, 201, 204):
        body = answer.json() if answer.content else {}
        return "empty" if body.get("resourceType") == "Bundle" and "entry" not in body else "ok"
    if answer.status_code == 403:
        return _reason(answer.json())
    return str(answer.status_code)


def _reason(body: dict[str, Any]) -> str:
    if "issue" not in body:
        return str(body.get("reason") or NO_SCOPE)
    codings = body["issue"][0]["details"].get("coding", [])
    return next((one["code"] for one in codings if one["system"].endswith("/reason")), NO_SCOPE)


def test_the_son_of_the_table_turns_18_on_the_tenth_day() -> None:
    born = small_mock()
    with born.database.begin() as conn:
        birth = conn.exec_driver_sql("SELECT birth_date FROM person WHERE id = ?", (ALMOST_ADULT,)).scalar()
    born.close()
    assert birth == (TODAY + timedelta(days=10)).replace(year=TODAY.year - 18).isoformat()
