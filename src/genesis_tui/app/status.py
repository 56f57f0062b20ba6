"""The messages above the keys: which are shown, which go by themselves, and which wait for the reader."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.app import App

from genesis_tui.models.base.errors import ApiError, SignedOut, Unreachable
from genesis_tui.widgets.frame.status import PASSING, SECONDS, SIGN_IN, UNREACHED, Status

if TYPE_CHECKING:
    from genesis_tui.screens.base.place import Framed

MOST = 2
"""Messages that are shown at once, the newest."""


class StatusMessages:
    """What the app tells in passing, on whatever screen is on top."""

    def __init__(self, app: App[int], sign_in_ended: Callable[[], object]) -> None:
        """`sign_in_ended` is called when a reported error says that the server ended the sign-in."""
        self.app = app
        self.notes: tuple[Status, ...] = ()
        self._sign_in_ended = sign_in_ended

    def report(self, error: ApiError) -> None:
        """Tell an error: what, why, what to do. An ended sign-in leads back to signing in."""
        text = " ".join(part for part in (error.detail, error.next) if part)
        about = SIGN_IN if isinstance(error, SignedOut) else UNREACHED if isinstance(error, Unreachable) else ""
        self._add(Status(error.title, text, "critical", about))
        if isinstance(error, SignedOut):
            self._sign_in_ended()

    def say(self, lead: str, text: str = "", *, ok: bool = True, about: str = "") -> None:
        """Tell something. What is `ok` goes by itself after six seconds, the rest stays until `esc`.

        `about`: in place of what was said about the same.
        """
        self._add(Status(lead, text, "ok" if ok else "critical", about))

    def tell(self, lead: str, text: str = "", *, about: str = "") -> None:
        """Tell something that is no success; it goes by itself too."""
        self._add(Status(lead, text, "accent", about))

    def stand(self, lead: str, text: str, *, about: str) -> None:
        """Tell what is about to happen. It stands until it is unsaid or put away, whatever else is told meanwhile."""
        self._add(Status(lead, text, "pending", about, stands=True))

    def unsay(self, about: str) -> None:
        """What was said about this holds no longer."""
        left = tuple(note for note in self.notes if note.about != about)
        if left != self.notes:
            self.show(left)

    def clear(self) -> None:
        self.show(())

    def put_away(self) -> bool:
        """Take the messages away, but those that stand, where any waits for the reader; whether one did."""
        found = any(note.waits for note in self.notes)
        if found:
            self.show(tuple(note for note in self.notes if note.stands))
        return found

    def sign_in_over(self) -> None:
        """Nothing that was told to the person outlasts the sign-in but why it has ended."""
        self.show(tuple(note for note in self.notes if note.about == SIGN_IN))

    def show(self, notes: tuple[Status, ...]) -> None:
        """Show the newest of these in place of what is shown, on every screen of the place that is open."""
        others = [note for note in notes if not note.stands]
        standing = [note for note in notes if note.stands]
        dropped = others[: max(0, len(notes) - max(MOST, len(standing)))]
        self.notes = tuple(note for note in notes if note not in dropped)
        for screen in self.app.screen_stack:
            if hasattr(screen, "show_notes"):
                cast("Framed", screen).show_notes(self.notes)

    def _add(self, note: Status) -> None:
        others = (one for one in self.notes if not note.about or one.about != note.about)
        self.show((*others, note))
        if note.tone in PASSING:
            self.app.set_timer(SECONDS, lambda: self.show(tuple(n for n in self.notes if n is not note)))
