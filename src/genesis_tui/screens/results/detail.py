"""One result as rows to read: heading, review state, tests, report, earlier values, comments (MOCKUPS §2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from genesis_tui.models.base.also_recorded import ALSO_RECORDED, AlsoRecorded, labelled
from genesis_tui.models.base.dates import DAYS, NEVER, Moment, Precision, clock, day, long_time, short_day, span_text
from genesis_tui.models.base.files import attached_text
from genesis_tui.models.results.ask_first import asks_words
from genesis_tui.models.results.result import SAYS_MORE, Reading, Result, ResultKind, corrections, status_word
from genesis_tui.models.results.trends import TrendPoint
from genesis_tui.screens.results import table
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import left, width_of, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, line_width, spread
from genesis_tui.widgets.flag_bar import flag_role

EARLIER = 4
_LONGEST_LABEL = 26
_NARROW = 60


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together; `reading` where the cursor may stand on them."""

    lines: tuple[Line, ...]
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """What a detail shows: the result, its place in the list (`1 of 20`), earlier values of the chosen test."""

    result: Result
    place: str = ""
    chosen: str = ""
    """Name of the test that `earlier` is about."""
    earlier: tuple[TrendPoint, ...] = ()
    """Newest first, the chosen value itself included."""
    loading: bool = False
    """True while the text of a note is on its way."""
    also: tuple[AlsoRecorded, ...] = ()
    """What is on record beyond all this."""
    correction: str = ""
    """REC-7: what became of it where somebody said that it is wrong."""


@dataclass(frozen=True, slots=True)
class ResultSpace:
    """The cells there are: `indent` before text, `blanks` where empty rows may stand between groups."""

    width: int
    indent: int = 1
    blanks: bool = True

    @property
    def text(self) -> int:
        """Cells for text: one is left free at the right."""
        return max(10, self.width - self.indent - 1)


def blocks(facts: ResultFacts, space: ResultSpace) -> list[Block]:
    """Everything, from top to bottom."""
    groups = [
        _heading(facts, space),
        _marks(facts.result, space),
        _text(space, facts.correction, "pending") if facts.correction else [],
        _files(facts.result, space),
        _tests(facts.result, space),
        _report(facts, space),
        _earlier(facts, space),
        _comments(facts.result, space),
        _also(facts, space),
    ]
    found: list[Block] = []
    for group in groups:
        if group and found and space.blanks:
            found.append(Block(((),)))
        found += group
    return found


def _padded(space: ResultSpace, line: Line) -> Line:
    return [(" " * space.indent, ""), *line] if space.indent else line


def _text(space: ResultSpace, text: str, role: str = "") -> list[Block]:
    return [Block((_padded(space, [(row, role)]),)) for row in wrap(text, min(table.TEXT_WIDTH, space.text))]


def _caption(space: ResultSpace, text: str, end: str = "") -> Block:
    return Block((_padded(space, spread([(text.upper(), "bold muted")], [(end, "muted")], space.text)),))


# heading


def _heading(facts: ResultFacts, space: ResultSpace) -> list[Block]:
    room = space.text - width_of(facts.place) - 1
    rows = wrap(facts.result.title, max(10, room))
    first = spread([(rows[0], "bold")], [(facts.place, "muted")], space.text)
    title: list[Line] = [_padded(space, first), *(_padded(space, [(row, "bold")]) for row in rows[1:])]
    found = [Block(tuple(title))]
    for words in (_when(facts.result, space), _who(facts.result)):
        found += [
            Block((_padded(space, [(row, "muted")]),)) for row in wrap(words, space.text) if words and row.strip()
        ]
    return found


def _when(result: Result, space: ResultSpace) -> str:
    narrow = space.width < _NARROW
    what = result.specimen if narrow and result.specimen else str(result.kind)
    if result.specimen and not narrow:
        what += f", {result.specimen[:1].lower()}{result.specimen[1:]}"
    verb = {ResultKind.LAB: "collected ", ResultKind.NOTE: "written "}.get(result.kind, "")
    when = span_text(result.at, result.until) if result.until else long_time(result.at)
    if narrow:
        verb, when = "", when.removeprefix(f"{DAYS[result.at.instant.weekday()]} ")
    parts = [what, f"{verb}{when}"]
    if not narrow and (final := _final(result)):
        parts.append(final)
    return f" {symbols.get('dot')} ".join(parts)


