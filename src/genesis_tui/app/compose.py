"""Opening the form for a message, from anywhere in the app; what becomes of forms when it is left or locked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from textual.app import App

from genesis_tui.app.navigation import Navigation
from genesis_tui.app.status import StatusMessages
from genesis_tui.app.type_ahead import TypeAhead
from genesis_tui.models.base.errors import ApiError, Unreachable

if TYPE_CHECKING:
    from textual.worker import Worker

    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.messages.drafts import Draft
    from genesis_tui.models.messages.threads import ThreadRow
    from genesis_tui.screens.base.shell import Reopening
    from genesis_tui.session.messages.messaging import Messaging
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal


def _reply(new: "Draft", thread: "ThreadRow", body: str) -> "Draft":
    return replace(new, thread_id=thread.id, subject=thread.subject, recipient=thread.team, body=body)


@runtime_checkable
class ReopenedForm(Protocol):
    """A screen with a form that comes back to its person after a lock."""

    def reopening(self) -> "Reopening | None":
        """Makes the same screen, with all that is in it now; None where nothing is to be gone on with."""


@runtime_checkable
class WritingScreen(ReopenedForm, Protocol):
    """A screen on which somebody writes what is kept all the time: a message, or a clipboard."""

    @property
    def written(self) -> object:
        """What is written so far."""

    def keep(self) -> bool:
        """Write it to the disk before anything else happens; whether all of it is kept."""

    def go_on_with(self, post: "Messaging") -> None:
        """Its person is signed in anew."""


@dataclass(eq=False)
class Composer:
    """Makes a draft ready, and pushes the form for it."""

    app: App[int]
    portal: "Portal"
    status: StatusMessages
    type_ahead: TypeAhead
    navigation: Navigation
    now: Callable[[], datetime]
    """The server's time as far as it is known."""
    _closed: "list[Reopening]" = field(default_factory=list)
    """Make the forms again that a lock closed, from the bottom up."""
    unfinished: dict[str, Any] = field(default_factory=dict)
    """Forms that were left half-filled, each by a key of its own."""

    def write(
        self,
        patient: "FamilyMember",
        *,
        draft: "Draft | None" = None,
        thread: "ThreadRow | None" = None,
        subject: str = "",
        body: str = "",
        category: str = "",
        entry: str = "",
        to: tuple[str, ...] = (),
    ) -> "Worker[None]":
        """Open the form for a message about `patient`.

        Args:
            patient: whose record is open.
            draft: goes on with this one.
            thread: replies in this conversation, with the draft that it has already, if any (MSG-9).
            subject: and the others: what a new message begins with. `entry` says that it is a correction (REC-7).
            to: names of recipients; the first of them that can be written to is who it is to.
        """
        words = {"subject": subject, "body": body, "category": category, "entry": entry}
        opening = partial(self._write, patient, draft, thread, words, to)
        return self.app.run_worker(opening, group="write", exclusive=True)

    async def _write(
        self,
        patient: "FamilyMember",
        draft: "Draft | None",
        thread: "ThreadRow | None",
        words: dict[str, str],
        to: tuple[str, ...],
    ) -> None:
        may = patient.may("message.send")
        if not may.allowed:
            self.status.say("You can't write here.", f"{may.title} {may.next}".strip(), ok=False)
            return
        try:
            with self.type_ahead.opening():
                await self._open_form(patient, draft, thread, words, to)
        except ApiError as error:
            self.status.report(error)

    async def _open_form(
        self,
        patient: "FamilyMember",
        draft: "Draft | None",
        thread: "ThreadRow | None",
        words: dict[str, str],
        to: tuple[str, ...],
    ) -> None:
        post = await self.portal.messaging()
        if draft is None and thread is not None:
            draft = await self._begun(post, patient, thread)
        elif draft is not None and draft.is_reply and thread is None and self.portal.record is not None:
            thread = await self._thread_of(self.portal.record, draft)
        if draft is None:
            new = post.drafts.begin(patient.id, patient.name)
            words["subject"] = words["subject"][: post.limits.subject]
            draft = replace(new, **words) if thread is None else _reply(new, thread, words["body"])  # type: ignore[arg-type]
            draft = await post.addressed(draft, to)
        from genesis_tui.screens.messages.compose.screen import ComposeScreen

        await self.app.push_screen(ComposeScreen(patient, draft, post, thread))
        if post.not_kept is not None:
            self.status.report(post.not_kept)

    # leaving

    def keep(self) -> tuple[object, ...]:
        """Have every form write what was typed, before anything else happens; what could not be kept."""
        return tuple(form.written for form in self._forms if not form.keep())

    @property
    def _forms(self) -> list[WritingScreen]:
        return [one for one in self.navigation.screens if isinstance(one, WritingScreen)]

    def interrupt(self) -> None:
        """Keep what is written, and remember the forms that are open for when their person comes back."""
        self.keep()
        open_ = [screen.reopening() for screen in self.app.screen_stack if isinstance(screen, ReopenedForm)]
        self._closed = [one for one in open_ if one is not None]

    def forget(self) -> None:
        """Whoever was interrupted does not come back."""
        self._closed = []
        self.unfinished.clear()

    async def reopen(self) -> None:
        """Open the forms again that a lock closed; those that it only hid go on for the new sign-in."""
        closed, self._closed = self._closed, []
        try:
            for form in self._forms:
                form.go_on_with(await self.portal.messaging())
            for make in closed:
                await self.app.push_screen(await make())
        except ApiError as error:
            self.status.report(error)

    async def _thread_of(self, record: "OpenRecord", draft: "Draft") -> "ThreadRow":
        """The conversation of a reply; without the network what the draft knows of it."""
        from genesis_tui.models.messages.threads import Party, ThreadRow

        try:
            return (await record.threads.read(draft.thread_id)).row
        except Unreachable:
            subject, team = draft.subject or "Reply", draft.recipient or "the care team"
            return ThreadRow(draft.thread_id, subject, "", team, Party(draft.patient_name), self.now())

    async def _begun(self, post: "Messaging", patient: "FamilyMember", thread: "ThreadRow") -> "Draft | None":
        return next((one for one in await post.drafts.of(patient.id) if one.thread_id == thread.id), None)
