"""The peer: a stock Textual app with one Label."""

from textual.app import App, ComposeResult
from textual.widgets import Label


class StockApp(App[None]):
    """Nothing but what Textual brings."""

    def compose(self) -> ComposeResult:
        yield Label("stock label")


if __name__ == "__main__":
    StockApp().run()
