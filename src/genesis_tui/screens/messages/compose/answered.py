"""What a reply answers: the conversation over the text, the last message first; beside it from 120 columns."""

from collections.abc import Sequence

from genesis_tui.models.messages.drafts import quotation
from genesis_tui.models.messages.threads import Message
from genesis_tui.screens.messages.thread import ThreadSpace, message_lines
from genesis_tui.widgets.page import Page, Para, Shown

_REST = 11
"""Rows of the window that are not for the text and what it answers."""


class Answered(Page):
    """Stands over the text where the window is too narrow for it beside; `shift+tab` goes there to scroll."""

    DEFAULT_CSS = """
    Answered { margin-left: 11; height: 0; display: none; border-bottom: solid $rule; }
    """

    @property
    def position(self) -> str:
        """The rule over the form is no place to tell where one is in here."""
        return ""

    def tell(self, conversation: Sequence[Message], space: ThreadSpace, *, window: int) -> None:
        """Show it in a part of a window of so many rows."""
        lines: list[Shown] = []
        for message in reversed(conversation):
            lines += [*([Para()] if lines else []), *message_lines(message, space)]
        self.rows = tuple(lines)
        room = min(len(self.rows), max(0, (window - _REST) * 2 // 5))
        self.display = room > 1
        self.styles.height = room + 1  # and the line under it


def quoted_last(conversation: Sequence[Message], zone: str) -> str:
    """The last message of the other side, else the last one, each line marked; empty where there is none."""
    last = next((one for one in reversed(conversation) if one.sender.staff), None) or (conversation or (None,))[-1]
    return f"{quotation((last,), zone, '')}\n" if last is not None else ""
