"""The preview before an act: names the patient, says what will happen, and asks once (FAM-9, MOCKUPS §7)."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.family import FamilyMember
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, clip, painted
from genesis_tui.widgets.drawing.themes import patient_word
from genesis_tui.widgets.frame.bar import relation_words
from genesis_tui.widgets.frame.keys_row import is_typing, shown_keys
from genesis_tui.widgets.page import Page, Para, Shown, error_paras
from genesis_tui.widgets.screen_classes import DELIBERATE

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell


WAITS = "The server has not answered yet."


@dataclass(frozen=True, slots=True)
class ActPreview:
    """What a person reads before they say yes."""

    patient: FamilyMember
    act: str
    """Verb and object: `Give full access to elena.reyes`."""
    verb: str
    """What `y` does, in the bottom edge: `give access`."""
    facts: Sequence[Para] = ()
    final: str = ""
    """What can't be undone, or how it can."""
    past: str = "done"
    """The participle in the heading: `Check before it is cancelled`."""


class PatientHeading(Row):
    """The patient, over the full width, in their own colour."""

    def __init__(self, patient: FamilyMember, *, by_you: bool = False) -> None:
        """`by_you`: whoever is signed in acts for the patient, and that is said."""
        super().__init__()
        self._patient = patient
        self._by = f" {symbols.get('dot')} by you" if by_you and patient.relation != "you" else ""

    def segments(self, width: int) -> list[Segment]:
        paint, fill = painted(self), patient_word(self._patient.number)
        name = Segment(f"  {clip(self._patient.name.upper(), width - 20)}", paint("foreground", fill, bold=True))
        rest = f"  {relation_words(self._patient)}{self._by}"
        return [name, Segment(rest.ljust(width), paint("foreground", fill))]


class Confirm(Dialog[bool]):
    """`y` acts once, `esc` does not; `enter` does nothing.

    It stays open until the server has answered. Whoever leaves it with `esc` before that is told of the answer later.
    """

    WIDTH: ClassVar[int] = 66
    DEFAULT_CSS = "Confirm #box { width: 66; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "act", "do it", id="confirm.act"),
        Binding("escape", "close", "don't", id="confirm.stay"),
    ]

    def __init__(self, preview: ActPreview, act: Callable[[], Awaitable[object]]) -> None:
        """`act` is awaited after `y`; an ApiError it raises is shown here and nothing more happens."""
        super().__init__(classes=DELIBERATE)
        self._preview = preview
        self._act = act
        self._state = "asking"
        self._waiting = ExitStack()
        """Ends with the wait for the server: keys that are typed meanwhile are for what is below."""

    @property
    def _shell(self) -> "Shell":
        return cast("Shell", self.app)

    def heading(self) -> str:
        return self.HEADING or f"Check before it is {self._preview.past}"

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._preview.patient)
        yield Page(id="text")

    def on_mount(self) -> None:
        self.show_preview()

    def show_preview(self) -> None:
        """Whose record, what will happen, and what can't be undone."""
        preview = self._preview
        final = [Para(), Para(preview.final)] if preview.final else []
        self._show([Para(), Para(preview.act, "bold"), *preview.facts, *final, Para()])

    def on_resize(self) -> None:
        self._fit()

    def keys(self) -> list[tuple[str, str]]:
        named = {"do it": self._preview.verb}
        if self._state == "sending":
            named |= dict.fromkeys(("don't", "later"), "go on without waiting")
        keys = shown_keys(self.active_bindings.values(), typing=is_typing(self))
        return [(key, named.get(text, text)) for key, text in keys]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._state == "asking" if action == "act" else True

    def on_unmount(self) -> None:
        """However it was left, nobody waits here any more."""
        self._waiting.close()

    def action_act(self) -> None:
        self._begin(self._act)

    def _begin(self, act: Callable[[], Awaitable[object]]) -> None:
        """Have it done; the app waits for it, whatever becomes of this dialog."""
        self._state = "sending"
        self._waiting.enter_context(self._shell.opening(leave=True))
        self.refresh_bindings()
        self._show([*self.query_one(Page).rows, Para(f"Sending{symbols.get('more')} {WAITS}", "italic muted")])
        self.query_one(Page).action_last()
        self.app.run_worker(self._do(act), group="act")

    async def _do(self, act: Callable[[], Awaitable[object]]) -> None:
        signed_in, me = self._shell.portal.sign_in, self._shell.portal.sign_in.me
        error: ApiError | None = None
        try:
            await act()
        except ApiError as refused:
            error = refused
        if self.is_current:
            with self._waiting:
                self._ended(error)
        elif signed_in.me is me and signed_in.locked is None:
            self.ended_later(error)

    def _ended(self, error: ApiError | None) -> None:
        if error is None:
            self.dismiss(True)
            return
        self._state = "failed"
        self._show([Para(), *error_paras(error), Para()])
        self.refresh_bindings()

    def ended_later(self, error: ApiError | None) -> None:
        """The server has answered, and nobody waits here any more."""
        if error is None:
            self._shell.say("Done.", self._preview.act)
        else:
            self._shell.report(error)

    def _show(self, paras: Sequence[Shown]) -> None:
        self.query_one(Page).rows = tuple(paras)
        self._fit()

    def _fit(self) -> None:
        page, room = self.query_one(Page), self.room()
        page.styles.height = max(1, min(page.height_for(min(self.WIDTH - 2, room.width)), room.height - 1))
