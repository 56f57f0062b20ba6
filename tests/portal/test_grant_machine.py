"""One adult offers others access, in any order and over time; a plain model says what opens to whom (FAM-5, FAM-12)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.portal.writing import JSON, post
from tests.small_world import DAY, FULL_PROXY, LIMITED_PROXY, STRANGER, client_of, small_mock, token_for

GIVER, RECEIVERS = STRANGER, (FULL_PROXY, LIMITED_PROXY)
ZONE = ZoneInfo("America/New_York")
HALF = timedelta(hours=12)


@dataclass(slots=True)
class Offer:
    """What a grant has come to."""

    id: str
    receiver: str
    scope: str
    until: date | None
    state: str = "waiting"

    def over(self, now: datetime) -> bool:
        last = self.until
        ended = last is not None and now >= datetime.combine(last + DAY, time(), ZONE)
        return ended or self.state == "ended"


class GrantMachine(RuleBasedStateMachine):
    """One example: a small portal, a giver and two whom they may offer access to."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: list[Offer] = []
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.small = small_mock()
        self.client = client_of(self.small)

    def teardown(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()
        self.small.close()

    def now(self) -> datetime:
        return self.small.clock.now()

    def ask(self, person: str, method: str, path: str, body: JSON | None = None) -> httpx.Response:
        """By a sign-in of its own: the clock outlasts any."""
        self.client.headers["Authorization"] = f"Bearer {token_for(self.small, person)}"
        if body is not None:
            return self.runner.run(post(self.client, path, body))
        return self.runner.run(self.client.request(method, f"/portal/v1/{path}"))

    @rule(receiver=st.sampled_from(RECEIVERS), scope=st.sampled_from(["full", "limited"]), days=st.integers(-1, 3))
    def offer(self, receiver: str, scope: str, days: int) -> None:
        """Three days from now stands for no end."""
        until = None if days == 3 else self.now().astimezone(ZONE).date() + days * DAY
        body = {"receiver": f"User{receiver}", "scope": scope, "until": None if until is None else until.isoformat()}
        answer = self.ask(GIVER, "POST", "family/grants", body)
        waits = [one for one in self.offers if one.receiver == receiver and one.state == "waiting"]
        if days < 0:
            assert answer.status_code == 422
        elif any(not one.over(self.now()) for one in waits):
            assert (answer.status_code, answer.json()["reason"]) == (409, "grant-waits")
        else:
            assert answer.status_code == 201, answer.text
            self.offers.append(Offer(answer.json()["id"], receiver, scope, until))

    @precondition(lambda self: self.offers)
    @rule(number=st.integers(0, 9), who=st.sampled_from((*RECEIVERS, GIVER)))
    def accept(self, number: int, who: str) -> None:
        one = self._one(number)
        answer = self.ask(who, "POST", f"family/grants/{one.id}/accept")
        if who != one.receiver:
            assert answer.status_code == 404
        elif one.over(self.now()) or one.state == "refused":
            assert (answer.status_code, answer.json()["reason"]) == (409, "grant-ended")
        else:
            assert answer.status_code == 200, answer.text
            one.state = "accepted"

    @precondition(lambda self: self.offers)
    @rule(number=st.integers(0, 9), who=st.sampled_from((*RECEIVERS, GIVER)))
    def refuse(self, number: int, who: str) -> None:
        one = self._one(number)
        answer = self.ask(who, "POST", f"family/grants/{one.id}/refuse")
        if who != one.receiver:
            assert answer.status_code == 404
        elif one.over(self.now()) or one.state == "accepted":
            assert answer.status_code == 409
        else:
            assert answer.status_code == 204, answer.text
            one.state = "refused"

    @precondition(lambda self: self.offers)
    @rule(number=st.integers(0, 9), who=st.sampled_from((GIVER, GIVER, *RECEIVERS)))
    def revoke(self, number: int, who: str) -> None:
        one = self._one(number)
        answer = self.ask(who, "DELETE", f"family/grants/{one.id}")
        assert answer.status_code == (204 if who == GIVER else 404)
        if who == GIVER:
            one.state = "ended"

    @rule(step=st.sampled_from([timedelta(seconds=1), HALF, HALF, DAY]))
    def time_passes(self, step: timedelta) -> None:
        self.small.clock.advance(step)

    @invariant()
    def opens_what_was_accepted_and_nothing_else(self) -> None:
        for receiver in RECEIVERS:
            open_now = {one.scope for one in self._accepted(receiver)}
            expected = "full" if "full" in open_now else "limited" if open_now else "none"
            people = self.ask(receiver, "GET", "family").json()["people"]
            assert next((one["access"] for one in people if one["id"] == GIVER), "none") == expected
            threads = self.ask(receiver, "GET", f"patients/{GIVER}/appointments")
            assert threads.is_success is (expected != "none")

    def _accepted(self, receiver: str) -> Sequence[Offer]:
        held = [one for one in self.offers if one.receiver == receiver and one.state == "accepted"]
        return [one for one in held if not one.over(self.now())]

    def _one(self, number: int) -> Offer:
        """The latest ones before others."""
        return self.offers[-1 - number % len(self.offers)]


def run(examples: int, steps: int) -> None:
    slow = [HealthCheck.too_slow]
    wanted = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(GrantMachine, settings=wanted)


@pytest.mark.rule("FAM-5", "FAM-12")
def test_grants_in_any_order() -> None:
    run(examples=5, steps=15)


@pytest.mark.long
@pytest.mark.rule("FAM-5", "FAM-12")
def test_grants_in_any_order_at_length() -> None:
    run(examples=60, steps=30)
