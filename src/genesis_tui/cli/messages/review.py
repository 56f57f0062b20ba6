"""Sending from the command line: what is missing, an emergency, the preview, the question, and what became of it."""

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import agreed, can_ask, confirm
from genesis_tui.cli.base.output import counted, print_json, put
from genesis_tui.cli.base.patient import whose
from genesis_tui.cli.messages.compose import ComposeContext, drop_new, too_long
from genesis_tui.cli.messages.options import ConfirmOptions

if TYPE_CHECKING:
    from genesis_tui.models.acts import Outgoing
    from genesis_tui.models.messages.drafts import Draft, MessagePreview
    from genesis_tui.models.messages.threads import ThreadRow

PATIENCE = 10.0
"""Seconds that are waited for the server's word; the message is kept all the same."""
LATER = "It is kept, and goes out once: with genesis-tui inbox outbox, or when the app is opened."


class SendReview:
    """A message until it is sent. Where that is not to be: a draft stays a draft, and so does what was typed here or
    refused by the server; of anything else nothing is left."""

    def __init__(self, at: ComposeContext, draft: "Draft", before: "Draft", row: "ThreadRow | None" = None) -> None:
        """`before`: as it was without what this command adds. `row`: the conversation that it replies to."""
        self.at = at
        self.draft = draft
        self.row = row
        self._before = before
        self._kept = before.saved is not None

    async def keep(self) -> None:
        """From here on it is a draft."""
        self.draft = await self.at.post.drafts.keep(self.draft)
        self._kept = True

    async def __aenter__(self) -> "SendReview":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from genesis_tui.models.base.errors import Refused

        if error is None:
            return
        if isinstance(error, Refused):
            why = " ".join(part for part in (error.title, error.next) if part)
            self.draft = replace(self.draft, refused=why)
            await self.keep()
        if self._kept:
            say(f"It is a draft: {self.at.go_on(f'draft send {self.draft.id}')}")
        else:
            await asyncio.to_thread(drop_new, self.at.post, self._before, self.draft)

    async def send(self, sure: ConfirmOptions) -> None:
        """Ask what there is to ask, then send it, and tell what became of it once the server had time to answer.

        Raises:
            UsageError: something is missing, or nobody can be asked.
            Abort: it was answered with no.
            Refused: the server did not take it; it is a draft.
            Unreachable: it is not known to have arrived, and waits.
        """
        async with self:
            self._complete()
            self._no_emergency(sure)
            self._show(await self._told())
            agreed("Send it?", yes=sure.yes)
            item = await self.at.post.send(self.draft)
        self._finish(await self.at.post.outbox.settled(item.key, PATIENCE), as_json=sure.as_json)

    def _complete(self) -> None:
        from genesis_tui.models.messages.drafts import faults

        long = too_long(self.draft, self.at.post.limits)
        if long:
            raise click.UsageError(f"Nothing was sent. {long}{self._by()}")
        options = {"whom": " (--to)", "what it is about": " (--category)", "subject": " (--subject)"}
        found = faults(self.draft, self.at.post.limits)
        marked = [fault + next((o for word, o in options.items() if word in fault), "") for fault in found]
        if marked:
            raise click.UsageError(f"Nothing was sent. {' '.join(marked)}")

    def _by(self) -> str:
        """How a draft that is too long is changed."""
        if not self._kept:
            return ""
        words = "--body-file FILE" if len(self.draft.body) > self.at.post.limits.body else "--subject TEXT"
        return f"\nChange it with: {self.at.go_on(f'draft save {self.draft.id} {words}')}"

    def _no_emergency(self, sure: ConfirmOptions) -> None:
        """MSG-3: whom to call comes first."""
        limits = self.at.post.limits
        word = limits.emergency(f"{self.draft.subject}\n{self.draft.body}")
        if not word:
            return
        say("\n".join(limits.emergency_lines))
        say(f"Your message has “{word}” in it. Nobody may read it for days; a message is no way to get help now.")
        if sure.not_an_emergency:
            return
        if not can_ask():
            raise click.UsageError("Nothing was sent. Where it is no emergency, say so with --not-an-emergency.")
        confirm("It is no emergency; go on?")

    async def _told(self) -> "MessagePreview":
        """The server's word on what would be sent; without the network, what is known here."""
        from genesis_tui.models.base.errors import Unreachable
        from genesis_tui.models.messages.drafts import MessagePreview

        draft, post, row = self.draft, self.at.post, self.row
        try:
            await post.drafts.files.upload(draft)
            return await post.preview(draft)
        except Unreachable:
            category = row.category if row else post.limits.category(draft.category)
            return MessagePreview(draft.recipient, category, draft.subject, row.reply_due if row else None)

    def _show(self, told: "MessagePreview") -> None:
        from genesis_tui.models.messages.drafts import due_text

        files = ", ".join(file.name or "a file" for file in self.draft.files)
        lines = [
            ("Patient", whose(self.at.person)),
            ("To", " · ".join(part for part in (told.recipient, self.draft.recipient_detail) if part)),
            ("About", told.category),
            ("Subject", told.subject),
            ("Message", counted(len(self.draft.body), "character")),
            ("Files", files),
            ("Reply by", due_text(told.due)),
        ]
        say("\n".join(f"{label:<9} {text}" for label, text in lines if text))
        say("A message that was sent can't be changed or taken back.")

    def _finish(self, item: "Outgoing", *, as_json: bool) -> None:
        from genesis_tui.cli.messages.documents import outcome
        from genesis_tui.models.acts import ActStage
        from genesis_tui.models.base.errors import Refused, Unreachable
        from genesis_tui.models.messages.drafts import due_text

        if item.stage is ActStage.REFUSED:
            next = f"It is a draft again: {self.at.go_on(f'draft send {item.draft.id}')}"
            raise Refused("The message was not taken.", detail=item.why, next=next, reason="message-refused")
        if as_json:
            print_json(outcome(item))
        if item.unsent:
            raise Unreachable("The message is not sent yet.", detail=item.why, next=LATER, reason="waits")
        if not as_json:
            say(f"✓ Sent to {item.draft.recipient or 'the care team'}. An answer is due by {due_text(item.due)}.")
            put(item.thread_id)
