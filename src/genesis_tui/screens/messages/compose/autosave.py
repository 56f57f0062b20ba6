"""Keeping what is typed: on the disk within a second of the first keystroke, on the server when it can be (MSG-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from genesis_tui.models.base.errors import ApiError, Refused, SignedOut
from genesis_tui.models.messages.drafts import Conflict, Draft
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.frame.bar import Fetched

if TYPE_CHECKING:
    from textual.timer import Timer

    from genesis_tui.session.messages.messaging import Messaging

ON_DISK = 0.4
"""Seconds from the first keystroke that is not kept yet; pauses do not matter."""
_AGAIN = 2.0
"""Seconds until a disk that did not take it is tried again."""
ON_SERVER = 3.0
"""Seconds without a keystroke before the server is told."""


class Autosave(Place):
    """A screen that writes `draft`. Subclasses say what the state of keeping looks like (`show_kept`)."""

    def __init__(self, draft: Draft, post: Messaging) -> None:
        super().__init__()
        self.draft = draft
        self.began = draft
        self.post = post
        self.done = False
        """True once it is sent or thrown away: nothing of it is kept any more."""
        self._unsaved = False
        self._disk: Timer | None = None
        self._net: Timer | None = None
        self._reason = ""
        """Why the draft was not kept, as it was told last; nobody is told the same with every keystroke."""

    def show_kept(self, words: str, *, ok: bool) -> None:
        """Where the draft is kept, in words."""

    def conflicted(self, conflict: Conflict) -> None:
        """The draft was changed elsewhere meanwhile."""

    def changed(self, draft: Draft) -> None:
        """Something was typed; the server has other words from now on."""
        if draft == self.draft or self.done:
            return
        self.draft, self._unsaved = replace(draft, on_server=False), True
        if self._disk is None:
            self._disk = self.set_timer(ON_DISK, self._due)
        if self._net is not None:
            self._net.stop()
        self._net = self.set_timer(ON_SERVER, self.keep_on_server)

    def stop_keeping(self) -> None:
        """Nothing more is told to the server: it is being sent."""
        for timer in (self._disk, self._net):
            if timer is not None:
                timer.stop()
        self._disk = self._net = None
        self.workers.cancel_group(self, "server")

    def _due(self) -> None:
        self._disk = None
        self.keep()

    @work(group="keep")
    async def keep(self) -> None:
        """Write it to the disk, whatever else goes on."""
        if self.worthless or not self._unsaved:
            return
        self._unsaved = False
        try:
            kept = await self.post.drafts.keep(self.draft)
        except ApiError as error:
            self._unsaved = True
            self._disk = self._disk or self.set_timer(_AGAIN, self._due)
            self.show_kept("not kept: the disk does not take it", ok=False)
            self._tell_once(error)
        else:
            self._take(kept)

    def keep_at_once(self) -> None:
        """The same before anything else happens: the screen goes."""
        if not self._unsaved or self.worthless:
            return
        self._unsaved = False
        try:
            self.post.drafts.keep_now(self.draft)
        except ApiError as error:
            self.shell.report(error)

    def on_unmount(self) -> None:
        """Whatever made the screen go, what was typed stays."""
        self.keep_at_once()

    @work(exclusive=True, group="server")
    async def keep_on_server(self) -> None:
        """Quietly: where the server can't be reached, the disk has it."""
        if self.done or self.worthless or len(self.draft.body) > self.post.limits.body:
            return
        try:
            found = await self.post.drafts.keep_on_server(self.draft)
        except SignedOut:
            return
        except Refused as refused:
            self._not_there(refused)
        except ApiError as error:
            self.not_fetched(self.fetched, error)
        else:
            self.fetched = Fetched("ready", self.shell.now())
            if isinstance(found, Conflict):
                self.conflicted(found)
            else:
                self._take(found)

    def _not_there(self, refused: Refused) -> None:
        """The server does not take the draft."""
        self.show_kept("kept here only", ok=False)
        self._tell_once(refused)

    def _tell_once(self, error: ApiError) -> None:
        if error.reason != self._reason:
            self._reason = error.reason
            self.shell.report(error)

    def _take(self, kept: Draft) -> None:
        """The same words with when and where they are kept."""
        if self.done:
            return
        if kept.same_words(self.draft):
            self.draft = kept
        else:
            version = max(kept.version, self.draft.version)
            self.draft = replace(self.draft, version=version, id=kept.id, saved=kept.saved)
        if kept.saved is not None:
            where = "" if kept.on_server else ", here"
            self.show_kept(f"draft saved {self.shell.now():%H:%M}{where}", ok=True)

    @property
    def worthless(self) -> bool:
        """Nothing that would be missed: never kept, and nothing in it but what it began with."""
        untouched = self.draft.blank or self.draft.same_words(self.began)
        return self.done or (self.draft.saved is None and untouched)
