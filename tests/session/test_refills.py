"""Getting more for a person: what one act meets leaves the other, and a receipt tells of each item."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
import stamina

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.acts import ActStage
from genesis_tui.models.refills.get_more import GetMore, Way
from tests.session.refill_acts import prescribe
from tests.session.test_acts_through_faults import At, Losing, begun, until
from tests.session.test_outbox import signed_in


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


async def preview(at: At, *ids: str) -> GetMore:
    more = await at.portal.refills.preview(at.record.patient, ids)
    point = next(one for one in more.points if one.kind == "pharmacy" and one.military)
    return replace(more, point=point)


@pytest.mark.rule("RX-8", "RX-11")
async def test_refills_and_renewals_are_acts_of_their_own_in_batches(mock: Mock) -> None:
    link = Losing(httpx.ASGITransport(create_app(mock)))
    async with signed_in(mock, link, "elena.reyes") as portal:
        at = await begun(mock, portal)
        refills = [f"own-{number}" for number in range(51)]
        for id in refills:
            prescribe(at, id, 3)
        prescribe(at, "ended", 0)
        more = await preview(at, *refills, "ended")
        more = replace(more, notes={"ended": " School wants a second one. "})
        assert (more.count, {rx.id for rx in more.by_way(Way.RENEWAL)}) == (52, {"ended"})
        first, second, renewal = await portal.refills.ask(more)
        assert [(one.way, len(one.items)) for one in (first, second, renewal)] == [
            (Way.REFILL, 50),
            (Way.REFILL, 1),
            (Way.RENEWAL, 1),
        ]
        assert all(len(one.requested) == len(one.items) for one in (first, second, renewal))
        assert renewal.items[0].note == "School wants a second one."
        assert not (await preview(at, *refills, "ended")).count, "the server has them all"
        kept = await portal.refills.receipts(at.record.patient.id)
        assert {one.key for one in kept} == {first.key, second.key, renewal.key}
        assert await portal.refills.receipts("somebody") == ()


@pytest.mark.rule("RX-10")
async def test_what_is_not_known_is_told_so_and_known_later(mock: Mock) -> None:
    link = Losing(httpx.ASGITransport(create_app(mock)))
    async with signed_in(mock, link, "elena.reyes") as portal:
        at = await begun(mock, portal)
        for id, repeats in (("own-1", 3), ("ended", 0)):
            prescribe(at, id, repeats)
        more = await preview(at, "own-1", "ended")
        link.losing = True
        refill, renewal = await portal.refills.ask(more)
        assert (refill.stage, refill.error and refill.error.reason) == (ActStage.UNKNOWN, "not-known")
        assert refill.words(refill.items[0]) == "not known yet: asking the server"
        assert renewal.is_undone, "it never left"
        link.down = link.losing = False
        outbox = (await portal.messaging()).outbox
        await until(lambda: not any(act.unsent for act in outbox.acts))
        known = {one.way: one for one in await portal.refills.receipts()}
        assert known[Way.REFILL].words(refill.items[0]) == f"requested, {more.point.name if more.point else ''}"
        assert known[Way.RENEWAL].is_undone
        assert [rx.id for rx in (await preview(at, "own-1", "ended")).by_way(Way.RENEWAL)] == ["ended"]


@pytest.mark.rule("RX-8")
async def test_what_was_refused_stays_on_this_computer_and_what_was_requested_with_the_server(mock: Mock) -> None:
    link = Losing(httpx.ASGITransport(create_app(mock)))
    async with signed_in(mock, link, "elena.reyes") as portal:
        at = await begun(mock, portal)
        for id in ("own-1", "own-2"):
            prescribe(at, id, 3)
        more = await preview(at, "own-1", "own-2")
        await portal.refills.ask(replace(more, rows=tuple(rx for rx in more.rows if rx.id == "own-1")))
        (mixed,) = await portal.refills.ask(more)
        assert {one.prescription: one.reason for one in mixed.outcomes} == {"own-1": "request-pending", "own-2": ""}
    async with signed_in(mock, link, "elena.reyes") as portal:
        (kept,) = await portal.refills.receipts(at.record.patient.id)
        assert (kept.key, kept.items, kept.outcomes) == (mixed.key, mixed.items, mixed.outcomes)
        outbox = (await portal.messaging()).outbox
        assert (outbox.acts, outbox.unknown, outbox.unopened) == ((), (), 0)
    async with signed_in(mock, link) as portal:
        assert await portal.refills.receipts() == (kept,)
    async with signed_in(mock, link, "daniel.reyes") as portal:
        assert await portal.refills.receipts() == ()
