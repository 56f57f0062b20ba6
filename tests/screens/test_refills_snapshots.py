"""Pictures of Refills in every theme, so that no change of looks goes unseen; of prescriptions made by hand."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen

from genesis_tui.models.base.dates import in_zone
from genesis_tui.models.refills.get_more import GetMore, Receipt
from genesis_tui.screens.refills.detail import detail, tracking
from genesis_tui.screens.refills.points import PointPicker
from genesis_tui.screens.refills.receipt import ReceiptDialog
from genesis_tui.screens.refills.request import RefillPreview
from genesis_tui.screens.refills.rows import RefillRow, RefillView, listed, refill_columns
from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.page import Page
from genesis_tui.widgets.virtual_list import VirtualList
from tests.screens.gallery import Gallery
from tests.screens.more_of import ASKED, BERLIN, NOTHING_OPEN, NOW, RECEIPTS
from tests.screens.rx_of import DUE, LEVOTHYROXINE, LISINOPRIL

_DETAIL = 41
MARKED = frozenset({LISINOPRIL.id, LEVOTHYROXINE.id})


class Pane(App[None]):
    """List, detail or tracking as the screen shows them, without the frame."""

    CSS = (
        "Screen { background: $background; color: $foreground; } Horizontal { height: 1fr; }\n"
        "VirtualList { width: 1fr; height: 1fr; } .divided { width: 41; border-left: solid $rule; }"
    )

    def __init__(self, theme: str, shows: str) -> None:
        super().__init__()
        self._shows = shows
        self.register_theme(themes.theme(theme))
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint(self.theme)

    def compose(self) -> ComposeResult:
        width = self.size.width
        if self._shows == "tracking":
            yield Page(tracking(LEVOTHYROXINE, width - 3, me="Daniel Reyes", everything=True))
            return
        with Horizontal():
            yield VirtualList[RefillRow](RefillView(refill_columns(width)), id="rows")
            if self._shows == "both":
                page = Page(detail(LEVOTHYROXINE, _DETAIL - 4, me="Daniel Reyes", everything=False))
                page.add_class("divided")
                yield page

    def on_mount(self) -> None:
        if self._shows == "tracking":
            return
        columns = refill_columns(self.size.width)
        width = self.size.width - (_DETAIL if self._shows == "both" else 0) - 1
        rows = listed(DUE, columns, width=width, height=self.size.height)
        shown = self.query_one("#rows", VirtualList)
        shown.show(rows, RefillView(columns, MARKED), key=LEVOTHYROXINE.key)
        shown.focus()


class Over(Gallery):
    """A dialog over an empty screen."""

    def __init__(self, theme: str, dialog: Callable[[], Screen[Any]]) -> None:
        super().__init__(theme, list, lambda app: app.push_screen(dialog()))
        self.portal = SimpleNamespace(sign_in=SimpleNamespace(me=SimpleNamespace(name="Marcus Hall", zone=BERLIN)))


def preview(asked: Sequence[GetMore] = ASKED) -> Screen[Any]:
    async def ask(asked: Sequence[GetMore]) -> tuple[Receipt, ...]:
        return RECEIPTS

    return RefillPreview(asked, ask, lambda *_: None, now=NOW, note_characters=250)


DIALOGS: dict[str, Callable[[], Screen[Any]]] = {
    "preview": preview,
    "nothing": lambda: preview(NOTHING_OPEN),
    "points": lambda: PointPicker(ASKED[1], NOW, lambda _: None),
    "receipt": lambda: ReceiptDialog(ASKED, RECEIPTS, lambda *_: None, in_zone(NOW, BERLIN)),
}


@pytest.mark.parametrize(
    ("theme", "size", "shows"),
    [
        ("dark", (80, 24), "preview"),
        ("ansi", (80, 24), "preview"),
        ("dark", (45, 50), "preview"),
        ("dark", (80, 24), "nothing"),
        ("dark", (80, 24), "points"),
        ("dark", (45, 50), "points"),
        ("dark", (80, 24), "receipt"),
        ("dark", (45, 50), "receipt"),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_getting_more_looks_as_it_did(
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
    shows: str,
) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(Over(theme, DIALOGS[shows]), terminal_size=size)


@pytest.mark.parametrize(
    ("theme", "size", "shows"),
    [
        ("dark", (120, 36), "both"),
        ("light", (120, 36), "both"),
        ("contrast", (120, 36), "both"),
        ("colour-blind", (120, 36), "both"),
        ("ansi", (120, 36), "both"),
        ("dark", (150, 36), "both"),
        ("dark", (80, 20), "list"),
        ("ansi", (80, 20), "list"),
        ("dark", (45, 46), "list"),
        ("dark", (40, 8), "list"),
        ("dark", (80, 20), "tracking"),
        ("dark", (45, 46), "tracking"),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_refills_look_as_they_did(
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
    shows: str,
) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(Pane(theme, shows), terminal_size=size)
