"""Becoming Premium: a few questions about what DEERS holds, never about money (ID-6)."""

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
    from genesis_tui.models.sign_in import Proofing
    from genesis_tui.screens.base.shell import Shell

LEAD = "Answer as DEERS has it; blanks and dashes don't count. Nobody ever asks for a card number or an account."


class PremiumForm(Dialog[bool]):
    """The questions, numbered, and a field for each. Closes with True once the account is Premium."""

    HEADING = "Become Premium"
    DEFAULT_CSS = "PremiumForm #fields { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "answer", id="premium.answer"),
        Binding("escape", "close", "stay Basic", id="premium.stay"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._asked: Proofing | None = None

    @property
    def shell(self) -> "Shell":
        """The app, as screens know it."""
        return cast("Shell", self.app)

    def compose_inside(self) -> ComposeResult:
        yield Page([Para(f"Loading{symbols.get('more')}", "italic muted")], id="words")
        yield Vertical(id="fields")

    def on_mount(self) -> None:
        self.query_one(Page).can_focus = False
        self.load()

    @work(exclusive=True, group="premium")
    async def load(self) -> None:
        """The questions; or why there are none now."""
        try:
            self._asked = asked = await self.shell.portal.sign_in.accounts.questions()
        except ApiError as error:
            self._say(*self._refused(error))
            return
        fields = self.query_one("#fields")
        await fields.mount(*(Field(f"Answer {n}", id=f"answer-{n}") for n, _ in enumerate(asked.questions, 1)))
        self._ask()
        self._inputs[0].focus()

    def _ask(self, *above: Para) -> None:
        asked = self._asked
        if asked is None:
            return
        questions = [Para(f"{n}  {q.text} ({q.hint})") for n, q in enumerate(asked.questions, 1)]
        self._say(*above, Para(LEAD, "muted"), Para(), *questions, Para())

    @property
    def _inputs(self) -> list[Input]:
        return list(self.query(Input))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        """`enter`: to the first answer that is missing; else send them all."""
        if self._asked is None:
            return
        missing = next((field for field in self._inputs if not field.value.strip()), None)
        if missing is not None:
            missing.focus()
            return
        answers = zip(self._asked.questions, self._inputs, strict=True)
        self._prove({question.id: field.value.strip() for question, field in answers})

    @work(exclusive=True, group="premium")
    async def _prove(self, answers: dict[str, str]) -> None:
        self._ask(Para(f"Asking DEERS{symbols.get('more')}", "italic muted"))
        try:
            await self.shell.portal.sign_in.accounts.prove(answers)
        except ApiError as error:
            self._ask(*self._refused(error), Para())
            return
        self.dismiss(True)

    def _refused(self, error: ApiError) -> list[Para]:
        paras = error_paras(error)
        if isinstance(error, Refused) and error.since is not None:
            at = self.shell.local(error.since)
            paras.insert(1, Para(f"It can be tried again from {at:%a} {at.day} {at:%b %H:%M %Z} on.", "abnormal bold"))
        return [*paras, Para(f"{support.CENTER}, {support.PHONE}", "muted")]

    def _say(self, *paras: Para) -> None:
        page = self.query_one(Page)
        page.rows = paras
        page.styles.height = page.height_for(min(74, self.room().width))
