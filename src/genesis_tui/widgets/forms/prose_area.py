"""Text of several rows that a person writes."""

from textual import events
from textual.strip import Strip
from textual.widgets import TextArea

from genesis_tui.sanitize import SPELLING, written
from genesis_tui.widgets.forms.field import with_alt, without_spelling


class ProseArea(TextArea):
    """It neither blinks nor takes control characters from what is pasted."""

    DEFAULT_CSS = """
    ProseArea, ProseArea:focus {
        background: $field; background-tint: $field 0%; border: none; padding: 0; height: 1fr; width: 1fr;
        color: $foreground;
    }
    ProseArea .text-area--cursor-line { background: $field; }
    """

    def __init__(self, text: str, *, id: str) -> None:
        super().__init__(text, id=id, compact=True, soft_wrap=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def on_resize(self) -> None:
        self.call_after_refresh(self.scroll_cursor_visible)

    def render_line(self, y: int) -> Strip:
        """As Textual's, without what shows as nothing."""
        return without_spelling(super().render_line(y))

    def on_key(self, event: events.Key) -> None:
        """What spelling needs is typed too, though it is not printable; a letter with alt is no letter."""
        if with_alt(event):
            event.prevent_default()
        elif event.character is not None and event.character in SPELLING:
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard(event.character, *self.selection)

    async def _on_paste(self, event: events.Paste) -> None:
        """Put in what was pasted, made harmless."""
        event.prevent_default()
        event.stop()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")  # Terminals paste line ends as carriage returns.
        if result := self._replace_via_keyboard(written(text, lines=True), *self.selection):
            self.move_cursor(result.end_location)
