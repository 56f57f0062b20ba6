"""A world to know by heart: one person for each role that reads, one entry of each type for each of them."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import httpx

from genesis_tui.mock_backend.clock import Clock, to_micros
from genesis_tui.mock_backend.database.engine import Database, image_of, open_database
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.token import open_session
from genesis_tui.mock_backend.rules.family.access import turns
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.mock_backend.state.authorization_codes import Authorization
from genesis_tui.mock_backend.world.base.load import load_world
from genesis_tui.mock_backend.world.base.world import Resource, World
from genesis_tui.testing.databases import filled
from tests.postgres import PostgresServer, chosen

START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TODAY = START.date()
DAY = timedelta(days=1)

SPONSOR, SPOUSE = "10000001", "10000002"
CHILD, TEEN, ALMOST_ADULT, GRANTER = "10000008", "10000015", "10000018", "10000019"
FULL_PROXY, LIMITED_PROXY, EXPIRED_PROXY, REVOKED_PROXY = "10000021", "10000022", "10000023", "10000024"
WAITING_PROXY = "10000025"
STRANGER, BASIC, LOCKED, SUPPORT = "10000030", "10000031", "10000032", "10000040"

BIRTHS = {
    SPONSOR: date(1984, 5, 2),
    SPOUSE: date(1985, 9, 9),
    CHILD: date(2018, 3, 3),
    TEEN: date(2011, 6, 1),
    ALMOST_ADULT: turns(TODAY + 10 * DAY, -18),
    GRANTER: date(2007, 2, 2),
    **dict.fromkeys((FULL_PROXY, LIMITED_PROXY, EXPIRED_PROXY, REVOKED_PROXY, WAITING_PROXY), date(1970, 1, 1)),
    **dict.fromkeys((STRANGER, BASIC, LOCKED, SUPPORT), date(1990, 1, 1)),
}
PATIENTS = tuple(person for person in BIRTHS if person != SUPPORT)

_LOINC = "http://loinc.org"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_NOTE = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
PASSWORD = "correct-horse-battery"


def small_mock(*, start: datetime = START, server: PostgresServer | None = None) -> Mock:
    """A mock that stands still at `start` and holds the small world: on this PostgreSQL, or what the tests run on."""
    server = server or chosen()
    if server is not None:
        url = server.database(f"small world of {start}", lambda url: _loaded(url, start).close())
        return _on(open_database(url), start)
    with filled(_image(start)) as url:
        return _on(open_database(url, tables=False), start)


@cache
def _image(start: datetime) -> bytes:
    mock = _loaded("sqlite://", start)
    try:
        return image_of(mock.database)
    finally:
        mock.close()


def _loaded(url: str, start: datetime) -> Mock:
    mock = _on(open_database(url), start)
    load_world(mock.database, small_world(), mock.clock, mock.policy)
    return mock


def _on(database: Database, start: datetime) -> Mock:
    return Mock(database, Clock(start, freeze=True), seed=0, start=start, policy=Policy())


def token_for(
    mock: Mock, person: str, *, level: int = 2, scope: str = "openid user/*.rs portal", patient: str | None = None
) -> str:
    """An access token as a sign-in of this person gives it; `patient` makes it a `launch/patient` one."""
    client = "growth-chart-app" if patient else "genesis-tui"
    granted = Authorization(client, "", "", scope, person, "ds-logon", level, patient)
    return open_session(mock, granted)[1].access_token


def client_of(mock: Mock, token: str | None = None) -> httpx.AsyncClient:
    """A client of the whole app, no socket between."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app=create_app(mock))
    return httpx.AsyncClient(transport=transport, base_url=mock.issuer, headers=headers)


MAILBOX = {
    "id": "box-1",
    "key": "small",
    "kind": "nursing",
    "name": "Small Clinic",
    "detail": "nursing pool",
    "clinic": "Small Clinic",
    "facility": "Small Hospital",
    "zone": "America/New_York",
    "closed": "",
    "words": "small clinic",
}


