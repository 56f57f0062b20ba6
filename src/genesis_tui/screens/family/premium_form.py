"""Becoming Premium: a code to a DEERS contact, then a few questions about one's record, never about money (ID-11)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from genesis_tui.models import support
from genesis_tui.models.base.errors import ApiError, Refused
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.forms.field import Field
from genesis_tui.widgets.page import Page, Para, error_paras

if TYPE_CHECKING:
    from genesis_tui.models.sign_in import Contact, Question
    from genesis_tui.screens.base.shell import Shell
    from genesis_tui.session.sign_in.accounts import Accounts

LEAD = "Nobody will ever ask you for a card or account number."
Words = tuple[Para, ...]
Step = Callable[[str], Awaitable[None]]


class PremiumForm(Dialog[bool]):
    """One step after the other, each with one field. Closes with True once the account is Premium."""

    HEADING = "Become Premium"
    DEFAULT_CSS = "PremiumForm #fields { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "answer", id="premium.answer"),
        Binding("escape", "close", "stay Basic", id="premium.stay"),
        Binding("up", "scroll(-1)", "scroll up", id="premium.up", show=False),
        Binding("down", "scroll(1)", "scroll down", id="premium.down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._words: Words = ()
        self._step: Step | None = None
        self._refused_before: tuple[Step, str] | None = None
        """What was refused last, and in which step: a stray `enter` costs no try."""
        self._contacts: tuple[Contact, ...] = ()
        self._questions: tuple[Question, ...] = ()
        self._answers: dict[str, str] = {}
        self._until = ""

    @property
    def shell(self) -> "Shell":
        """The app, as screens know it."""
        return cast("Shell", self.app)

    @property
    def _accounts(self) -> "Accounts":
        return self.shell.portal.sign_in.accounts

    def compose_inside(self) -> ComposeResult:
        yield Page([Para(f"Loading{symbols.get('more')}", "italic muted")], id="words")
        yield Vertical(id="fields")

    def on_mount(self) -> None:
        self.query_one(Page).can_focus = False
        self._run(lambda _: self._begin(), "")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        """`enter`: go on with what is in the field."""
        fields = self.query(Input)
        if self._step is not None and fields and (typed := fields.first().value.strip()):
            self._run(self._step, typed)

    @work(exclusive=True, group="premium")
    async def _run(self, step: Step, typed: str) -> None:
        self._say(*self._words, Para(f"Asking{symbols.get('more')}", "italic muted"))
        try:
            if self._refused_before == (step, typed):
                raise ApiError("This was refused already. Type something else.")
            await step(typed)
        except ApiError as error:
            if isinstance(error, Refused):
                self._refused_before = (step, typed)
            self._say(*self._refused(error), Para(), *self._words)

    async def _begin(self) -> None:
        """Where a code may go; one place is taken at once where there is no other."""
        found = await self._accounts.proofing()
        rows = (Para(f"{n} {one.title}") for n, one in enumerate(found.contacts, 1))
        lead = (
            Para("A code to your e-mail or phone in DEERS and four questions about your record prove who you are."),
            Para(f"{LEAD} {found.tries_left} tries today.", "muted"),
        )
        self._contacts = found.contacts
        await self._ask("Send to", self._send, *rows, Para(), *lead, Para())

    async def _send(self, typed: str) -> None:
        contact = self._chosen(typed)
        if contact is None:
            raise ApiError("Type the number of one of these.")
        await self._accounts.send_proofing_code(contact.id)
        words = Para(f"A code has been sent: {contact.title}. Then you have a few minutes for four questions.")
        await self._ask("Code", self._open, words, Para())

    def _chosen(self, typed: str) -> "Contact | None":
        numbered = {str(n): one for n, one in enumerate(self._contacts, 1)}
        return numbered.get(typed)

    async def _open(self, code: str) -> None:
        questions = await self._accounts.questions(code)
        self._questions, self._answers = questions.asked, {}
        end = self.shell.now() + timedelta(seconds=questions.seconds)
        self._until = f"{self.shell.local(end):%H:%M:%S}"
        await self._next()

    async def _next(self) -> None:
        """The next question; after the last one all answers are sent."""
        place = len(self._answers)
        if place == len(self._questions):
            await self._prove()
            return
        question = self._questions[place]
        head = Para(f"Question {place + 1} of {len(self._questions)}, until {self._until}", "muted")
        choices = (Para(f"{one.id} {one.text}") for one in question.choices)
        await self._ask("Answer", self._take, head, Para(question.text, "bold"), *choices)

    async def _take(self, typed: str) -> None:
        question = self._questions[len(self._answers)]
        if typed.lower() not in {one.id for one in question.choices}:
            raise ApiError("Type the letter of one of these.")
        self._answers[question.id] = typed.lower()
        await self._next()

    async def _prove(self) -> None:
        """Right, and it is done; else it begins anew, since each code opens its questions once."""
        try:
            await self._accounts.prove(self._answers)
        except Refused as error:
            self._step = None
            self._words = ()
            await self.query_one("#fields").remove_children()
            self._say(*self._refused(error), Para(), Para("Press esc, then P, to start again.", "muted"))
            return
        self.dismiss(True)

    async def _ask(self, label: str, then: Step, *words: Para) -> None:
        """Words, and one empty field with the cursor in it."""
        self._words, self._step = words, then
        fields = self.query_one("#fields")
        await fields.remove_children()
        await fields.mount(Field(label, id="answer"))
        self._say(*words)
        self.query_one(Input).focus()

    def _refused(self, error: ApiError) -> list[Para]:
        paras = error_paras(error)
        if isinstance(error, Refused) and error.from_ is not None:
            at = self.shell.local(error.from_)
            paras.insert(1, Para(f"It can be tried again from {at:%a} {at.day} {at:%b %H:%M %Z} on.", "abnormal bold"))
        if isinstance(error, Refused):
            paras.append(Para(f"{support.CENTER}, {support.PHONE}", "muted"))
        return paras

    def _say(self, *paras: Para) -> None:
        """As high as they are, as far as the window leaves room below them for the field."""
        page, room = self.query_one(Page), self.room()
        page.rows = paras
        page.styles.height = min(page.height_for(min(74, room.width)), room.height - 1)

    def action_scroll(self, lines: int) -> None:
        """`↑` and `↓`: what a small window leaves out."""
        self.query_one(Page).scroll_relative(y=lines, animate=False)
