"""Conversations that are marked as read or unread (MSG-7)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from genesis_tui.models.acts import Act
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.store.acts import act_in

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.messages.threads import PortalThreads

READ, UNREAD = "read", "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Act):
    """What is unread in conversations is read (kind `READ`), or the last message to the viewer in each is unread again.

    `messages` are those that are meant alone, none stands for all; `changed` those that were the other before.
    """

    threads: tuple[str, ...]
    messages: tuple[str, ...] = ()
    changed: tuple[str, ...] | None = None


class Marks(ActKind[Mark, tuple[str, ...]]):
    """Marking as read."""

    name: ClassVar[str] = READ

    def __init__(self, api: "PortalThreads") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> Mark:
        messages = tuple(tree.get("messages", ()))
        return act_in(tree, Mark, threads=tuple(tree["threads"]), messages=messages, changed=None)

    def named(self, act: Mark) -> str:
        what = "a conversation" if len(act.threads) == 1 else f"{len(act.threads)} conversations"
        return f"marking {what} as {self.name}"

    async def send(self, act: Mark) -> tuple[str, ...]:
        unread = self.name == UNREAD
        return await self._api.mark(act.patient_id, act.threads, act.messages, act.key, unread=unread)

    async def became_of(self, act: Mark) -> tuple[str, ...] | None:
        return await self._api.marked(act.key)

    def done(self, act: Mark, answer: tuple[str, ...]) -> Mark:
        return replace(act, changed=answer)


class UnreadMarks(Marks):
    """Marking as unread."""

    name: ClassVar[str] = UNREAD
