"""Text to read: paragraphs, facts with a label, headings; it scrolls, and no row takes a cursor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import left, wrap
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.virtual_list import RowView, VirtualList

LABEL = 12


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph in one role; `label` stands left of it in its own column. Empty: a blank row."""

    text: str = ""
    role: str = ""
    label: str = ""
    label_width: int = LABEL
    label_role: str = "muted"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row that is drawn as it is, one cell in; what does not fit is cut."""

    line: Line


Shown = Para | Drawn
"""What a page is made of."""


def heading(text: str) -> Para:
    """A group's heading."""
    return Para(text.upper(), "muted bold")


def fact(label: str, value: str | Iterable[str], role: str = "") -> Para:
    """A label with its value, or `None recorded`."""
    text = value if isinstance(value, str) else "\n".join(value)
    return Para(text or "None recorded", role if text else "muted", label=label)


def para_lines(para: Shown, width: int) -> list[Line]:
    """The rows of a paragraph in `width` cells, one cell in at the left and at the right."""
    if isinstance(para, Drawn):
        return [[(" ", ""), *para.line]]
    indent = para.label_width + 1 if para.label else 0
    rows = wrap(para.text, max(10, width - 2 - indent))
    first = left(para.label, para.label_width) + " " if para.label else ""
    heads = [first, *[" " * indent] * (len(rows) - 1)]
    return [[(" ", ""), (head, para.label_role), (row, para.role)] for head, row in zip(heads, rows, strict=True)]


class ParaView(RowView[Shown]):
    """How paragraphs are drawn."""

    def key(self, row: Shown) -> str:
        """Paragraphs need no cursor, hence no key."""
        return ""

    def selectable(self, row: Shown) -> bool:
        return False

    def heights(self, rows: Sequence[Shown], width: int) -> list[int]:
        return [len(para_lines(row, width)) for row in rows]

    def draw(self, row: Shown, width: int) -> list[Line]:
        return para_lines(row, width)


class Page(VirtualList[Shown]):
    """Paragraphs that scroll."""

    COUNTS = False

    def __init__(self, paras: Sequence[Shown] = (), *, id: str | None = None) -> None:
        super().__init__(ParaView(), id=id)
        self.rows = tuple(paras)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing opens from a page."""
        return action != "open"

    def bring_to_top(self, index: int) -> None:
        """Scrolls so that the paragraph of this index stands on top, as far as there is text below it."""
        above = sum(len(para_lines(row, max(0, self.size.width - 1))) for row in self.rows[:index])
        self.scroll_to(y=above, animate=False)

    def height_for(self, width: int) -> int:
        """Rows that all of it takes in `width` cells."""
        return sum(len(para_lines(row, max(0, width - 1))) for row in self.rows)


class Failure(Protocol):
    """What an error says of itself (the session's errors do)."""

    title: str
    detail: str
    next: str
    rule: str
    request_id: str


def error_paras(error: Failure, title: str = "") -> list[Para]:
    """`title` (else the error's own), cause, next step, then rule and request id."""
    heading = title or error.title
    body: Sequence[str] = tuple(dict.fromkeys((error.title, error.detail, error.next)))
    marks = marks_words(error.rule, error.request_id)
    return [
        Para(heading, "critical bold"),
        *(Para(text) for text in body if text and text != heading),
        *([Para(marks, "muted")] if marks else []),
    ]


def marks_words(rule: str, request_id: str) -> str:
    """`Rule LOCK-3 · request 7f3a-91c2`, as far as they are known."""
    marks = (rule and f"Rule {rule}", request_id and f"request {request_id}")
    return f" {symbols.get('dot')} ".join(mark for mark in marks if mark)
