"""REL-6: the one question before a result opens that the person wanted to be asked about."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.base.dates import long_day
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.results.ask_first import asks_words
from genesis_tui.models.results.result import Result, status_word
from genesis_tui.screens.base.confirm import PatientHeading
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.page import Page, Para
from genesis_tui.widgets.screen_classes import DELIBERATE

OPEN, ASK = "open", "ask"


def question_words(result: Result) -> str:
    """Why it is asked, and how far the result is; nothing of what was found."""
    status = status_word(result.status)
    if result.reviewed is False:
        far = f"It is {status}; nobody has reviewed it yet. Your care team will, and will contact you."
    else:
        far = f"It is {status}{', and was reviewed' if result.reviewed else ''}."
    return f"{asks_words(result)} {far}"


class OpenQuestion(Dialog[str]):
    """`y` opens the result, `a` writes to the care team about it, `esc` leaves it; `enter` does nothing."""

    HEADING = "Open this result?"
    WIDTH: ClassVar[int] = 66
    DEFAULT_CSS = "OpenQuestion #box { width: 66; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "open", "open", id="ask-first.open"),
        Binding("a", "ask", "ask the care team", id="ask-first.ask"),
        Binding("escape", "close", "not now", id="ask-first.stay"),
    ]

    def __init__(self, patient: FamilyMember, result: Result, *, writes: bool) -> None:
        """`writes`: whether the care team can be written to."""
        super().__init__(classes=DELIBERATE)
        self._patient, self._result, self._writes = patient, result, writes

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._patient)
        yield Page(id="text")

    def on_mount(self) -> None:
        result, dot = self._result, f" {symbols.get('dot')} "
        what = dot.join((str(result.kind), result.title, long_day(result.at)))
        self.query_one(Page).rows = (Para(), Para(what, "bold"), Para(question_words(result)), Para())
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        page, room = self.query_one(Page), self.room()
        page.styles.height = max(1, min(page.height_for(min(self.WIDTH - 2, room.width)), room.height - 1))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._writes if action == "ask" else True

    def action_open(self) -> None:
        self.dismiss(OPEN)

    def action_ask(self) -> None:
        self.dismiss(ASK)
