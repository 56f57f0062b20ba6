"""The lists of Record: sections at the left, and the detail with its files."""

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive

from genesis_tui.models.record import Section
from genesis_tui.screens.record.detail import DetailRow, EntryDetailView, FileRow
from genesis_tui.screens.record.rows import Choice, SectionRow, SectionView
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import Line, Span, spread, styled
from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.load_state import LoadState
from genesis_tui.widgets.virtual_list import VirtualList


class SectionList(VirtualList[Choice]):
    """The sections."""

    @property
    def section(self) -> Section | None:
        """The one under the cursor."""
        return self.current.section if isinstance(self.current, SectionRow) else None


class SectionPane(Vertical):
    """The sections, and over them what went wrong before there were any."""

    def compose(self) -> ComposeResult:
        yield LoadState(id="trouble")
        yield SectionList(SectionView(), id="sections")


class EntryPane(VirtualList[DetailRow]):
    """One entry; the cursor stands on its files, and the keys scroll until they are in sight."""

    COUNTS = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,O", "open", "open file", id="record.open-file"),
        Binding("e", "screen.save", "save file", id="record.save"),
        Binding("escape", "screen.back", "list", id="detail.list"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(EntryDetailView(), id=id, classes="pane")

    @property
    def file(self) -> FileRow | None:
        """The file under the cursor."""
        return self.current if isinstance(self.current, FileRow) else None

    def fit(self) -> None:
        """Other cells; a text that is read from its top stays there, whatever the cursor stands on below."""
        at_top = not self.scroll_offset.y
        super().fit()
        if at_top:
            self._scroll(0)

    def _kept_scroll(self, found: int | None, line_in_view: int) -> int:
        return super()._kept_scroll(found, line_in_view) if self.scroll_offset.y else 0

    def _below(self, step: float) -> bool:
        start, height = self._span(self.cursor)
        return step > 0 and start + height > self.scroll_offset.y + self.size.height

    def action_move(self, step: int) -> None:
        """On through the text; among the files once they are in sight."""
        if self._below(step):
            self._scroll(self.scroll_offset.y + step)
        else:
            super().action_move(step)

    def action_leap(self, pages: float) -> None:
        """The same by a part of the page."""
        if self._below(pages):
            self._scroll(self.scroll_offset.y + int(self.size.height * pages))
        else:
            super().action_leap(pages)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be a file."""
        return action != "open" or self.file is not None


class Title(Row):
    """The section's name at the left, how many entries it has at the right."""

    line: reactive[tuple[str, str]] = reactive(("", ""))

    def segments(self, width: int) -> list[Segment]:
        name, count = self.line
        start: list[Span] = [("  ", ""), (name, "bold")]
        line: Line = spread(start, [(count, "muted"), (" ", "")], width)
        return [Segment(symbols.shown(text), styled(painted(self), role)) for text, role in line]
