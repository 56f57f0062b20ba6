"""The acts of one person on one server: each on the disk, sealed and synced, until it is known what became of it."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ParamSpec

from genesis_tui.models.acts import Act
from genesis_tui.models.base.errors import DiskFault
from genesis_tui.session.acts.base.kind import AnyKind
from genesis_tui.store.acts import act_tree

if TYPE_CHECKING:
    from genesis_tui.store.vault import Vault

P = ParamSpec("P")
OUT, RECEIPT = "out-", "receipt-"
_LASTS = 90 * 24 * 60 * 60.0
"""Seconds that a receipt stays."""


class ActsUnderWay:
    """What is on its way, by key, and what of this session is done."""

    def __init__(self, shelf: "Vault") -> None:
        self.heard: Callable[[Act], None] = lambda _: None
        """Told each change of an act."""
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.items: dict[str, Act] = {}
        self.receipts: dict[str, Act] = {}
        """What became of acts of earlier sessions, where that stays on this computer."""
        self.changed = asyncio.Event()
        self._shelf = shelf
        self._kinds: dict[str, AnyKind] = {}

    def open(self, kinds: Iterable[AnyKind]) -> int:
        """Read what an earlier session left; how much of it does not open here."""
        self._kinds = {kind.name: kind for kind in kinds}
        self._open_receipts()
        opened = [self._load(name) for name in self._shelf.names() if name.startswith(OUT)]
        return opened.count(False)

    def kind(self, act: Act) -> AnyKind:
        """Its kind."""
        return self._kinds[act.kind]

    def hold(self, key: str) -> AbstractContextManager[bool]:
        """Whether no other process works on it; meanwhile none can. Raises DiskFault."""
        return self._shelf.hold(f"{OUT}{key}")

    async def keep(self, act: Act) -> None:
        """Have it on the disk, then tell it. Raises DiskFault."""
        await _to_the_end(self._shelf.write, f"{OUT}{act.key}", self.kind(act).written(act))
        self.items[act.key] = act
        self.tell(act)

    async def settle(self, act: Act) -> None:
        """It is known what became of it: it is on its way no more, and at most its receipt is on the disk."""
        if self.kind(act).lasts(act):
            with suppress(DiskFault):
                await _to_the_end(self._shelf.write, f"{RECEIPT}{act.key}", self.kind(act).written(act))
        await _to_the_end(self._shelf.remove, f"{OUT}{act.key}")
        self.items[act.key] = act
        self.tell(act)

    async def forget(self, act: Act) -> None:
        """It is on its way no more, and nothing is told."""
        await _to_the_end(self._shelf.remove, f"{OUT}{act.key}")
        del self.items[act.key]

    async def newest(self, act: Act) -> Act | None:
        """As it is on the disk now, where another process may have tried it; None where that one has settled it."""
        name = f"{OUT}{act.key}"
        content = await asyncio.to_thread(self._shelf.read, name)
        if content is None and name not in await asyncio.to_thread(self._shelf.names):
            return None
        self.items[act.key] = found = self._read(content) or act
        return found

    def tell(self, act: Act) -> None:
        self.changed.set()
        self.heard(act)

    def _open_receipts(self) -> None:
        old = self._shelf.names(older_than=_LASTS)
        for name in [name for name in self._shelf.names() if name.startswith(RECEIPT)]:
            if name in old:
                with suppress(DiskFault):
                    self._shelf.remove(name)
            elif (act := self._read(self._shelf.read(name))) is not None:
                self.receipts[act.key] = act

    def _load(self, name: str) -> bool:
        """Whether it opens here, or is settled by now."""
        try:
            with self._shelf.hold(name) as mine:
                return self._take(name, mine=mine)
        except DiskFault:
            return self._take(name, mine=False)

    def _take(self, name: str, *, mine: bool) -> bool:
        """What another process works on may be undone at any moment, so nothing is done about that here."""
        act = self._read(self._shelf.read(name))
        if act is not None:
            self.items[act.key] = act
            if mine:
                self.kind(act).resumed(act)
        return act is not None or name not in self._shelf.names()

    def _read(self, content: bytes | None) -> Act | None:
        """The act; None where this version can't read it."""
        tree = act_tree(content)
        kind = self._kinds.get(str(tree["kind"])) if tree is not None else None
        try:
            act: Act | None = kind.read(tree) if kind is not None and tree is not None else None
        except (KeyError, TypeError, ValueError):
            return None
        return act


async def _to_the_end(act: Callable[P, object], *args: P.args, **named: P.kwargs) -> None:
    """On a thread; what is begun is done before this is left, cancelled or not."""
    doing = asyncio.ensure_future(asyncio.to_thread(act, *args, **named))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise
