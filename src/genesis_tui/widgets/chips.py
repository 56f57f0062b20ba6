"""A row of names of which one is chosen: folders, groups, sections."""

from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import width_of
from genesis_tui.widgets.drawing.lines import Line, Span, line_width, spread, styled
from genesis_tui.widgets.drawing.row import Row, painted

_GAP = 2


@dataclass(frozen=True, slots=True)
class Chip:
    """One name, with a count of what is new behind it and a shorter form for narrow rows."""

    id: str
    name: str
    new: int = 0
    short: str = ""


def chips_line(chips: tuple[Chip, ...], here: str, width: int, end: Line = ()) -> Line:
    """The chips with the chosen one underlined; short names, then no `end`, where it does not fit."""
    for short, tail in ((False, end), (True, end), (True, ())):
        start: list[Span] = [("  ", "")]
        for chip in chips:
            start += [*_chip(chip, chip.id == here, short=short), (" " * _GAP, "")]
        if line_width(start[:-1]) + line_width(tail) < width:
            return spread(start[:-1], tail, width) if tail else start[:-1]
    return start[:-1]


def _chip(chip: Chip, here: bool, *, short: bool) -> list[Span]:
    name = chip.short if short and chip.short else chip.name
    spans: list[Span] = [(name, "bold underline" if here else "muted")]
    return [*spans, (f" •{chip.new}", "sign bold unread")] if chip.new else spans


class ChipsRow(Row):
    """The row itself; a click on a chip chooses it."""

    chips: reactive[tuple[Chip, ...]] = reactive(tuple[Chip, ...]())
    here: reactive[str] = reactive("")
    end: reactive[Line] = reactive(tuple[Span, ...]())
    """What stands at the right end where there is room."""

    @dataclass
    class Chosen(Message):
        """A chip was clicked."""

        id: str

    def after(self, by: int) -> str:
        """The id of the chip `by` places further, round the end."""
        ids = [chip.id for chip in self.chips]
        return ids[(ids.index(self.here) + by) % len(ids)] if self.here in ids else ids[0]

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        line = chips_line(self.chips, self.here, width, self.end)
        return [Segment(symbols.shown(text) if "sign" in role else text, styled(paint, role)) for text, role in line]

    def on_click(self, event: events.Click) -> None:
        x, at = event.x, 0
        chosen = ""
        names = iter(chip.id for chip in self.chips)
        for text, role in chips_line(self.chips, self.here, self.size.width, self.end):
            if role in ("muted", "bold underline"):
                chosen = next(names, "")
            at += width_of(text)
            if x < at:
                break
        else:
            return
        if chosen and text.strip():
            self.post_message(self.Chosen(chosen))
