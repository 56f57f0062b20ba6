"""`appointments ics`: one or all as a calendar file."""

from typing import TYPE_CHECKING

import click

from genesis_tui.cli.appointments import finding
from genesis_tui.cli.appointments.finding import act_options
from genesis_tui.cli.base.json_parts import SavedOutput
from genesis_tui.cli.base.options import chosen_settings, folder_option, with_portal
from genesis_tui.cli.base.output import print_json, put
from genesis_tui.models.base.errors import NotFound
from genesis_tui.sanitize import plain

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal


@click.command()
@click.argument("id", metavar="[ID]", default="")
@folder_option
@act_options
def ics(*, id: str, folder: str, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Save the appointment called ID as a calendar file, or all that have a time.

    The path is printed on stdout. A calendar that takes a newer file moves what was moved, and takes out what was
    cancelled. Why somebody comes is not in it.

    JSON: see `genesis-tui schema saved`.
    """

    async def work(portal: "Portal") -> None:
        from genesis_tui.export.ics import save_calendar

        at = await finding.at(portal, patient)
        rows = [(await finding.appointment(at, id))[0]] if id else (await at.record.appointments.load()).rows
        if not any(row.start for row in rows):
            raise NotFound("No time is booked yet, so there is nothing to put into a calendar.")
        to = folder or chosen_settings(server, profile).downloads
        url, now = portal.profile.url, at.now
        path = plain(str(await save_calendar(rows, whose=at.person.name, server=url, folder=to, now=now)))
        print_json(SavedOutput(saved=[path])) if as_json else put(path)

    with_portal(server, profile, work, as_json=as_json)
