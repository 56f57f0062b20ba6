"""What one kind of act is: how it is written down, sent, named and undone, and whether it may wait for the network."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from genesis_tui.models.acts import Act
from genesis_tui.store.acts import act_bytes

A = TypeVar("A", bound=Act)
T = TypeVar("T")


class ActKind(ABC, Generic[A, T]):
    """One kind. `A` is its act, `T` what the server answers where it is done."""

    name: ClassVar[str]
    waits: ClassVar[bool] = False
    """Whether it is done however late the network comes back; else it is done now, or it is not done."""
    asks: ClassVar[bool] = False
    """Whether what waited for longer than a day is done only once the person says so again."""

    def written(self, act: A) -> bytes:
        """As it stands on the disk."""
        return act_bytes(act)

    @abstractmethod
    def read(self, tree: dict[str, Any]) -> A:
        """What `written` wrote, in this version or an earlier one. Raises KeyError, TypeError, ValueError."""

    @abstractmethod
    def named(self, act: A) -> str:
        """What it is, for a sentence: `the message to Dr. Smith`."""

    async def prepare(self, act: A) -> None:
        """Give the server what the act names. Raises ApiError."""

    @abstractmethod
    async def send(self, act: A) -> T:
        """Have it done under its key. Raises ApiError."""

    @abstractmethod
    async def became_of(self, act: A) -> T | None:
        """What became of its key: as `send`; None only where it is certain that the server never got it.

        Raises:
            Refused: the server refused it, with its words; reason `in-flight` while it is being done.
            ApiError: it did not say.
        """

    def done(self, act: A, answer: T) -> A:
        """The act with what the server answered."""
        return act

    def lasts(self, act: A) -> bool:
        """Whether what became of it stays on this computer, since the server itself tells of it nowhere."""
        return False

    # what goes with it on this computer

    def resumed(self, act: A) -> None:
        """An earlier session asked for it, and no other process works on it."""

    async def begun(self, act: A) -> None:
        """It is on the disk."""

    async def ended(self, act: A) -> None:
        """It is done; what it needed can go."""

    async def undo(self, act: A) -> A:
        """It is not to be done: here it is as before it was asked for. `why` are the server's words, if it has any."""
        return act

    async def undone_elsewhere(self, act: A) -> A | None:
        """The act where another process undid it; None where that is not known."""
        return None


AnyKind = ActKind[Any, Any]
