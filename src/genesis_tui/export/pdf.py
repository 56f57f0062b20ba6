"""A section of the record as pages to print or hand on; immunizations as school, work or travel ask (REC-2)."""

from collections.abc import Iterator
from datetime import date

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from genesis_tui import __version__
from genesis_tui.export.csv import said_of
from genesis_tui.export.letters import Letters
from genesis_tui.models.base.dates import NEVER, day, instant_text, long_date, long_time
from genesis_tui.models.export import SectionExport
from genesis_tui.models.record import EARLIER, NOTHING_RECORDED, Entry
from genesis_tui.models.results.result import reading_text, reading_word

_DOSES = "immunizations"
_HEADS, _WIDTHS = ("Date", "Vaccine", "Lot", "Site", "Facility"), (26, 60, 26, 34, 50)
_MARGIN = 10
_GREY, _BLACK = 90, 0


def section_pdf(export: SectionExport) -> tuple[bytes, tuple[str, ...]]:
    """The file, and the words in it whose letters its font does not have."""
    pages = _Pages(export, Letters("\n".join(_words(export))))
    pages.add_page()
    if export.section.id == _DOSES:
        pages.put_doses()
    else:
        for entry in export.rows:
            pages.put_entry(entry)
    pages.put_end()
    return bytes(pages.output()), pages.letters.replaced


class _Pages(FPDF):
    """Pages on US letter paper, each with whose record it is and what made it."""

    def __init__(self, export: SectionExport, letters: Letters) -> None:
        super().__init__(format="letter")
        self._export = export
        self.letters = letters
        self._face = "Helvetica"
        if letters.font is not None:
            self._face = "record"
            for style, path in zip(("", "B"), letters.font, strict=True):
                self.add_font(self._face, style, path)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, 20)
        self.set_title(self.letters.of(f"{_title(export)}: {export.person.name}"))
        self.set_creator(f"genesis-tui {__version__}, an unofficial client")
        self.set_creation_date(export.made)
        self.set_lang("en-US")

    def header(self) -> None:
        """What it is, and whose."""
        export = self._export
        self._line(_title(export), 15, bold=True)
        self._line(f"{export.person.name}, {_born(export.born)}", 12, bold=True)
        self._line(_made_by(export), 8, grey=_GREY)
        self.ln(1)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(3)

    def footer(self) -> None:
        """What it is not, and which page."""
        self.set_y(-14)
        self._font(8, grey=_GREY)
        self.cell(0, 4, "Unofficial copy, made by the patient's own program. No office has issued or certified it.")
        self.set_x(self.l_margin)
        self.cell(0, 4, f"Page {self.page_no()} of {{nb}}", align="R")

    def put_doses(self) -> None:
        """A row a dose; the headings stand on each page."""
        self._font(9)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=_WIDTHS,
            headings_style=FontFace(emphasis="BOLD"),
            line_height=4.5,
            padding=1,
            text_align="LEFT",
        ) as table:
            for cells in (_HEADS, *map(_dose, self._export.rows)):
                row = table.row()
                for cell in cells:
                    row.cell(self.letters.of(cell))
        self.ln(4)

    def put_entry(self, entry: Entry) -> None:
        """An entry with everything that is known of it."""
        if self.will_page_break(15):
            self.add_page()
        self._line(entry.title, 10, bold=True)
        self._line(_about(entry), 9, grey=_GREY)
        for text in _lines_of(entry):
            self._line(text, 9)
        self.ln(3)

    def put_end(self) -> None:
        """How many went in, what did not, and what is spelled otherwise."""
        for text in (self._export.counts, *self._export.absent):
            self._line(text, 9)
        if self.letters.replaced:
            told = "Letters that this file's font does not have stand here without their accents, or as ?; in words: "
            self._line(f"{told}{len(self.letters.replaced):,}.", 9)

    def _line(self, text: str, size: int, *, bold: bool = False, grey: int = _BLACK) -> None:
        if not text:
            return
        self._font(size, bold=bold, grey=grey)
        self.multi_cell(0, size / 2, self.letters.of(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _font(self, size: int, *, bold: bool = False, grey: int = _BLACK) -> None:
        self.set_font(self._face, "B" if bold else "", size)
        self.set_text_color(grey)


def _title(export: SectionExport) -> str:
    return "Immunization record" if export.section.id == _DOSES else export.section.title


def _born(born: str) -> str:
    try:
        return f"born {long_date(date.fromisoformat(born)).partition(' ')[2]}"
    except ValueError:
        return f"born {born}" if born else "birth date not known here"


def _made_by(export: SectionExport) -> str:
    when, by = instant_text(export.made), "an unofficial client of the MHS GENESIS patient portal"
    return f"Made {when} by genesis-tui, {by}, from {export.server}."


def _dose(entry: Entry) -> tuple[str, ...]:
    """Date, product, lot, site, facility: where it was given, else who gave it, else whose record it came from."""
    marks = (entry.state if entry.state not in entry.modifiers else "", "corrected" if entry.corrected else "")
    product = ", ".join(filter(None, (entry.title, *marks)))
    place = said_of(entry.facts, "Place") or said_of(entry.facts, "Given by") or entry.community
    cells = (said_of(entry.facts, "Lot"), said_of(entry.facts, "Site"), place)
    return day(entry.at), product, *(cell or NOTHING_RECORDED for cell in cells)


def _about(entry: Entry) -> str:
    when = long_time(entry.at) if entry.at != NEVER else ""
    partner = f"from {entry.community}" if entry.community else ""
    said = (entry.group, when, entry.state or entry.status, "corrected" if entry.corrected else "", partner)
    return ", ".join(filter(None, said))


def _lines_of(entry: Entry) -> Iterator[str]:
    """What an entry says, line by line."""
    if entry.summary:
        yield entry.summary
    yield from (f"{fact.label}: {fact.said}" for fact in entry.facts)
    for one in entry.readings[1 : EARLIER + 1]:
        yield " ".join(filter(None, (f"{day(one.at)}:", reading_text(one), reading_word(one))))
    if len(entry.readings) > EARLIER + 1:
        yield f"and {len(entry.readings) - EARLIER - 1:,} earlier values, which a CSV file has"
    yield from (f"{heading}\n{text}".strip() for heading, text in entry.texts)
    yield from (f"File: {one.title or one.content_type}" for one in entry.attachments)


def _words(export: SectionExport) -> Iterator[str]:
    """Everything that a file of it holds."""
    yield from (_title(export), export.person.name, export.server, *export.absent)
    for entry in export.rows:
        yield from (entry.title, _about(entry), *_dose(entry), *_lines_of(entry))
