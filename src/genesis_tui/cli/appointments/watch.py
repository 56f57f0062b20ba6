"""`appointments watch`: waits for an earlier slot than that of an appointment."""

import time
from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.appointments import finding
from genesis_tui.cli.appointments.finding import At, act_options
from genesis_tui.cli.appointments.output import SlotOutput, slot_json
from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.json_parts import PatientOutput, patient_json
from genesis_tui.cli.base.options import with_portal
from genesis_tui.cli.base.output import print_json, put
from genesis_tui.cli.base.patient import about
from genesis_tui.models.appointments.booking import slot_text
from genesis_tui.models.appointments.wording import long_text
from genesis_tui.models.base.errors import NotFound

if TYPE_CHECKING:
    from genesis_tui.models.appointments.appointment import Appointment
    from genesis_tui.models.appointments.booking import Slot
    from genesis_tui.session.portal import Portal


class WatchedOutput(TypedDict):
    """The earlier slot that was found for the appointment of this id; null after --stop, which may name a clinic."""

    patient: PatientOutput
    appointment: str
    slot: SlotOutput | None


@click.command()
@click.argument("id", metavar="ID")
@click.option("--for", "minutes", metavar="MINUTES", type=click.FloatRange(0), default=None, help="End after so long.")
@click.option("--stop", is_flag=True, help="Watch for it no longer.")
@act_options
def watch(
    *, id: str, minutes: float | None, stop: bool, patient: str, as_json: bool, server: str, profile: str
) -> None:
    """Wait until the clinic of the appointment called ID has an earlier free slot, and print that slot's id.

    What `move` takes. The clinic stays watched when the command ends, and the app tells what is found while it runs;
    --stop ends that; there ID may also be that of a clinic that `appointments list` names as watched. Nothing found in
    time ends with 7.

    JSON: see `genesis-tui schema watched`.
    """

    async def work(portal: "Portal") -> None:
        at = await finding.at(portal, patient)
        if stop:
            await _stop(at, id, as_json=as_json)
            return
        row, _ = await finding.appointment(at, id)
        _tell(at, row, await _found(at, row, minutes), as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


async def _stop(at: At, id: str, *, as_json: bool) -> None:
    """Of an appointment, or of a clinic that is watched."""
    known = (await at.record.appointments.load()).watches
    watched = [(one.clinic, one.clinic_id, one.visit_type) for one in known if one.clinic_id == id]
    if not watched:
        row, _ = await finding.appointment(at, id)
        watched = [(row.clinic, row.clinic_id, row.visit_type)]
    for clinic, clinic_id, visit_type in watched:
        await at.record.appointments.unwatch(clinic_id, visit_type)
        say(f"{clinic} is watched no longer.")
    if as_json:
        print_json(WatchedOutput(patient=patient_json(at.person), appointment=id, slot=None))


async def _found(at: At, row: "Appointment", minutes: float | None) -> "Slot":
    """The first slot that is found. Raises NotFound where none is in that time."""
    if row.start is None or not row.visit_type:
        raise NotFound("Only an appointment that is booked can be watched for an earlier slot.")
    slots = at.portal.earlier_slots()
    await slots.begin()
    watched = await at.record.appointments.watch(row.clinic_id, row.visit_type, row.start)
    if watched.found is not None:
        return watched.found
    note(f"Watching {row.clinic} for a slot before {long_text(row)}.")
    end = time.monotonic() + minutes * 60 if minutes is not None else None
    while end is None or time.monotonic() < end:
        wait = {} if end is None else {"seconds": max(0, int(end - time.monotonic()))}
        for one in await slots.next(**wait):
            if (one.patient_id, one.slot.clinic_id) == (at.person.id, row.clinic_id):
                return one.slot
    raise NotFound("No earlier slot was found in that time.", next="The clinic is still watched.")


def _tell(at: At, row: "Appointment", slot: "Slot", *, as_json: bool) -> None:
    if as_json:
        tree = WatchedOutput(patient=patient_json(at.person), appointment=row.id, slot=slot_json(slot, at.zone))
        print_json(tree)
        return
    say(f"Free: {slot_text(slot)}. Take it with:")
    say(about(at.person, f"genesis-tui appointments move {row.id} {slot.id}"))
    put(slot.id)
