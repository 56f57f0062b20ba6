"""`export`: a section of one person's record as a file."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.completion import one_of
from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.json_parts import PatientOutput, patient_json
from genesis_tui.cli.base.options import (
    chosen_settings,
    json_option,
    open_option,
    server_options,
    signed_in,
    with_portal,
)
from genesis_tui.cli.base.output import listed_in_words, print_json, put
from genesis_tui.cli.base.patient import chosen_person, patient_option, whose
from genesis_tui.cli.record.reading import section_called
from genesis_tui.models.base.dates import in_zone
from genesis_tui.models.export import ExportForm
from genesis_tui.models.record import SECTIONS
from genesis_tui.sanitize import plain

if TYPE_CHECKING:
    from genesis_tui.models.export import SavedExport, SectionExport
    from genesis_tui.session.portal import Portal

_NAMED = 10
"""Words that are replaced and named."""


class ExportOutput(TypedDict):
    """A file that was written. `entries` of `whole` went in; `left_out` says why the others did not, and `closed` names
    the sections that would be in it and are closed. `replaced` are words that the file spells otherwise, and
    `without_original` counts the entries whose resources were not at hand for FHIR."""

    patient: PatientOutput
    section: str
    form: str
    saved: str
    size: int
    sha256: str
    entries: int
    whole: int
    left_out: list[str]
    closed: list[str]
    replaced: list[str]
    without_original: int


@click.command()
@click.argument("section", shell_complete=one_of(lambda: [(one.id, one.title) for one in SECTIONS]))
@click.option(
    "--as", "kind", type=click.Choice([one.value for one in ExportForm]), default="pdf", help="pdf, if not given."
)
@click.option("--to", metavar="FILE", default="", help="Write this file, not one in the usual folder.")
@patient_option
@open_option
@json_option
@server_options
def export(
    *, section: str, kind: str, to: str, patient: str, yes: bool, as_json: bool, server: str, profile: str
) -> None:
    """Save a SECTION of a record as a file: immunizations, medications, or another one that `record` lists.

    The path is printed on stdout, and on stderr how many entries went in and what did not. An existing file is never
    replaced. The file is not encrypted; only your account on this computer can read it.

    JSON: see `genesis-tui schema export`.
    """

    async def work(portal: "Portal") -> None:
        from genesis_tui.export.section import save_section, wanted_path

        path, form = wanted_path(to), ExportForm(kind)
        await signed_in(portal)
        opened = await portal.open(await chosen_person(portal, patient, "record"))
        me = portal.sign_in.me
        now = in_zone(me.server_now if me else datetime.now(UTC), me.zone if me else "")
        chosen, texts = await section_called(opened, section), form is not ExportForm.FHIR
        found = await opened.exports.gather(chosen, now, texts=texts, opened=yes)
        folder = chosen_settings(server, profile).downloads
        saved = await save_section(found, form, folder=folder, path=path)
        if as_json:
            print_json(_json(found, form, saved))
        else:
            _tell(found, form, saved)

    with_portal(server, profile, work, as_json=as_json)


def _tell(found: "SectionExport", form: ExportForm, saved: "SavedExport") -> None:
    note(whose(found.person))
    put(plain(str(saved.path)))
    note(found.counts)
    for line in found.absent:
        say(line)
    if saved.replaced:
        named = listed_in_words(saved.replaced, _NAMED)
        say(f"No font of this computer has all letters of these words, which are spelled otherwise in it: {named}.")
    if form is ExportForm.FHIR and found.lost:
        say(f"Without their resource, which is not at hand: {found.lost:,}.")


def _json(found: "SectionExport", form: ExportForm, saved: "SavedExport") -> ExportOutput:
    return {
        "patient": patient_json(found.person),
        "section": found.section.id,
        "form": form.value,
        "saved": plain(str(saved.path)),
        "size": saved.size,
        "sha256": saved.sha256,
        "entries": len(found.rows),
        "whole": found.whole,
        "left_out": list(found.left_out),
        "closed": list(found.closed),
        "replaced": list(saved.replaced),
        "without_original": found.lost if form is ExportForm.FHIR else 0,
    }