CLINIC, SLOT, OTHER_SLOT = "clinic-1", "schedule-1.acute.20261124T1400Z", "schedule-1.acute.20261124T1420Z"
"""The one clinic with a schedule, and two slots of it that are free."""
LATER_SLOTS = tuple(f"schedule-1.acute.20261207T{14 + n // 3}{n % 3 * 20:02}Z" for n in range(6))
"""Free slots of a day after `ALMOST_ADULT` has turned 18."""


def _scheduling() -> dict[str, list[dict[str, object]]]:
    settings = {"days": "01234", "hours": "09:00-12:00", "ahead_days": 30, "video": False, "sensitive": False}
    place = {"name": "Small Clinic", "facility": "Small Hospital", "phone": "", "zone": "America/New_York", "place": 0}
    first, later = (to_micros(datetime(2026, month, day, 14, tzinfo=UTC)) for month, day in ((11, 24), (12, 7)))
    units = [at + n * 600_000_000 for at, many in ((first, 4), (later, 2 * len(LATER_SLOTS))) for n in range(many)]
    return {
        "visit_type": [
            {"code": "acute", "title": "Acute visit", "minutes": 20, "place": 0, "clipboard": "Questionnaire-1"}
        ],
        "clinic": [{"id": CLINIC, "mailbox_id": "box-1", **place, **settings}],
        "clinic_visit": [{"clinic_id": CLINIC, "visit_type": "acute", "way": "books"}],
        "schedule": [
            {"id": "schedule-1", "clinic_id": CLINIC, "practitioner_id": "Practitioner-1", "name": "Dr. Small"}
        ],
        "slot_unit": [{"schedule_id": "schedule-1", "at": at, "held_by": None} for at in units],
    }


POINTS = {"point-1": "pharmacy", "point-2": "locker", "point-3": "mail", "point-4": "pharmacy"}
"""The pick-up points by kind; the last is a pharmacy that does not track."""


def _points() -> list[dict[str, object]]:
    place = {"facility": "Small Hospital", "place": "", "zone": "America/New_York", "military": True, "phone": ""}
    told = {"hours": "01234 08:00-17:00"}
    return [
        {"id": id, "name": f"Small {kind} {id[-1]}", "kind": kind, "tracks": id != "point-4", **place, **told}
        for id, kind in POINTS.items()
    ]


def small_world() -> World:
    """Everything in it is offset from `START`, whatever the clock says later."""
    entries = [one for person in PATIENTS for one in entries_of(person)]
    return World(rows=_rows(), resources=[*entries, *directory()], due=[])


def _rows() -> dict[str, list[dict[str, object]]]:
    return {
        "person": [_person(person) for person in BIRTHS],
        "deers": [_deers(person) for person in BIRTHS],
        "kin": [*_kin()],
        "grants": [*_grants()],
        "sign_in": [_sign_in(person) for person in BIRTHS],
        "lockout": [{"username": f"user{LOCKED}", "failures": 0, "level": 1, "locked_until": to_micros(START + DAY)}],
        "mailbox": [MAILBOX],
        "linked": [{"person_id": one, "mailbox_id": "box-1", "role": "clinic", "blocked": False} for one in PATIENTS],
        "thread": [thread for thread, _ in _threads()],
        "message": [letter for _, letters in _threads() for letter in letters],
        **_scheduling(),
        "pickup_point": _points(),
        "formulary": [{"drug": "Small controlled", "controlled": True, "refrigerated": False}],
    }


