"""`refills`: prescriptions, what can be done with each, how refills get on, and where they are picked up."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.json_parts import Instant
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_table
from genesis_tui.cli.base.patient import whose
from genesis_tui.cli.refills import finding
from genesis_tui.cli.refills.finding import whose_options
from genesis_tui.cli.refills.more import more
from genesis_tui.cli.refills.output import (
    FamilyPrescriptionOutput,
    Known,
    NotRead,
    PharmaciesOutput,
    PointOutput,
    PrescriptionOutput,
    TrackedOutput,
    family_tree,
    point_row,
    point_tree,
    table_row,
    track_tree,
    tracked,
    tree,
)
from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.refills.prescription import Prescriptions
from genesis_tui.models.refills.wording import stage_words

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

_HEADS = ("Medication", "Left", "Last fill", "What can be done", "Rx")
_POINT_HEADS = ("Name", "Kind", "Where", "Facility", "Hours", "Phone", "Not for", "Tracks")
_TRACK_HEADS = ("Patient", "Medication", "What", "Asked", "By", "Now", "Where", "Hours", "Request")


@click.group()
def refills() -> None:
    """Prescriptions: what can be done with each, getting more, and how refills get on."""


refills.add_command(more)


@refills.command("list")
@whose_options
@click.option("--due", is_flag=True, help="Only what runs out within 14 days, with nothing asked for yet.")
@list_formats
@server_options
def list_command(*, patient: str, family: bool, due: bool, as_json: bool, server: str, profile: str) -> None:
    """List prescriptions with what can be done now, or why not and from when.

    JSON: see `genesis-tui schema refills`; with --family `genesis-tui schema refills-family`.
    """

    async def work(portal: "Portal") -> None:
        known, not_read = await finding.known(portal, patient, family=family)
        if due:
            known = [
                (person, Prescriptions(tuple(rx for rx in one.rows if rx.is_due), one.unreadable))
                for person, one in known
            ]
        _print(known, not_read, family=family, due=due)

    with_portal(server, profile, work, as_json=as_json)


def _print(known: Known, not_read: NotRead, *, family: bool, due: bool) -> None:
    if chosen() and family:
        print_list(family_tree(known, not_read), "prescriptions", FamilyPrescriptionOutput)
    elif chosen():
        print_list(tree(*known[0]), "prescriptions", PrescriptionOutput)
    else:
        _print_table(known, family=family, due=due)
    _say_missing(known, not_read)


def _print_table(known: Known, *, family: bool, due: bool) -> None:
    rows = [(person.name, *table_row(rx)) for person, one in known for rx in one.rows]
    if rows and family:
        print_table(("Patient", *_HEADS), rows)
    elif rows:
        note(whose(known[0][0]))
        print_table(_HEADS, [row[1:] for row in rows])
    elif due:
        say("Nothing runs out within 14 days that nothing is asked for.")
    else:
        say("There are no prescriptions." if family else f"{known[0][0].name} has no prescriptions.")


def _say_missing(known: Known, not_read: NotRead) -> None:
    if tells_all():
        return
    for person, refused in not_read:
        note(f"{person.name}: {refused.title}")
    unreadable = sum(one.unreadable for _, one in known)
    if unreadable:
        say(f"{counted(unreadable, 'prescription')} could not be read.")


@refills.command()
@click.argument("words", metavar="[DRUG]...", nargs=-1)
@whose_options
@list_formats
@server_options
def track(*, words: tuple[str, ...], patient: str, family: bool, as_json: bool, server: str, profile: str) -> None:
    """List what was asked for, where each request stands, and where to go; the newest first.

    DRUG is a prescription's id, its number or a part of the drug's name; without any it is all of them. A pharmacy that
    does not track tells of nothing but the request.

    JSON: see `genesis-tui schema refills-track`.
    """

    async def work(portal: "Portal") -> None:
        known, not_read = await finding.known(portal, patient, family=family)
        only = finding.wanted(known, words, due=False)
        rows = tracked(known, await portal.refills.points(), finding.now(portal))
        rows = [row for row in rows if not only or row["prescription"] in only]
        if chosen():
            print_list(track_tree(known, not_read, rows), "requests", TrackedOutput)
        elif rows:
            print_table(_TRACK_HEADS, map(_track_row, rows))
        else:
            say("Nothing was asked for.")
        _say_missing(known, not_read)

    with_portal(server, profile, work, as_json=as_json)


def _track_row(row: TrackedOutput) -> tuple[str, ...]:
    stands = stage_words(row["stage"])
    if row["stages"]:
        stands += f", {_time(row['stages'][-1]['at'], row['zone'])}"
    if not row["tracks"]:
        stands += "; this pharmacy does not track"
    told = (row["patient"]["name"], row["drug"], row["kind"], _time(row["asked"], row["zone"]), row["by"], stands)
    return *told, row["where"], row["open"], row["id"]


def _time(at: Instant, zone: str) -> str:
    return instant_text(datetime.fromisoformat(at), zone)


@refills.command()
@list_formats
@server_options
def pharmacies(*, as_json: bool, server: str, profile: str) -> None:
    """List where refills can be picked up, when that is open, and what is not handed out there.

    JSON: see `genesis-tui schema pharmacies`.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        known, now = await portal.refills.points(), finding.now(portal)
        if chosen():
            points = [point_tree(point, now) for point in known]
            print_list(PharmaciesOutput(pharmacies=points), "pharmacies", PointOutput)
        else:
            print_table(_POINT_HEADS, [point_row(point, now) for point in known])

    with_portal(server, profile, work, as_json=as_json)