def _final(result: Result) -> str:
    """`final 11:52`, with its day where that is another one."""
    if result.issued is None or result.kind is ResultKind.NOTE:
        return ""
    word = status_word(result.status)
    same = result.at.precision is Precision.TIME and result.issued.day == result.at.day
    time = clock(result.issued.instant) if result.issued.precision is Precision.TIME else ""
    return f"{word} {time}" if same and time else f"{word} {day(result.issued)} {time}".rstrip()


def _who(result: Result) -> str:
    people = (
        ("by", result.author or result.performer),
        ("ordered by", result.orderer),
        ("read by", result.reader),
    )
    parts = [result.place, *(f"{word} {name}" for word, name in people if name)]
    return f" {symbols.get('dot')} ".join(part for part in parts if part)


# marks


def _marks(result: Result, space: ResultSpace) -> list[Block]:
    found: list[Block] = []
    if result.reviewed is False:
        found += _not_reviewed(space)
    for one in result.missing:
        found += _marked(space, "!", f"{one}.", "pending")
    if result.modified:
        found += _marked(space, "!", f"{SAYS_MORE}.", "pending")
    if result.corrected:
        when = f" {day(result.issued)}" if result.issued else ""
        for said in corrections(result):
            end = "." if said == "Added to" else ", replaces the earlier version."
            found += _marked(space, "Δ", f"{said}{when}{end}" if ":" not in said else f"{said}.", "")
    if result.community:
        when = f", imported {day(Moment(result.imported))}" if result.imported else ""
        found += _marked(space, "»", f"From {result.community}{when}.", "muted")
    return found


def _not_reviewed(space: ResultSpace) -> list[Block]:
    """REL-4, in words."""
    lead, rest = "Not reviewed yet.", "Your care team will review this and contact you."
    start: list[Span] = [("○ ", "sign pending"), (lead, "bold pending")]
    if line_width(start) + 1 + len(rest) <= space.text:
        return [Block((_padded(space, [*start, (f" {rest}", "")]),))]
    rows = [[("  ", ""), (row, "")] for row in wrap(rest, space.text - 2)]
    return [Block(tuple(_padded(space, line) for line in [start, *rows]))]


def _marked(space: ResultSpace, sign: str, text: str, role: str) -> list[Block]:
    rows = wrap(text, space.text - 2)
    heads: list[Span] = [(f"{sign} ", f"sign {role}"), *[("  ", "")] * (len(rows) - 1)]
    return [Block(tuple(_padded(space, [head, (row, role)]) for head, row in zip(heads, rows, strict=True)))]


def _files(result: Result, space: ResultSpace) -> list[Block]:
    """What there is, and the keys for it: opening is for Record alone."""
    if not result.files:
        return []
    them = "it" if len(result.files) == 1 else "them"
    return _text(
        space, f"Attached: {attached_text(result.files)}. e saves {them}; Record (6) opens {them} too.", "muted"
    )


# tests


def _tests(result: Result, space: ResultSpace) -> list[Block]:
    if not result.readings:
        return []
    width = space.width - space.indent
    shape = table.shape_of(result.readings, width)
    found = [Block((_padded(space, table.heading(shape)),))] if shape else []
    panel = ""
    for reading in result.readings:
        if reading.panel != panel and reading.panel:
            found.append(Block((_padded(space, [(reading.panel, "muted")]),)))
        panel = reading.panel
        lines = table.rows_of(reading, shape, width, bar=space.blanks)
        lines += [[("  ", ""), (row, "muted")] for row in wrap(_besides(reading, result), width - 3) if row]
        found.append(Block(tuple(_padded(space, line) for line in lines), reading))
    return found


