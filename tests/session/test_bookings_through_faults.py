"""R1: two parents book, move, cancel, ask and fill in for two children at once, each through a link of their own that
loses, breaks and delays.

They want a few slots and clipboards over and over. When the links are whole again nothing is in doubt, everything that
one of them was told to be done was done once, and no time is held twice or by nobody.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

import httpx
import pytest
import stamina
from sqlalchemy import func, select

from genesis_tui.mock_backend.database.appointments.slots import slot_of
from genesis_tui.mock_backend.database.schema.appointments import slot_unit
from genesis_tui.mock_backend.database.schema.clipboards import clipboard
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.acts import Act, ActStage
from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.models.appointments.booking import HalfDay, Slot
from genesis_tui.models.appointments.clipboards.editing import answered
from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.portal import Portal
from tests.session.faulty_link import FaultyLink
from tests.session.test_acts_through_faults import EVENTS, PEDIATRICS, ROUNDS, At, begun, clipboards, told
from tests.session.test_outbox import signed_in

MANY = 500
"""Acts in one world; `bench/soak/acts.py` has more worlds."""
CHILDREN = ("maya", "leo")
FEW = 12
"""Slots that they want."""
OURS = re.compile("appt-[0-9a-f]{24}")
"""Ids of what is booked or asked for here."""
EVENT = {
    "book": "book",
    "cancel-appointment": "cancel-appointment",
    "move-appointment": "reschedule-appointment",
    "request-appointment": "request-appointment",
    "withdraw-request": "withdraw-request",
    "save-clipboard": "clipboard",
    "submit-clipboard": "submit-clipboard",
}
"""Kind of act -> its word in the audit."""
SAVED, SUBMITTED = "clipboard", "submit-clipboard"
"""Only the first answers of a clipboard leave an event."""


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


class Parent:
    """One who does something to a child's appointments or clipboards, over and over."""

    def __init__(self, at: dict[str, At], slots: list[Slot], seed: int) -> None:
        """`at`: the children's records, by name."""
        self.at = at
        self.slots = slots
        self.outbox = at[CHILDREN[0]].post.outbox
        self.random = Random(seed)

    @property
    def acts(self) -> list[Act]:
        return [act for act in self.outbox.acts if act.kind in EVENT]

    async def live(self, count: int) -> None:
        """Until so many acts have reached the server or the link."""
        while len(self.acts) < count:
            known = {act.key for act in self.outbox.acts}
            at = self.at[self.random.choice(CHILDREN)]
            with suppress(ApiError):  # what it says is not all that is known
                await self._wish(at)
            new = [act for act in self.outbox.acts if act.key not in known]
            stages = [(await told(at, act)).stage for act in new]
            assert set(stages) <= {ActStage.SENT, ActStage.REFUSED}

    async def _wish(self, at: At) -> None:
        if self.random.random() < 0.3:
            return await self._fill(at)
        ours = [row for row in (await at.record.appointments.load()).rows if OURS.fullmatch(row.id)]
        booked, waiting = ([row for row in ours if row.status == one] for one in ("booked", "proposed"))
        drawn, slot = self.random.random(), self.random.choice(self.slots)
        if booked and drawn < 0.3:
            await at.record.appointments.take(self.random.choice(booked), slot)
        elif booked and drawn < 0.5:
            await self._off(at, self.random.choice(booked))
        elif waiting and drawn < 0.65:
            await self._off(at, self.random.choice(waiting))
        elif drawn < 0.8:
            await self._ask(at)
        else:
            await at.record.appointments.book(slot, "Follow-up")
        return None

    async def _off(self, at: At, row: Appointment) -> None:
        await at.record.appointments.cancel(row, "other", "We can't.")

    async def _ask(self, at: At) -> None:
        visit = next(one for one in await at.record.appointments.visit_types() if one.code == "follow-up")
        clinic = next(one for one in await at.record.appointments.clinics(visit.code) if one.id == PEDIATRICS)
        day = at.mock.clock.now().date() + timedelta(days=10)
        await at.record.appointments.request(visit, clinic, [HalfDay(day, "am")], "A rash.")

    async def _fill(self, at: At) -> None:
        rows = [row for row in (await at.post.clipboards.load(at.record.patient.id)).rows if row.id.startswith("own-")]
        open_ones = [row for row in rows if row.submitted is None]
        if not open_ones:
            return
        filling = await at.post.clipboards.begin(self.random.choice(open_ones[:3]))
        words = f"No. {self.random.random()}"
        filling = replace(filling, answers=answered(filling.answers, (("a", 0),), [words]))
        if self.random.random() < 0.3:
            await at.post.clipboards.submit(filling)
        else:
            await at.post.clipboards.keep_on_server(await at.post.clipboards.keep(filling))


