"""The two rows over a clipboard: which, how far it is, where it is kept; and how much of it is done."""

from rich.segment import Segment
from textual.reactive import reactive

from genesis_tui.models.appointments.clipboards.questions import Clipboard
from genesis_tui.models.base.dates import clock, in_zone, weekday, zone_name
from genesis_tui.sanitize import one_line
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, clip, painted, spread


class HeadRow(Row):
    """`Asthma follow-up · Tue 1 Dec 10:00 EST`, and at the right `5 of 11 answered · ✓ saved 09:42`."""

    count: reactive[str] = reactive("")
    kept: reactive[str] = reactive("")
    ok: reactive[bool] = reactive(True)
    title: reactive[str] = reactive("")
    """In place of the clipboard's own: what is done with it."""

    def __init__(self, clipboard: Clipboard) -> None:
        super().__init__()
        self._called = f"{one_line(clipboard.title or clipboard.what)}"
        self._when = when_text(clipboard)

    def segments(self, width: int) -> list[Segment]:
        """What fits of it: the count goes first, then the hour of the visit, then its day; never where answers are."""
        paint, dot = painted(self), f" {symbols.get('dot')} "
        mark = f"{symbols.get('ok')} " if self.ok and self.kept else ""
        kept = f"{mark}{self.kept}"
        name, told = dot.join(filter(None, (self._called, self._when))), dot.join(filter(None, (self.count, kept)))
        if self.title:
            pairs = [(self.title, name), (self.title, self._called), (self.title, "")]
        else:
            day = ", ".join(filter(None, (self._called, " ".join(self._when.split()[:3]))))
            short = kept.replace("saved ", "")
            least = (self._called, short.split(",")[0])
            pairs = [(name, told), (name, kept), (day, short), (self._called, short), least]
        start, words = next((pair for pair in pairs if sum(map(len, pair)) + 5 <= width), pairs[-1])
        lead = Segment(f"  {clip(start, max(4, width - len(words) - 5))}", paint("foreground", bold=True))
        tail = Segment(f"{words}  ", paint("muted" if self.ok or self.title else "pending"))
        return spread([lead], [tail], width, paint("foreground"))


class ProgressRow(Row):
    """A rule, thick as far as the answers go; or words, where nothing can be changed."""

    done: reactive[tuple[int, int]] = reactive((0, 0))
    words: reactive[str] = reactive("")

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        if self.words:
            return [Segment(f"  {clip(self.words, width - 3)}", paint("muted"))]
        answered, asked = self.done
        told = f" {answered} of {asked}" if width < 60 else ""
        room = max(0, width - 4 - len(told))
        thick = room * answered // asked if asked else 0
        thin = room - thick
        thick_rule = Segment(symbols.get("focus") * thick, paint("accent"))
        rest = [Segment(symbols.get("rule") * thin, paint("rule")), Segment(told, paint("muted"))]
        return [Segment("  "), thick_rule, *rest]


def when_text(clipboard: Clipboard) -> str:
    """`Tue 1 Dec 10:00 EST`; empty for a request."""
    if clipboard.start is None:
        return ""
    at = in_zone(clipboard.start, clipboard.zone) if clipboard.zone else clipboard.start
    return f"{' '.join(weekday(at).split())} {clock(at)} {zone_name(at)}"
