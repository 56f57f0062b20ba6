"""Pictures of what the inbox is made of, so that no change of looks goes unseen: messages made by hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from textual.app import App
from textual.widget import Widget

from genesis_tui.models.base.dates import in_zone, instant_text
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.messages.threads import AnswerDue, Message, Party, Thread, ThreadRow
from genesis_tui.screens.messages.inbox.rows import ThreadView, columns_for
from genesis_tui.screens.messages.thread import ThreadSpace, reading
from genesis_tui.widgets.chips import Chip, ChipsRow
from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.page import Page
from genesis_tui.widgets.virtual_list import VirtualList

ZONE = "America/New_York"
NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
MAY, OVER = Permission("message.reply", allowed=True), "reply-window-closed"
CLOSED = Permission(
    "message.reply", False, "MSG-10", OVER, "This conversation is closed: its last message is more than 45 days old."
)
YOU, MAYA = Party("Daniel Reyes", you=True), Party("Maya Reyes")
DOCTOR, CLINIC = Party("Dr. Anna Okafor", staff=True), Party("Fort Belvoir Family Medicine", staff=True)


def row(id: str, subject: str, team: Party, day: int, **more: object) -> ThreadRow:
    values: dict[str, object] = {"reply": MAY, "reply_until": date(2027, 1, 4)} | more
    at = datetime(2026, 11, day, 19, 5, tzinfo=UTC)
    return ThreadRow(id, subject, "Symptoms, not an emergency", team.name, YOU, at, **values)  # type: ignore[arg-type]


ROWS = (
    row("1", "Blood pressure readings", DOCTOR, 20, count=2, unread=1),
    row("2", "Knee brace: which size?", CLINIC, 20, answer=AnswerDue(date(2026, 11, 25), "waiting")),
    row("3", "Renewal of albuterol inhaler", CLINIC, 13, answer=AnswerDue(date(2026, 11, 18), "overdue")),
    row("4", "Before your MRI and what to leave at home that day", DOCTOR, 9, unread=2),
    row("5", "Travel form for Germany", CLINIC, 3, reply=CLOSED, reply_until=None),
)
THREAD = Thread(
    ROWS[0],
    (
        Message("1", YOU, DOCTOR, NOW, "Mornings ran 128 to 136 over 80 to 86. Should I do anything?", MAYA,
                answer=AnswerDue(date(2026, 11, 24), "late")),
        Message("2", DOCTOR, YOU, NOW, "Keep measuring.\n\nPlease bring the cuff, so that we can compare it with ours.",
                unread=True),
        Message("3", YOU, CLINIC, NOW, "Where do I leave the list?",
                answer=AnswerDue(date(2026, 11, 20), "overdue", "Call the clinic, or write to it again.")),
        Message("4", YOU, CLINIC, NOW, "At the desk?", answer=AnswerDue(date(2026, 11, 27), "waiting")),
    ),
)  # fmt: skip


class Gallery(App[None]):
    """Chips over a list, and a thread beside it, without the frame."""

    CSS = "Screen { layout: vertical; background: $background; color: $foreground; } Row { height: 1; }"

    def __init__(self, theme: str, *widgets: Callable[[], Widget]) -> None:
        super().__init__()
        self._widgets = widgets
        self.register_theme(themes.theme(theme))
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint(self.theme)

    def compose(self) -> list[Widget]:
        return [make() for make in self._widgets]

    def on_mount(self) -> None:
        for chips in self.query(ChipsRow):
            chips.chips = (Chip("inbox", "Inbox", 3), Chip("sent", "Sent"))
            chips.here, chips.end = "inbox", (("5 of 5,012", "muted"),)
        lists = self.query(VirtualList)
        lists.last().focus()


def listed(width: int, height: int) -> VirtualList[ThreadRow]:
    view = ThreadView(columns_for(width, height), lambda at: in_zone(at, ZONE), in_zone(NOW, ZONE))
    rows: VirtualList[ThreadRow] = VirtualList(view)
    rows.rows = ROWS
    return rows


def read(width: int, thread: Thread = THREAD) -> Page:
    shown, _ = reading(thread.row, thread, ThreadSpace(width - 3, lambda at: instant_text(at, ZONE)))
    return Page(shown)


@pytest.mark.parametrize("size", [(46, 12), (45, 12), (80, 10), (40, 8)])
@pytest.mark.parametrize("theme", ["dark", "ansi"])
def test_the_list_looks_as_it_did(
    snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, theme: str, size: tuple[int, int]
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    window = (120, 40) if size[0] == 46 else (size[0], 50 if size[0] == 45 else size[1])
    assert snap_compare(Gallery(theme, ChipsRow, lambda: listed(*window)), terminal_size=size)


@pytest.mark.parametrize(
    ("theme", "width"),
    [("dark", 80), ("dark", 45), ("dark", 40), ("light", 80), ("contrast", 80), ("colour-blind", 80), ("ansi", 80)],
)
def test_a_thread_looks_as_it_did(
    snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, theme: str, width: int
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(Gallery(theme, lambda: read(width)), terminal_size=(width, 24))


def test_a_closed_thread_looks_as_it_did(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    closed = Thread(ROWS[4], THREAD.messages[1:2])
    assert snap_compare(Gallery("dark", lambda: read(80, closed)), terminal_size=(80, 12))
