"""R6: several people and the clinic's staff schedule at once; what they are told is what some order of them gives.

And whatever the order: each appointment holds its slot and nothing else, and no ten minutes are held twice.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import permutations
from threading import Barrier
from typing import Any, NamedTuple

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, insert, select

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.record.resources import body_of
from genesis_tui.mock_backend.database.schema.appointments import (
    change,
    change_head,
    clinic_visit,
    schedule,
    slot_unit,
    visit_type,
)
from genesis_tui.mock_backend.database.schema.family import audit
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from tests.portal.booking_model import LENGTHS, SCHEDULES, Act, Slot, State, Told, Visit, done, held, slots
from tests.portal.scheduling import agenda, new_key
from tests.postgres import MakeSmall
from tests.small_world import CHILD, CLINIC, SPONSOR, SPOUSE, STRANGER, TEEN, client_of, small_mock, token_for

AT_ONCE = 4
PATIENTS = {CHILD: (SPONSOR, SPOUSE), TEEN: (SPONSOR, SPOUSE), STRANGER: (STRANGER,)}
DAYS = [{"day": "2026-11-26", "half": "am"}]
BY_PATIENT, BY_STAFF = ("move", "cancel", "choose"), ("give", "offer", "decline", "see")


class Wish(NamedTuple):
    """An act before it is known what there is: numbers say which of what there is then."""

    name: str
    patient: str
    who: int
    visit: int
    slot: int
    kind: str
    status: str
    stale: bool
    twice: bool


WISHES = st.builds(
    Wish,
    st.sampled_from(["book", "book", "move", "move", "cancel", "choose", "request", *BY_STAFF]),
    st.sampled_from([*PATIENTS]),
    *(st.integers(0, 11) for _ in range(3)),
    st.sampled_from(["acute", "acute", "long"]),
    st.sampled_from(["arrived", "checked-in", "fulfilled", "noshow"]),
    st.integers(0, 5).map(lambda drawn: drawn == 0),
    st.integers(0, 5).map(lambda drawn: drawn == 0),
)


def of(state: State, wish: Wish) -> Act | None:
    """The act that somebody wishes to do to what there is; None where nothing is there to do it to."""
    who = PATIENTS[wish.patient][wish.who % len(PATIENTS[wish.patient])]
    if wish.name in ("book", "request"):
        wanted = () if wish.name == "request" else (_one(slots(wish.kind), wish.slot),)
        return Act(wish.name, who, wish.patient, wish.kind, slots=wanted)
    if not state:
        return None
    id, visit = _one([*state.items()], -1 - wish.visit)
    some = slots(visit.kind)
    wanted = (_one(some, wish.slot),)
    if wish.name == "offer":
        wanted = (*wanted, _one(some, wish.slot + 3))
    if wish.name == "choose" and visit.offers:
        wanted = (_one(sorted(visit.offers), wish.slot),)
    who = _one(PATIENTS[visit.patient], wish.who) if wish.name in BY_PATIENT else ""
    return Act(wish.name, who, visit.patient, visit.kind, id, visit.version - wish.stale, wanted, wish.status)


def _one(some: Sequence[Any], number: int) -> Any:
    return some[number % len(some)]


def request_for(act: Act) -> tuple[str, dict[str, Any], dict[str, str]]:
    """Path, body and headers of an act."""
    slot, headers = {"slot": act.slots[0].id} if act.slots else {}, {"If-Match": f'"{act.version}"'}
    told: dict[str, tuple[str, dict[str, Any]]] = {
        "book": ("appointments", {"reason": "", **slot}),
        "request": (
            "appointment-requests",
            {"visit_type": act.kind, "clinic": CLINIC, "periods": DAYS, "reason": "A rash."},
        ),
        "move": (f"appointments/{act.visit}/reschedule", slot),
        "cancel": (f"appointments/{act.visit}/cancel", {"reason": "pat"}),
        "choose": (f"appointment-requests/{act.visit}/choose", slot),
    }
    if act.name in told:
        path, body = told[act.name]
        return f"/portal/v1/{path}", {"patient": act.patient, **body}, headers
    if act.name == "see":
        return "/mock/v1/staff/visits", {"appointment": act.visit, "status": act.status}, {}
    given = {"act": "decline", "reason": "Call us."} if act.name == "decline" else {"slots": [s.id for s in act.slots]}
    return "/mock/v1/staff/requests", {"request": act.visit, "act": "book", **given} | _offer(act), {}


def _offer(act: Act) -> dict[str, str]:
    return {"act": "offer"} if act.name == "offer" else {}


class BookingMachine(RuleBasedStateMachine):
    """One example: a small clinic with two schedules and two hours, three patients, and staff who act when told."""

    def __init__(self, make: MakeSmall = small_mock) -> None:
        super().__init__()
        self.state: State = {}
        self.events = Counter[bool]()
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.small = make()
        open_clinic(self.small)
        self.app = create_app(self.small)
        people = {one for some in PATIENTS.values() for one in some}
        self.tokens = {one: token_for(self.small, one) for one in people} | {"": self.small.tester_token}
        self.readers = {one: client_of(self.small, self.tokens[some[0]]) for one, some in PATIENTS.items()}
        self.pool = ThreadPoolExecutor(AT_ONCE * 2)
        quiet = self.runner.run(self._asked("", "put", "/mock/v1/staff/scheduling", {"automatic": False}, {}))
        assert quiet.status_code == 204
        self.others = {row["id"] for one in PATIENTS for row in self._agenda(one)}

    def teardown(self) -> None:
        for client in self.readers.values():
            self.runner.run(client.aclose())
        self.runner.close()
        self.pool.shutdown()
        self.small.close()

    @rule(wish=WISHES)
    def one(self, wish: Wish) -> None:
        self.at_once([wish])

    @rule(wishes=st.lists(WISHES, min_size=2, max_size=AT_ONCE))
    def at_once(self, wishes: list[Wish]) -> None:
        """Some order of the acts gives what they were told, and what there is now."""
        acts = [(act, wish.twice) for wish in wishes if (act := of(self.state, wish)) is not None]
        if not acts:
            return
        answers = self._sent(acts)
        now = self._seen()
        told = [(act, _told(one), _id_in(one)) for (act, _), one in zip(acts, answers, strict=True)]
        assert any(_gives(self.state, order, now) for order in permutations(told)), (self.state, told, now)
        self.state = {id: now[id] for id in [*self.state, *(id for id in now if id not in self.state)]}
        self.events.update(outcome == (200, "") for act, outcome, _ in told if act.who)

    @invariant()
    def each_holds_its_slot_and_nothing_else(self) -> None:
        with self.small.database.begin() as conn:
            rows = conn.execute(select(slot_unit).where(slot_unit.c.held_by.is_not(None))).all()
            numbers = conn.execute(select(change.c.seq).order_by(change.c.seq)).scalars().all()
            last = conn.execute(select(change_head.c.seq)).scalar() or 0
        assert {(row.schedule_id, from_micros(row.at)): row.held_by for row in rows} == held(self.state)
        assert [*numbers] == [*range(1, last + 1)]

    @invariant()
    def each_act_leaves_one_event(self) -> None:
        assert self.small.audit.check().broken_at is None
        acts = ("book", "request-appointment", "cancel-appointment", "reschedule-appointment", "choose-slot")
        with self.small.database.begin() as conn:
            outcomes = conn.execute(select(audit.c.outcome).where(audit.c.what.in_(acts))).scalars()
            assert Counter(one == "allowed" for one in outcomes) == self.events

    def _sent(self, acts: list[tuple[Act, bool]]) -> list[httpx.Response]:
        """Their answers; what is sent twice at once under one key is done once."""
        keys = [new_key() for _ in acts]
        twice = [number for number, (_, twice) in enumerate(acts) if twice and acts[number][0].who]
        sent = [*range(len(acts)), *twice]
        barrier = Barrier(len(sent))

        def send(number: int) -> httpx.Response:
            act, (path, body, headers) = acts[number][0], request_for(acts[number][0])
            key = keys[number] if act.who else {}
            barrier.wait(10)
            return asyncio.run(self._asked(act.who, "post", path, body, headers | key))

        with switching_often():
            answers = [*self.pool.map(send, sent)]
        for number, again in zip(twice, answers[len(acts) :], strict=True):
            assert again.content == answers[number].content
        return answers[: len(acts)]

    async def _asked(
        self, who: str, method: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        own = {"Authorization": f"Bearer {self.tokens[who]}"}
        async with httpx.AsyncClient(transport=transport, base_url=self.small.issuer, headers=own) as client:
            return await client.request(method, path, json=body, headers=headers)

    def _agenda(self, patient: str) -> list[dict[str, Any]]:
        return self.runner.run(agenda(self.readers[patient], patient))

    def _seen(self) -> State:
        """What the portal shows of everybody."""
        rows = [(one, row) for one in PATIENTS for row in self._agenda(one) if row["id"] not in self.others]
        with self.small.database.begin() as conn:
            return {row["id"]: _visit(patient, row, body_of(conn, "Appointment", row["id"])) for patient, row in rows}


def _visit(patient: str, row: dict[str, Any], body: dict[str, Any] | None) -> Visit:
    places = [_slot(one["reference"].partition("/")[2]) for one in (body or {}).get("slot", ())]
    offers = frozenset(_slot(one["id"]) for one in row["offers"])
    return Visit(patient, row["visit_type"], row["status"], next(iter(places), None), offers, row["version"])


def _slot(id: str) -> Slot:
    return next(one for visit in LENGTHS for one in slots(visit) if one.id == id)


def _told(answer: httpx.Response) -> Told:
    return (200, "") if answer.is_success else (answer.status_code, answer.json()["reason"])


def _id_in(answer: httpx.Response) -> str:
    return str(answer.json()["id"]) if answer.status_code == 201 else ""


def _gives(state: State, order: Sequence[tuple[Act, Told, str]], now: State) -> bool:
    for act, told, made in order:
        expected, state = done(state, act, made)
        if expected != told:
            return False
    return state == now


@contextmanager
def switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def open_clinic(mock: Mock) -> None:
    """A second schedule, a longer visit, and two free hours of both schedules."""
    kind = {"code": "long", "title": "Long visit", "minutes": 40, "place": 1, "clipboard": ""}
    units = {unit for visit in LENGTHS for one in slots(visit) for unit in one.units}
    rows = [{"schedule_id": schedule_id, "at": to_micros(at), "held_by": None} for schedule_id, at in sorted(units)]
    second = {"id": SCHEDULES[1], "clinic_id": CLINIC, "practitioner_id": "Practitioner-1", "name": "Dr. Other"}
    with mock.database.begin() as conn:
        conn.execute(insert(visit_type), kind)
        conn.execute(insert(clinic_visit), {"clinic_id": CLINIC, "visit_type": "long", "way": "books"})
        conn.execute(insert(schedule), second)
        conn.execute(delete(slot_unit))
        conn.execute(insert(slot_unit), rows)


def examples(count: int, steps: int) -> settings:
    slow = [HealthCheck.too_slow]
    return settings(max_examples=count, stateful_step_count=steps, deadline=None, suppress_health_check=slow)


@pytest.mark.rule("APPT-4", "APPT-5", "APPT-7", "APPT-8", "APPT-10")
@pytest.mark.parametrize("count", [2, pytest.param(25, marks=pytest.mark.long)])
def test_bookings_at_once_in_any_order(make_small: MakeSmall, count: int) -> None:
    run_state_machine_as_test(lambda: BookingMachine(make_small), settings=examples(count, 20))