@pytest.mark.rule("APPT-4", "APPT-8", "MSG-12", "CLIP-1")
@pytest.mark.parametrize(
    ("count", "seed"), [(40, 0), *(pytest.param(MANY, seed, marks=pytest.mark.long) for seed in range(1, 1 + ROUNDS))]
)
async def test_two_parents_at_once_double_nothing_and_lose_nothing(mock: Mock, count: int, seed: int) -> None:
    app = create_app(mock)
    links = [FaultyLink(httpx.ASGITransport(app), 2 * seed + number) for number in (0, 1)]
    async with AsyncExitStack() as stack:
        portals = [
            await stack.enter_async_context(signed_in(mock, link, who))
            for link, who in zip(links, ("daniel.reyes", "elena.reyes"), strict=True)
        ]
        first = await begun(mock, portals[0], most=count // 8)
        await clipboards(first)
        slots = await wanted(first)
        before = events(first)
        parents = [Parent(await children(mock, one), slots, 2 * seed + n) for n, one in enumerate(portals)]
        for link in links:
            link.share = 0.4
        await asyncio.gather(*(parent.live(count // 2) for parent in parents))
        for link in links:
            link.share = 0.0
        acts = [act for parent in parents for act in parent.acts]
        assert not any(act.unsent for act in acts)
        sent = Counter(EVENT[act.kind] for act in acts if act.stage is ActStage.SENT)
        made = events(first) - before
        assert made | {SAVED: sent[SAVED]} == sent, "each is done once"
        assert versions(mock) == (sent.total() - sent[SAVED] - sent[SUBMITTED], sent[SAVED] + sent[SUBMITTED])
    assert len(sent) == len(EVENT)
    assert sum(link.lost for link in links) > count // 2


async def children(mock: Mock, portal: Portal) -> dict[str, At]:
    at = await begun(mock, portal)
    people = await portal.family.load()
    return {name: replace(at, record=await portal.open(people.find(name)[0])) for name in CHILDREN}


async def wanted(at: At) -> list[Slot]:
    """A few slots next to each other, some of them at the same time."""
    day = at.mock.clock.now().date() + timedelta(days=1)
    found = await at.record.appointments.slots("follow-up", day, day + timedelta(days=20), PEDIATRICS)
    return list(found.rows[:FEW])


def events(at: At) -> Counter[str]:
    return Counter({word: at.count(EVENTS, word) for word in EVENT.values()})


def versions(mock: Mock) -> tuple[int, int]:
    """Of all that was booked and asked for here, and of all clipboards, together.

    Each act makes one. And what is booked holds its own time and nothing else.
    """
    with mock.database.begin() as conn:
        rows = conn.execute(select(resource.c.id, resource.c.version, resource.c.body)).all()
        ours = {row.id: (row.version, json.loads(row.body)) for row in rows if OURS.fullmatch(row.id)}
        booked = {id: body["slot"][0]["reference"][5:] for id, (_, body) in ours.items() if body["status"] == "booked"}
        due = {(s.schedule.id, at): id for id, one in booked.items() if (s := slot_of(conn, one)) for at in s.units}
        held = conn.execute(select(slot_unit).where(slot_unit.c.held_by.is_not(None))).all()
        filled = conn.execute(select(func.sum(clipboard.c.version)).where(clipboard.c.id.like("own-%"))).scalar_one()
    assert {(row.schedule_id, row.at): row.held_by for row in held if OURS.fullmatch(row.held_by)} == due
    assert Counter(due.values()) == Counter(dict.fromkeys(booked, 2)), "none shares its time"
    return sum(version for version, _ in ours.values()), filled
