"""R6: refills and renewals in any order, with what pharmacies and providers do, and clocks that jump.

Each item is answered as a plain model of the rules says, and whatever happens: no more fills than were allowed, no two
open requests for one drug, and a history that adds up.
"""

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from genesis_tui.mock_backend.database.record.resources import body_of
from genesis_tui.mock_backend.database.refills.dispensing import STATUSES
from genesis_tui.mock_backend.database.refills.requests import Request, requests_of
from genesis_tui.mock_backend.database.schema.base import due_event
from genesis_tui.mock_backend.server.app import create_app
from tests.portal.prescribing import items, pass_time, prescribe, refill, renew, rows, staff
from tests.postgres import MakeSmall
from tests.small_world import CHILD, SPONSOR, SPOUSE, START, token_for

ZONE = ZoneInfo("America/New_York")
DAYS, REPEATS, ENDS = 8, 2, 60
POINTS = ("point-1", "point-2", "point-3", "point-4")
OPEN = ("requested", "in-process", "ready")
NEXT = {"requested": ("in-process",), "in-process": ("ready",), "ready": ("picked-up", "returned")}
BY_MAIL = {"requested": ("in-process",), "in-process": ("shipped",)}
WHICH = st.lists(st.integers(0, 7), min_size=1, max_size=4)


@dataclass
class Rx:
    """What is known of a prescription: its fills, and the request that is open."""

    repeats: int
    expires: date
    handed: list[datetime] = field(default_factory=list)
    open: str = ""
    stage: str = ""
    kind: str = ""
    point: str = ""
    ready: datetime | None = None
    renewed: bool = False

    def left(self) -> int:
        return max(0, self.repeats - max(0, len(self.handed) - 1))

    def refuses(self, kind: str, now: datetime) -> str:
        """Why it can't be refilled or renewed now; '' where it can."""
        today = now.astimezone(ZONE).date()
        over = today > self.expires
        if self.renewed:
            return "not-active"
        if self.open:
            shown = self.kind == "refill" and self.point != "point-4" and self.stage != "requested"
            return "in-process" if shown else "request-pending"
        if not self.handed:
            return "never-dispensed" if kind == "renewal" or not over else "expired"
        if (today - self.expires).days > 120:
            return "expired" if kind == "refill" else "too-long-expired"
        renews = over or not self.left()
        if kind == "renewal" or renews:
            return "" if renews == (kind == "renewal") else "renew-instead" if renews else "refill-instead"
        return "too-soon" if today < self._opens() else ""

    def _opens(self) -> date:
        return self.handed[-1].astimezone(ZONE).date() + timedelta(days=ceil(DAYS * 0.75))

    def back(self) -> datetime:
        """When what is ready goes back to stock."""
        assert self.ready is not None
        return datetime.combine(self.ready.astimezone(ZONE).date() + timedelta(days=15), datetime.min.time(), ZONE)

    def close(self) -> None:
        self.open = self.stage = self.kind = self.point = ""


