"""REL-6: which kinds of results ask before they open; the choice is the person's own, in every record they may see."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.results.ask_first import ASKABLE
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.forms.toggle import Toggle
from genesis_tui.widgets.page import Page, Para, Shown, error_paras, heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genesis_tui.screens.base.shell import Shell

HINT = (
    "A result that asks first is listed at once, without its value anywhere, and opens after one question. This is"
    " your choice alone: it holds in every record that you may see, changes nothing for anybody else, and delays"
    " nothing."
)
_WORDS = ("open at once", "ask me first")


def ask_first_paras(chosen: "Sequence[str]") -> "list[Para]":
    """The kinds in two rows, with a mark on those that ask."""
    marks = [f"[{'x' if word in chosen else ' '}] {word:<13}" for word in ASKABLE]
    rows = ("".join(marks[:2]).rstrip(), "".join(marks[2:]).rstrip())
    return [Para(), heading("Ask me first"), Para(rows[0], label="Before open"), Para(rows[1], label=" ")]


class AskFirstForm(Dialog[bool]):
    """A row for each kind; closes with True once the server has the choice."""

    HEADING = "Ask me first"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False, id="asking-kinds.before"),
        Binding("down,enter", "app.focus_next", "next", key_display="↓", id="asking-kinds.next"),
        Binding("ctrl+r", "save", "save", id="asking-kinds.save"),
        Binding("escape", "close", "don't", id="asking-kinds.stay"),
    ]

    @property
    def _shell(self) -> "Shell":
        return cast("Shell", self.app)

    def compose_inside(self) -> ComposeResult:
        me = self._shell.portal.sign_in.me
        for word in ASKABLE:
            toggle = Toggle(word.capitalize(), _WORDS, id=word)
            toggle.chosen = int(me is not None and word in me.ask_first)
            yield toggle
        yield Page(id="words")

    def on_mount(self) -> None:
        self.query_one(Page).can_focus = False
        self._say(Para(HINT, "muted"))

    def on_resize(self) -> None:
        self._fit()

    def _say(self, *paras: Shown) -> None:
        self.query_one(Page).rows = (Para(), *paras)
        self._fit()

    def _fit(self) -> None:
        page, room = self.query_one(Page), self.room()
        page.styles.height = max(1, min(page.height_for(min(74, room.width)), room.height - len(ASKABLE)))

    @work(exclusive=True, group="asking-kinds")
    async def action_save(self) -> None:
        """`ctrl+r`: the server keeps it with the account."""
        kinds = [toggle.id for toggle in self.query(Toggle) if toggle.chosen and toggle.id]
        self._say(Para(f"Saving{symbols.get('more')}", "italic muted"))
        try:
            await self._shell.portal.ask_first(kinds)
        except ApiError as error:
            self._say(*error_paras(error))
        else:
            self.dismiss(True)
