"""Widgets as the screens show them, without the frame: what snapshots of rows are taken of."""

from collections.abc import Callable

from textual.app import App
from textual.widget import Widget

from genesis_tui.widgets.drawing import themes


class Gallery(App[None]):
    """The widgets side by side, in one theme; subclasses add the screen's own rules."""

    TITLE = "Gallery"
    CSS = (
        "Screen { layout: horizontal; background: $background; color: $foreground; }\n"
        ".divided { border-left: solid $rule; } Row { height: 1; }\n"
    )

    def __init__(self, theme: str, widgets: Callable[[], list[Widget]], fill: Callable[[App[None]], None]) -> None:
        """`fill` puts rows into the widgets once they stand."""
        super().__init__()
        self._widgets, self._fill = widgets, fill
        self.register_theme(themes.theme(theme))
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint(self.theme)

    def compose(self) -> list[Widget]:
        return self._widgets()

    def on_mount(self) -> None:
        self._fill(self)
