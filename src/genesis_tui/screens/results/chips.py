"""The row over the list: which kinds show, and at the right what narrows or orders them."""

from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive

from genesis_tui.models.results.result import Flag, ResultKind
from genesis_tui.screens.results.filter import ResultFilter, ResultOrder
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import width_of
from genesis_tui.widgets.drawing.lines import Line, Span, line_width, spread, styled
from genesis_tui.widgets.drawing.row import Row, painted

KINDS: tuple[ResultKind | None, ...] = (
    None,
    ResultKind.LAB,
    ResultKind.RADIOLOGY,
    ResultKind.PATHOLOGY,
    ResultKind.NOTE,
)
_WIDE = {
    None: "All",
    ResultKind.LAB: "Labs",
    ResultKind.RADIOLOGY: "Radiology",
    ResultKind.PATHOLOGY: "Pathology",
    ResultKind.NOTE: "Notes",
}
_SHORT = {**_WIDE, ResultKind.RADIOLOGY: "Rad", ResultKind.PATHOLOGY: "Path"}
_LONG_FROM = 76


def kind_at(choice: ResultFilter, by: int) -> ResultKind | None:
    """The chip `by` places further, round the end."""
    return KINDS[(KINDS.index(choice.kind) + by) % len(KINDS)]


def chip_words(width: int) -> tuple[str, ...]:
    """The chips' names for a row of `width` cells."""
    names = _WIDE if width >= _LONG_FROM else _SHORT
    return tuple(names[kind] for kind in KINDS)


def chips_line(choice: ResultFilter, width: int, *, loading: str = "") -> Line:
    """The chips, and at the right: what is loading, `▲ abnormal only`, the order; less of it where it is narrow."""
    start: list[Span] = [("  ", "")]
    for kind, word in zip(KINDS, chip_words(width), strict=True):
        start += [(word, "bold underline" if kind is choice.kind else "muted"), ("  ", "")]
    for end in _ends(choice, loading):
        if line_width(start) + line_width(end) <= width:
            return spread(start[:-1], end, width)
    return start[:-1]


def _ends(choice: ResultFilter, loading: str) -> list[list[Span]]:
    """What can stand at the right, the fullest first."""
    high = Flag.HIGH.value
    abnormal = "bold abnormal" if choice.abnormal else "muted"
    order = "muted" if choice.order is ResultOrder.NEWEST else ""
    if loading:
        sign = symbols.get("fetching")
        return [[(f"{sign} {text}", "italic muted"), (" ", "")] for text in (f"Loading, {loading}", loading.split()[0])]
    full: list[Span] = [(f"{high} abnormal only", f"sign {abnormal}"), (f"   {choice.order}", order), (" ", "")]
    only: list[Span] = [(f"{high} only", f"sign {abnormal}"), (" ", "")] if choice.abnormal else []
    ordered: list[Span] = [(str(choice.order), order), (" ", "")] if choice.order is not ResultOrder.NEWEST else []
    return [full, *([[*only[:1], ("  ", ""), *ordered]] if only and ordered else []), *filter(None, (only, ordered))]


class Chips(Row):
    """The row itself; a click on a chip chooses it, one on what stands at the right does what its key does."""

    choice: reactive[ResultFilter] = reactive(ResultFilter())
    coming: reactive[str] = reactive("")
    """`40 of about 120` or `40 so far` while pages come in; empty otherwise."""

    @dataclass
    class Chosen(Message):
        """A chip was clicked."""

        kind: ResultKind | None

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        line = chips_line(self.choice, width, loading=self.coming)
        return [Segment(symbols.shown(text) if "sign" in role else text, styled(paint, role)) for text, role in line]

    async def on_click(self, event: events.Click) -> None:
        at = 0
        for text, _ in chips_line(self.choice, self.size.width, loading=self.coming):
            at += width_of(text)
            if event.x < at:
                acts = {"only": "abnormal", str(self.choice.order): "order"}
                act = next((act for words, act in acts.items() if text.strip().endswith(words)), None)
                if act is not None:
                    await self.screen.run_action(act)
                break
        start = 2
        for kind, word in zip(KINDS, chip_words(self.size.width), strict=True):
            if start <= event.x < start + width_of(word):
                self.post_message(self.Chosen(kind))
            start += width_of(word) + 2
