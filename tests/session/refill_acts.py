"""Refills and renewals for the tests of every act: a batch each, with an item that is refused among them (RX-8)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genesis_tui.models.acts import ActStage
from genesis_tui.models.refills.get_more import GetMore
from genesis_tui.session.acts.refills import MoreAct
from tests.portal import prescribing
from tests.small_world import START

if TYPE_CHECKING:
    from tests.session.test_acts_through_faults import At


def prescribe(at: "At", id: str, repeats: int) -> None:
    """A prescription of Maya's that was filled a hundred days ago, for ninety."""
    days = (at.mock.clock.now() - START).days - 100
    prescribing.prescribe(at.mock, at.record.patient.id, id, repeats=repeats, drug=f"Drug {id}", fills=(days,))


async def batches(at: "At", repeats: int) -> list[Any]:
    """Two that can be had for each act, and one that the server does not know."""
    for number in range(2 * at.most):
        prescribe(at, f"own-{number}", repeats)
    known = {rx.id: rx for rx in (await at.record.refills.load()).rows}
    point = next(one for one in await at.portal.refills.points() if one.kind == "pharmacy" and one.military)
    return [
        GetMore(
            at.record.patient,
            (known[f"own-{2 * n}"], replace(known["own-0"], id=f"none-{n}"), known[f"own-{2 * n + 1}"]),
            (point,),
            point,
        )
        for n in range(at.most)
    ]


async def refillable(at: "At") -> list[Any]:
    return await batches(at, 3)


async def renewable(at: "At") -> list[Any]:
    return await batches(at, 0)


async def get_more(at: "At", number: int) -> None:
    """What became of each item is known, and each request is another one, however often the server was asked."""
    [receipt] = await at.portal.refills.ask(at.ready[number])
    if receipt.error is not None:
        raise receipt.error


def had_what_was_asked_for(at: "At", kind: str) -> None:
    """RX-8: of each act that was done, two items were asked for and one was refused; no two have one request."""
    done = [act.receipt() for act in at.post.outbox.acts if isinstance(act, MoreAct) and act.stage is ActStage.SENT]
    outcomes = [[(one.outcome, bool(one.request), one.reason) for one in receipt.outcomes] for receipt in done]
    asked = ("requested", True, "")
    assert all(found == [asked, ("refused", False, "not-found"), asked] for found in outcomes)
    ids = [one.request for receipt in done for one in receipt.outcomes if one.request]
    assert (
        len(ids)
        == len({*ids})
        == at.count("SELECT count(*) FROM pharmacy_request WHERE kind = ? AND prescription_id LIKE 'own-%'", kind)
    )
