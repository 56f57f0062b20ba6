"""The app as screens know it: imported for its types alone."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from textual.screen import Screen

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.family import Family, FamilyMember
from genesis_tui.models.sign_in import Host, SignedIn
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import Settings
from genesis_tui.widgets.drawing.themes import Paint
from genesis_tui.widgets.frame.status import Status

if TYPE_CHECKING:
    from textual.worker import Worker

    from genesis_tui.models.messages.drafts import Draft
    from genesis_tui.models.messages.threads import ThreadRow


Reopening = Callable[[], Awaitable[Screen[Any]]]
"""Makes a screen again that a lock closed. Raises ApiError where what it needs is not to be had."""


class Shell(Protocol):
    """What screens may ask of the app."""

    portal: Portal
    host: Host | None
    settings: Settings
    people: Family | None
    """The last answer of `Portal.family`; None before the first."""

    @property
    def paint(self) -> Paint:
        """Styles of the theme in force."""

    @property
    def unfinished(self) -> dict[str, Any]:
        """Forms that were left half-filled, each by a key of its own; gone with their person."""

    @property
    def notes(self) -> tuple[Status, ...]:
        """Messages that wait for the reader."""

    def report(self, error: ApiError) -> None:
        """Put an error in the message line."""

    def say(self, lead: str, text: str = "", *, ok: bool = True, about: str = "") -> None:
        """Put words in the message line; those that are not `ok` stay until `esc`, or until others about the same."""

    def tell(self, lead: str, text: str = "", *, about: str = "") -> None:
        """Put words in the message line that are no success: they pass, and have no tick."""

    def unsay(self, about: str) -> None:
        """What was said about this holds no longer."""

    def clear_notes(self) -> None:
        """Put the messages away."""

    def go(self, place: str) -> None:
        """Open a place by its id."""

    def action_sign_out(self) -> "Worker[None]":
        """Sign out, and forget everything of the person."""

    def refresh_person(self) -> "Worker[None]":
        """Ask again who is signed in and what is open to them: it has changed."""

    def action_leave(self) -> None:
        """Close the screen on top, or go to Home; from there, and from signing in, quit."""

    def sign_in_again(self) -> None:
        """Go to the sign-in screen with everybody who is signed in for staying so."""

    def back(self) -> None:
        """Close the screen on top, or go to the place before."""

    def open_record(self, member: FamilyMember, place: str = "results", item: str = "") -> None:
        """Close the open record and open `member`'s, at `place` or at what is open to the viewer there.

        `item` is the key of what the place should show.
        """

    def opening(self, *, leave: bool = False) -> AbstractContextManager[None]:
        """Keys wait until this ends: they are for what it opens. `leave`: `esc` goes to what is left by it."""

    def deaf(self) -> AbstractContextManager[None]:
        """Until this ends keys are for nothing, but those that work everywhere, and `esc`."""

    def unasked(self) -> None:
        """A question comes that nobody asked for; keys that are being typed are no answer to it."""

    def follow_slots(self) -> None:
        """Something is watched: from now on it is told here when an earlier slot is found."""

    def write(
        self,
        patient: FamilyMember,
        *,
        draft: "Draft | None" = None,
        thread: "ThreadRow | None" = None,
        subject: str = "",
        body: str = "",
        category: str = "",
        entry: str = "",
        to: tuple[str, ...] = (),
    ) -> "Worker[None]":
        """Open the form for a message about `patient`: a draft, a reply in `thread`, or a new one with these words.

        `to` are names of recipients, of whom the first that can be written to is chosen.
        """

    wanted: str
    """The key of what the place should show; `take_wanted` gives it once."""

    def take_wanted(self) -> str:
        """The key of what the place should show, once; empty where nothing in particular was asked for."""

    async def enter(self, me: SignedIn) -> None:
        """Open the app for the person who signed in."""

    def local(self, at: datetime) -> datetime:
        """An instant in the zone of the person signed in."""

    def now(self) -> datetime:
        """The server's time as far as it is known, in the zone of the person signed in."""
