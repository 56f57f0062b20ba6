"""The words of HTML, XHTML and XML such as C-CDA, laid out as lines: what stands apart on a page stays apart here."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_PARAGRAPHS = {*("p", "pre", "blockquote", "hr", "section", "title", "paragraph"), *(f"h{n}" for n in range(1, 7))}
_BREAKS = {"br"}
_LINES = {
    *("address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "html", "item", "legend", "li", "list"),
    *("main", "menu", "nav", "ol", "optgroup", "option", "summary", "table", "tbody", "td", "tfoot", "th", "thead"),
    *("tr", "ul"),
}
"""What begins and ends on a line of its own; paragraphs also stand apart."""
_INLINE = {
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font"),
    *("i", "img", "input", "ins", "kbd", "label", "mark", "meter", "output", "q", "s", "samp", "small", "span"),
    *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    *("content", "linkhtml", "footnote", "footnoteref"),
}
_SILENT = frozenset({"script", "style", "head", "template", "noscript"})
_CELLS = frozenset({"td", "th"})
_STRUCK = frozenset({"del", "s", "strike"})
_LISTS = frozenset({"ol", "ul", "menu", "dir", "list"})
_ITEMS = frozenset({"li", "item"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_KEPT = "\ufdd0"
"""A space that stays, until all others have been folded; no text has this code point."""
_GAP = _KEPT * 2
_LONG = 160
"""A cell of more than this is a column of a page, not a value in a table."""
EMPTY_CELL = "–"


def text_of_markup(page: str, *, html: bool) -> str:
    """What a page says: a line for each block, item and row of a table; cells of a row two spaces apart.

    Args:
        page: with its tags.
        html: whether line ends between words are spaces, as in HTML; in other XML they are line ends.
    """
    reader = _Reader(html=html)
    reader.feed(page)
    reader.close()
    return _tidied(reader.finish())


def _tidied(text: str) -> str:
    """Without empty lines in a row, and without spaces that say nothing."""
    lines = [_SPACES.sub(" ", line).strip(" ").replace(_KEPT, " ").rstrip() for line in text.split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip("\n")


@dataclass(slots=True)
class _Table:
    """A table that is open: the cells of its row, and the one that is being read."""

    rows: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    cell: list[str] | None = None
    _rows_of_cell: int = 1
    _down: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Cells that reach into rows to come, by their place: how many rows, and what they say in each."""

    def start_cell(self, rows: int) -> None:
        self.end_cell()
        self.cell, self._rows_of_cell = [], rows

    def end_cell(self) -> None:
        if self.cell is not None:
            self._from_above()
            text = _tidied("".join(self.cell)).replace("\n\n", "\n")
            if self._rows_of_cell > 1:
                self._down[len(self.cells)] = (self._rows_of_cell - 1, text)
            self.cells.append(text)
            self.cell = None

    def end_row(self) -> None:
        self.end_cell()
        if any(self.cells):
            self._from_above()
            self.rows.append(_row(self.cells))
        self.cells = []

    def _from_above(self) -> None:
        while (place := len(self.cells)) in self._down:
            rows, text = self._down.pop(place)
            self.cells.append(text)
            if rows > 1:
                self._down[place] = (rows - 1, text)


def _row(cells: list[str]) -> str:
    while not cells[-1]:
        cells = cells[:-1]
    if len(cells) == 1 or any(len(cell) > _LONG for cell in cells):
        return "\n".join(_kept(cell) for cell in cells if cell)
    return _GAP.join(_kept(_joined(cell.split("\n"))) if cell else EMPTY_CELL for cell in cells)


def _joined(lines: list[str]) -> str:
    """The lines of a cell in one; a semicolon where nothing else ends them."""
    text = lines[0].strip()
    for line in lines[1:]:
        text += (" " if text[-1:] in ".,;:!?" else "; ") + line.strip()
    return text


def _kept(text: str) -> str:
    return text.replace(" ", _KEPT)


