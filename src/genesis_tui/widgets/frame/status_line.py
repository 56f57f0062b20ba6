"""Messages above the keys, in place of floating toasts (MOCKUPS §8)."""

from rich.segment import Segment
from textual.content import Content
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import ground, merged, painted
from genesis_tui.widgets.frame.status import Status

MOST = 2
ROWS = 2


class StatusLine(Widget):
    """The newest notes, newest lowest; no row at all where there are none."""

    can_focus = False
    notes: var[tuple[Status, ...]] = var((), init=False)

    def on_mount(self) -> None:
        self.watch_notes()

    def watch_notes(self) -> None:
        """Take as many rows as the notes need."""
        if not self.is_attached:
            return
        self.styles.height = len(self._lines(max(self.screen.size.width, 20)))
        self.refresh()

    def on_resize(self) -> None:
        self.watch_notes()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._lines(width)
        strip = Strip(lines[y] if y < len(lines) else []).adjust_cell_length(width).apply_style(ground(self))
        return Strip(merged((text, style) for text, style, _ in strip), width)

    def _lines(self, width: int) -> list[list[Segment]]:
        return [line for note in self.notes[-MOST:] for line in self._note(note, width)]

    def _note(self, note: Status, width: int) -> list[list[Segment]]:
        paint = painted(self)
        sign = f"{symbols.get('ok')} " if note.tone == "ok" else ""
        lead = f"{sign}{note.lead}"
        wrapped = Content(f"{lead} {note.text}".strip()).wrap(max(width - 3, 10))
        lines = []
        for index, content in enumerate(wrapped[:ROWS]):
            text = content.plain
            head = text[: len(lead)] if index == 0 else ""
            body = [
                Segment(symbols.get("cursor"), paint(note.tone, "panel")),
                Segment(" ", paint("foreground", "panel")),
                Segment(head, paint(note.tone, "panel", bold=True)),
                Segment(text[len(head) :], paint("foreground", "panel")),
            ]
            used = Segment.get_line_length(body)
            lines.append([*body, Segment(" " * max(0, width - used), paint("foreground", "panel"))])
        return lines
