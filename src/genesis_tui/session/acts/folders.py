"""The viewer's own folders, and conversations that are moved into them (MSG-7, MSG-8)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from genesis_tui.models.acts import Act
from genesis_tui.models.messages.threads import Folder
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.store.acts import act_in

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.messages.threads import PortalThreads


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFolder(Act):
    """A folder that is made; `made` once it is."""

    kind: str = "make-folder"
    name: str
    made: Folder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRemoval(Act):
    """An own folder that is taken away."""

    kind: str = "remove-folder"
    folder_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Act):
    """Conversations that go into a folder; `was` is the folder that each was in, once they are there."""

    kind: str = "move"
    threads: tuple[str, ...]
    folder: str
    was: Mapping[str, str] | None = None


class NewFolders(ActKind[NewFolder, Folder]):
    """Making folders."""

    name: ClassVar[str] = "make-folder"

    def __init__(self, api: "PortalThreads") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> NewFolder:
        return act_in(tree, NewFolder, made=Folder(**tree["made"]) if tree["made"] else None)

    def named(self, act: NewFolder) -> str:
        return f"the folder {act.name}"

    async def send(self, act: NewFolder) -> Folder:
        return await self._api.make_folder(act.patient_id, act.name, act.key)

    async def became_of(self, act: NewFolder) -> Folder | None:
        return await self._api.folder_made(act.key)

    def done(self, act: NewFolder, answer: Folder) -> NewFolder:
        return replace(act, made=answer)


class FolderRemovals(ActKind[FolderRemoval, bool]):
    """Taking folders away."""

    name: ClassVar[str] = "remove-folder"

    def __init__(self, api: "PortalThreads") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> FolderRemoval:
        return act_in(tree, FolderRemoval)

    def named(self, act: FolderRemoval) -> str:
        return "the removal of a folder"

    async def send(self, act: FolderRemoval) -> bool:
        await self._api.remove_folder(act.folder_id, act.key)
        return True

    async def became_of(self, act: FolderRemoval) -> bool | None:
        return await self._api.done(act.key)


class Moves(ActKind[Move, Mapping[str, str]]):
    """Moving conversations; undone by moving each back."""

    name: ClassVar[str] = "move"

    def __init__(self, api: "PortalThreads") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> Move:
        return act_in(tree, Move)

    def named(self, act: Move) -> str:
        return "moving a conversation" if len(act.threads) == 1 else f"moving {len(act.threads)} conversations"

    async def send(self, act: Move) -> Mapping[str, str]:
        return await self._api.move(act.patient_id, act.threads, act.folder, act.key)

    async def became_of(self, act: Move) -> Mapping[str, str] | None:
        return await self._api.moved(act.key)

    def done(self, act: Move, answer: Mapping[str, str]) -> Move:
        return replace(act, was=answer)