def _besides(reading: Reading, result: Result) -> str:
    """What is told of a test below it: when it was taken, where that is not when the result was; what is special."""
    other = reading.at not in (result.at, NEVER)
    other = other or (reading.until is not None and reading.until != result.until)
    when = (span_text(reading.at, reading.until) if reading.until else long_time(reading.at)) if other else ""
    return f" {symbols.get('dot')} ".join(filter(None, (when, SAYS_MORE if reading.modified else "")))


def _report(facts: ResultFacts, space: ResultSpace) -> list[Block]:
    result = facts.result
    if result.asks:
        return _text(space, f"{asks_words(result)} enter asks.", "pending")
    found: list[Block] = []
    if result.text.strip():
        found += _text(space, result.text.strip("\n"))
    elif facts.loading:
        found += _text(space, f"Loading{symbols.get('more')}", "italic muted")
    if result.conclusion.strip() and result.conclusion.strip() not in result.text:
        if found and space.blanks:
            found.append(Block(((),)))
        found += [_caption(space, "Conclusion"), *_text(space, result.conclusion.strip())]
    if not (found or result.readings or result.files or result.missing):
        found += _text(space, "None recorded", "muted")
    return found


# earlier values and comments


def _earlier(facts: ResultFacts, space: ResultSpace) -> list[Block]:
    if len(facts.earlier) < 2:
        return []
    shown = facts.earlier[:EARLIER]
    caption = _caption(space, f"Earlier: {facts.chosen}", "t trend")
    if space.width < _NARROW:
        return [caption, *(Block((_padded(space, _earlier_row(e)),)) for e in shown)]
    cells = [_earlier_cell(e) for e in shown]
    return [caption, *(Block((_padded(space, row),)) for row in _in_rows(cells, space.text))]


def _sign(entry: TrendPoint) -> str:
    return entry.flag.value if entry.flag.severity else ""


def _earlier_cell(entry: TrendPoint) -> list[Span]:
    return [
        (f"{short_day(entry.at):>9}", "muted"),
        (f"{_sign(entry):>2} ", f"sign {flag_role(entry.flag)}"),
        (entry.text, ""),
    ]


def _earlier_row(entry: TrendPoint) -> list[Span]:
    role = flag_role(entry.flag)
    unit = next((q.unit for q in entry.points if q is not None), "")
    line = [
        (f"{short_day(entry.at):>9}", "muted"),
        (f"{_sign(entry):>3} ", f"sign {role}"),
        (f"{entry.text} {unit}".rstrip(), ""),
    ]
    return [*line, (f"  {entry.word}", f"bold {role}")] if role else line


def _in_rows(cells: Sequence[Sequence[Span]], width: int) -> list[Line]:
    """Cells of equal width side by side, as many a row as fit."""
    widest = max(line_width(cell) for cell in cells) + 2
    count = max(1, (width + 2) // widest)
    lines: list[Line] = []
    for start in range(0, len(cells), count):
        line: list[Span] = []
        for cell in cells[start : start + count]:
            line += [*cell, (" " * (widest - line_width(cell)), "")]
        lines.append(line)
    return lines


def _comments(result: Result, space: ResultSpace) -> list[Block]:
    notes: dict[str, list[str]] = {}
    for reading in result.readings:
        if reading.note.strip():
            notes.setdefault(reading.note.strip(), []).append(reading.name)
    if not notes:
        return []
    found = [_caption(space, "Comment from the laboratory")]
    for note, names in notes.items():
        lead = f"{', '.join(names)}: " if len(names) < len(result.readings) else ""
        found += _text(space, lead + note)
    return found


def _also(facts: ResultFacts, space: ResultSpace) -> list[Block]:
    pairs = labelled(facts.also)
    found = [_caption(space, ALSO_RECORDED)] if pairs else []
    column = min(_LONGEST_LABEL, space.text // 3)
    for label, text in pairs:
        short = width_of(label) < column
        indent = column if short else 2
        heads = [] if short else [*_text(space, label, "muted")]
        rows = wrap(text, min(table.TEXT_WIDTH, space.text) - indent)
        starts = [left(label, column) if short else "  ", *[" " * indent] * (len(rows) - 1)]
        found += heads
        found += [
            Block((_padded(space, [(start, "muted"), (row, "")]),)) for start, row in zip(starts, rows, strict=True)
        ]
    return found
