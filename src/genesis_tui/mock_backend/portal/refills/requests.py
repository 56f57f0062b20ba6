"""`POST refills` and `POST renewals`: several drugs of a patient are asked for at once, each with its own answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from fastapi import APIRouter

from genesis_tui.mock_backend.clock import from_micros, iso
from genesis_tui.mock_backend.database.appointments.slots import hold_patient
from genesis_tui.mock_backend.database.record.readable import UNREADABLE
from genesis_tui.mock_backend.database.refills.dispensing import add_request, changed
from genesis_tui.mock_backend.database.refills.requests import (
    Request,
    pickup_points,
    request_by_id,
    special_drugs,
)
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, on
from genesis_tui.mock_backend.portal.refills.facts import PrescriptionRow, facts_of
from genesis_tui.mock_backend.portal.refills.models import BatchAnswer, RefillsBody, RenewalsBody
from genesis_tui.mock_backend.portal.refills.routes import prescriptions_of
from genesis_tui.mock_backend.portal.refills.rows import drug_name
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.refills import Choices, DrugFacts, choices, point_takes
from genesis_tui.mock_backend.world.simulation.refills import plan_decision, plan_filling

router = APIRouter(prefix="/portal/v1")
MAY = on("medications")
UNCLEAR = Refused(
    "RX-2", "not-active", "The portal can't read this prescription.", next="Write to your care team about it."
)


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked for of one prescription: whether it can be, and with what."""

    prescription: str
    decide: Callable[[PrescriptionRow], Decision]
    note: str = ""


@act(router, "POST", "/refills", "request-refills", "RX-2", may=MAY, batch=True, answers=BatchAnswer)
def refill(doing: Doing, asked: RefillsBody) -> Json:
    """RX-2, RX-5, RX-7, RX-8: ask the pharmacy for the next fill of each; what fails leaves the rest submitted."""
    conn = doing.conn
    point, drugs = pickup_points(conn).get(asked.pickup), special_drugs(conn)
    if point is None or not point["military"]:
        raise invalid("Choose a military pharmacy or pick-up point.", detail="pickup: one of GET pharmacies")

    def may(rx: PrescriptionRow) -> Decision:
        decision = _choices(doing, rx).refill
        takes = point_takes(point["kind"], drugs.get(drug_name(rx.body), DrugFacts()))
        return decision if isinstance(decision, Refused) else takes if isinstance(takes, Refused) else decision

    def submit(item: Item, _: PrescriptionRow) -> Request:
        made = _add(doing, "refill", asked.patient, item, pickup_id=asked.pickup)
        plan_filling(conn, made, at=doing.now, policy=doing.caller.mock.policy.refill)
        return made

    return _each(doing, asked.patient, [Item(one, may) for one in asked.prescriptions], submit)


@act(router, "POST", "/renewals", "request-renewals", "RX-3", may=MAY, batch=True, answers=BatchAnswer)
def renew(doing: Doing, asked: RenewalsBody) -> Json:
    """RX-3, RX-8: ask the provider for a new prescription in place of each, with a note; as for refills."""
    most = doing.caller.mock.policy.refill.note_characters
    if any(len(one.note.strip()) > most for one in asked.items):
        raise invalid(f"A note has at most {most} characters.", detail="items: note")

    def submit(item: Item, rx: PrescriptionRow) -> Request:
        made = _add(doing, "renewal", asked.patient, item, note=item.note)
        plan_decision(doing.conn, made, rx.home, at=doing.now, policy=doing.caller.mock.policy.refill)
        return made

    def may(rx: PrescriptionRow) -> Decision:
        return _choices(doing, rx).renew

    return _each(doing, asked.patient, [Item(one.prescription, may, one.note.strip()) for one in asked.items], submit)


def _each(doing: Doing, patient_id: str, items: list[Item], submit: Callable[[Item, PrescriptionRow], Request]) -> Json:
    """Decide on each item as the ones before it left things, and submit it if it may be (RX-8)."""
    most = doing.caller.mock.policy.refill.batch
    if len(items) > most:
        raise invalid(f"At most {most} at once.", detail="too many items")
    hold_patient(doing.conn, patient_id)
    known = {rx.body["id"]: rx for rx in prescriptions_of(doing.caller, doing.conn, patient_id)}
    answers = []
    for item in items:
        rx, made = known.get(item.prescription), ""
        decision = NOT_FOUND if rx is None else _decided(item, rx)
        if isinstance(decision, Refused):
            doing.caller.note(decision, doing.act.what, patient_id)
        elif rx is not None:
            request = submit(item, rx)
            made, known[item.prescription] = request.id, replace(rx, requests=(request, *rx.requests))
        answers.append(_answer(item.prescription, made, decision))
    _finish(doing, patient_id, answers)
    return {"items": answers}


def _finish(doing: Doing, patient_id: str, answers: Iterable[Json]) -> None:
    if not any(one["request"] for one in answers):
        doing.changed_nothing()
        return
    changed(doing.conn, patient_id, now=doing.now)
    doing.afterwards(doing.caller.mock.due.forget)


def _answer(prescription_id: str, request_id: str, decision: Decision) -> Json:
    problem = None
    if isinstance(decision, Refused):
        words = {"rule": decision.rule, "code": decision.reason or "not-found", "title": decision.title}
        problem = words | {"next": decision.next, "from": iso(decision.from_)}
    outcome = "refused" if problem else "requested"
    return {"prescription": prescription_id, "outcome": outcome, "request": request_id, "problem": problem}


def _decided(item: Item, rx: PrescriptionRow) -> Decision:
    try:
        return item.decide(rx)
    except UNREADABLE:
        return UNCLEAR


def _choices(doing: Doing, rx: PrescriptionRow) -> Choices:
    return choices(facts_of(rx), doing.caller.mock.policy.refill, from_micros(doing.now))


def _add(doing: Doing, kind: str, patient_id: str, item: Item, **more: str) -> Request:
    whose = kind, patient_id, item.prescription, doing.viewer
    request_id = add_request(doing.conn, *whose, now=doing.now, **more)
    made = request_by_id(doing.conn, request_id, now=doing.now)
    assert made is not None
    return made
