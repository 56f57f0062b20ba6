"""The code for another device, with its address and a QR code that a phone reads off the terminal (RFC 8628)."""

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from genesis_tui.models.sign_in import DeviceCode
from genesis_tui.session.sign_in import qr
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.page import Page, Para, heading

LIGHT_ON_DARK = Style(color="#ffffff", bgcolor="#000000")
"""In every theme: a phone needs dark modules on a light ground, and the cells that are drawn are the light ones."""
WORDS = 34
"""Cells that the words need beside the code."""


class DeviceCodePage(Horizontal):
    """Words at the left, code at the right; the code goes where there is no room for both, the words never."""

    DEFAULT_CSS = """
    DeviceCodePage { height: 1fr; layout: horizontal; }
    DeviceCodePage.-stacked { layout: vertical; }
    DeviceCodePage #words { width: 1fr; height: 1fr; }
    DeviceCodePage.-stacked #words { height: auto; }
    DeviceCodePage #qr { width: auto; height: auto; }
    DeviceCodePage.-no-room #qr { display: none; }
    """

    def __init__(self, code: DeviceCode) -> None:
        super().__init__()
        self._code = code
        self._lines = qr.lines(code.whole_address or code.address, ascii_only=symbols.ascii_only())

    def compose(self) -> ComposeResult:
        self.set_class(not self._beside(self.app.size.width), "-stacked")
        yield VerticalScroll(Page(code_paras(self._code), id="words-text"), id="words", can_focus=False)
        yield Static(Text("\n".join(self._lines), LIGHT_ON_DARK, no_wrap=True), id="qr", markup=False)

    def on_resize(self) -> None:
        """Beside each other, one over the other, or the words alone."""
        wide, high = len(self._lines[0]), len(self._lines)
        beside = self._beside(self.size.width)
        page = self.query_one(Page)
        words = page.height_for(self.size.width - (wide if beside else 0))
        page.styles.height = words
        self.set_class(not beside, "-stacked")
        self.set_class(self.size.height < high + (0 if beside else words) or self.size.width < wide, "-no-room")

    def _beside(self, width: int) -> bool:
        return width >= len(self._lines[0]) + WORDS


def code_paras(code: DeviceCode) -> list[Para]:
    """What to do there, and until when."""
    minutes = max(1, round(code.expires_in / 60))
    return [
        heading("On a phone or another computer"),
        Para("Scan the code, or open"),
        Para(code.address, "accent bold"),
        Para("and type"),
        Para(),
        Para(f"  {' '.join(code.user_code)}", "bold"),
        Para(),
        Para(f"It is valid for {minutes} minutes. This screen goes on by itself once you allow it there.", "muted"),
        Para("Nobody will ever ask you for this code.", "muted"),
    ]
