"""A dialog of text to read; `esc` closes it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.page import Page, Shown


class TextDialog(Dialog[None]):
    """Subclasses give the paragraphs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="sheet.close"),
        Binding("q", "close", "close", show=False, id="sheet.leave"),
    ]

    def paras(self) -> Sequence[Shown]:
        """What it says."""
        return ()

    def compose_inside(self) -> ComposeResult:
        page = Page(self.paras(), id="text")
        self._fit(page)
        yield page

    def on_resize(self) -> None:
        """As high as the text, at most as high as the window."""
        self._fit(self.query_one(Page))

    def _fit(self, page: Page) -> None:
        page.styles.height = min(page.height_for(min(74, self.room().width)), self.room().height)

    def keys(self) -> list[tuple[str, str]]:
        """With the keys that scroll, where there is more than fits."""
        page = self.query_one(Page)
        scrolls = page.height_for(min(74, self.room().width)) > self.room().height
        return [("j k", "scroll"), *super().keys()] if scrolls else list(super().keys())
