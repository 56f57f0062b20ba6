"""DiagnosticReport and DocumentReference to rows, and the text that they carry."""

from collections.abc import Sequence
from typing import NamedTuple

from genesis_tui.api_client.fhir.attachments.content import content_text, inlined
from genesis_tui.api_client.fhir.attachments.files import Files, is_readable, kind_of, listed
from genesis_tui.api_client.fhir.results.observations import (
    CORRECTED,
    Inside,
    Lab,
    Labels,
    Member,
    People,
    ReadingContext,
    inside_of,
    labels,
    labs_inside,
    members_of,
    narrative_text,
    owned,
    stated,
    when,
)
from genesis_tui.api_client.fhir.structs import (
    CodeableConcept,
    DiagnosticReport,
    DocumentReference,
    FhirPeriod,
    Narrative,
)
from genesis_tui.api_client.fhir.structs import FhirAttachment as Source
from genesis_tui.api_client.fhir.values import BadEntry, moment, name_of
from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.base.ledger import by_rule
from genesis_tui.models.results.result import Reading, Result, ResultKind
from genesis_tui.sanitize import one_line, plain

_KINDS = {
    "LP29684-5": ResultKind.RADIOLOGY,
    "RAD": ResultKind.RADIOLOGY,
    "RUS": ResultKind.RADIOLOGY,
    "CUS": ResultKind.RADIOLOGY,
    "CT": ResultKind.RADIOLOGY,
    "NMR": ResultKind.RADIOLOGY,
    "IMG": ResultKind.RADIOLOGY,
    **dict.fromkeys(("RX", "XRC", "NMS", "OUS", "VUS", "imaging"), ResultKind.RADIOLOGY),
    "LP7839-6": ResultKind.PATHOLOGY,
    "PAT": ResultKind.PATHOLOGY,
    "SP": ResultKind.PATHOLOGY,
    "CP": ResultKind.PATHOLOGY,
    "LP29708-2": ResultKind.NOTE,
    **dict.fromkeys(("LAB", "LP29693-6", "laboratory", "BG", "BLB", "CG", "CH", "GE", "HM", "IMM"), ResultKind.LAB),
    **dict.fromkeys(("MB", "MCB", "MYC", "OSL", "SR", "TX", "VR"), ResultKind.LAB),
}
"""Codes of LOINC, v2-0074 and observation-category; what is filed under none of them goes to Other."""


class ClinicalDocument(NamedTuple):
    """A report or note: its row as far as it stands alone, and what has to be looked up for it."""

    row: Result
    status: str
    labels: Labels
    members: tuple[Member, ...]
    """The Observations it reports."""
    inside: dict[str, Lab]
    """Those of them that travel inside it, by id."""
    parts: tuple[Source, ...]
    """The renderings to read when the row has no text yet, in their order."""
    files: Files
    """The other ones, which are never read by themselves."""
    people: People
    narrative: str = ""
    """What it says in words, for where nothing else says it."""


def report_of(source: DiagnosticReport, context: ReadingContext) -> ClinicalDocument:
    """A report without its readings.

    Raises:
        BadEntry: it can't be shown, or is not of this patient.
    """
    owned(source.subject, context.patient_id)
    said = labels(source.meta, source.extension)
    key = plain(f"DiagnosticReport/{source.id}")
    parts, files = _sorted_out(source.presented_form, key)
    text, lost = inline_text(parts)
    conclusion = _conclusion(source)
    row = Result(
        key=key,
        kind=_kind(source.category),
        title=one_line(name_of(source.code)) or "Report",
        at=when(source.effective_date_time, source.effective_period, source.issued).on_clock(context.zone),
        until=_end(source.effective_period, context),
        issued=moment(source.issued).on_clock(context.zone) if source.issued else None,
        status=plain(source.status),
        corrected=source.status in CORRECTED,
        reviewed=said.reviewed,
        text=_with_narrative(text, source.text, files, alone=not (conclusion or source.result or parts)),
        conclusion=conclusion,
        missing=lost,
        modified=bool(source.modifier_extension),
        unread=_is_elsewhere(parts),
        updated=said.updated,
        files=tuple(shown for shown, _ in files),
    )
    inside = _inside(source, row.at, context)
    within = Inside.of(source.contained)
    people = People(
        within.named(source.performer),
        within.named(source.results_interpreter),
        tuple(source.based_on),
        specimen=within.named(source.specimen),
        ordered_by=within.requesters(source.based_on),
    )
    return ClinicalDocument(
        row,
        stated(source.status),
        said,
        members_of(source.result, source.id, context.elsewhere),
        inside,
        parts,
        files,
        people,
        narrative_text(source.text),
    )


