"""The threads of the world: told in order, in the past on whatever day it starts, with something of each state."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.rules.holidays import FederalHolidays
from genesis_tui.mock_backend.rules.messages.threads import BusinessDays, SentMessage, answers, may_reply, open_answer
from genesis_tui.mock_backend.rules.policy import MessagePolicy, Policy
from genesis_tui.mock_backend.world.build import World, build_world

MONDAY = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
STARTS = [MONDAY + timedelta(days=n) for n in range(7)]


def _told(world: World) -> dict[object, list[dict[str, object]]]:
    told: dict[object, list[dict[str, object]]] = {}
    for row in world.rows["message"]:
        told.setdefault(row["thread_id"], []).append(row)
    return told


@pytest.fixture(scope="module", params=STARTS, ids=lambda start: f"{start:%a}")
def started(request: pytest.FixtureRequest) -> tuple[World, datetime]:
    return build_world(seed=7, start=request.param, policy=Policy()), request.param


def test_every_thread_is_told_in_order_and_lies_in_the_past(started: tuple[World, datetime]) -> None:
    world, start = started
    told = {thread: [int(str(row["sent"])) for row in rows] for thread, rows in _told(world).items()}
    assert set(told) == {row["id"] for row in world.rows["thread"]}
    assert [sent for sent in told.values() if sent != sorted(set(sent))] == []
    assert max(map(max, told.values())) < to_micros(start)


def test_only_messages_to_somebody_are_opened(world: World) -> None:
    opened = [row for row in world.rows["message"] if row["opened"] is not None]
    assert opened
    assert all(row["receiver_id"] for row in opened)


@pytest.mark.rule("MSG-5", "MSG-10")
def test_something_waits_something_is_overdue_and_something_is_closed(started: tuple[World, datetime]) -> None:
    world, start = started
    states: dict[str, set[str]] = {}
    told = _told(world)
    for thread in world.rows["thread"]:
        rows = told[thread["id"]]
        sent = [SentMessage(str(r["sender_id"]), str(r["receiver_id"]), from_micros(int(str(r["sent"])))) for r in rows]
        clinic = BusinessDays(ZoneInfo(str(thread["zone"])), FederalHolidays())
        waits = open_answer(answers(sent, clinic, MessagePolicy(), start))
        reply = may_reply(sent[-1].at, clinic.zone, MessagePolicy(), level=2, now=start)
        state = getattr(reply, "reason", "") or (waits.state if waits else "answered")
        states.setdefault(str(thread["patient_id"]), set()).add(state)
    daniel = next(str(row["id"]) for row in world.rows["person"] if row["given"] == "Daniel")
    assert states[daniel] == {"waiting", "overdue", "answered", "reply-window-closed"}
    for state in ("waiting", "overdue"):
        assert sum(state in found for found in states.values()) >= 3
