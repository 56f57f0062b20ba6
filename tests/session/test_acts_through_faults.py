"""R1: every kind of act through a link that loses, breaks and delays; each is done once, and none is left in doubt."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stamina

from genesis_tui.mock_backend.database.appointments.slots import slot_of
from genesis_tui.mock_backend.database.family.grants import GrantRow, add_grant, put_request
from genesis_tui.mock_backend.database.record.clipboards import add_clipboard
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.mock_backend.world.simulation.scheduling import offer_slots
from genesis_tui.models.acts import Act, ActStage
from genesis_tui.models.appointments.booking import HalfDay, Slot
from genesis_tui.models.appointments.clipboards.editing import answered
from genesis_tui.models.appointments.clipboards.questions import Filling
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.family import Access
from genesis_tui.session.acts.kinds import all_kinds
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from tests.session.faulty_link import FaultyLink
from tests.session.refill_acts import get_more, had_what_was_asked_for, refillable, renewable
from tests.session.test_outbox import signed_in

FAULTS = 500
"""In one world, of all kinds together."""
ROUNDS = max(1, int(os.environ.get("GENESIS_FAULTS", "0")) // FAULTS)
"""`bench/soak/acts.py` has more of them, each with other faults."""
EVENTS = "SELECT count(*) FROM audit WHERE what = ? AND outcome = 'allowed'"
OWN = "FROM own_folder WHERE name LIKE 'Own %'"
OURS = "SELECT count(*) FROM resource WHERE type = 'Appointment'"
PEDIATRICS = "21000001"
MOST = 36
"""Acts of one kind that are made ready: more than twice as many as are done while `EACH` faults happen."""


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@dataclass
class At:
    """A person's session, and what was made ready for the acts."""

    mock: Mock
    portal: Portal
    post: Messaging
    record: OpenRecord
    ready: list[Any]
    most: int = MOST

    def count(self, sql: str, *values: str) -> int:
        with self.mock.database.begin() as conn:
            return int(conn.exec_driver_sql(sql, values).scalar_one())


Do = Callable[[At, int], Awaitable[object]]


async def message(at: At, number: int, entry: str = "") -> None:
    to = (await at.post.recipients(at.record.patient.id, "")).rows[0]
    draft = at.post.drafts.begin(at.record.patient.id, "")
    category = "record-correction" if entry else "other"
    words = {"category": category, "recipient_id": to.id, "subject": "Iron", "body": f"No. {number}", "entry": entry}
    item = await at.post.send(replace(draft, **words))
    done = await at.post.outbox.settled(item.key, 60)
    assert done.stage is ActStage.SENT, done.why


async def correction(at: At, number: int) -> None:
    await message(at, number, at.ready[0])


async def entries(at: At) -> list[str]:
    sql = "SELECT id FROM resource WHERE type = 'AllergyIntolerance' AND patient_id = ? AND hidden = 0"
    with at.mock.database.begin() as conn:
        return [f"AllergyIntolerance/{conn.exec_driver_sql(sql, (at.record.patient.id,)).scalars().first()}"]


async def drafts(at: At) -> list[Any]:
    found = []
    for number in range(at.most):
        begun = at.post.drafts.begin(at.record.patient.id, "")
        found.append(await at.post.drafts.keep_on_server(await at.post.drafts.keep(replace(begun, body=f"{number}"))))
    return found


async def folders(at: At) -> list[Any]:
    made = [await at.record.threads.make_folder(f"Own {number}") for number in range(at.most)]
    return [one.id for one in made]


async def threads(at: At) -> list[Any]:
    folder = await at.record.threads.make_folder("Own")
    return [(await at.record.threads.load()).rows[0].id, "inbox", folder.id]


async def move(at: At, number: int) -> None:
    thread, *places = at.ready
    await at.record.threads.move([thread], places[number % 2])
    assert thread in {row.id for row in (await at.record.threads.load(places[number % 2])).rows}


async def grants(at: At) -> list[Any]:
    return [await at.portal.family.grant(f"somebody.{number}", Access.LIMITED) for number in range(at.most)]


