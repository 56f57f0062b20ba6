"""A dialog that picks one of many: letters filter, arrows move, `enter` chooses."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from genesis_tui.sanitize import plain
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.drawing.row import Row as FrameRow
from genesis_tui.widgets.drawing.row import painted
from genesis_tui.widgets.forms.field import joined
from genesis_tui.widgets.frame.keys_row import Key
from genesis_tui.widgets.page import Page, Para
from genesis_tui.widgets.virtual_list import RowView, VirtualList

Item = TypeVar("Item")


class Filter(FrameRow):
    """What was typed, or what may be."""

    text: reactive[str] = reactive("")
    hint: reactive[str] = reactive("")

    def __init__(self, hint: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(Filter.hint, hint)

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        words = Segment(self.text, paint("foreground")) if self.text else Segment(self.hint, paint("muted"))
        return [Segment(" / ", paint("accent" if self.text else "muted")), words]


class Candidates(VirtualList[Any]):
    """The rows, under a cursor that only arrows move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="picker.open"),
        Binding("ctrl+u", "screen.filter('')", show=False),
    ]

    def on_key(self, event: events.Key) -> None:
        """Letters that move in other lists filter here."""
        if event.is_printable:
            event.prevent_default()


class Picker(Dialog[None], Generic[Item]):
    """Subclasses say what can be picked (`candidates`), how it looks (`view`), and what picking does (`choose`)."""

    DEFAULT_CSS = """
    Picker Filter { margin-bottom: 1; }
    Picker #words { height: 0; }
    Picker #inside { padding-bottom: 1; }
    Picker.-short Filter { margin-bottom: 0; }
    Picker.-short #inside { padding-bottom: 0; }
    """
    HINT: ClassVar[str] = "type a name"
    NOTHING: ClassVar[str] = "Nothing of that name."
    VERB: ClassVar[str] = "open"
    """What `enter` does."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "stay", id="picker.stay"),
        Binding("backspace", "shorten", show=False),
        Binding("ctrl+w", "shorten_by_word", show=False),
        Binding("ctrl+z", "undo", show=False),
    ]

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._typed: list[str] = []
        """What stood in the filter before each change, for `ctrl+z`."""

    def candidates(self, text: str) -> Sequence[Item]:
        """What fits `text`, best first."""
        return ()

    def view(self) -> RowView[Item]:
        """How rows look."""
        return RowView()

    def choose(self, item: Item) -> None:
        """`enter` on a row."""

    def digit(self, number: int) -> bool:
        """A digit, before anything was typed; True when it chose something."""
        return False

    def compose_inside(self) -> ComposeResult:
        """Filter, rows, and room for words about them; at their size from the first drawing on."""
        rows, words = Candidates(self.view(), id="candidates"), Page(id="words")
        words.can_focus = False
        rows.rows = self.candidates("")
        self._fit(rows, words)
        yield Filter(self.HINT)
        yield rows
        yield words

    def keys(self) -> list[Key]:
        named = super().keys()
        return [(key, self.VERB if text == "open" else text) for key, text in named]

    def on_resize(self) -> None:
        self._fit(self.query_one(Candidates), self.query_one("#words", Page))

    def on_key(self, event: events.Key) -> None:
        if event.character is None or not event.is_printable:
            return
        event.stop()
        event.prevent_default()
        typed = self.query_one(Filter).text
        if not typed and event.character.isdecimal() and self.digit(int(event.character)):
            return
        self.filter((typed + plain(event.character)).lstrip())

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.filter(self.query_one(Filter).text + plain(joined(event.text)))

    def action_shorten(self) -> None:
        self.filter(self.query_one(Filter).text[:-1])

    def action_shorten_by_word(self) -> None:
        typed = self.query_one(Filter).text.rstrip()
        self.filter(typed[: max(map(typed.rfind, " /")) + 1] if typed[-1:] != "/" else typed[:-1])

    def action_filter(self, text: str) -> None:
        self.filter(text)

    def action_undo(self) -> None:
        """What stood there before."""
        if self._typed:
            self.filter(self._typed.pop())
            self._typed.pop()

    def filter(self, text: str) -> None:
        """Show what fits `text`."""
        self._typed.append(self.query_one(Filter).text)
        self.query_one(Filter).text = text
        rows = self.query_one(Candidates)
        rows.rows = self.candidates(text)
        rows.action_first()
        self.say([] if rows.rows else [Para(), Para(self.NOTHING, "muted")])

    def say(self, paras: Sequence[Para]) -> None:
        """Words under the rows."""
        words = self.query_one("#words", Page)
        words.rows = tuple(paras)
        self._fit(self.query_one(Candidates), words)

    def _fit(self, rows: Candidates, words: Page) -> None:
        width = min(74, self.room().width)
        heights = self.view().heights(rows.rows, width - 1)
        needed = heights * len(rows.rows) if isinstance(heights, int) else sum(heights)
        spoken = words.height_for(width)
        chrome = 1 if self.app.size.height < 16 else 3
        words.styles.height = spoken
        rows.styles.height = max(2, min(needed, self.room().height - chrome - spoken))

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened) -> None:
        self.choose(event.row)  # type: ignore[arg-type]
