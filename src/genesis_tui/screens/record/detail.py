"""One entry as rows to read: heading, marks, facts, earlier values, text, and files that can be opened (REC-1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genesis_tui.models.base.also_recorded import ALSO_RECORDED, AlsoRecorded, labelled
from genesis_tui.models.base.dates import NEVER, Moment, Precision, day, long_time, short_day
from genesis_tui.models.base.files import Attachment, kind_text, size_text
from genesis_tui.models.record import EARLIER, Entry, Fact
from genesis_tui.models.results.result import Reading, range_text, reading_text, reading_word
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, width_of, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, line_width, spread
from genesis_tui.widgets.flag_bar import flag_role
from genesis_tui.widgets.page import Drawn, Para, Shown, heading, para_lines
from genesis_tui.widgets.virtual_list import RowView

TEXT_WIDTH = 72
_NARROWEST_LABEL = 10
_VALUE = 2
"""Where the value stands among the spans of its row."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the entry; the cursor may stand on it."""

    attachment: Attachment


DetailRow = Shown | FileRow


@dataclass(frozen=True, slots=True)
class EntrySpace:
    """The cells there are, which of how many the entry is (`3 of 24`), and the zone that times are written in."""

    width: int
    place: str = ""
    zone: str = ""
    loading: bool = False
    """True while the text of a document is on its way."""
    in_results: bool = False
    """True for a result, which Results shows in full."""
    correction: str = ""
    """REC-7: what became of it where somebody said that it is wrong."""


class EntryDetailView(RowView[DetailRow]):
    """Paragraphs, and files under the cursor."""

    def key(self, row: DetailRow) -> str:
        return row.attachment.place if isinstance(row, FileRow) else ""

    def selectable(self, row: DetailRow) -> bool:
        return isinstance(row, FileRow)

    def heights(self, rows: Sequence[DetailRow], width: int) -> list[int]:
        return [1 if isinstance(row, FileRow) else len(para_lines(row, width)) for row in rows]

    def draw(self, row: DetailRow, width: int) -> Sequence[Line]:
        """Title, kind and size of a file; paragraphs as they are."""
        return [_file(row.attachment, width)] if isinstance(row, FileRow) else para_lines(row, width)


def told(entry: Entry, space: EntrySpace, also: Iterable[AlsoRecorded] = ()) -> list[DetailRow]:
    """Everything about an entry, from top to bottom."""
    groups: list[list[DetailRow]] = [
        _head(entry, space),
        [Para(space.correction, "pending")] if space.correction else [],
        list(_marks(entry)),
        list(_facts(entry.facts, space)),
        list(_readings(entry.readings, space)),
        *(_text(*pair, space) for pair in entry.texts),
        [Para(f"Loading{symbols.get('more')}", "italic muted")] if space.loading else [],
        _also(also, space),
        _files(entry.attachments),
        [Para(entry.asks, "pending")] if entry.asks else [],
        [Para("enter opens it in Results.", "muted")] if space.in_results else [],
    ]
    rows: list[DetailRow] = []
    for group in groups:
        if group and rows:
            rows.append(Para())
        rows += group
    return rows


def fact_text(fact: Fact, zone: str) -> str:
    """What a fact says: its words, its time, or the span it took."""
    start = long_time(fact.at, zone or None) if fact.at else ""
    end = long_time(fact.until, zone or None) if fact.until else ""
    if start == end:
        return start or fact.text
    if start and end and _same_day(fact):
        end = end.split(" ", 4)[-1]
    return f"{start} to {end}" if start and end else f"until {end}" if end else start or fact.text


def _same_day(fact: Fact) -> bool:
    moments = [m for m in (fact.at, fact.until) if m is not None and m.precision is Precision.TIME]
    return len(moments) == 2 and moments[0].instant.date() == moments[1].instant.date()


def _head(entry: Entry, space: EntrySpace) -> list[DetailRow]:
    room = max(10, space.width - 2)
    rows = wrap(entry.title, max(10, room - width_of(space.place) - 1))
    first = spread([(rows[0], "bold")], [(space.place, "muted")], room)
    when = long_time(entry.at, space.zone or None) if entry.at != NEVER else ""
    dot = f" {symbols.get('dot')} "
    usual = entry.status if entry.status != entry.state else ""
    about = dot.join(part for part in (entry.group, when, usual) if part)
    found: list[DetailRow] = [Drawn(first), *(Para(row, "bold") for row in rows[1:])]
    if about:
        found.append(Para(about, "muted"))
    if entry.state:
        found.append(Para(entry.state, f"bold {entry.tone}" if entry.tone != "muted" else "muted"))
    return found