def note_of(source: DocumentReference, context: ReadingContext) -> ClinicalDocument:
    """A clinical note without its text, unless that came inline.

    Raises:
        BadEntry: it can't be shown, or is not of this patient.
    """
    owned(source.subject, context.patient_id)
    said = labels(source.meta, source.extension)
    status = source.doc_status or ("final" if source.status == "current" else source.status)
    key = plain(f"DocumentReference/{source.id}")
    parts, files = _sorted_out([c.attachment for c in source.content], key)
    text, lost = inline_text(parts)
    row = Result(
        key=key,
        kind=ResultKind.NOTE,
        title=one_line(source.description or name_of(source.type)) or "Note",
        document_type=one_line(name_of(source.type)),
        at=when(None, source.context.period, source.date).on_clock(context.zone),
        until=_end(source.context.period, context),
        issued=moment(source.date).on_clock(context.zone) if source.date else None,
        status=plain(status),
        corrected=status in CORRECTED,
        reviewed=said.reviewed,
        text=_with_narrative(text, source.text, files, alone=not parts),
        missing=lost,
        modified=bool(source.modifier_extension),
        unread=_is_elsewhere(parts),
        updated=said.updated,
        files=tuple(shown for shown, _ in files),
    )
    within = Inside.of(source.contained)
    people = People(by=within.named(source.author), place=within.named([source.custodian] if source.custodian else []))
    shown = stated(status if source.status == "current" else source.status)
    return ClinicalDocument(row, shown, said, (), {}, parts, files, people)


def _inside(source: DiagnosticReport, at: Moment, context: ReadingContext) -> dict[str, Lab]:
    """The tests that travel inside a report, at its time where they have none of their own."""
    found = labs_inside(inside_of(source.contained), context, source.id) if source.contained else ()
    return {lab.reading.id: lab._replace(reading=_timed(lab.reading, at)) for lab in found}


def _timed(reading: Reading, at: Moment) -> Reading:
    """The reading at this time, where it has none of its own."""
    if reading.at.precision is not Precision.NONE:
        return reading
    return reading._replace(at=at, parts=tuple(_timed(part, at) for part in reading.parts))


def _with_narrative(text: str, narrative: Narrative, files: Files, *, alone: bool) -> str:
    """The text; with the narrative where nothing else says it, or where it says that it says more."""
    said = narrative_text(narrative) if alone or narrative.status == "additional" else ""
    return "\n\n".join(filter(None, (text, said))) or (said_of(files) if alone else "")


def _end(period: FhirPeriod | None, context: ReadingContext) -> Moment | None:
    return moment(period.end).on_clock(context.zone) if period and period.start and period.end else None


def _conclusion(source: DiagnosticReport) -> str:
    """The conclusion in words, and its codes where those don't stand in the words already."""
    said = plain(source.conclusion or "", lines=True)
    codes = (one_line(name_of(code)) for code in source.conclusion_code)
    more = dict.fromkeys(code for code in codes if code and code.casefold() not in said.casefold())
    return "\n".join(filter(None, (said, *more)))


def inline_text(parts: Sequence[Source]) -> tuple[str, tuple[str, ...]]:
    """The text of parts that came inline, and what of them can't be read; nothing while one is still to be fetched."""
    if _is_elsewhere(parts):
        return "", ()
    texts: list[str] = []
    lost: list[str] = []
    for part in parts:
        try:
            texts.append(content_text(part))
        except BadEntry as error:
            texts.append("")
            lost.append(cant_be_had(part.title, str(error)))
        if not (part.data or part.url):
            lost.append(cant_be_had(part.title, "the server does not say where it is"))
    return joined_text(parts, texts), tuple(lost)


def _is_elsewhere(parts: Sequence[Source]) -> bool:
    """Whether one of them is still to be fetched."""
    return any(part.url and not part.data for part in parts)


def joined_text(parts: Sequence[Source], texts: Sequence[str]) -> str:
    """One text; each of several under its title."""
    if len(parts) == 1:
        return texts[0]
    titles = (one_line(part.title or "") or f"Part {n}" for n, part in enumerate(parts, 1))
    return "\n\n".join(f"{title}\n{text}" for title, text in zip(titles, texts, strict=True) if text)


def cant_be_had(title: str | None, why: str, rule: str = "") -> str:
    """What is told of a part that there is and that can't be shown."""
    return f"{one_line(title or '') or 'Its text'} can't be had: {why.rstrip('.')}{by_rule(rule)}"


def _kind(categories: list[CodeableConcept]) -> ResultKind:
    codes = [coding.code for category in categories for coding in category.coding if coding.code]
    found = [_KINDS[code] for code in codes if code in _KINDS]
    special = next((kind for kind in found if kind is not ResultKind.LAB), None)
    return special or (ResultKind.LAB if found or not codes else ResultKind.OTHER)


def _sorted_out(attachments: list[Source], key: str) -> tuple[tuple[Source, ...], Files]:
    """What is read of them, plain text before HTML before any other text, and which are files.

    Several of the best kind are parts of one text. Another kind of text says the same again, and is a file.
    """
    order = ("text/plain", "", "text/html", "application/xhtml+xml")

    def rank(attachment: Source) -> int:
        kind = kind_of(attachment)
        return order.index(kind) if kind in order else len(order)

    attachments = [*map(inlined, attachments)]
    texts = [one for one in attachments if is_readable(one)]
    best = min(map(rank, texts), default=0)
    parts = tuple(one for one in texts if rank(one) == best)
    return parts, tuple(pair for pair in listed(attachments, key) if pair[1] not in parts)


def said_of(files: Files) -> str:
    """What stands in place of a text, where there are only files."""
    kinds = dict.fromkeys(shown.content_type or "unknown kind" for shown, _ in files)
    return "\n".join(f"[{one_line(kind)}: a file, not text]" for kind in kinds)
