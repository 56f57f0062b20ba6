"""The only box on a screen: a dialog over the dimmed screen below it (MOCKUPS §7)."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self, TypeVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, clip, painted
from genesis_tui.widgets.frame.keys_row import Key, fitting, is_typing, shown_keys
from genesis_tui.widgets.frame.window_sized import WindowSized
from genesis_tui.widgets.screen_classes import HEIGHTS, WIDTHS
from genesis_tui.widgets.virtual_list import VirtualList

Answer = TypeVar("Answer")
OPENING = 0.1
"""Seconds in which a dialog that opens is laid out and drawn."""


class Edge(Row):
    """The top edge with the title, or the bottom edge with the keys."""

    keys: reactive[tuple[Key, ...]] = reactive(())
    position: reactive[str] = reactive("")
    """Where one is in what does not fit."""

    def __init__(self, title: str = "", *, top: bool) -> None:
        super().__init__()
        self._title = title
        self._top = top

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        line = paint("muted", "panel")
        corners = ("top-left", "top-right") if self._top else ("bottom-left", "bottom-right")
        start, end = (symbols.get(name) for name in corners)
        rule = symbols.get("rule")
        words = self._words(width - 6)
        fits = self.position and Segment.get_line_length(words) + len(self.position) + 7 <= width
        told = [Segment(f" {self.position} ", line)] if fits else []
        fill = Segment(rule * max(0, width - 4 - Segment.get_line_length([*words, *told])), line)
        middle = [*words, fill] if self._top else [*told, fill, *words]
        return [Segment(start + rule, line), *middle, Segment(rule + end, line)]

    def _words(self, width: int) -> list[Segment]:
        paint = painted(self)
        if self._top:
            return [Segment(f" {clip(self._title, width)} ", paint("foreground", "panel", bold=True))]
        words = []
        for key, text in fitting(self.keys, width):
            words.append(Segment(f" {key}", paint("accent", "panel", bold=True)))
            words.append(Segment(f" {text} ", paint("muted", "panel")))
        return words


class Dimmed:
    """The screen below a dialog: its bar as it is, the rest as text in the colour of rules."""

    def __init__(self, screen: Screen[Any], style: Style) -> None:
        self._screen = screen
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        bright, dimmed = True, ""
        for segment in console.render(self._screen._compositor, options):
            if segment.control:
                continue
            if bright:
                yield Segment(segment.text, _plain(segment.style))
                bright = "\n" not in segment.text
                continue
            dimmed += segment.text
            if "\n" in segment.text:
                yield Segment(dimmed, self._style)
                dimmed = ""
        yield Segment(dimmed, self._style)


def _plain(style: Style | None) -> Style | None:
    return style.clear_meta_and_links() if style else None


class Dialog(WindowSized[Answer], ModalScreen[Answer]):
    """A box with a title and keys on its edges. Subclasses compose its inside in `compose_inside`."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 0%; }
    Dialog #box { margin-top: 1; width: 76; max-width: 100%; height: auto; max-height: 100%; background: $panel; }
    Dialog.-phone #box { width: 100%; }
    Dialog.-narrow #box, Dialog.-low #box { display: none; }
    Dialog #inside { height: auto; border-left: solid $muted; border-right: solid $muted; }
    Dialog.-ascii #inside { border-left: ascii $muted; border-right: ascii $muted; }
    """
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    HEADING: ClassVar[str] = ""
    AUTO_FOCUS = "*"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "close", id="dialog.close")]

    _opening = True

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As Textual's, but drawn once while opening: it asks again for the whole window, as does the screen below."""
        if self._opening and (not regions or self.app.size.region in regions):
            repaint = False
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _stands(self) -> None:
        self._opening = False

    def compose(self) -> ComposeResult:
        self.take_shape()
        inside = Container(id="inside")
        inside.styles.max_height = self.room().height
        with Container(id="box"):
            yield Edge(self.heading(), top=True)
            with inside:
                yield from self.compose_inside()
            yield Edge(top=False)

    def heading(self) -> str:
        """The title."""
        return self.HEADING

    def compose_inside(self) -> ComposeResult:
        yield from ()

    def on_mount(self) -> None:
        """Keep the keys in the bottom edge equal to the bindings that work."""
        self.set_class(symbols.ascii_only(), "-ascii")
        self.bindings_updated_signal.subscribe(self, lambda _: self.show_keys())
        self.show_keys()
        self.set_timer(OPENING, self._stands)

    def on_resize(self) -> None:
        """The box never outgrows the window."""
        self.query_one("#inside").styles.max_height = self.room().height

    def show_keys(self) -> None:
        """Read the keys from the bindings."""
        if self.is_mounted:
            self.query(Edge).last().keys = tuple(self.keys())

    @on(VirtualList.Positioned)
    def _positioned(self, event: VirtualList.Positioned) -> None:
        """What fits needs no position."""
        shown = event.record_list
        if shown.can_focus and self.is_mounted:
            self.query(Edge).last().position = shown.position if shown.above or shown.below else ""

    def keys(self) -> Iterable[Key]:
        """What the bottom edge names."""
        return shown_keys(self.active_bindings.values(), typing=is_typing(self))

    def room(self) -> Size:
        """The largest inside that the window leaves; the bar with whose record it is stays in sight (FAM-9)."""
        return Size(self.app.size.width - 2, self.app.size.height - 3)

    def render(self) -> RenderableType:
        stack = self.app.screen_stack
        place = stack.index(self) if self in stack else 0
        if place == 0:
            return super().render()
        paint = painted(self)
        return Dimmed(stack[place - 1], paint("rule") + Style(bgcolor=paint.ground))

    def action_close(self) -> None:
        self.dismiss(None)
