"""Refills and renewals, several of one patient in one act, with the server's word on each (RX-8, RX-10).

Neither waits for the network: what was not asked for now is asked for by the person again, or not at all.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from genesis_tui.models.acts import Act
from genesis_tui.models.refills.get_more import ItemOutcome, Receipt, RefillItem, Way
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.store.acts import act_in
from genesis_tui.store.messages import instant_of

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.refills import PortalRefills
    from genesis_tui.models.base.errors import ApiError


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreAct(Act):
    """Refills (kind `refill`), or renewals (`renewal`); `made` is the server's word on each, once it is done."""

    items: tuple[RefillItem, ...]
    pick_up: str = ""
    """Id of the point where refills are picked up."""
    point: str = ""
    """Its name."""
    made: tuple[ItemOutcome, ...] = ()

    def receipt(self, error: "ApiError | None" = None) -> Receipt:
        """What was asked for, and what became of it."""
        return Receipt(
            key=self.key,
            way=Way(self.kind),
            patient_id=self.patient_id,
            asked=self.asked,
            stage=self.stage,
            items=self.items,
            outcomes=self.made,
            point=self.point,
            error=error,
            why=self.why,
        )


class Refills(ActKind[MoreAct, tuple[ItemOutcome, ...]]):
    """Asking for refills."""

    name: ClassVar[str] = Way.REFILL.value

    def __init__(self, api: "PortalRefills") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> MoreAct:
        made = tuple(ItemOutcome(**{**one, "from_": instant_of(one["from_"])}) for one in tree.get("made", ()))
        return act_in(tree, MoreAct, items=tuple(RefillItem(**one) for one in tree["items"]), made=made)

    def named(self, act: MoreAct) -> str:
        more = f" and {len(act.items) - 1} more" if len(act.items) > 1 else ""
        return f"the {self.name} of {act.items[0].drug}{more}"

    async def send(self, act: MoreAct) -> tuple[ItemOutcome, ...]:
        return await self._api.refill(act.patient_id, act.pick_up, [one.prescription for one in act.items], act.key)

    async def became_of(self, act: MoreAct) -> tuple[ItemOutcome, ...] | None:
        return await self._api.became_of(act.key)

    def done(self, act: MoreAct, answer: tuple[ItemOutcome, ...]) -> MoreAct:
        return replace(act, made=answer)

    def lasts(self, act: MoreAct) -> bool:
        """What was requested stands in the prescription for good; what was refused nowhere but here."""
        return any(not one.is_requested for one in act.made)


class Renewals(Refills):
    """Asking for renewals."""

    name: ClassVar[str] = Way.RENEWAL.value

    async def send(self, act: MoreAct) -> tuple[ItemOutcome, ...]:
        return await self._api.renew(act.patient_id, [(one.prescription, one.note) for one in act.items], act.key)
