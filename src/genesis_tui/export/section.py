"""A section of the record into a file of one of the forms that there are (REC-2)."""

import asyncio
import hashlib
import os
from pathlib import Path

from genesis_tui.models.export import ExportForm, SavedExport, SectionExport, file_name
from genesis_tui.store import downloads

_TYPES = {
    ExportForm.PDF: "application/pdf",
    ExportForm.CSV: "text/csv",
    ExportForm.FHIR: "application/fhir+json",
}


def wanted_path(text: str) -> Path | None:
    """The file that somebody named; None where they named none.

    Raises:
        FileFault: it is there already, or can't be the name of a file.
    """
    if not text:
        return None
    try:
        path = Path(text).expanduser().absolute()
        there = os.path.lexists(path)
    except (OSError, ValueError, RuntimeError):
        raise downloads.FileFault("A file can't have this name.") from None
    if there:
        raise downloads.taken(path)
    return path


async def save_section(
    export: SectionExport, form: ExportForm, *, folder: str = "", name: str = "", path: Path | None = None
) -> SavedExport:
    """Write a new file that only its owner can read, whole or not at all; what exists is never replaced.

    Args:
        export: what goes in.
        form: of the file.
        folder: where to; the usual one when empty.
        name: of the file, which gets a number where it is taken; made of person, section and day when empty.
        path: the file itself, in place of folder and name.

    Raises:
        FileFault: it can't be written there, or there is a file of that name already.
    """
    body, replaced = await asyncio.to_thread(_made, export, form)
    if path is not None:
        await asyncio.to_thread(downloads.save_as, path, body)
    else:
        usual = file_name(export.person.given, export.section, export.made, form)
        name = name or downloads.safe_name(usual, _TYPES[form])
        path = await asyncio.to_thread(downloads.save, downloads.downloads(folder), name, body, numbered="-{}")
    return SavedExport(path, len(body), hashlib.sha256(body).hexdigest(), replaced)


def _made(export: SectionExport, form: ExportForm) -> tuple[bytes, tuple[str, ...]]:
    if form is ExportForm.PDF:
        from genesis_tui.export.pdf import section_pdf

        return section_pdf(export)
    if form is ExportForm.CSV:
        from genesis_tui.export.csv import section_csv

        return section_csv(export), ()
    from genesis_tui.export.fhir import section_bundle

    return section_bundle(export), ()
