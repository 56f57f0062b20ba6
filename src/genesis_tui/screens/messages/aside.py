"""What stands beside the form: the conversation that is answered, newest first, and what happens after sending."""

from collections.abc import Sequence

from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.models.messages.threads import Message
from genesis_tui.screens.messages.thread import Space, message_lines
from genesis_tui.widgets.page import Para, Shown, heading


def beside(person: FamilyMember, draft: Draft, conversation: Sequence[Message], space: Space) -> list[Shown]:
    """Everything from top to bottom."""
    lines: list[Shown] = []
    if conversation:
        lines.append(heading("The conversation"))
    for message in reversed(conversation):
        lines += [Para(), *message_lines(message, space)]
    return [*lines, *([Para()] if lines else []), *_after(person, draft)]


def _after(person: FamilyMember, draft: Draft) -> list[Shown]:
    lines: list[Shown] = [heading("After sending"), Para()]
    lines.append(Para("The care team answers within three business days. Weekends and federal holidays don't count."))
    lines += [Para(), Para("A message that was sent can't be changed or taken back."), Para()]
    if person.relation != "you":
        lines += [Para(f"It is about {person.name}. The care team sees both your names."), Para()]
    if draft.entry:
        lines += [Para("The entry is quoted in the message; what the care team makes of it shows on the entry.")]
    return lines