def _threads() -> Iterator[tuple[dict[str, object], list[dict[str, object]]]]:
    """Two for each patient: `thread-<id>`, in which everybody with a tie wrote, and `private-<id>` of the patient's."""
    takers = {
        **dict.fromkeys((CHILD, TEEN, ALMOST_ADULT), (SPONSOR, SPOUSE)),
        GRANTER: (FULL_PROXY, LIMITED_PROXY, EXPIRED_PROXY, REVOKED_PROXY),
    }
    for person in PATIENTS:
        for kind, writers in (("thread", (person, *takers.get(person, ()))), ("private", (person,))):
            id = f"{kind}-{person}"
            row = {"id": id, "patient_id": person, "subject": f"Subject of {id}", "category": "Other"}
            letters = [one for n, writer in enumerate(writers) for one in _letters(row, n, writer)]
            to = {"recipient": "Small Clinic", "mailbox_id": "box-1", "zone": "America/New_York"}
            yield row | to, letters


def _letters(of: dict[str, object], number: int, writer: str) -> list[dict[str, object]]:
    """A question and its answer; their bodies name thread and writer."""
    asked = to_micros(START - 4 * DAY + number * timedelta(hours=1))
    thread = of["id"]
    whose = {"thread_id": thread, "patient_id": of["patient_id"], "opened": None}
    question = {"sender_id": writer, "sender": f"Given{writer} Family{writer}", "receiver_id": "", "sent": asked}
    answer = {"sender_id": "", "sender": "Small Clinic", "receiver_id": writer, "sent": asked + 60_000_000}
    return [
        whose | question | {"id": f"question-{thread}-{writer}", "body": f"question of writer-{writer} in {thread}"},
        whose | answer | {"id": f"answer-{thread}-{writer}", "body": f"answer to writer-{writer} in {thread}"},
    ]


def _person(person: str) -> dict[str, object]:
    status = "support" if person == SUPPORT else "dependent" if BIRTHS[person].year > 2000 else "active-duty"
    return {
        "id": person,
        "given": f"Given{person}",
        "family": f"Family{person}",
        "birth_date": BIRTHS[person].isoformat(),
        "sex": "female",
        "dod_id": f"99{person}",
        "status": status,
        "zone": "America/New_York",
        "mtf_zone": "America/New_York",
        "seen_before": 0,
        "last_visit": None,
        "persona": "{}",
    }


def _deers(person: str) -> dict[str, object]:
    mine = _person(person)
    return {
        "person_id": person,
        **{name: mine[name] for name in ("given", "family", "birth_date", "dod_id")},
        "address": "1 Invented Way\nFort Belvoir, VA 22060",
        "email": f"{person}@example.mil",
        "phone": "703-555-0100",
    }


def _sign_in(person: str) -> dict[str, object]:
    level = 1 if person == BASIC else 2
    return {"person_id": person, "username": f"User{person}", "password": PASSWORD, "level": level}


def _kin() -> Iterator[dict[str, object]]:
    for parent in (SPONSOR, SPOUSE):
        for child, relation in ((CHILD, "daughter"), (TEEN, "son"), (ALMOST_ADULT, "son"), (GRANTER, "daughter")):
            yield {"person_id": parent, "relative_id": child, "relation": relation, "parental": True}
            yield {"person_id": child, "relative_id": parent, "relation": "mother", "parental": False}
    yield {"person_id": SPONSOR, "relative_id": SPOUSE, "relation": "spouse", "parental": False}
    yield {"person_id": SPOUSE, "relative_id": SPONSOR, "relation": "spouse", "parental": False}


def _grants() -> Iterator[dict[str, object]]:
    year_ago, ago, ahead = (to_micros(START + days * DAY) for days in (-365, -1, 30))
    for number, (receiver, scope, until, revoked) in enumerate(
        (
            (FULL_PROXY, "full", None, None),
            (LIMITED_PROXY, "limited", ahead, None),
            (EXPIRED_PROXY, "full", ago, None),
            (REVOKED_PROXY, "full", None, ago),
            (WAITING_PROXY, "full", None, None),
        )
    ):
        yield {
            "id": f"grant-{number}",
            "giver_id": GRANTER,
            "receiver_id": receiver,
            "receiver_name": f"user{receiver}",
            "scope": scope,
            "kind": "proxy",
            "since": year_ago,
            "accepted": None if receiver == WAITING_PROXY else year_ago,
            "refused": None,
            "until": until,
            "revoked": revoked,
        }


