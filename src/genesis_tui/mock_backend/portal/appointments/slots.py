"""`visit-types`, `clinics` and `slots`: what can be booked where, for whom, and when (APPT-1 to APPT-3, APPT-11)."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.database.appointments.clinics import Clinic, clinics, visit_types
from genesis_tui.mock_backend.database.appointments.slots import Slot, free_slots
from genesis_tui.mock_backend.database.appointments.stored import held_between
from genesis_tui.mock_backend.database.appointments.watches import watches_of
from genesis_tui.mock_backend.database.messages.recipients import mailboxes
from genesis_tui.mock_backend.database.record.resources import shared_bodies
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import can, day
from genesis_tui.mock_backend.http.problems import NOT_FOUND, invalid
from genesis_tui.mock_backend.portal.appointments.facts import other_way, slot_row
from genesis_tui.mock_backend.portal.appointments.models import ClinicsAnswer, Code, Id, SlotsAnswer, VisitTypesAnswer
from genesis_tui.mock_backend.portal.appointments.rows import address_of
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.rules.appointments import booking as rules
from genesis_tui.mock_backend.rules.appointments.booking import VisitFacts, way_of
from genesis_tui.mock_backend.rules.appointments.slots import BOOKS, NONE, REQUESTS
from genesis_tui.mock_backend.rules.decision import Refused

router = APIRouter(prefix="/portal/v1")
Json = dict[str, Any]
Day = Annotated[date, BeforeValidator(day, json_schema_input_type=str)]
_MOST_WAYS = 3


@router.get("/visit-types", **answers(VisitTypesAnswer))
async def kinds(caller: SignedIn, patient: Id) -> Response:
    """APPT-1, APPT-2: kinds of visit that some clinic books or takes requests for."""
    caller.read(patient, "appointments", "visit-types")
    with caller.mock.database.begin() as conn:
        types, known = visit_types(conn), clinics(conn)
    rows = [_kind(row, known) for row in types.values()]
    return JSONResponse({"visit_types": rows})


@router.get("/clinics", **answers(ClinicsAnswer))
async def places(caller: SignedIn, patient: Id, visit_type: Code) -> Response:
    """APPT-2: clinics that have to do with a visit type: the patient's own first, then those that book it."""
    caller.read(patient, "appointments", "clinics")
    with caller.mock.database.begin() as conn:
        visit = visit_of(caller, conn, patient, visit_type)
        links = _links(conn, patient)
        concerned = [one for one in clinics(conn).values() if visit_type in one.settings.ways]
        watched = watches_of(conn, caller.viewer.person_id, [patient])
        before = {one.clinic_id: one.before for one in watched if one.visit_type == visit_type}
        locations = shared_bodies(conn, "Location", [one.id for one in concerned])
        rows = [_clinic(caller, conn, patient, one, visit, links) for one in concerned]
    for row in rows:
        row["address"] = address_of(locations.get(row["id"], {}))
        row["watched"] = micros_iso(before.get(row["id"]))
    order = (BOOKS, REQUESTS, NONE)
    rows.sort(key=lambda row: (not row["linked"], order.index(row["way"])))
    return JSONResponse({"clinics": rows})


@router.get("/slots", **answers(SlotsAnswer))
async def slots(
    caller: SignedIn,
    patient: Id,
    visit_type: Code,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    clinic: Id = "",
) -> Response:
    """APPT-3: free slots by start, from one day at the clinic to another, both included.

    Without `clinic` those of every clinic that books the visit type. Where none is free, `ways` tells how to go on.
    """
    caller.read(patient, "appointments", "slots")
    caller.decided(rules.may_search(first, last, caller.mock.policy.appointment), "slots", patient)
    now = caller.mock.clock.now()
    with caller.mock.database.begin() as conn:
        visit = visit_of(caller, conn, patient, visit_type)
        asked = [clinic_of(caller, conn, patient, clinic)] if clinic else [*clinics(conn).values()]
        if clinic:
            _may_look(caller, conn, patient, asked[0], visit)
        open_to = [one for one in asked if not isinstance(book_at(caller, patient, one, visit), Refused)]
        hidden = Hidden(caller, conn, patient)
        found = [slot for one in open_to for slot in hidden.without(free_slots(conn, one, visit, first, last, now))]
        found.sort(key=lambda one: (one.start, one.id))
        ways = [] if found else other_ways(caller, conn, patient, asked[0] if clinic else None, visit)
    told = {"from": first.isoformat(), "to": last.isoformat(), "visit_type": visit_type}
    return JSONResponse(told | {"slots": [slot_row(one) for one in found], "ways": ways})


class Hidden:
    """FAM-7: what a patient has and the caller may not know of: slots at that time are as taken."""

    def __init__(self, caller: Caller, conn: Connection, patient_id: str) -> None:
        self._open = caller.viewer.person_id == patient_id
        now = caller.mock.clock.micros()
        far = now + caller.mock.policy.appointment.request_to * 2 * 86_400_000_000
        held = [] if self._open else held_between(conn, patient_id, now, far, sensitive=True)
        self._times = [_times(one.body) for one in held]

    def at(self, slot: Slot) -> bool:
        return any(start < slot.end and slot.start < end for start, end in self._times)

    def without(self, slots: Iterator[Slot]) -> Iterator[Slot]:
        return (one for one in slots if not self.at(one))