class RefillMachine(RuleBasedStateMachine):
    """Two parents ask for a child's drugs. `automatic`: pharmacies and providers work by themselves, too."""

    automatic = False

    def __init__(self, make: MakeSmall) -> None:
        super().__init__()
        self.small = make()
        numbers = {"staff_answers": self.automatic}
        policy = self.small.policy.refill.model_copy(update=numbers)
        self.small.policy = self.small.policy.model_copy(update={"refill": policy})
        self.runner = asyncio.Runner()
        self.app = create_app(self.small)
        self.known = {f"rx{n}": Rx(REPEATS if n else 0, (START + ENDS * timedelta(days=1)).date()) for n in range(3)}
        for id, rx in self.known.items():
            prescribe(self.small, CHILD, id, repeats=rx.repeats, days=DAYS, fills=(-7,), ends=ENDS)
            rx.handed.append(START - timedelta(days=7))

    def teardown(self) -> None:
        self.runner.close()
        self.small.close()

    @rule(which=WHICH, kind=st.sampled_from(["refill", "renewal"]), point=st.sampled_from(POINTS), who=st.booleans())
    def ask(self, which: list[int], kind: str, point: str, who: bool) -> None:
        """A batch, sent twice under one key."""
        ids = [[*self.known][n % len(self.known)] for n in which]
        answer = self.runner.run(self._ask(SPONSOR if who else SPOUSE, ids, kind, point))
        for id, item in zip(ids, items(answer), strict=True):
            self._answered(id, item, kind, point)

    async def _ask(self, who: str, ids: list[str], kind: str, point: str) -> httpx.Response:
        key = str(uuid.uuid4())
        async with self._client(token_for(self.small, who)) as client:
            first, again = [
                await (
                    refill(client, CHILD, ids, point, key=key)
                    if kind == "refill"
                    else renew(client, CHILD, ids, key=key)
                )
                for _ in range(2)
            ]
            assert first.content == again.content
        if self.automatic:
            self.small.due.apply(self.small.policy)
        return first

    def _answered(self, id: str, item: dict[str, Any], kind: str, point: str) -> None:
        rx, said = self.known[id], (item["problem"] or {"code": ""})["code"]
        if not self.automatic:
            assert said == rx.refuses(kind, self.small.clock.now()), (id, rx)
        if not said:
            rx.open, rx.stage, rx.kind, rx.point = item["request"], "requested", kind, point if kind == "refill" else ""

    @rule(which=st.integers(0, 7), stage=st.sampled_from(["in-process", "ready", "picked-up", "returned", "shipped"]))
    def fill(self, which: int, stage: str) -> None:
        """The pharmacy moves on what is open; what does not come next is refused."""
        rx = self._open("refill", which)
        if rx is None:
            return
        sent = {"carrier": "USPS", "number": "1"} if stage == "shipped" else {}
        answer = self._staff("refills", request=rx.open, stage=stage, **sent)
        if self.automatic:
            return
        may = stage in (BY_MAIL if rx.point == "point-3" else NEXT).get(rx.stage, ())
        assert answer.status_code == (204 if may else 422)
        if may:
            self._reached(rx, stage)

    def _reached(self, rx: Rx, stage: str) -> None:
        now = self.small.clock.now()
        rx.stage, rx.ready = stage, now if stage == "ready" else rx.ready
        if stage in ("picked-up", "shipped"):
            rx.handed.append(now)
        if stage not in OPEN:
            rx.close()

    @rule(which=st.integers(0, 7), repeats=st.none() | st.integers(0, 2), approves=st.booleans())
    def decide(self, which: int, repeats: int | None, approves: bool) -> None:
        rx = self._open("renewal", which)
        if rx is None:
            return
        request = rx.open
        said = {"decision": "approve", "repeats": repeats} if approves else {"decision": "deny", "reason": "No."}
        answer = self._staff("renewals", request=request, **said)
        if self.automatic:
            return
        assert answer.status_code == 204, answer.text
        assert self._staff("renewals", request=request, **said).status_code == 422
        rx.close()
        if approves:
            rx.renewed = True
            today = self.small.clock.now().astimezone(ZONE).date()
            new = Rx(rx.repeats if repeats is None else repeats, today + timedelta(days=365), open=f"{request}-1")
            new.stage, new.kind, new.point = (
                "requested",
                "refill",
                self._seen()[f"rx-{request}"]["requests"][0]["point"]["id"],
            )
            self.known[f"rx-{request}"] = new

    @rule(hours=st.sampled_from([1, 13, 24, 3 * 24, 6 * 24, 15 * 24, 130 * 24]))
    def later(self, hours: int) -> None:
        pass_time(self.small, hours=hours)
        self._seen()
        for rx in self.known.values():
            if not self.automatic and rx.stage == "ready" and self.small.clock.now() >= rx.back():
                rx.close()

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        seen = {id: row for id, row in self._seen().items() if id.startswith("rx")}
        self._told_as_the_rules_say(seen)
        self._the_history_adds_up(seen)

    def _told_as_the_rules_say(self, seen: dict[str, dict[str, Any]]) -> None:
        for id, row in seen.items():
            can = [one["reason"] for one in row["can"]]
            assert "" not in can or can.count("") == 1, row
            assert "" in can or all(one["title"] and one["next"] for one in row["can"])
            rx = self.known.get(id)
            if rx is not None and not self.automatic:
                now = self.small.clock.now()
                assert can == [rx.refuses("refill", now), rx.refuses("renewal", now)], (id, rx)
                assert row["left"] == rx.left()

    def _the_history_adds_up(self, seen: dict[str, dict[str, Any]]) -> None:
        with self.small.database.begin() as conn:
            asked = requests_of(conn, CHILD, now=self.small.clock.micros())
            assert not conn.execute(select(due_event.c.id).where(due_event.c.fault != "")).all()
            bodies = {
                one.dispense_id: body_of(conn, "MedicationDispense", one.dispense_id)
                for found in asked.values()
                for one in found
                if one.dispense_id
            }
        for id, row in seen.items():
            mine = asked.get(id, [])
            assert sum(one.stage in OPEN for one in mine) <= 1
            handed = [one for one in mine if one.stage in ("picked-up", "shipped")]
            before = 1 if id in ("rx0", "rx1", "rx2") else 0
            fills = [one for one in row["fills"] if one["stage"] in ("picked-up", "shipped")]
            assert len(fills) == before + len(handed) <= 1 + row["repeats"]
            for one in mine:
                _stands(one, bodies.get(one.dispense_id))

    def _open(self, kind: str, which: int) -> Rx | None:
        waiting = [rx for rx in self.known.values() if rx.open and rx.kind == kind]
        return waiting[which % len(waiting)] if waiting else None

    def _staff(self, of: str, **body: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            async with self._client() as client:
                return await staff(self.small, client, of, **body)

        return self.runner.run(send())

    def _client(self, token: str = "") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url=self.small.issuer, headers=headers)

    def _seen(self) -> dict[str, dict[str, Any]]:
        async def read() -> dict[str, dict[str, Any]]:
            async with self._client(token_for(self.small, SPONSOR)) as client:
                return await rows(client, CHILD)

        return self.runner.run(read())


def _stands(request: Request, body: dict[str, Any] | None) -> None:
    """Whether a request's stages come in order, and its fill stands where it does, a version a stage."""
    stages = [one["stage"] for one in request.stages]
    assert len(set(stages)) == len(stages)
    assert stages[0] == "requested"
    times = [one["at"] for one in request.stages]
    assert times == sorted(times)
    if body is not None and request.pickup_id != "point-4":
        assert body["status"] == STATUSES[request.stage]
        assert body["meta"]["versionId"] == str(len(stages) - 1)


class ByThemselves(RefillMachine):
    automatic = True


@pytest.mark.rule("RX-1", "RX-2", "RX-3", "RX-4", "RX-6", "RX-7", "RX-8", "RX-10")
@pytest.mark.parametrize("machine", [RefillMachine, ByThemselves])
@pytest.mark.parametrize("count", [2, pytest.param(60, marks=pytest.mark.long)])
def test_refills_in_any_order(make_small: MakeSmall, machine: type[RefillMachine], count: int) -> None:
    slow = [HealthCheck.too_slow]
    few = settings(max_examples=count, stateful_step_count=20, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(lambda: machine(make_small), settings=few)  # type: ignore[arg-type]
