"""Where somebody writes on a form, for when they come back to it."""

from dataclasses import dataclass
from typing import Any

from textual.screen import Screen
from textual.widgets import Input, TextArea


@dataclass(frozen=True, slots=True)
class WritingAt:
    """The id of the field, and the place in it."""

    field: str
    row: int = 0
    column: int = 0


def writing_at(form: Screen[Any]) -> WritingAt | None:
    """Where the person writes; None where that is at no field."""
    focused = form.focused
    if focused is None or focused.id is None:
        return None
    if isinstance(focused, TextArea):
        return WritingAt(focused.id, *focused.cursor_location)
    return WritingAt(focused.id, column=focused.cursor_position if isinstance(focused, Input) else 0)


def go_on_at(form: Screen[Any], at: WritingAt) -> None:
    """Put the cursor there again."""
    field = form.query_one(f"#{at.field}")
    if isinstance(field, TextArea):
        field.move_cursor((at.row, at.column))
    elif isinstance(field, Input):
        field.cursor_position = at.column
    field.focus()
