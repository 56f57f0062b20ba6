"""Acts on their way: what becomes of them is told, and leaving waits for a second wish while a message is not sent.

So it does while words that were written would go with the program.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from genesis_tui.app.status import StatusMessages
from genesis_tui.models.base.errors import ApiError
from genesis_tui.widgets.frame.status import NOT_KEPT, UNSENT

if TYPE_CHECKING:
    from textual.worker import Worker

    from genesis_tui.models.acts import Act, Outgoing
    from genesis_tui.session.messages.messaging import Messaging
    from genesis_tui.session.portal import Portal


class PendingActs:
    """What the person has sent and the server has not confirmed yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit"),
    ]

    def __init__(
        self, app: App[int], portal: "Portal", status: StatusMessages, keep: "Callable[[], tuple[object, ...]]"
    ) -> None:
        """`keep` has what is being written kept, and gives what could not be."""
        self.app = app
        self._keep = keep
        self.portal = portal
        self.status = status
        self._asked: object = None
        """What would be lost or delayed, as it was told last; nobody is asked twice about the same."""
        self._doubted: set[str] = set()
        """Keys of acts that were said not to be known; what becomes of those is said too."""
        portal.writes = self.hear

    def go_on_writing(self) -> "Worker[None]":
        """After a sign-in: what an earlier session left goes on its way."""
        return self.app.run_worker(self._go_on_writing, group="go-on-writing", exclusive=True)

    async def _go_on_writing(self) -> None:
        try:
            post = await self.portal.resume_messaging()
        except ApiError as error:
            self.status.report(error)
            return
        if post is None:
            return
        from genesis_tui.models.acts import messages_text

        count, unsent, unopened = len(post.drafts.kept()), post.outbox.unsent, post.unopened
        if unopened:
            lead = f"{messages_text(unopened)} kept on this computer can't be opened."
            self.status.say(lead, "Nothing was deleted, and none of it will be sent.", ok=False)
        if count and not unsent:
            lead = f"{count} {'draft is' if count == 1 else 'drafts are'} not sent yet."
            self.status.tell(lead, "See Drafts in the Inbox.")
        if count or unsent:
            self._moved()
        asks = sum(item.asks for item in unsent)
        if asks:
            lead = f"{messages_text(asks)} waited for more than a day."
            self.status.say(lead, "It is not sent until you say so: see Drafts in the Inbox.", ok=False)
        if not post.drafts.offline:
            await post.drafts.tell_server()

    def hear(self, post: "Messaging") -> None:
        """From now on each change of a message on its way is told."""
        self._doubted |= {act.key for act in post.outbox.unknown}
        post.outbox.heard = partial(self._heard, post)
        post.drafts.told = self._moved

    def _heard(self, post: "Messaging", act: "Act") -> None:
        from genesis_tui.models.acts import ActStage, Outgoing, doubt_text, outgoing_text
        from genesis_tui.sanitize import one_line

        if act.unsent:
            self._asked = None
        if isinstance(act, Outgoing):
            lead, text = outgoing_text(act, one_line(act.draft.patient_name))
        elif act in post.outbox.unknown:  # whoever asked for it was told that it is not known
            self._doubted.add(act.key)
            self._moved()
            return
        elif act.key in self._doubted and not act.unsent:
            self._doubted.discard(act.key)
            lead, text = doubt_text(act, one_line(post.outbox.named(act)))
        else:
            return
        if lead:
            self.status.say(lead, text, ok=act.stage is ActStage.SENT, about=act.key)
        if not self.portal.unsent:
            self.status.unsay(UNSENT)
        self._moved()

    def _moved(self) -> None:
        """What is not sent is another than before."""
        for screen in self.app.screen_stack:
            if hasattr(screen, "mail_moved"):
                screen.mail_moved()

    # leaving

    def may_leave(self) -> bool:
        """Whether to quit now: what is not kept, or not sent, is told first, once."""
        return self._may("Quit", self.portal.unsent)

    def may_sign_out(self) -> bool:
        """The same for a sign-out. What is on the disk waits there for the person's next sign-in."""
        return self._may("Sign out", () if self.portal.writing_lasts else self.portal.unsent)

    def _may(self, how: str, unsent: "tuple[Outgoing, ...]") -> bool:
        lost = (*self._keep(), *self.portal.fleeting)
        leaving = (how, lost, tuple(item.key for item in unsent))
        asked, self._asked = self._asked, leaving
        if asked == leaving or not (lost or unsent):
            return True
        if lost:
            self.status.say(
                "What you wrote is not kept.", f"{how} again to leave without it.", ok=False, about=NOT_KEPT
            )
        if unsent:
            self._tell_unsent(how, unsent)
        return False

    def _tell_unsent(self, how: str, unsent: "tuple[Outgoing, ...]") -> None:
        from genesis_tui.models.acts import leaving_text, messages_text

        lead = f"{messages_text(len(unsent))} {'is' if len(unsent) == 1 else 'are'} not sent yet."
        asks = sum(item.asks for item in unsent)
        told = leaving_text(len(unsent), asks, lasts=self.portal.writing_lasts)
        self.status.say(lead, f"{how} again to leave; {told}.", ok=False, about=UNSENT)

    def quit(self) -> None:
        """Leave the program, unless something is not sent and the person has not been told."""
        if self.may_leave():
            self.app.exit()