async def offers(at: At) -> list[Any]:
    """Access that waits for Elena; the portal lets one person offer it once at a time."""
    with at.mock.database.begin() as conn:
        people = conn.exec_driver_sql("SELECT id FROM person WHERE given IN ('Daniel', 'Elena') ORDER BY given")
        daniel, elena = people.scalars()
        for number in range(at.most):
            parts = (f"offer-{number:02}", daniel, elena, "elena.reyes", "limited", "proxy", 0)
            add_grant(conn, GrantRow(*parts))
    return [one for one in (await at.portal.family.load()).grants if one.waits_for_me]


@dataclass(frozen=True)
class Row:
    """How one kind is done, and how often the server did it."""

    do: Do
    event: str
    counted: str
    first: Callable[[At], Awaitable[list[Any]]] | None = None
    who: str = "elena.reyes"


async def make_folder(at: At, number: int) -> None:
    await at.record.threads.make_folder(f"Own {number}")


async def remove_folder(at: At, number: int) -> None:
    await at.record.threads.remove_folder(at.ready[number])


async def unread(at: At, number: int) -> None:
    await at.record.threads.mark_unread(at.ready[:1])


async def mark_read(at: At, number: int) -> None:
    await at.record.threads.mark_all_read(at.ready[:1])


async def grant(at: At, number: int) -> None:
    await at.portal.family.grant(f"somebody.{number}", Access.LIMITED)


async def accept(at: At, number: int) -> None:
    await at.portal.family.answer(at.ready[number], accepted=True)


async def ask(at: At, number: int) -> None:
    await at.portal.family.ask(f"somebody.{number}", Access.FULL)


async def asked(at: At) -> list[Any]:
    """Requests for access to Elena's record."""
    with at.mock.database.begin() as conn:
        people = conn.exec_driver_sql("SELECT id FROM person WHERE given IN ('Daniel', 'Elena') ORDER BY given")
        daniel, elena = people.scalars()
        put_request(conn, daniel, "elena.reyes", elena, "full", now=at.mock.clock.micros())
    return list((await at.portal.family.load()).requests) * at.most


async def refuse_request(at: At, number: int) -> None:
    await at.portal.family.refuse(at.ready[number])


async def end_grant(at: At, number: int) -> None:
    await at.portal.family.revoke(at.ready[number])


async def delete_draft(at: At, number: int) -> None:
    await at.post.drafts.delete(at.ready[number])


async def clipboards(at: At) -> list[Any]:
    """One for each act, all before the same visit."""
    known = (await at.post.clipboards.load(at.record.patient.id)).rows[0]
    with at.mock.database.begin() as conn:
        for number in range(at.most):
            add_clipboard(conn, f"own-{number:03}", known.patient_id, known.appointment_id, "quick")
        body = {"resourceType": "Questionnaire", "id": "quick", "status": "active", "item": [QUICK]}
        put_resource(conn, body, ResourceFacts(), now=at.mock.clock.micros(), policy=at.mock.policy)
    rows = (await at.post.clipboards.load(at.record.patient.id)).rows
    return [await at.post.clipboards.begin(row) for row in rows if row.id.startswith("own-")]


async def save_clipboard(at: At, number: int) -> None:
    filling = at.ready[number]
    kept = await at.post.clipboards.keep(replace(filling, answers=answered(filling.answers, (("a", 0),), ["Yes."])))
    assert isinstance(await at.post.clipboards.keep_on_server(kept), Filling)


async def submit_clipboard(at: At, number: int) -> None:
    filling = at.ready[number]
    await at.post.clipboards.submit(replace(filling, answers=answered(filling.answers, (("a", 0),), ["Yes."])))


QUICK = {"linkId": "a", "text": "How is it?", "type": "string", "required": True}


async def free(at: At, count: int) -> list[Slot]:
    """Slots of Maya's paediatricians, none of which overlaps another or what she has."""
    today = at.mock.clock.now().date()
    weeks = [today + timedelta(days=30 * n) for n in range(3)]
    found = [
        await at.record.appointments.slots("follow-up", day, day + timedelta(days=29), PEDIATRICS) for day in weeks
    ]
    held = [row.start.date() for row in (await at.record.appointments.load()).rows if row.start]
    ends = datetime.min.replace(tzinfo=UTC)
    kept: list[Slot] = []
    for slot in (slot for page in found for slot in page.rows if slot.day not in held):
        if slot.start >= ends:
            kept.append(slot)
            ends = slot.end
    assert len(kept) >= count
    return kept[:count]


async def slots(at: At) -> list[Any]:
    return await free(at, at.most)


async def book(at: At, number: int) -> None:
    await at.record.appointments.book(at.ready[number], "Follow-up", f"No. {number}")