def entries_of(person: str) -> Iterator[Resource]:
    """One entry of each type, a sensitive appointment and note, and a preliminary lab; ids are `<type>-<person>`."""
    final = START - 5 * DAY
    for body in _bodies(person):
        yield Resource(body, person, final_at=final if body["resourceType"] in _RELEASED else None)
    yield Resource({**_appointment(person), "id": f"secret-appointment-{person}"}, person, sensitive=True)
    text = {"content": [{"attachment": {"contentType": "text/plain", "url": f"Binary/secret-text-{person}"}}]}
    note = {**_document(person), **text, "id": f"secret-note-{person}"}
    yield Resource(note, person, sensitive=True, final_at=final)
    yield Resource({**_lab(person), "id": f"preliminary-{person}", "status": "preliminary"}, person, final_at=final)


_RELEASED = ("Observation", "DiagnosticReport", "DocumentReference", "Binary")


def _bodies(person: str) -> Iterator[dict[str, Any]]:
    subject = {"subject": {"reference": f"Patient/{person}"}}
    patient = {"patient": {"reference": f"Patient/{person}"}}
    when = (START - 5 * DAY).isoformat()
    yield {
        "resourceType": "Patient",
        "id": person,
        "identifier": [{"system": "urn:oid:dod", "value": f"99{person}"}],
        "name": [{"family": f"Family{person}", "given": [f"Given{person}"]}],
        "gender": "female",
        "birthDate": BIRTHS[person].isoformat(),
    }
    yield {**_kind("RelatedPerson", person), **patient, "name": [{"family": "Relative"}]}
    yield {**_kind("Consent", person), **patient, "status": "active", "dateTime": when, **_provision()}
    yield _lab(person)
    yield {
        **_kind("DiagnosticReport", person),
        **subject,
        "status": "final",
        "effectiveDateTime": when,
        **_lab_report(),
    }
    yield _document(person)
    yield _note_text(person)
    yield {**_kind("Immunization", person), **patient, "status": "completed", "occurrenceDateTime": when}
    yield {**_kind("AllergyIntolerance", person), **patient, **_clinical("allergyintolerance-clinical")}
    yield {**_kind("Condition", person), **subject, **_clinical("condition-clinical"), "recordedDate": "2024-03"}
    yield {**_kind("Procedure", person), **subject, "status": "completed", "performedDateTime": "2020"}
    yield {**_kind("Encounter", person), **subject, "status": "finished", "period": {"start": when, "end": when}}
    yield {**_kind("MedicationRequest", person), **subject, "status": "active", "intent": "order", "authoredOn": when}
    yield {**_kind("MedicationDispense", person), **subject, "status": "completed", "whenHandedOver": when}
    yield {**_kind("MedicationAdministration", person), **subject, "status": "completed", "effectiveDateTime": when}
    yield {**_kind("MedicationStatement", person), **subject, "status": "active", "dateAsserted": when}
    yield {**_kind("CarePlan", person), **subject, "status": "active", "intent": "plan", "period": {"start": when}}
    yield {**_kind("Goal", person), **subject, "lifecycleStatus": "active", "startDate": "2026-11"}
    yield {**_kind("ServiceRequest", person), **subject, "status": "active", "intent": "order", "authoredOn": when}
    yield {**_kind("Device", person), **patient, "status": "active"}
    yield {**_kind("FamilyMemberHistory", person), **patient, "status": "completed", "date": "2021"}
    coverage = {"beneficiary": {"reference": f"Patient/{person}"}, "period": {"start": "2026-01-01"}}
    yield {**_kind("Coverage", person), **coverage, "status": "active"}
    yield {**_kind("QuestionnaireResponse", person), **subject, "status": "completed", "authored": when}
    yield {**_kind("ImagingStudy", person), **subject, "status": "available", "started": when}
    yield _appointment(person)
    yield {**_kind("CareTeam", person), **subject, "status": "active"}
    target = {"target": [{"reference": f"Observation/Observation-{person}"}]}
    yield {**_kind("Provenance", person), **target, "recorded": when}


