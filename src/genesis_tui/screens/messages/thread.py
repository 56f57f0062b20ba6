"""A thread as rows to read: who to whom, when, the words, what is due, and what the server says of replying."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from genesis_tui.models.base.files import size_text
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.models.messages.threads import (
    Message,
    Thread,
    ThreadRow,
    answer_text,
    heading,
    reply_text,
    unreadable_text,
)
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import wrap
from genesis_tui.widgets.drawing.lines import Span, found_in, line_width, spread
from genesis_tui.widgets.page import Drawn, Para, Shown
from genesis_tui.widgets.page import heading as title

TEXT_WIDTH = 72
_CORRECTIONS = {
    "asked": "You asked for a correction. The care team has not answered yet.",
    "amended": "The care team amended the entry.",
    "clarified": "The care team clarified the entry.",
    "declined": "The care team did not change the entry.",
}
_ROLES = {"waiting": "pending", "overdue": "bold critical", "late": "pending"}


@dataclass(frozen=True, slots=True)
class ThreadSpace:
    """The cells there are, and how an instant is written out."""

    width: int
    when: Callable[[datetime], str]
    words: tuple[str, ...] = ()
    """What is looked for; it stands out."""

    @property
    def text(self) -> int:
        """Cells of a line of text."""
        return min(TEXT_WIDTH, self.width)


def reading(row: ThreadRow, thread: Thread | None, space: ThreadSpace) -> tuple[list[Shown], int]:
    """Everything from top to bottom, and the index of the first row of what is unread (0 where nothing is)."""
    shown: list[Shown] = [*_top(row, space)]
    if thread is None:
        return [*shown, Para(), Para(f"Loading{symbols.get('more')}", "italic muted")], 0
    first_unread = 0
    for message in thread.messages:
        shown.append(Para())
        if message.unread and not first_unread:
            first_unread = len(shown)
        shown += message_lines(message, space)
    unread = unreadable_text(thread.unreadable, "message")
    corrected = _lines(_CORRECTIONS.get(thread.correction, ""), "pending", space) if thread.correction else []
    broken = [Para(), *_lines(unread, "muted", space)] if unread else []
    return [*shown, *corrected, *broken, Para(), *_reply(thread.row, space)], first_unread


def _top(row: ThreadRow, space: ThreadSpace) -> list[Shown]:
    count = f"{row.count} message{'s' if row.count != 1 else ''}"
    first, *rest = wrap(row.subject, max(10, space.width - len(count) - 1))
    title = Drawn(spread(found_in([(first, "bold")], space.words), [(count, "muted")], space.width))
    about = f"{row.category} {symbols.get('dot')} {row.person.name}" if not row.person.you else row.category
    return [title, *(Drawn([(line, "bold")]) for line in rest), *_lines(about, "muted", space)]


def message_lines(message: Message, space: ThreadSpace) -> list[Shown]:
    """One message: who to whom, when, the words, its files, what is due."""
    shown = [*_heading(message, space), *_lines(message.body, "", space)]
    for file in message.files:
        shown += _lines(f"Attached: {file.title}, {size_text(file.size)}", "accent", space)
    if message.answer is not None:
        shown += _lines(answer_text(message.answer), _ROLES.get(message.answer.state, "muted"), space)
    return shown


def _heading(message: Message, space: ThreadSpace) -> list[Shown]:
    """`You → Dr. Anna Okafor` and the time, on one row where both fit."""
    sender, receiver = heading(message)
    role = "bold" if message.unread else ""
    mark: list[Span] = [("• ", "sign bold unread")] if message.unread else []
    sides = found_in([*mark, (sender, role), (" → ", f"sign {role}".strip()), (receiver, role)], space.words)
    time: Span = (space.when(message.at), "muted")
    if line_width(sides) + 2 + line_width([time]) <= space.text:
        return [Drawn(spread(sides, [time], space.text))]
    names = wrap(f"{sender} {symbols.get('to')} {receiver}", space.text - line_width(mark))
    lines: list[list[Span]] = [[*mark, (names[0], role)], *([(name, role)] for name in names[1:])]
    return [*(Drawn(found_in(line, space.words)) for line in lines), Drawn([time])]


def _reply(row: ThreadRow, space: ThreadSpace) -> list[Shown]:
    return _lines(reply_text(row), "muted" if row.reply.allowed else "", space)


def _lines(text: str, role: str, space: ThreadSpace) -> list[Shown]:
    return [Drawn(found_in([(line, role)], space.words)) for line in wrap(text, space.text)]


def beside(person: FamilyMember, draft: Draft, conversation: Sequence[Message], space: ThreadSpace) -> list[Shown]:
    """Everything from top to bottom."""
    lines: list[Shown] = []
    if conversation:
        lines.append(title("The conversation"))
    for message in reversed(conversation):
        lines += [Para(), *message_lines(message, space)]
    return [*lines, *([Para()] if lines else []), *_after(person, draft)]


def _after(person: FamilyMember, draft: Draft) -> list[Shown]:
    lines: list[Shown] = [title("After sending"), Para()]
    lines.append(Para("The care team answers within three business days. Weekends and federal holidays don't count."))
    lines += [Para(), Para("A message that was sent can't be changed or taken back."), Para()]
    if person.relation != "you":
        lines += [Para(f"It is about {person.name}. The care team sees both your names."), Para()]
    if draft.entry:
        lines += [Para("The entry is quoted in the message; what the care team makes of it shows on the entry.")]
    return lines
