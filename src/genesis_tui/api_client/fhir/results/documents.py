"""DiagnosticReport and DocumentReference to rows, and the text that they carry."""

import binascii
from base64 import b64decode
from html.parser import HTMLParser
from typing import NamedTuple

from genesis_tui.api_client.fhir.attachments import MARKED_UP, Files, files_of, is_readable, kind_of
from genesis_tui.api_client.fhir.results.observations import (
    CORRECTED,
    Labels,
    id_in,
    labels,
    names,
    owned,
    stated,
    when,
)
from genesis_tui.api_client.fhir.structs import Attachment, Concept, Document, Report
from genesis_tui.api_client.fhir.values import BadEntry, instant, name_of
from genesis_tui.models.results.results import Kind, Result
from genesis_tui.sanitize import one_line, plain

_KINDS = {
    "LP29684-5": Kind.RADIOLOGY,
    "RAD": Kind.RADIOLOGY,
    "RUS": Kind.RADIOLOGY,
    "CUS": Kind.RADIOLOGY,
    "CT": Kind.RADIOLOGY,
    "NMR": Kind.RADIOLOGY,
    "IMG": Kind.RADIOLOGY,
    "LP7839-6": Kind.PATHOLOGY,
    "PAT": Kind.PATHOLOGY,
    "SP": Kind.PATHOLOGY,
    "CP": Kind.PATHOLOGY,
    "LP29708-2": Kind.NOTE,
}
"""Codes of LOINC and v2-0074 that are not laboratory; everything else is."""
_BLOCKS = frozenset(
    {
        "paragraph",
        "item",
        "title",
        "caption",
        "p",
        "br",
        "div",
        "tr",
        "li",
        "table",
        "ul",
        "ol",
        "section",
        "blockquote",
        "pre",
        "hr",
    }
)
_UNREAD = frozenset({"script", "style", "head", "template"})


class Paper(NamedTuple):
    """A report or note: its row as far as it stands alone, and what has to be looked up for it."""

    row: Result
    status: str
    labels: Labels
    results: tuple[str, ...]
    """Ids of the Observations it reports."""
    attachment: Attachment | None
    """The rendering to read when the row has no text yet."""
    files: Files = ()
    """The other ones, which are never read by themselves."""


def report_of(source: Report, patient_id: str) -> Paper:
    """A report without its readings.

    Raises:
        BadEntry: it can't be shown, or is not of this patient.
    """
    owned(source.subject, patient_id)
    said = labels(source.meta, source.extension)
    key = plain(f"DiagnosticReport/{source.id}")
    best, files = _sorted_out(source.presented_form, key)
    text = content_text(best) or ("" if best or source.result else _said_of(files))
    row = Result(
        key=key,
        kind=_kind(source.category),
        title=one_line(name_of(source.code)) or "Report",
        at=when(source.effective_date_time, source.effective_period, source.issued),
        issued=instant(source.issued),
        status=plain(source.status),
        corrected=source.status in CORRECTED,
        reviewed=said.reviewed,
        text=text,
        conclusion=plain(source.conclusion or "", lines=True),
        specimen=names(source.specimen),
        performer=names(source.performer),
        author=names(source.results_interpreter),
        updated=said.updated,
        files=tuple(shown for shown, _ in files),
    )
    return Paper(row, stated(source.status), said, tuple(id_in(r) for r in source.result), best, files)


def note_of(source: Document, patient_id: str) -> Paper:
    """A clinical note without its text, unless that came inline.

    Raises:
        BadEntry: it can't be shown, or is not of this patient.
    """
    owned(source.subject, patient_id)
    said = labels(source.meta, source.extension)
    status = source.doc_status or ("final" if source.status == "current" else source.status)
    key = plain(f"DocumentReference/{source.id}")
    best, files = _sorted_out([c.attachment for c in source.content], key)
    text = content_text(best) or ("" if best else _said_of(files))
    row = Result(
        key=key,
        kind=Kind.NOTE,
        title=one_line(source.description or name_of(source.type)) or "Note",
        at=when(None, source.context.period, source.date),
        issued=instant(source.date),
        status=plain(status),
        corrected=status in CORRECTED,
        reviewed=said.reviewed,
        text=text,
        author=names(source.author),
        place=names([source.custodian]) if source.custodian else "",
        updated=said.updated,
        files=tuple(shown for shown, _ in files),
    )
    return Paper(row, stated(status if source.status == "current" else source.status), said, (), best, files)


def content_text(attachment: Attachment | None) -> str:
    """The text of inline content; empty where there is none, or none that is text.

    Raises:
        BadEntry: the content is not the base64 that it says to be.
    """
    if attachment is None or not attachment.data:
        return ""
    return readable(bytes_of(attachment.data), attachment.content_type or "")


def bytes_of(text: str) -> bytes:
    """Inline content as the bytes it stands for.

    Raises:
        BadEntry: it is not base64.
    """
    try:
        return b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        raise BadEntry("content that is not base64") from None


def readable(raw: bytes, content_type: str) -> str:
    """Plain text of plain text, HTML or XML such as C-CDA; other kinds are named, as they can't be shown here."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in MARKED_UP or kind.endswith("+xml"):
        return plain(_without_tags(raw.decode("utf-8", "replace")), lines=True)
    if kind.startswith("text/") or not kind:
        return plain(raw.decode("utf-8", "replace"), lines=True)
    return f"[{one_line(kind)}, {len(raw)} bytes: not text]"


def _kind(categories: list[Concept]) -> Kind:
    codes = (coding.code for category in categories for coding in category.coding)
    return next((_KINDS[code] for code in codes if code in _KINDS), Kind.LAB)


def _sorted_out(attachments: list[Attachment], key: str) -> tuple[Attachment | None, Files]:
    """What is read of them, plain text before HTML before any other text, and which are files."""
    if not attachments:
        return None, ()
    order = ("text/plain", "", "text/html", "application/xhtml+xml")

    def rank(attachment: Attachment) -> int:
        kind = kind_of(attachment)
        return order.index(kind) if kind in order else len(order)

    return min(filter(is_readable, attachments), key=rank, default=None), files_of(attachments, key)


def _said_of(files: Files) -> str:
    """What stands in place of a text, where there are only files."""
    kinds = dict.fromkeys(shown.content_type or "unknown kind" for shown, _ in files)
    return "\n".join(f"[{one_line(kind)}: a file, not text]" for kind in kinds)


def _is_block(tag: str) -> bool:
    return tag in _BLOCKS or (len(tag) == 2 and tag[0] == "h" and tag[1].isdigit())


class _Words(HTMLParser):
    """Collects what a page says; scripts and styles are not said."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _UNREAD
        if _is_block(tag):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _UNREAD))
        if _is_block(tag) and tag not in ("br", "hr"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def _without_tags(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip("\n")
