"""Keeping what is answered: on the disk within a second, at the clinic when it can be (CLIP-1, as MSG-9 for drafts)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from genesis_tui.models.appointments.clipboards.questions import Answers, ClipboardConflict, Filling
from genesis_tui.models.base.errors import ApiError, Refused, SignedOut
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.frame.status import NOT_KEPT

if TYPE_CHECKING:
    from textual.timer import Timer

    from genesis_tui.screens.base.place import Place
    from genesis_tui.session.clipboards import ClipboardWork

ON_DISK = 0.4
"""Seconds from the first change that is not kept yet."""
ON_SERVER = 3.0
"""Seconds without a change before the clinic is told."""
HERE = "kept here, not at the clinic yet"
NOT_KEPT_YET = "not kept yet"
"""With `--private` the clinic alone keeps answers."""


class FillingView(Protocol):
    """The form, as far as keeping its answers shows there."""

    def show_kept(self, words: str, *, ok: bool) -> None:
        """Where the answers are kept, in words."""

    def conflicted(self, conflict: ClipboardConflict) -> None:
        """They were changed elsewhere meanwhile."""

    def refused(self, error: Refused) -> None:
        """The clinic takes no more answers."""


class Saving:
    """Keeps what a form is answered with."""

    def __init__(self, place: "Place", view: FillingView, filling: Filling, work: "ClipboardWork") -> None:
        """`place` runs timers and workers; `view` is the form on it."""
        self._place = place
        self._view = view
        self.work = work
        self.filling = filling
        self.done = False
        """True once it is handed in or can't be changed: nothing of it is kept any more."""
        self._unsaved = False
        self._disk: Timer | None = None
        self._net: Timer | None = None

    def changed(self, answers: Answers) -> None:
        """Something was answered; the clinic has other answers from now on."""
        if answers == self.filling.answers or self.done:
            return
        self.filling, self._unsaved = replace(self.filling, answers=answers, on_server=False), True
        if self._disk is None:
            self._disk = self._place.set_timer(ON_DISK, self._due)
        if self._net is not None:
            self._net.stop()
        self._net = self._place.set_timer(ON_SERVER, self.keep_on_server)

    def stop(self) -> None:
        """Nothing more is told to the clinic: it is being handed in."""
        for timer in (self._disk, self._net):
            if timer is not None:
                timer.stop()
        self._disk = self._net = None
        self._place.workers.cancel_group(self._place, "server")

    def _due(self) -> None:
        self._disk = None
        self._place.start("keep", self._keep)

    async def _keep(self) -> None:
        if self.done or not self._unsaved:
            return
        answers = self.filling.answers
        try:
            kept = await self.work.keep(self.filling)
        except ApiError as error:
            self._view.show_kept("not kept: the disk can't be written to", ok=False)
            self._place.shell.report(error)
            return
        self._unsaved = self._unsaved and self.filling.answers != answers
        self._take(kept)

    def keep_at_once(self) -> bool:
        """Write the answers to the disk before anything else happens; whether all of them are kept."""
        if self.done or not self._unsaved:
            return True
        try:
            self.filling = self.work.keep_now(self.filling)
        except ApiError as error:
            self._place.shell.report(error)
            return False
        self._unsaved = False
        return True

    def keep_on_server(self) -> None:
        """Quietly: where the server can't be reached, the disk has it."""
        self._place.start("server", self._keep_on_server, exclusive=True)

    async def _keep_on_server(self) -> None:
        if self.done:
            return
        place = self._place
        try:
            self.work = (await place.shell.portal.messaging()).clipboards
            found = await self.work.keep_on_server(self.filling)
        except SignedOut:
            return
        except Refused as refused:
            self._view.refused(refused)
        except ApiError as error:
            self._view.show_kept(HERE, ok=False)
            place.not_fetched(place.fetched, error)
        else:
            place.fetched = Fetched("ready", place.shell.now())
            place.shell.unsay(NOT_KEPT)
            if isinstance(found, ClipboardConflict):
                self._view.conflicted(found)
            else:
                self._take(found)

    def _take(self, kept: Filling) -> None:
        """The same answers with when and where they are kept."""
        same = kept.answers == self.filling.answers
        self.filling = replace(kept, answers=self.filling.answers, on_server=kept.on_server and same)
        if self.filling.on_server:
            self._unsaved = False  # what the clinic has is on the disk too
            self._view.show_kept(f"saved {self._place.shell.now():%H:%M}", ok=True)
        elif not self.work.lasts:
            self._view.show_kept(NOT_KEPT_YET, ok=False)
        elif not self._unsaved:
            self._view.show_kept(f"saved {self._place.shell.now():%H:%M}, here", ok=True)

    def show_before(self) -> None:
        """What an earlier visit left: answers here alone, or when the clinic got them."""
        filling = self.filling
        if not filling.on_server:
            self._view.show_kept(HERE, ok=False)
            self._net = self._net or self._place.set_timer(ON_DISK, self.keep_on_server)
        elif filling.clipboard.saved is not None:
            self._view.show_kept(f"saved {self._place.shell.local(filling.clipboard.saved):%H:%M}", ok=True)

    def close(self) -> None:
        """Leave the form; the clinic is told without anybody waiting for it."""
        if not self.keep_at_once():
            return
        filling, work, app = self.filling, self.work, self._place.app

        async def tell() -> None:
            try:
                await work.keep_on_server(filling)
            except ApiError:
                return

        if not (self.done or filling.on_server):
            app.run_worker(tell(), group="clipboards", exit_on_error=False)
        app.pop_screen()