def _marks(entry: Entry) -> Iterable[Shown]:
    if entry.corrected:
        yield Para(f"{symbols.get('corrected')} Corrected: it replaces the earlier version.")
    if entry.community:
        when = f", imported {day(Moment(entry.imported))}" if entry.imported else ""
        yield Para(f"{symbols.get('community')} From {entry.community}{when}.", "muted")


def _facts(facts: Sequence[Fact], space: EntrySpace) -> Iterable[Shown]:
    yield from _pairs([(fact.label, fact_text(fact, space.zone)) for fact in facts], space)


def _pairs(said: Sequence[tuple[str, str]], space: EntrySpace) -> Iterable[Shown]:
    widest = max((width_of(label) for label, _ in said), default=0)
    column = max(_NARROWEST_LABEL, min(widest + 1, max(12, space.width * 2 // 5 - 2), 26))
    for label, text in said:
        if width_of(label) > column:
            yield Para(label, "muted")
            yield Para(text, label=" ", label_width=2)
        else:
            yield Para(text, "muted" if text == "None recorded" else "", label=label, label_width=column)


def _readings(readings: Sequence[Reading], space: EntrySpace) -> Iterable[Shown]:
    """The latest value with its range; below it the earlier ones."""
    if not readings:
        return
    latest = readings[0]
    yield from _value(latest, space, latest_one=True)
    if latest.range is not None:
        yield Para(f"Reference {range_text(latest.range)}", "muted")
    if len(readings) > 1:
        yield Para()
        yield heading("Earlier")
        for one in readings[1 : EARLIER + 1]:
            yield from _value(one, space)
        if len(readings) > EARLIER + 1:
            yield Para(f"and {len(readings) - EARLIER - 1:,} more", "muted")


def _value(reading: Reading, space: EntrySpace, *, latest_one: bool = False) -> Iterable[Shown]:
    """Its day and the value in one row; a long value stands below, whole."""
    line = _reading(reading, latest_one=latest_one)
    if line_width(line) <= space.width - 2:
        yield Drawn(line)
    else:
        yield Drawn([span for n, span in enumerate(line) if n != _VALUE])
        yield Para(reading_text(reading), "bold" if latest_one else "", label=" ", label_width=2)


def _reading(reading: Reading, *, latest_one: bool = False) -> Line:
    role = flag_role(reading.flag)
    sign = reading.flag.value if reading.flag.severity else ""
    line: list[Span] = [
        (f"{short_day(reading.at):>9}", "muted"),
        (f"{sign:>3} ", f"sign {role}"),
        (reading_text(reading), "bold" if latest_one else ""),
    ]
    word = reading_word(reading)
    return [*line, (f"  {word}", f"bold {role}")] if word else line


def _text(head: str, text: str, space: EntrySpace) -> list[DetailRow]:
    rows = wrap(text.strip("\n"), min(TEXT_WIDTH, max(10, space.width - 3)))
    return [*([heading(head)] if head else []), *map(Para, rows)]


def _also(also: Iterable[AlsoRecorded], space: EntrySpace) -> list[DetailRow]:
    pairs = labelled(also)
    return [heading(ALSO_RECORDED), *_pairs(pairs, space)] if pairs else []


def _files(attachments: Sequence[Attachment]) -> list[DetailRow]:
    if not attachments:
        return []
    return [heading("Files"), *(FileRow(one) for one in attachments)]


def _file(attachment: Attachment, width: int) -> Line:
    end = f"  {kind_text(attachment.content_type)}"
    size = size_text(attachment.size)
    end = f"{end}, {size}" if size else end
    title = fit(attachment.title or "Untitled file", max(8, width - width_of(end) - 3))
    line: list[Span] = [(" ", ""), (title, "accent"), (fit(end, width - width_of(title) - 2), "muted")]
    return line if line_width(line) <= width else line[:2]
