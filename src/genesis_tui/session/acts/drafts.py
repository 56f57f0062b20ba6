"""A draft that is deleted, or sent as another one: the server lets it go too, whenever that is (MSG-8)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from genesis_tui.models.acts import Act
from genesis_tui.models.base.errors import DiskFault
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.session.acts.base.under_way import OUT
from genesis_tui.store.acts import act_bytes, act_in

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.messages.drafts import PortalDrafts
    from genesis_tui.store.vault import Vault

_GONE = "gone-"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDeletion(Act):
    """It is gone here already; the server may have it though its answer never came."""

    KIND: ClassVar[str] = "delete-draft"
    kind: str = KIND
    patient_id: str = ""
    draft_id: str


class Gone(Protocol):
    """The drafts, as far as deleting needs them."""

    def never_again(self, draft_id: str) -> None:
        """What still comes of a draft that was deleted is not kept."""


class DraftDeletions(ActKind[DraftDeletion, bool]):
    """Deleting one twice deletes it once."""

    name: ClassVar[str] = DraftDeletion.KIND
    waits = True

    def __init__(self, api: "PortalDrafts", drafts: Gone) -> None:
        self._api = api
        self._drafts = drafts

    def read(self, tree: dict[str, Any]) -> DraftDeletion:
        return act_in(tree, DraftDeletion)

    def named(self, act: DraftDeletion) -> str:
        return "the deletion of a draft"

    def resumed(self, act: DraftDeletion) -> None:
        self._drafts.never_again(act.draft_id)

    async def send(self, act: DraftDeletion) -> bool:
        await self._api.drop_draft(act.draft_id, act.key)
        return True

    async def became_of(self, act: DraftDeletion) -> bool | None:
        return await self._api.dropped(act.key)


def adopt(shelf: "Vault", asked: datetime) -> None:
    """Versions before wrote a deletion down as an empty file with the draft's id in its name."""
    for name in [name for name in shelf.names() if name.startswith(_GONE)]:
        act = deletion(name.removeprefix(_GONE), asked)
        with suppress(DiskFault):
            shelf.write(f"{OUT}{act.key}", act_bytes(act))
            shelf.remove(name)


def deletion(draft_id: str, asked: datetime, patient_id: str = "") -> DraftDeletion:
    """The act that deletes a draft."""
    return DraftDeletion(draft_id=draft_id, asked=asked, patient_id=patient_id)
