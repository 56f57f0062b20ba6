"""DiagnosticReport and DocumentReference to rows, and the text that they carry."""

from typing import NamedTuple

from genesis_tui.api_client.fhir.attachments.content import content_text
from genesis_tui.api_client.fhir.attachments.files import Files, files_of, is_readable, kind_of
from genesis_tui.api_client.fhir.results.observations import CORRECTED, Labels, labels, owned, stated, when
from genesis_tui.api_client.fhir.structs import CodeableConcept, DiagnosticReport, DocumentReference
from genesis_tui.api_client.fhir.structs import FhirAttachment as Source
from genesis_tui.api_client.fhir.values import id_in, instant, name_of, names
from genesis_tui.models.results.result import Result, ResultKind
from genesis_tui.sanitize import one_line, plain

_KINDS = {
    "LP29684-5": ResultKind.RADIOLOGY,
    "RAD": ResultKind.RADIOLOGY,
    "RUS": ResultKind.RADIOLOGY,
    "CUS": ResultKind.RADIOLOGY,
    "CT": ResultKind.RADIOLOGY,
    "NMR": ResultKind.RADIOLOGY,
    "IMG": ResultKind.RADIOLOGY,
    "LP7839-6": ResultKind.PATHOLOGY,
    "PAT": ResultKind.PATHOLOGY,
    "SP": ResultKind.PATHOLOGY,
    "CP": ResultKind.PATHOLOGY,
    "LP29708-2": ResultKind.NOTE,
}
"""Codes of LOINC and v2-0074 that are not laboratory; everything else is."""


class ClinicalDocument(NamedTuple):
    """A report or note: its row as far as it stands alone, and what has to be looked up for it."""

    row: Result
    status: str
    labels: Labels
    results: tuple[str, ...]
    """Ids of the Observations it reports."""
    attachment: Source | None
    """The rendering to read when the row has no text yet."""
    files: Files = ()
    """The other ones, which are never read by themselves."""


def report_of(source: DiagnosticReport, patient_id: str) -> ClinicalDocument:
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
    return ClinicalDocument(row, stated(source.status), said, tuple(id_in(r) for r in source.result), best, files)


def note_of(source: DocumentReference, patient_id: str) -> ClinicalDocument:
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
        kind=ResultKind.NOTE,
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
    return ClinicalDocument(row, stated(status if source.status == "current" else source.status), said, (), best, files)


def _kind(categories: list[CodeableConcept]) -> ResultKind:
    codes = (coding.code for category in categories for coding in category.coding)
    return next((_KINDS[code] for code in codes if code in _KINDS), ResultKind.LAB)


def _sorted_out(attachments: list[Source], key: str) -> tuple[Source | None, Files]:
    """What is read of them, plain text before HTML before any other text, and which are files."""
    if not attachments:
        return None, ()
    order = ("text/plain", "", "text/html", "application/xhtml+xml")

    def rank(attachment: Source) -> int:
        kind = kind_of(attachment)
        return order.index(kind) if kind in order else len(order)

    return min(filter(is_readable, attachments), key=rank, default=None), files_of(attachments, key)


def _said_of(files: Files) -> str:
    """What stands in place of a text, where there are only files."""
    kinds = dict.fromkeys(shown.content_type or "unknown kind" for shown, _ in files)
    return "\n".join(f"[{one_line(kind)}: a file, not text]" for kind in kinds)
