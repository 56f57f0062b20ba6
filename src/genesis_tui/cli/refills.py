"""`refills`: prescriptions of one person, what can be done with each, and how refills get on."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, moment_text, print_table
from genesis_tui.cli.base.patient import WHO, chosen_person, whose
from genesis_tui.models import refills as rx_words
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.refills import Fill, PickUp, Prescription, PrescriptionGroup, Prescriptions, RefillRequest

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

_HEADS = ("Medication", "Left", "Last fill", "What can be done", "Rx")
_POINT_HEADS = ("Name", "Kind", "Where", "Facility", "Not for", "Tracks")

_GROUPS = {
    PrescriptionGroup.REFILL: "refill",
    PrescriptionGroup.RENEW: "renew",
    PrescriptionGroup.NOT_NOW: "not-now",
    PrescriptionGroup.ELSEWHERE: "elsewhere",
}

_SAME = (
    *("id", "drug", "sig", "reason", "by", "status", "partner", "rx", "pharmacy", "zone", "days_supply"),
    *("quantity", "unit", "repeats", "left", "controlled", "refrigerated"),
)
"""Fields that go out as the model has them."""


@click.group()
def refills() -> None:
    """Prescriptions: what can be refilled or renewed, and how refills get on."""


@refills.command("list")
@click.option("--patient", metavar="WHO", default="", help=WHO)
@list_formats
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
        known = await (await portal.open(person)).refills.load()
        _print(person, known)

    with_portal(server, profile, work, as_json=as_json)


@refills.command()
@list_formats
@server_options
def pharmacies(*, as_json: bool, server: str, profile: str) -> None:
    """List where refills can be picked up.

    \b
    JSON: {"pharmacies": [{"id", "name", "kind", "facility", "place", "zone", "military", "tracks", "refuses": [...]}]}
    `kind` is pharmacy, locker or mail; `refuses` names what is not handed out there: controlled, refrigerated.
    `tracks` is false where nothing but the request shows.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        known = await portal.pharmacies.load()
        if chosen():
            print_list({"pharmacies": [point_tree(point) for point in known]}, "pharmacies")
        else:
            print_table(_POINT_HEADS, [point_row(point) for point in known])

    with_portal(server, profile, work, as_json=as_json)


def _print(person: "FamilyMember", known: "Prescriptions") -> None:
    if chosen():
        print_list(tree(person, known), "prescriptions")
    elif known.rows:
        note(whose(person))
        print_table(_HEADS, [table_row(rx) for rx in known.rows])
    else:
        say(f"{person.name} has no prescriptions.")
    if known.unreadable and not tells_all():
        say(f"{counted(known.unreadable, 'prescription')} could not be read.")


def table_row(rx: Prescription) -> tuple[str, ...]:
    """Drug, left, last fill, what can be done, number."""
    filled = rx_words.day(rx.local(rx.last_fill).date()) if rx.last_fill else ""
    return rx.drug, rx_words.left(rx), filled, rx_words.what_can_be_done(rx), rx.rx


def tree(person: FamilyMember, known: Prescriptions) -> dict[str, Any]:
    """The whole answer."""
    return {
        "patient": {"id": person.id, "name": person.name, "relation": person.relation},
        "unreadable": known.unreadable,
        "prescriptions": [_prescription(rx) for rx in known.rows],
    }


def point_row(point: PickUp) -> tuple[str, ...]:
    """Name, kind, where, facility, what it does not hand out, whether it tracks."""
    tracks = "yes" if point.tracks else "no"
    return point.name, point.kind, point.place, point.facility, ", ".join(point.refuses), tracks


def point_tree(point: PickUp) -> dict[str, Any]:
    """One pick-up point, whole."""
    same = ("id", "name", "kind", "facility", "place", "zone", "military", "tracks")
    return {name: getattr(point, name) for name in same} | {"refuses": list(point.refuses)}


def _prescription(rx: Prescription) -> dict[str, Any]:
    return {name: getattr(rx, name) for name in _SAME} | {
        "origin": str(rx.origin),
        "written": moment_text(rx.written),
        "expires": _iso(rx.expires),
        "last_fill": _iso(rx.last_fill),
        "group": _GROUPS[rx.group],
        "words": rx_words.what_can_be_done(rx),
        "since": _iso(rx.since),
        "can": [_can(can) for can in rx.can],
        "fills": [_fill(fill) for fill in rx.fills],
        "requests": [_request(one) for one in rx.requests],
    }


def _can(can: Permission) -> dict[str, Any]:
    same = ("action", "allowed", "rule", "reason", "title", "next")
    return {name: getattr(can, name) for name in same} | {"from": _iso(can.since)}


def _fill(fill: Fill) -> dict[str, Any]:
    same = ("id", "stage", "request", "where", "days_supply", "quantity", "unit")
    return {name: getattr(fill, name) for name in same} | {"at": _iso(fill.at)}


def _request(one: RefillRequest) -> dict[str, Any]:
    stages = [
        {name: getattr(stage, name) for name in ("where", "carrier", "number", "note")}
        | {"stage": stage.code, "at": _iso(stage.at)}
        for stage in one.stages
    ]
    return {
        "id": one.id,
        "kind": one.kind,
        "asked": _iso(one.asked),
        "by": one.by,
        "point": one.point.name if one.point else "",
        "tracks": one.tracks,
        "until": _iso(one.until),
        "stages": stages,
    }


def _iso(when: date | datetime | None) -> str | None:
    return None if when is None else when.isoformat()