class _Reader(HTMLParser):
    """Collects what a page says; scripts and styles are not said, and what is struck out is said to be so."""

    def __init__(self, *, html: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._html = html
        self._parts: list[str] = []
        self._tables: list[_Table] = []
        self._lists: list[int | None] = []
        """For each open list the number of its last item; None where items are not numbered."""
        self._silent = self._pre = 0
        self._struck: list[str] = []
        self._raised = False

    def finish(self) -> str:
        """The text, whatever was left open."""
        while self._tables:
            self._end_table()
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag, given = tag.rpartition(":")[2], dict(attrs)
        self._silent += tag in _SILENT
        if tag in _STRUCK or given.get("revised") == "delete":
            self._struck.append(tag)
            self._say("[deleted: ")
        self._raised = tag == "sup"
        self._pre += tag == "pre"
        if tag == "table":
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._tables[-1].end_row()
        elif tag in _CELLS and self._tables:
            self._tables[-1].start_cell(_number(given.get("rowspan")) or 1)
        elif tag in _LISTS:
            numbered = tag == "ol" or given.get("listtype") == "ordered"
            self._new_line()
            self._lists.append(max(0, _number(given.get("start")) - 1) if numbered else None)
        elif tag in _ITEMS:
            self._new_line()
            self._say(self._bullet())
        elif tag == "img" and given.get("alt"):
            self._say(f"[picture: {given['alt']}]")
        elif tag == "input" and (given.get("type") or "").lower() in ("checkbox", "radio"):
            self._say("[x] " if "checked" in given else "[ ] ")
        else:
            self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._pre = max(0, self._pre - (tag == "pre"))
        self._raised = False
        if self._struck and self._struck[-1] == tag:
            self._struck.pop()
            self._say("]")
        if tag == "table" and self._tables:
            self._end_table()
        elif tag == "tr" and self._tables:
            self._tables[-1].end_row()
        elif tag in _CELLS and self._tables:
            self._tables[-1].end_cell()
        elif tag in _LISTS and self._lists:
            self._lists.pop()
            self._new_line()
        elif tag not in _BREAKS:
            self._part(tag)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._raised and data[:1] in "0123456789+-−":
            data = "^" + data
        self._raised = False
        if self._pre:
            self._say(_kept(data.replace("\t", "        ")))
        elif self._html or self._in_cell:
            self._say(_SPACES.sub(" ", data))
        else:
            self._say(data)

    def unknown_decl(self, data: str) -> None:
        """`<![CDATA[…]]>` holds text too."""
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    @property
    def _in_cell(self) -> bool:
        return bool(self._tables) and self._tables[-1].cell is not None

    def _say(self, text: str) -> None:
        """Into the cell that is open, else between the rows of its table, else onto the page."""
        if self._silent or not text:
            return
        if not self._tables:
            self._parts.append(text)
            return
        table = self._tables[-1]
        if table.cell is not None:
            table.cell.append(text)
        elif text.strip():
            table.rows.append(text.strip())

    def _end_table(self) -> None:
        table = self._tables.pop()
        table.end_row()
        self._new_line()
        self._say("\n".join(table.rows))
        self._new_line()

    def _bullet(self) -> str:
        if not self._lists:
            return ""
        indent = _KEPT * 2 * (len(self._lists) - 1)
        last = self._lists[-1]
        if last is None:
            return f"{indent}-{_KEPT}"
        self._lists[-1] = last + 1
        return f"{indent}{last + 1}.{_KEPT}"

    def _part(self, tag: str) -> None:
        """Keeps the words before a tag from those after it; in XML also at tags that are none of a page."""
        if tag in _PARAGRAPHS or tag in _BREAKS:
            self._say("\n")
        elif tag in _LINES:
            self._new_line()
        elif not self._html and tag not in _INLINE:
            self._say(" ")

    def _new_line(self) -> None:
        """On a line of its own from here, which what was said last may have begun."""
        said = self._tables[-1].cell if self._tables else self._parts
        if said and not said[-1].rstrip(" ").endswith("\n"):
            said.append("\n")


def _number(text: str | None) -> int:
    """A small number of an attribute; 0 where it has none."""
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0
