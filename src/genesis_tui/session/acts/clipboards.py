"""Clipboards: what is answered so far goes to the clinic, and is handed in once (CLIP-1)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from genesis_tui.models.acts import Act
from genesis_tui.models.appointments.clipboards.questions import Submitted
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.store.acts import act_in

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.appointments.clipboards.clipboards import PortalClipboards


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipboardSave(Act):
    """The answers as the server takes them, in place of its `version`; `made` is the new one."""

    KIND: ClassVar[str] = "save-clipboard"
    kind: str = KIND
    clipboard_id: str
    what: str
    """The visit, in words."""
    version: int
    response: str
    made: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipboardSubmission(Act):
    """The same, handed in; `made` says when and by whom, once it is."""

    KIND: ClassVar[str] = "submit-clipboard"
    kind: str = KIND
    clipboard_id: str
    what: str
    version: int
    response: str
    made: Submitted | None = None


class ClipboardSaves(ActKind[ClipboardSave, int]):
    """Keeping answers: they wait for the network, as drafts do."""

    name: ClassVar[str] = ClipboardSave.KIND
    waits = True

    def __init__(self, api: "PortalClipboards") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> ClipboardSave:
        return act_in(tree, ClipboardSave)

    def named(self, act: ClipboardSave) -> str:
        return f"the answers for {act.what}"

    async def send(self, act: ClipboardSave) -> int:
        return await self._api.save(act.patient_id, act.clipboard_id, act.version, act.response, act.key)

    async def became_of(self, act: ClipboardSave) -> int | None:
        return await self._api.saved(act.key)

    def done(self, act: ClipboardSave, answer: int) -> ClipboardSave:
        return replace(act, made=answer)


class ClipboardSubmissions(ActKind[ClipboardSubmission, Submitted]):
    """Handing in: now, or not at all."""

    name: ClassVar[str] = ClipboardSubmission.KIND

    def __init__(self, api: "PortalClipboards") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> ClipboardSubmission:
        return act_in(tree, ClipboardSubmission, made=None)

    def named(self, act: ClipboardSubmission) -> str:
        return f"the clipboard for {act.what}"

    async def send(self, act: ClipboardSubmission) -> Submitted:
        return await self._api.submit(act.patient_id, act.clipboard_id, act.version, act.response, act.key)

    async def became_of(self, act: ClipboardSubmission) -> Submitted | None:
        return await self._api.submitted(act.key)

    def done(self, act: ClipboardSubmission, answer: Submitted) -> ClipboardSubmission:
        return replace(act, made=answer)
