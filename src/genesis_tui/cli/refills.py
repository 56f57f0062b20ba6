"""`refills`: prescriptions of one person, what can be done with each, and how refills get on."""

from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_json, print_table
from genesis_tui.cli.base.patient import WHO, chosen_person, whose

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.refills import Prescriptions
    from genesis_tui.session.portal import Portal

_HEADS = ("Medication", "Left", "Last fill", "What can be done", "Rx")
_POINT_HEADS = ("Name", "Kind", "Where", "Facility", "Not for", "Tracks")


@click.group()
def refills() -> None:
    """Prescriptions: what can be refilled or renewed, and how refills get on."""


@refills.command("list")
@click.option("--patient", metavar="WHO", default="", help=WHO)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def list_command(*, patient: str, as_json: bool, server: str, profile: str) -> None:
    """List prescriptions with what can be done now, or why not and from when.

    \b
    JSON: {"patient": {"id", "name", "relation"}, "unreadable",
           "prescriptions": [{"id", "drug", "sig", "reason", "by", "written", "status", "origin", "partner", "rx",
                              "pharmacy", "zone", "days_supply", "quantity", "unit", "expires", "repeats", "left",
                              "last_fill", "controlled", "refrigerated", "group", "words", "since",
                              "can": [{"action", "allowed", "rule", "reason", "title", "next", "from"}],
                              "fills": [{"id", "stage", "at", "request", "where", "days_supply", "quantity", "unit"}],
                              "requests": [{"id", "kind", "asked", "by", "point", "tracks", "until",
                                            "stages": [{"stage", "at", "where", "carrier", "number", "note"}]}]}]}
    `group` is refill, renew, not-now or elsewhere, `words` what can be done in words, `since` the first instant from
    which something can be done, or null. `origin` is ours, community or reported; `left` is null where it is not ours.
    Instants are ISO 8601, `expires` and `until` are dates or null; `point` is the pick-up point's name, or empty.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "refills")
        known = await (await portal.open(person)).prescriptions()
        _print(person, known, as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


@refills.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def pharmacies(*, as_json: bool, server: str, profile: str) -> None:
    """List where refills can be picked up.

    \b
    JSON: {"pharmacies": [{"id", "name", "kind", "facility", "place", "zone", "military", "tracks", "refuses": [...]}]}
    `kind` is pharmacy, locker or mail; `refuses` names what is not handed out there: controlled, refrigerated.
    `tracks` is false where nothing but the request shows.
    """

    async def work(portal: "Portal") -> None:
        from genesis_tui.cli import refills_shapes

        await signed_in(portal)
        known = await portal.pharmacies()
        if as_json:
            print_json({"pharmacies": [refills_shapes.point_tree(point) for point in known]})
        else:
            print_table(_POINT_HEADS, [refills_shapes.point_row(point) for point in known])

    with_portal(server, profile, work, as_json=as_json)


def _print(person: "FamilyMember", known: "Prescriptions", *, as_json: bool) -> None:
    from genesis_tui.cli import refills_shapes

    if as_json:
        print_json(refills_shapes.tree(person, known))
        return
    if known.rows:
        say(whose(person))
        print_table(_HEADS, [refills_shapes.table_row(rx) for rx in known.rows])
    else:
        say(f"{person.name} has no prescriptions.")
    if known.unreadable:
        say(f"{counted(known.unreadable, 'prescription')} could not be read.")
