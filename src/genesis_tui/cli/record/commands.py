"""`record`: the sections of one person's record, their entries, one entry whole, its files, and the ledger."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.completion import one_of
from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import Csv, chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.groups import ListGroup
from genesis_tui.cli.base.json_parts import SavedOutput
from genesis_tui.cli.base.ledger import print_ledger, say_lacking
from genesis_tui.cli.base.options import (
    chosen_settings,
    confirm,
    folder_option,
    json_option,
    open_option,
    server_options,
    signed_in,
    with_portal,
    yes_option,
)
from genesis_tui.cli.base.output import print_json, print_table, put
from genesis_tui.cli.base.patient import chosen_person, patient_option, whose
from genesis_tui.cli.record import output
from genesis_tui.cli.record.reading import entry_called, section_called, sections_counted, whole
from genesis_tui.models.base.also_recorded import ALSO_RECORDED, labelled
from genesis_tui.models.base.dates import long_day
from genesis_tui.models.base.errors import NotFound
from genesis_tui.models.record import SECTIONS
from genesis_tui.sanitize import plain

if TYPE_CHECKING:
    from genesis_tui.models.record import Entry
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal


@click.group(cls=ListGroup, takes_words=True)
def record() -> None:
    """Print the record by section, an entry whole, or what of it is here; save files.

    Without a command's name it is `record list`.
    """


@record.command("list")
@click.argument("section", default="", shell_complete=one_of(lambda: [(one.id, one.title) for one in SECTIONS]))
@patient_option
@open_option
@list_formats
@server_options
def list_(*, section: str, patient: str, yes: bool, as_json: bool, server: str, profile: str) -> None:
    """Print the sections of a record with their counts, or the entries of one SECTION, newest first.

    JSON: see `genesis-tui schema record-list` and `schema record-section`. Times are as precise as they were recorded
    (`precision`: none, year, month, day, time; none gives null).

    CSV columns: patient, key, section, group, title, at, state, summary, community, corrected, facts, asks_first
    """

    async def work(opened: "OpenRecord") -> None:
        await (_section(opened, section, yes=yes) if section else _sections(opened))

    _opened(work, patient, as_json=as_json, server=server, profile=profile)


@record.command()
@click.argument("key")
@patient_option
@yes_option
@json_option
@server_options
def show(*, key: str, patient: str, yes: bool, as_json: bool, server: str, profile: str) -> None:
    """Print one entry whole, with the text of its document. KEY is what --json and --csv call `key`.

    A result of a kind that you asked to be asked about opens after one question; with --json it is told without what
    was found, unless --yes is given.

    JSON: see `genesis-tui schema record-entry`.
    """

    async def work(opened: "OpenRecord") -> None:
        entry = await entry_called(opened, key)
        entry = entry if as_json and not yes else _asked(opened, entry, yes=yes)
        await _show(opened, await opened.entries.read(entry), as_json=as_json)

    _opened(work, patient, as_json=as_json, server=server, profile=profile)


@record.command()
@click.argument("key")
@folder_option
@patient_option
@yes_option
@json_option
@server_options
def save(*, key: str, folder: str, patient: str, yes: bool, as_json: bool, server: str, profile: str) -> None:
    """Save every file of an entry; their paths are printed on stdout, one per line.

    JSON: see `genesis-tui schema saved`.
    """

    async def work(opened: "OpenRecord") -> None:
        entry = _asked(opened, await entry_called(opened, key), yes=yes)
        if not entry.attachments:
            raise NotFound("This entry has no files.")
        there = folder or chosen_settings(server, profile).downloads
        saved = []
        for attachment in entry.attachments:
            saved.append(plain(str(await opened.entries.save(entry.section, attachment, there))))
            if not as_json:
                put(saved[-1])
        if as_json:
            print_json(SavedOutput(saved=saved))

    _opened(work, patient, as_json=as_json, server=server, profile=profile)


@record.command()
@patient_option
@list_formats
@server_options
def ledger(*, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Tell for each type of entry what the server has, and what became of it (REC-8).

    What shows, what could not be read, and what is withheld (by which rule), refused or left out. The whole record is
    read first.

    JSON: see `genesis-tui schema record-ledger`.
    """

    async def work(opened: "OpenRecord") -> None:
        print_ledger(opened.patient, await opened.ledger.load())

    _opened(work, patient, as_json=as_json, server=server, profile=profile)


def _asked(opened: "OpenRecord", entry: "Entry", *, yes: bool) -> "Entry":
    """The entry; all of a result that asks before it opens once that was agreed to (REL-6)."""
    if not entry.asks:
        return entry
    if not yes:
        say(entry.asks)
        confirm(f"Open {entry.title}, {long_day(entry.at)}?")
    return opened.entries.open(entry)


def _opened(
    work: "Callable[[OpenRecord], Awaitable[None]]", patient: str, *, as_json: bool, server: str, profile: str
) -> None:
    """Do `work` with the record of the person that is meant."""

    async def run(portal: "Portal") -> None:
        await signed_in(portal)
        await work(await portal.open(await chosen_person(portal, patient, "record")))

    with_portal(server, profile, run, as_json=as_json)


async def _sections(opened: "OpenRecord") -> None:
    found = await sections_counted(opened)
    if chosen():
        tree = output.sections_json(opened.patient, found)
        print_list(tree, "sections", Csv(output.SECTION_HEADS, map(output.count_row, found)))
    else:
        note(whose(opened.patient))
        print_table(("Section", "Title", "Entries", "Closed"), [*map(output.count_row, found)], right=frozenset({2}))


async def _section(opened: "OpenRecord", id: str, *, yes: bool) -> None:
    section = await section_called(opened, id)
    known = await whole(opened, section)
    if yes and any(entry.asks for entry in known.rows):
        opened.results.open_all()
        known = await whole(opened, section)
    if chosen():
        from genesis_tui.export.csv import COLUMNS, cells

        rows = Csv(COLUMNS, (cells(opened.patient, entry) for entry in known.rows))
        print_list(output.tree(opened.patient, section, known), "entries", rows)
    elif known.rows:
        note(whose(opened.patient))
        print_table(output.HEADS, [output.table_row(entry) for entry in known.rows])
    else:
        say(f"No {section.noun} of {opened.patient.name} recorded.")
    if not tells_all():
        say_lacking(known.unreadable, known.missing)


async def _show(opened: "OpenRecord", entry: "Entry", *, as_json: bool) -> None:
    if as_json:
        print_json(output.whole_json(opened.patient, entry, opened.entries.also(entry)))
        return
    note(whose(opened.patient))
    print_table((entry.title, ""), output.lines(entry))
    for heading, text in entry.texts:
        put("")
        put(f"{heading}\n{text}" if heading else text)
    rest = labelled(opened.entries.also(entry))
    for line in ("", ALSO_RECORDED) if rest else ():
        put(line)
    for label, said in rest:
        put(f"{label}: {said}")