def _kind(resource_type: str, person: str) -> dict[str, Any]:
    return {"resourceType": resource_type, "id": f"{resource_type}-{person}"}


def _provision() -> dict[str, Any]:
    return {"provision": {"actor": [{"reference": {"reference": f"Patient/{FULL_PROXY}"}}]}}


def _clinical(system: str) -> dict[str, Any]:
    return {"clinicalStatus": {"coding": [{"system": _TERMINOLOGY + system, "code": "active"}]}}


def _lab(person: str) -> dict[str, Any]:
    return {
        **_kind("Observation", person),
        "status": "final",
        "category": [{"coding": [{"system": _TERMINOLOGY + "observation-category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": _LOINC, "code": "4548-4"}]},
        "subject": {"reference": f"Patient/{person}"},
        "effectiveDateTime": (START - 5 * DAY).isoformat(),
        "valueQuantity": {"value": 6.1, "unit": "%"},
    }


def _lab_report() -> dict[str, Any]:
    return {
        "category": [{"coding": [{"system": _TERMINOLOGY + "v2-0074", "code": "LAB"}]}],
        "code": {"coding": [{"system": _LOINC, "code": "24331-1"}]},
    }


def _document(person: str) -> dict[str, Any]:
    return {
        **_kind("DocumentReference", person),
        "status": "current",
        "category": [{"coding": [{"system": _NOTE, "code": "clinical-note"}]}],
        "type": {"coding": [{"system": _LOINC, "code": "11506-3"}]},
        "subject": {"reference": f"Patient/{person}"},
        "date": (START - 5 * DAY).isoformat(),
        "content": [{"attachment": {"contentType": "text/plain", "url": f"Binary/Binary-{person}"}}],
    }


def _note_text(person: str) -> dict[str, Any]:
    return {
        **_kind("Binary", person),
        "contentType": "text/plain",
        "securityContext": {"reference": f"DocumentReference/DocumentReference-{person}"},
        "data": b64encode(f"A note about {person}.".encode()).decode(),
    }


def _appointment(person: str) -> dict[str, Any]:
    return {
        **_kind("Appointment", person),
        "status": "booked",
        "start": (START + 3 * DAY).isoformat(),
        "end": (START + 3 * DAY + timedelta(minutes=30)).isoformat(),
        "participant": [{"actor": {"reference": f"Patient/{person}"}, "status": "accepted"}],
    }


def directory() -> Iterator[Resource]:
    """What belongs to no patient; ids are `<type>-1`."""
    yield Resource({**_kind("Practitioner", "1"), "name": [{"family": "Okafor", "given": ["Ada"]}]})
    yield Resource({**_kind("PractitionerRole", "1"), "practitioner": {"reference": "Practitioner/Practitioner-1"}})
    yield Resource({**_kind("Organization", "1"), "name": "Invented Army Hospital", "active": True})
    yield Resource({**_kind("Location", "1"), "name": "Laboratory", "status": "active"})
    yield Resource({**_kind("Medication", "1"), "code": {"text": "Lisinopril 10 mg tablet"}})
    yield Resource({**_kind("HealthcareService", "1"), "name": "Acute visit", "active": True})
    yield Resource({**_kind("Schedule", "1"), "actor": [{"reference": "Location/Location-1"}]})
    question = {"linkId": "cough", "text": "Do you cough?", "type": "boolean"}
    yield Resource({**_kind("Questionnaire", "1"), "title": "Cough", "status": "active", "item": [question]})