async def booked(at: At) -> list[Any]:
    return [await at.record.appointments.book(slot, "Follow-up") for slot in await free(at, at.most)]


async def cancel(at: At, number: int) -> None:
    await at.record.appointments.cancel(at.ready[number], "other", f"No. {number}")


async def one_of_three(at: At) -> list[Any]:
    """An appointment, and the slots that it goes to and fro between."""
    first, *others = await free(at, 3)
    return [(await at.record.appointments.book(first, "Follow-up")).id, *others]


async def move_appointment(at: At, number: int) -> None:
    id, *places = at.ready
    [row] = [row for row in (await at.record.appointments.load()).rows if row.id == id]
    await at.record.appointments.take(row, places[number % 2])


async def request(at: At, number: int) -> None:
    """One after the other, so that none of them is answered by itself meanwhile."""
    visit = next(one for one in await at.record.appointments.visit_types() if one.code == "follow-up")
    clinic = next(one for one in await at.record.appointments.clinics(visit.code) if one.id == PEDIATRICS)
    day = at.mock.clock.now().date() + timedelta(days=10)
    at.ready = [await at.record.appointments.request(visit, clinic, [HalfDay(day, "am")], f"No. {number}"), *at.ready]


async def requests(at: At) -> list[Any]:
    for number in range(at.most):
        await request(at, number)
    return at.ready


async def offered(at: At) -> list[Any]:
    """Requests for each of which the clinic offers a slot, with that slot."""
    asked, found = await requests(at), await free(at, at.most)
    with at.mock.database.begin() as conn:
        for row, slot in zip(asked, found, strict=True):
            known = slot_of(conn, slot.id)
            assert known is not None
            offer_slots(conn, row.id, [known], at=at.mock.clock.micros(), policy=at.mock.policy)
    now = {row.id: row for row in (await at.record.appointments.load()).rows}
    return [now[row.id] for row in asked]


async def choose(at: At, number: int) -> None:
    await at.record.appointments.take(at.ready[number], at.ready[number].offers[0])


