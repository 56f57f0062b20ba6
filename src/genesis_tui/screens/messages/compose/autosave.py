"""Keeping what is typed: on the disk within a second of the first keystroke, on the server when it can be (MSG-9)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from genesis_tui.models.base.errors import ApiError, Refused, SignedOut
from genesis_tui.models.messages.drafts import Conflict, Draft
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.frame.status import NOT_KEPT as STATUS_NOT_KEPT

if TYPE_CHECKING:
    from textual.timer import Timer

    from genesis_tui.screens.base.place import Place
    from genesis_tui.session.messages.messaging import Messaging

ON_DISK = 0.4
"""Seconds from the first keystroke that is not kept yet; pauses do not matter."""
NOT_KEPT = "not kept yet"
"""What was typed with `--private` since the server heard of it last, if it ever did."""
_AGAIN = 2.0
"""Seconds until a disk that did not take it is tried again."""
ON_SERVER = 3.0
"""Seconds without a keystroke before the server is told."""


class DraftView(Protocol):
    """The form, as far as keeping its draft shows there."""

    def show_kept(self, words: str, *, ok: bool) -> None:
        """Where the draft is kept, in words."""

    def conflicted(self, conflict: Conflict) -> None:
        """The draft was changed elsewhere meanwhile."""


class Autosave:
    """Keeps the draft that a form writes."""

    def __init__(self, place: "Place", view: DraftView, draft: Draft, post: "Messaging") -> None:
        """`place` runs timers and workers; `view` is the form on it."""
        self._place = place
        self._view = view
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
        self._warned = False
        """Whether somebody who wanted to leave was told that the draft can't be kept."""

    def changed(self, draft: Draft) -> None:
        """Something was typed; the server has other words from now on."""
        if draft == self.draft or self.done:
            return
        self.draft, self._unsaved = replace(draft, on_server=False), True
        if not self.post.drafts.lasts:
            self._view.show_kept(NOT_KEPT, ok=False)
        if self._disk is None:
            self._disk = self._place.set_timer(ON_DISK, self._due)
        if self._net is not None:
            self._net.stop()
        self._net = self._place.set_timer(ON_SERVER, self.keep_on_server)

    def stop(self) -> None:
        """Nothing more is told to the server: the draft is being sent."""
        for timer in (self._disk, self._net):
            if timer is not None:
                timer.stop()
        self._disk = self._net = None
        self._place.workers.cancel_group(self._place, "server")

    def _due(self) -> None:
        self._disk = None
        self._place.start("keep", self._keep)

    async def _keep(self) -> None:
        """Write it to the disk, whatever else goes on."""
        if self.worthless or not self._unsaved:
            return
        draft = self.draft
        try:
            kept = await self.post.drafts.keep(draft)
        except ApiError as error:
            self._disk = self._disk or self._place.set_timer(_AGAIN, self._due)
            self._view.show_kept("not kept: the disk can't be written to", ok=False)
            self._tell_once(error)
        else:
            self._unsaved = self._unsaved and self.draft is not draft
            self._reason, self._warned = "", False
            self._take(kept)

    def keep_at_once(self) -> bool:
        """Write what was typed to the disk before anything else happens: the form goes. Whether all of it is kept."""
        if not self._unsaved or self.worthless:
            return True
        try:
            self.draft = self.post.drafts.keep_now(self.draft)
        except ApiError as error:
            self._place.shell.report(error)
            return False
        self._unsaved = False
        return True

    def keep_on_server(self) -> None:
        """Quietly: where the server can't be reached, the disk has it."""
        self._place.start("server", self._keep_on_server, exclusive=True)

    async def _keep_on_server(self) -> None:
        if self.done or self.worthless or len(self.draft.body) > self.post.limits.body:
            return
        place = self._place
        try:
            found = await self.post.drafts.keep_on_server(self.draft)
        except SignedOut:
            return
        except Refused as refused:
            self._view.show_kept("kept here only" if self.post.drafts.lasts else NOT_KEPT, ok=False)
            self._tell_once(refused)
        except ApiError as error:
            place.not_fetched(place.fetched, error)
        else:
            place.fetched = Fetched("ready", place.shell.now())
            place.shell.unsay(STATUS_NOT_KEPT)
            if isinstance(found, Conflict):
                self._view.conflicted(found)
            else:
                self._take(found)

    def _tell_once(self, error: ApiError) -> None:
        if error.reason != self._reason:
            self._reason = error.reason
            self._place.shell.report(error)

    def _take(self, kept: Draft) -> None:
        """The same words with when and where they are kept."""
        if self.done:
            return
        if kept.same_words(self.draft):
            self.draft = kept
        else:
            version = max(kept.version, self.draft.version)
            self.draft = replace(self.draft, version=version, id=kept.id, saved=kept.saved)
        if not (kept.on_server or self.post.drafts.lasts):
            self._view.show_kept(NOT_KEPT, ok=False)
        elif kept.saved is not None:
            where = "" if kept.on_server else ", here"
            self._view.show_kept(f"draft saved {self._place.shell.now():%H:%M}{where}", ok=True)

    @property
    def worthless(self) -> bool:
        """Nothing that would be missed: never kept, and nothing in it but what it began with."""
        untouched = self.draft.blank or self.draft.same_words(self.began)
        return self.done or (self.draft.saved is None and untouched)

    @property
    def goes_on(self) -> bool:
        """Whether the draft is still being written: neither sent nor thrown away."""
        return not (self.done or self.post.drafts.is_gone(self.draft.id))

    def close(self) -> None:
        """Leave the form; what was written is a draft, and is nothing where nothing was written."""
        self._place.shell.clear_notes()
        if not (self.keep_at_once() or self._warned):
            self._warned = True
            return
        if self.worthless:
            self.post.drafts.files.drop(() if self.done else self.draft.files)
            self._place.app.pop_screen()
        else:
            self._keep_on_server_and_go()

    def _keep_on_server_and_go(self) -> None:
        """The server is told without anybody waiting for it."""
        draft, drafts, app, shell = self.draft, self.post.drafts, self._place.app, self._place.shell

        async def tell() -> None:
            try:
                await drafts.keep_on_server(draft)
            except ApiError:
                return
            if not drafts.lasts:
                shell.say("Kept as a draft.", "It is in Drafts.", about=draft.id)

        app.run_worker(tell(), group="drafts", exit_on_error=False)
        app.pop_screen()
        if drafts.lasts or draft.on_server:
            shell.say("Kept as a draft.", "It is in Drafts.", about=draft.id)
        else:
            shell.say(
                "Not kept yet.",
                "It is in Drafts until you quit, and on the server once it can be reached.",
                ok=False,
                about=draft.id,
            )
