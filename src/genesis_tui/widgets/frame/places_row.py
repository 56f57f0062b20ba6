"""Row 1: the places, with what is new in each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, painted

PHONE = 60
WIDE = 100


class PlaceLabel(Protocol):
    """A place as the row writes it: its id, its key, and two names."""

    @property
    def id(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def short(self) -> str: ...


def place_words(place: PlaceLabel, width: int, *, here: bool) -> str:
    """How a place is written at that width of the row: full, short, or by its key alone."""
    if width >= WIDE:
        return place.name
    return place.short if width >= PHONE or here else ""


class PlacesRow(Row):
    """Every place that exists, the open one bold."""

    here: reactive[str] = reactive("")
    new: reactive[Mapping[str, int]] = reactive(dict[str, int])
    """Place id to count of what is new there."""

    def __init__(self, places: Iterable[PlaceLabel], *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._places = tuple(places)

    @dataclass
    class Chosen(Message):
        """A place was clicked."""

        id: str

    def on_click(self, event: events.Click) -> None:
        """A click goes there."""
        at = 0
        for place in self._places:
            at += Segment.get_line_length(self._words(self.size.width, place))
            if event.x < at:
                self.post_message(self.Chosen(place.id))
                return

    def segments(self, width: int) -> list[Segment]:
        return [segment for place in self._places for segment in self._words(width, place)]

    def _words(self, width: int, place: PlaceLabel) -> list[Segment]:
        paint = painted(self)
        wide = width >= WIDE
        line = []
        here = place.id == self.here
        ground = "cursor-dim" if here else ""
        name = place_words(place, width, here=here)
        line.append(Segment(f" {place.key}", paint("accent", ground)))
        line.append(Segment(f" {name}" if name else "", paint("foreground" if here else "muted", ground, bold=here)))
        if count := self.new.get(place.id, 0):
            gap = " " if wide else ""
            line.append(Segment(f"{gap}{symbols.get('new')}{count}", paint("unread", ground, bold=True)))
        line.append(Segment(" ", paint("muted", ground)))
        line.append(Segment(" " if wide or width < PHONE else ""))
        return line