ACTS = {
    "message": Row(message, "message", "SELECT count(*) FROM message WHERE body LIKE 'No. %'"),
    "correction": Row(correction, "correction", "SELECT count(*) FROM correction WHERE entry LIKE 'Allergy%'", entries),
    "delete-draft": Row(delete_draft, "delete-draft", f"SELECT {MOST} - count(*) FROM draft", drafts),
    "make-folder": Row(make_folder, "folder", f"SELECT count(*) {OWN}"),
    "remove-folder": Row(remove_folder, "remove-folder", f"SELECT {MOST} - count(*) {OWN}", folders),
    "move": Row(move, "move", "", threads),
    "unread": Row(unread, "unread", "", threads),
    "read": Row(mark_read, "read", "", threads),
    "grant": Row(grant, "grant", "SELECT count(*) FROM grants WHERE kind = 'proxy'", who="daniel.reyes"),
    "end-grant": Row(end_grant, "revoke", "SELECT count(*) FROM grants WHERE revoked > 0", grants, who="daniel.reyes"),
    "answer-grant": Row(accept, "accept-grant", "SELECT count(*) FROM grants WHERE accepted > 0", offers),
    "ask-access": Row(ask, "ask", "SELECT count(*) FROM access_request"),
    "refuse-request": Row(refuse_request, "refuse-request", "", asked),
    "save-clipboard": Row(save_clipboard, "clipboard", "SELECT count(*) FROM clipboard WHERE version = 1", clipboards),
    "submit-clipboard": Row(
        submit_clipboard, "submit-clipboard", "SELECT count(*) FROM clipboard WHERE submitted > 0", clipboards
    ),
    "book": Row(book, "book", OURS, slots),
    "cancel-appointment": Row(cancel, "cancel-appointment", "", booked),
    "move-appointment": Row(move_appointment, "reschedule-appointment", "", one_of_three),
    "request-appointment": Row(request, "request-appointment", "SELECT count(*) FROM appointment_request"),
    "withdraw-request": Row(cancel, "withdraw-request", "", requests),
    "choose-slot": Row(choose, "choose-slot", "SELECT -count(*) FROM slot_offer", offered),
    "refill": Row(get_more, "request-refills", "", refillable),
    "renewal": Row(get_more, "request-renewals", "", renewable),
}
EACH = -(-FAULTS // len(ACTS))


@pytest.mark.rule("MSG-12", "CLIP-1", "RX-8", "RX-10")
@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        *((kind, EACH) for kind in ACTS),
        *(pytest.param(kind, 500, marks=pytest.mark.long) for kind in ("refill", "renewal")),
    ],
)
async def test_each_act_is_done_once_whatever_the_link_does(mock: Mock, kind: str, faults: int, seed: int) -> None:
    link, row, done = FaultyLink(httpx.ASGITransport(create_app(mock)), seed), ACTS[kind], 0
    async with signed_in(mock, link, row.who) as portal:
        at = await begun(mock, portal, max(MOST, faults * 3 // 4))
        at.ready = await row.first(at) if row.first is not None else []
        before = at.count(row.counted) if row.counted else 0
        events = at.count(EVENTS, row.event)
        link.share, link.most = 0.6, faults
        while link.lost < faults:
            await until_it_is_done(at, row.do, done)
            done += 1
        assert [act for act in at.post.outbox.acts if act.unsent] == []
        assert not row.counted or at.count(row.counted) - before == done
        assert at.count(EVENTS, row.event) - events == done, "each leaves one event"
        assert {act.kind for act in at.post.outbox.acts} >= {kind}
        if row.do is get_more:
            had_what_was_asked_for(at, kind)


class Losing(FaultyLink):
    """Loses the answer to an act where it is `losing`, and all that comes after it."""

    losing = False
    acted = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        acts = "idempotency-key" in request.headers
        self.acted += acts
        answer = await super().handle_async_request(request)
        if not (acts and self.losing):
            return answer
        await answer.aread()
        self.down = True
        raise httpx.ReadError("lost")


@pytest.mark.rule("MSG-12")
@pytest.mark.parametrize("kind", ACTS)
async def test_what_was_in_doubt_when_it_ended_is_asked_for_and_not_done_again(mock: Mock, kind: str) -> None:
    link, row = Losing(httpx.ASGITransport(create_app(mock))), ACTS[kind]
    async with signed_in(mock, link, row.who) as portal:
        at = await begun(mock, portal, most=1)
        at.ready = await row.first(at) if row.first is not None else []
        events = at.count(EVENTS, row.event)
        link.losing = True
        doing = asyncio.create_task(row.do(at, 0))  # type: ignore[arg-type]
        await until(lambda: [act.stage for act in at.post.outbox.acts if act.unsent] == [ActStage.UNKNOWN])
        doing.cancel()
        await asyncio.wait([doing])
    link.down = link.losing = False
    link.acted = 0
    async with signed_in(mock, link, row.who) as portal:
        outbox = (await portal.messaging()).outbox
        await until(lambda: not any(act.unsent for act in outbox.acts))
        assert [(act.kind, act.stage) for act in outbox.acts] == [(kind, ActStage.SENT)]
        assert outbox.unopened == 0
    assert link.acted == 0
    assert at.count(EVENTS, row.event) - events == 1


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to that")


def test_every_kind_has_a_row() -> None:
    class Anything:
        def __getattr__(self, name: str) -> None:
            return None

    assert {kind.name for kind in all_kinds(Anything(), Anything())} == set(ACTS)  # type: ignore[arg-type]


async def begun(mock: Mock, portal: Portal, most: int = MOST) -> At:
    post = await portal.messaging()
    post.outbox.pauses = (0.0, 0.0, 0.01)
    people = await portal.family.load()
    patient = (people.find("maya") or people.people)[0]
    return At(mock, portal, post, await portal.open(patient), [], most)


async def until_it_is_done(at: At, do: Do, number: int) -> None:
    """As a person does it: again where they were told that it was not done, and never where that is not known."""
    for _ in range(100):
        known = {act.key for act in at.post.outbox.acts}
        try:
            await do(at, number)
            return
        except ApiError:
            [*acts] = [act for act in at.post.outbox.acts if act.key not in known]
            if acts and (await told(at, acts[-1])).stage is ActStage.SENT:
                return
    raise AssertionError("never done")


async def told(at: At, act: Act) -> Act:
    """The act once it is known what became of it."""
    for _ in range(2000):
        [now] = [one for one in at.post.outbox.acts if one.key == act.key]
        if not now.unsent:
            return now
        await asyncio.sleep(0.002)
    raise AssertionError(now)
