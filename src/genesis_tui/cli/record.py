"""`record`: the sections of one person's record, their entries, one entry whole, and its files."""

from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_csv, print_json, print_table
from genesis_tui.cli.base.patient import WHO, chosen_person, whose

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.record import Entries, Entry, Section
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal

_ACTS = ("show", "save")


@click.command()
@click.argument("what", metavar="[SECTION | show KEY | save KEY]", default="")
@click.argument("key", required=False, default="", metavar="")
@click.option("--patient", metavar="WHO", default="", help=WHO)
@click.option("--to", "folder", metavar="DIR", default="", help="With save: the folder; else the one of the settings.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: one line an entry.")
@server_options
def record(
    *, what: str, key: str, patient: str, folder: str, as_json: bool, as_csv: bool, server: str, profile: str
) -> None:
    """Print the sections of a record with their counts, or the entries of one SECTION, newest first.

    `show KEY` prints one entry whole, with the text of its document. `save KEY` saves every file of a document; what
    is written is named on stdout, one line a file. KEY is what --json and --csv call `key`.

    \b
    JSON of all sections: {"patient": {"id", "name", "relation"},
      "sections": [{"id", "title", "count", "closed": null or {"title", "next", "rule", "reason"},
                    "unreadable": {"count", "reasons"}}]}
    JSON of one section: {"patient", "section", "fetched", "unreadable": {"count", "reasons"}, "missing": [...],
      "entries": [{"key", "section", "group", "title", "at", "precision", "state", "summary", "flag", "corrected",
                   "community", "imported", "facts": [{"label", "text", "at", "until"}], "texts": [{"heading", "text"}],
                   "readings": [{"id", "name", "at", "value", "unit", "interpretation"}],
                   "attachments": [{"title", "content_type", "size"}]}]}
    JSON of show: {"patient", "entry": {as above}}
    `count` is null for a closed section; `closed` says by which rule and what to do. Times are ISO 8601, as precise as
    they were recorded (`precision`: none, year, month, day, time; none gives null).

    \b
    CSV columns: patient, key, section, group, title, at, state, summary, community, corrected, facts
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    _check(what, key, folder)

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "record")
        opened = await portal.open(person)
        if what in _ACTS:
            await _one(opened, what, key, folder=folder, as_json=as_json, profile=(server, profile))
        elif what:
            await _section(opened, what, as_json=as_json, as_csv=as_csv)
        else:
            await _sections(opened, as_json=as_json, as_csv=as_csv)

    with_portal(server, profile, work, as_json=as_json)


def _check(what: str, key: str, folder: str) -> None:
    if (what in _ACTS) != bool(key):
        raise click.UsageError(
            "show and save need the KEY of an entry." if not key else "Only show and save take a KEY."
        )
    if folder and what != "save":
        raise click.UsageError("--to goes with save.")


async def _sections(opened: "OpenRecord", *, as_json: bool, as_csv: bool) -> None:
    from genesis_tui.cli import record_shapes
    from genesis_tui.cli.record_reading import counted

    found = await counted(opened)
    if as_json:
        print_json({"patient": record_shapes.patient(opened.patient), "sections": [*map(record_shapes.count, found)]})
    elif as_csv:
        print_csv(("section", "title", "count", "closed"), map(record_shapes.count_row, found))
    else:
        say(whose(opened.patient))
        print_table(
            ("Section", "Title", "Entries", "Closed"), [*map(record_shapes.count_row, found)], right=frozenset({2})
        )


async def _section(opened: "OpenRecord", id: str, *, as_json: bool, as_csv: bool) -> None:
    from genesis_tui.cli import record_shapes
    from genesis_tui.cli.record_reading import section_called, whole

    section = await section_called(opened, id)
    known = await whole(opened, section)
    if as_json:
        print_json(record_shapes.tree(opened.patient, section, known))
    elif as_csv:
        print_csv(record_shapes.CSV_HEADS, record_shapes.csv_rows(opened.patient, known))
    else:
        _print(opened.patient, section, known)


def _print(person: "FamilyMember", section: "Section", known: "Entries") -> None:
    from genesis_tui.cli import record_shapes

    if known.rows:
        say(whose(person))
        print_table(record_shapes.HEADS, [record_shapes.table_row(entry) for entry in known.rows])
    else:
        say(f"No {section.noun} of {person.name} recorded.")
    if known.unreadable.count:
        count = counted(known.unreadable.count, "entry", "entries")
        say(f"{count} could not be read: {', '.join(known.unreadable.reasons)}")
    for words in known.missing:
        say(f"Not shown: {words}")


async def _one(
    opened: "OpenRecord", what: str, key: str, *, folder: str, as_json: bool, profile: tuple[str, str]
) -> None:
    from genesis_tui.cli import record_shapes
    from genesis_tui.cli.record_reading import entry_called

    entry = await entry_called(opened, key)
    if what == "save":
        await _save(opened, entry, folder, profile)
        return
    entry = await opened.read(entry)
    if as_json:
        print_json({"patient": record_shapes.patient(opened.patient), "entry": record_shapes.entry(entry)})
        return
    say(whose(opened.patient))
    print_table((entry.title, ""), record_shapes.lines(entry))
    for heading, text in entry.texts:
        click.echo("")
        click.echo(f"{heading}\n{text}" if heading else text)


async def _save(opened: "OpenRecord", entry: "Entry", folder: str, profile: tuple[str, str]) -> None:
    from genesis_tui.cli.base.options import chosen_settings
    from genesis_tui.sanitize import plain

    if not entry.attachments:
        raise click.UsageError("This entry has no files.")
    folder = folder or chosen_settings(*profile).downloads
    for attachment in entry.attachments:
        click.echo(plain(str(await opened.save(entry.section, attachment, folder))))
