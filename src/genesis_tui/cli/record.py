"""`record`: the sections of one person's record, their entries, one entry whole, and its files."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.ledger import missing_json, print_ledger, say_lacking
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import print_csv, print_json, print_table, put
from genesis_tui.cli.base.patient import WHO, chosen_person, whose
from genesis_tui.models.base import dates
from genesis_tui.models.base.also_recorded import ALSO_RECORDED, AlsoRecorded, labelled
from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.base.errors import NotFound, Refused
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.record import LEDGER, Entries, Entry, Fact, Section
from genesis_tui.models.results import result
from genesis_tui.models.results.result import Reading, Unreadable
from genesis_tui.session.open_record import OpenRecord

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

_ACTS = ("show", "save")

HEADS = ("Date", "Title", "What", "State", "Marks", "Key")
CSV_HEADS = (
    *("patient", "key", "section", "group", "title", "at", "state", "summary", "community", "corrected", "facts"),
)
_LENGTHS = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}


@click.command()
@click.argument("what", metavar="[SECTION | ledger | show KEY | save KEY]", default="")
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

    `ledger` prints of every type what the server has of it and what became of that: what shows, could not be read, is
    withheld (by which rule), refused or left out. It reads the whole record first.

    `show KEY` prints one entry whole, with the text of its document. `save KEY` saves every file of a document; what
    is written is named on stdout, one line a file. KEY is what --json and --csv call `key`.

    \b
    JSON of all sections: {"patient": {"id", "name", "relation"},
      "sections": [{"id", "title", "count", "closed": null or {"title", "next", "rule", "reason"},
                    "unreadable": {"count", "reasons"}}]}
    JSON of one section: {"patient", "section", "fetched", "unreadable": {"count", "reasons"},
      "missing": [{"type", "what", "why", "rule", "partly"}],
      "entries": [{"key", "section", "group", "title", "at", "precision", "state", "summary", "flag", "corrected",
                   "community", "imported", "facts": [{"label", "text", "at", "until"}], "texts": [{"heading", "text"}],
                   "readings": [{"id", "name", "at", "value", "unit", "interpretation", "range", "note"}],
                   "attachments": [{"title", "content_type", "size"}]}]}
    JSON of ledger: {"patient", "fetched", "not_offered": [...],
      "types": [{"type", "counted", "given", "shown", "unreadable": [{"why", "rule", "count"}], "withheld": [as there],
                 "left_out": [as there], "missing": [as above]}]}
    JSON of show: {"patient", "entry": {as above, "also": [{"resource", "element", "of", "label", "text"}]}}
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
        elif what == LEDGER.id:
            print_ledger(person, await opened.ledger.load(), as_json=as_json, as_csv=as_csv)
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
    found = await sections_counted(opened)
    if as_json:
        print_json({"patient": patient_json(opened.patient), "sections": [*map(count_json, found)]})
    elif as_csv:
        print_csv(("section", "title", "count", "closed"), map(count_row, found))
    else:
        note(whose(opened.patient))
        print_table(("Section", "Title", "Entries", "Closed"), [*map(count_row, found)], right=frozenset({2}))


async def _section(opened: "OpenRecord", id: str, *, as_json: bool, as_csv: bool) -> None:
    section = await section_called(opened, id)
    known = await whole(opened, section)
    if as_json:
        print_json(tree(opened.patient, section, known))
    elif as_csv:
        print_csv(CSV_HEADS, csv_rows(opened.patient, known))
    else:
        _print(opened.patient, section, known)


def _print(person: "FamilyMember", section: "Section", known: "Entries") -> None:
    if known.rows:
        note(whose(person))
        print_table(HEADS, [table_row(entry) for entry in known.rows])
    else:
        say(f"No {section.noun} of {person.name} recorded.")
    say_lacking(known.unreadable, known.missing)


async def _one(
    opened: "OpenRecord", what: str, key: str, *, folder: str, as_json: bool, profile: tuple[str, str]
) -> None:
    entry = await entry_called(opened, key)
    if what == "save":
        await _save(opened, entry, folder, profile)
        return
    entry = await opened.entries.read(entry)
    if as_json:
        also = {"also": [*map(also_json, opened.entries.also(entry))]}
        print_json({"patient": patient_json(opened.patient), "entry": {**entry_json(entry), **also}})
        return
    note(whose(opened.patient))
    print_table((entry.title, ""), lines(entry))
    for heading, text in entry.texts:
        put("")
        put(f"{heading}\n{text}" if heading else text)
    rest = labelled(opened.entries.also(entry))
    for line in ("", ALSO_RECORDED) if rest else ():
        put(line)
    for label, said in rest:
        put(f"{label}: {said}")


async def _save(opened: "OpenRecord", entry: "Entry", folder: str, profile: tuple[str, str]) -> None:
    from genesis_tui.cli.base.options import chosen_settings
    from genesis_tui.sanitize import plain

    if not entry.attachments:
        raise NotFound("This entry has no files.")
    folder = folder or chosen_settings(*profile).downloads
    for attachment in entry.attachments:
        put(plain(str(await opened.entries.save(entry.section, attachment, folder))))


class CountedSection(NamedTuple):
    """A section with what is in it, or why that is closed."""

    section: Section
    entries: Entries | None
    closed: Refused | None = None


async def whole(opened: OpenRecord, section: Section) -> Entries:
    """A section to its last page; one that gathers from the others reads those first.

    Raises:
        Refused: it is closed to the viewer.
    """
    if section.across:
        async for _ in _open_ones(opened):
            pass
    known = Entries()
    async for page in opened.entries.load(section, fresh=False):
        known = page
    return known


async def sections_counted(opened: OpenRecord) -> list[CountedSection]:
    """Every section that the server offers, in its order."""
    found = {one.section.id: one async for one in _open_ones(opened)}
    for section in await opened.entries.sections():
        if section.across:
            async for page in opened.entries.load(section):
                found[section.id] = CountedSection(section, page)
    return [found[section.id] for section in await opened.entries.sections()]


async def section_called(opened: OpenRecord, id: str) -> Section:
    """The section of that id.

    Raises:
        NotFound: there is none here; the words name those that there are.
    """
    sections = await opened.entries.sections()
    found = next((section for section in sections if section.id == id), None)
    if found is None:
        raise NotFound(f"There is no section {id!r} here.", next=f"Choose one of: {', '.join(s.id for s in sections)}")
    return found


async def entry_called(opened: OpenRecord, key: str) -> Entry:
    """The entry of that key, from whichever section holds it.

    Raises:
        NotFound: no open section has it.
    """
    async for one in _open_ones(opened):
        for entry in one.entries.rows if one.entries else ():
            if key == entry.key or key in {f"Observation/{reading.id}" for reading in entry.readings}:
                return entry
    raise NotFound(f"No entry {key!r} is open to you in this record.")


async def _open_ones(opened: OpenRecord) -> AsyncIterator[CountedSection]:
    for section in await opened.entries.sections():
        if section.across:
            continue
        said = opened.entries.refused(section)
        if said is not None:
            yield CountedSection(section, None, Refused(said.title, next=said.next, rule=said.rule, reason=said.reason))
            continue
        try:
            yield CountedSection(section, await whole(opened, section))
        except Refused as refused:
            yield CountedSection(section, None, refused)


def patient_json(person: FamilyMember) -> dict[str, str]:
    """Whose record it is."""
    return {"id": person.id, "name": person.name, "relation": person.relation}


def count_json(one: CountedSection) -> dict[str, Any]:
    """A section with its count, or with the rule that closes it."""
    closed = one.closed
    words = (
        {"title": closed.title, "next": closed.next, "rule": closed.rule, "reason": closed.reason} if closed else None
    )
    known = one.entries
    return {
        "id": one.section.id,
        "title": one.section.title,
        "count": len(known.rows) if known else None,
        "closed": words,
        "unreadable": _unreadable(known.unreadable if known else Unreadable()),
    }


def count_row(one: CountedSection) -> tuple[str, ...]:
    """Id, title, count, why it is closed."""
    number = str(len(one.entries.rows)) if one.entries else ""
    why = f"{one.closed.title} (rule {one.closed.rule})" if one.closed and one.closed.rule else ""
    return one.section.id, one.section.title, number, why or (one.closed.title if one.closed else "")


def tree(person: FamilyMember, section: Section, known: Entries) -> dict[str, Any]:
    """A whole section."""
    return {
        "patient": patient_json(person),
        "section": section.id,
        "fetched": known.fetched.isoformat() if known.fetched else None,
        "unreadable": _unreadable(known.unreadable),
        "missing": [*map(missing_json, known.missing)],
        "entries": [entry_json(one) for one in known.rows],
    }


def entry_json(one: Entry) -> dict[str, Any]:
    """All that is known of an entry."""
    return {
        "key": one.key,
        "section": one.section,
        "group": one.group,
        "title": one.title,
        "at": moment_text(one.at),
        "precision": str(one.at.precision),
        "state": one.state,
        "summary": one.summary,
        "flag": result.flag_word(one.flag),
        "corrected": one.corrected,
        "community": one.community,
        "imported": one.imported.isoformat() if one.imported else None,
        "facts": [_fact(fact) for fact in one.facts],
        "texts": [{"heading": heading, "text": text} for heading, text in one.texts],
        "readings": [_reading(reading) for reading in one.readings],
        "attachments": [{"title": a.title, "content_type": a.content_type, "size": a.size} for a in one.attachments],
    }


def also_json(one: AlsoRecorded) -> dict[str, str]:
    """What is on record beyond what the entry says."""
    return {"resource": one.resource, "element": one.element, "of": one.of, "label": one.label, "text": one.text}


def table_row(one: Entry) -> tuple[str, ...]:
    """Date, title, summary, state, marks in words, key."""
    marks = ["corrected" if one.corrected else "", f"from {one.community}" if one.community else ""]
    return (
        dates.short_day(one.at),
        one.title,
        one.summary,
        f"{one.flag} {one.state}".strip() if one.flag.severity else one.state,
        ", ".join(mark for mark in marks if mark),
        one.key,
    )


def csv_rows(person: FamilyMember, known: Entries) -> Iterator[tuple[str, ...]]:
    """One line an entry; facts as `label: text`, one after the other."""
    for one in known.rows:
        facts = "; ".join(f"{fact.label}: {said_of(fact)}" for fact in one.facts)
        corrected = "yes" if one.corrected else "no"
        head = (person.name, one.key, one.section, one.group, one.title, moment_text(one.at) or "")
        yield (*head, one.state, one.summary, one.community, corrected, facts)


def lines(one: Entry) -> list[tuple[str, str]]:
    """An entry as labels and what they say."""
    found = [("Date", dates.long_time(one.at)), ("State", one.state), ("Value", one.summary if one.readings else "")]
    found += [(fact.label, said_of(fact)) for fact in one.facts]
    found += [(dates.long_day(r.at), result.reading_text(r)) for r in one.readings[1:]]
    found += [("From", one.community), *(("File", a.title or a.content_type) for a in one.attachments)]
    return [(label, text) for label, text in found if text]


def said_of(fact: Fact) -> str:
    """A fact in words."""
    ends = [dates.long_time(moment) for moment in (fact.at, fact.until) if moment is not None]
    return " to ".join(ends) if len(ends) > 1 else f"{fact.text} {ends[0]}".strip() if ends else fact.text


def moment_text(moment: Moment | None) -> str | None:
    """ISO 8601 as precise as recorded; None where nothing was (REC-6)."""
    if moment is None or moment.precision is Precision.NONE:
        return None
    text = moment.instant.isoformat()
    return text[: _LENGTHS.get(moment.precision, len(text))]


def _fact(fact: Fact) -> dict[str, str | None]:
    return {
        "label": fact.label,
        "text": said_of(fact),
        "at": moment_text(fact.at),
        "until": moment_text(fact.until),
    }


def _reading(reading: Reading) -> dict[str, str | None]:
    return {
        "id": reading.id,
        "name": reading.name,
        "at": moment_text(reading.at),
        "value": reading.text,
        "unit": reading.unit,
        "interpretation": reading.word,
        "range": result.range_text(reading.range),
        "note": reading.note,
    }


def _unreadable(unreadable: Unreadable) -> dict[str, Any]:
    return {"count": unreadable.count, "reasons": list(unreadable.reasons)}