def visit_of(caller: Caller, conn: Connection, patient_id: str, code: str) -> Row[Any]:
    """A visit type. Raises Problem for one that is not known."""
    found = visit_types(conn).get(code)
    if found is None:
        raise invalid("Choose one of the kinds of visit.", detail="visit_type: unknown")
    return found


def clinic_of(caller: Caller, conn: Connection, patient_id: str, clinic_id: str) -> Clinic:
    """A clinic. Raises Problem: not found."""
    found = clinics(conn).get(clinic_id)
    if found is None:
        caller.refuse(NOT_FOUND, "clinic", patient_id)
    return found


def visit_facts(caller: Caller, patient_id: str, visit: Row[Any]) -> VisitFacts:
    viewer = caller.viewer
    return VisitFacts(visit.title, visit.code, viewer.person_id == patient_id, viewer.level)


def book_at(caller: Caller, patient_id: str, clinic: Clinic, visit: Row[Any]) -> Any:
    return rules.may_book_at(clinic.settings, visit_facts(caller, patient_id, visit))


def other_ways(caller: Caller, conn: Connection, patient_id: str, clinic: Clinic | None, visit: Row[Any]) -> list[Json]:
    """APPT-11: how to go on: a request here, clinics that book or take requests, a message, the phone."""
    facts, hidden = visit_facts(caller, patient_id, visit), Hidden(caller, conn, patient_id)
    ways: list[Json] = []
    if clinic is not None and not isinstance(rules.may_request_at(clinic.settings, facts), Refused):
        ways.append(other_way("request", clinic.id, clinic.settings.name, "takes requests for a time"))
    links = _links(conn, patient_id)
    others = [one for one in clinics(conn).values() if clinic is None or one.id != clinic.id]
    for way, words in ((BOOKS, "books it"), (REQUESTS, "takes requests")):
        fitting = [one for one in others if way_of(one.settings, visit.code) == way]
        fitting = [one for one in fitting if facts.own or not one.settings.sensitive]
        for one in islice(sorted(fitting, key=lambda one: one.settings.name not in links), _MOST_WAYS - 1):
            free = _first_free(caller, conn, one, visit, hidden) if way == BOOKS else None
            start, zone = (free.start if free else None), one.settings.zone
            ways.append(other_way("clinic", one.id, one.settings.name, words, first_free=start, zone=zone))
    ways = ways[:_MOST_WAYS]
    near = mailboxes(conn, patient_id, [], linked_only=True)[0]
    ways += [other_way("message", row.id, row.name, row.detail) for row in near[:1]]
    if clinic is not None and clinic.phone:
        ways.append(other_way("phone", clinic.id, clinic.phone, clinic.settings.name))
    return ways


def _may_look(caller: Caller, conn: Connection, patient_id: str, clinic: Clinic, visit: Row[Any]) -> None:
    """APPT-2, APPT-11: raises Problem with the other ways where a clinic does not book a visit type."""
    decision = book_at(caller, patient_id, clinic, visit)
    if isinstance(decision, Refused) and decision.rule != "ID-5":
        ways = other_ways(caller, conn, patient_id, clinic, visit)
        caller.refuse(decision, "slots", patient_id, more={"ways": ways})


def _kind(visit: Row[Any], known: dict[str, Clinic]) -> Json:
    ways = [way_of(one.settings, visit.code) for one in known.values()]
    counts = {"books": ways.count(BOOKS), "requests": ways.count(REQUESTS)}
    return {"code": visit.code, "title": visit.title, "minutes": visit.minutes} | counts


def _clinic(
    caller: Caller, conn: Connection, patient_id: str, clinic: Clinic, visit: Row[Any], links: dict[str, str]
) -> Json:
    facts, settings = visit_facts(caller, patient_id, visit), clinic.settings
    book, ask = rules.may_book_at(settings, facts), rules.may_request_at(settings, facts)
    way = way_of(settings, visit.code)
    hidden = Hidden(caller, conn, patient_id)
    free = _first_free(caller, conn, clinic, visit, hidden) if way == BOOKS else None
    none = way == NONE or (isinstance(book, Refused) and book.rule == "FAM-7")
    return {
        "id": clinic.id,
        "name": settings.name,
        "facility": clinic.facility,
        "phone": clinic.phone,
        "zone": settings.zone,
        "linked": links.get(settings.name, ""),
        "way": way,
        "ahead_days": settings.ahead_days,
        "minutes": visit.minutes,
        "first_free": None if free is None else slot_row(free)["start"],
        "ways": other_ways(caller, conn, patient_id, clinic, visit) if none else [],
        "can": [can("appointment.book", book), can("appointment.request", ask), can("slot.watch", book)],
    }


def _first_free(caller: Caller, conn: Connection, clinic: Clinic, visit: Row[Any], hidden: Hidden) -> Slot | None:
    now, settings = caller.mock.clock.now(), clinic.settings
    found = free_slots(conn, clinic, visit, settings.today(now), settings.last_day(now), now)
    return next(hidden.without(found), None)


def _links(conn: Connection, patient_id: str) -> dict[str, str]:
    """Name of a clinic -> what it is to a patient, in words."""
    roles = {"pcm": "PCM", "team": "care team", "clinic": "linked clinic"}
    found: dict[str, str] = {}
    for row in mailboxes(conn, patient_id, [], linked_only=True)[0]:
        if row.role is not None and not row.blocked:
            found.setdefault(row.clinic, roles.get(row.role, ""))
    return found


def _times(body: Json) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(body["start"])
    return start, datetime.fromisoformat(str(body.get("end") or body["start"]))
