"""`offline`: reading without the network, from an encrypted copy on this computer (SESS-5)."""

from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import (
    can_ask,
    json_option,
    line_from_stdin,
    prompt,
    server_options,
    signed_in,
    with_portal,
)
from genesis_tui.cli.base.output import print_json, print_table

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal


class OfflineOutput(TypedDict):
    """Whether anybody turned on reading without the network for this server, on this computer."""

    on: bool


@click.group()
def offline() -> None:
    """Reading without the network, from an encrypted copy on this computer.

    What you read while you are online is kept, encrypted; starting without the network opens it with a passphrase of
    its own, and with nothing else. What nobody read for 30 days is removed, and so is at once what the portal closes
    to you.
    """


@offline.command()
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from the first line of standard input.")
@server_options
def on(*, passphrase_stdin: bool, server: str, profile: str) -> None:
    """Turn offline reading on for whoever is signed in, and set the passphrase; an earlier copy is replaced."""

    async def work(portal: "Portal") -> None:
        from genesis_tui.session.offline import copy as offline

        await signed_in(portal)
        if portal.sign_in.me is None or not portal.connection.has_portal:
            raise click.UsageError("Only what a portal shows can be kept for reading offline.")
        secrets = portal.sign_in.saved.secrets()
        await offline.check(secrets)
        passphrase = _passphrase(from_stdin=passphrase_stdin)
        await offline.turn_on(portal.profile.url, portal.sign_in.me.id, passphrase, secrets)
        say("✓ Offline reading is on. Without the passphrase nothing of it opens.")
        say("What you read from now on is kept. All at once: genesis-tui offline fill")

    with_portal(server, profile, work)


@offline.command()
@server_options
def fill(*, server: str, profile: str) -> None:
    """Read everything that is open to you once, so that it is there without the network."""
    from genesis_tui.models.base.errors import ApiError
    from genesis_tui.models.family import Access
    from genesis_tui.session.offline.download import read_all

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        if not portal.offline.adds:
            raise ApiError(
                "Offline reading is not on, or its key can't be had.", next="Turn it on: genesis-tui offline on"
            )
        me = portal.sign_in.me
        for person in (await portal.family.load()).people:
            if person.access is not Access.NONE:
                await read_all(
                    person,
                    open_record=portal.open,
                    family=portal.family,
                    home=portal.home,
                    refills=portal.refills,
                    own=me is not None and person.id == me.id,
                )
                say(f"✓ {person.name}")

    with_portal(server, profile, work)


@offline.command()
@server_options
def off(*, server: str, profile: str) -> None:
    """Turn offline reading off for whoever is signed in, and remove the copy."""

    async def work(portal: "Portal") -> None:
        from genesis_tui.session.offline import copy as offline

        await signed_in(portal)
        if portal.sign_in.me is not None:
            portal.offline.close()
            await offline.turn_off(portal.profile.url, portal.sign_in.me.id, portal.sign_in.saved.secrets())
        say("✓ Offline reading is off, and the copy is removed")

    with_portal(server, profile, work)


@offline.command()
@json_option
@server_options
def status(*, as_json: bool, server: str, profile: str) -> None:
    """Tell whether anybody turned offline reading on for this server, on this computer.

    JSON: see `genesis-tui schema offline-status`.
    """

    async def work(portal: "Portal") -> None:
        turned_on = portal.offline.turned_on
        if as_json:
            print_json(OfflineOutput(on=turned_on))
        else:
            print_table(("Offline reading", "on" if turned_on else "off"), ())

    with_portal(server, profile, work, as_json=as_json)


def _passphrase(*, from_stdin: bool) -> str:
    if from_stdin:
        return line_from_stdin()
    if not can_ask():
        raise click.UsageError("There is no terminal to ask on; use --passphrase-stdin.")
    return prompt("Passphrase", twice=True)
