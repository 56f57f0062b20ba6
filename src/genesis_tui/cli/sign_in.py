"""`login`, `logout`, `whoami`: the sign-in of the command line."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import EXIT_FAILED, say
from genesis_tui.cli.base.options import confirm, server_options, signed_in, with_portal
from genesis_tui.cli.base.output import print_json, print_table
from genesis_tui.cli.ways import Given, enter

if TYPE_CHECKING:
    from genesis_tui.models.family import SignedIn
    from genesis_tui.models.host import Host
    from genesis_tui.models.sign_in import Offline
    from genesis_tui.session.portal import Portal


FAR = timedelta(minutes=2)
"""Beyond it a clock that is wrong is worth telling."""
_OFFLINE = {
    "counts": "how many results and messages are unread, and nothing else",
    "reading": "everything that you may read; nothing can be done with it",
}
_ONLY_SCRIPTS = "`genesis-tui logout` ends it. To end those of other computers too, sign in first: genesis-tui login"


@click.command()
@click.option(
    "--method", metavar="NAME", default="", help="cac, piv, ds-logon, browser or device; what fits when not given."
)
@click.option(
    "--username", metavar="NAME", default="", help="DS Logon user name; asked for on a terminal when not given."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from a line of standard input.")
@click.option("--card", metavar="TEXT", default="", help="Which card, by a part of its label or holder's name.")
@click.option("--card-file", metavar="PATH", default="", help="Sign in with a certificate and its key in this file.")
@click.option("--pin-stdin", is_flag=True, help="Read the PIN from the first line of standard input.")
@click.option(
    "--offline",
    type=click.Choice(list(_OFFLINE)),
    is_flag=False,
    flag_value="counts",
    help="Keep a sign-in of 90 days for scripts: unread counts, or with =reading all that you may read.",
)
@click.option("--yes", is_flag=True, help="Agree to what --offline may read without being asked.")
@click.option("--json", "as_json", is_flag=True, help="Report errors as one JSON object on standard error.")
@server_options
def login(
    *,
    method: str,
    username: str,
    password_stdin: bool,
    card: str,
    card_file: str,
    pin_stdin: bool,
    offline: str | None,
    yes: bool,
    as_json: bool,
    server: str,
    profile: str,
) -> None:
    """Sign in, and keep the sign-in for later commands.

    The server and how it was verified are shown before anything can be typed. Passwords and PINs are never arguments:
    they are asked for on a terminal, or read from standard input, the PIN first. A PIN is used once and never tried
    again by itself. The sign-in is kept in the system's keyring, or in a file that your passphrase opens
    (`secrets = "passphrase"` in the settings); without either it is not kept, and you are signed out again.
    """

    async def work(portal: "Portal") -> None:
        host = await portal.host()
        _show(host)
        if host.open:
            say("No sign-in is needed here. Choose whose record with --patient, as in: results --patient NAME")
            return
        wanted = _agreed(offline, yes=yes)
        me = await enter(portal, host, Given(method, username, card, password_stdin, pin_stdin, wanted))
        say("✓ Signed in" + (f" as {_who(me)}" if _who(me) else ""))
        if portal.not_kept:
            await portal.sign_out()
            say(f"{portal.not_kept}\nYou are signed out again. Sign in inside the app instead: genesis-tui")
            sys.exit(EXIT_FAILED)
        say(f"✓ Kept in {portal.where_kept}")

    with_portal(server, profile, work, as_json=as_json, card_file=card_file)


def _agreed(offline: str | None, *, yes: bool) -> "Offline | None":
    """SESS-4: what a sign-in for scripts may read, once it was agreed to."""
    if offline is None:
        return None
    from genesis_tui.models.sign_in import Offline

    say(f"A sign-in for scripts lasts 90 days, until you end it. It may read {_OFFLINE[offline]}.")
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask on; agree with --yes.")
        confirm("Allow it?")
    return Offline(offline)


@click.command()
@click.option("--forget", is_flag=True, help="Clear the saved sign-ins on this computer without asking the server.")
@click.option("--scripts", is_flag=True, help="End the sign-ins for scripts, wherever they are, and stay signed in.")
@server_options
def logout(*, forget: bool, scripts: bool, server: str, profile: str) -> None:
    """Sign out: clear the saved sign-in, and tell the server to end it.

    Where only a sign-in for scripts is kept, it is that one that ends. The saved sign-in is gone from this computer
    even when the server can't be reached; the server is told as soon as it can be.
    """

    from genesis_tui.models.base.session_errors import SignedOut

    async def work(portal: "Portal") -> None:
        if scripts:
            await signed_in(portal)
            if portal.me is not None and portal.me.offline:
                raise SignedOut("Only a sign-in for scripts is kept here.", next=_ONLY_SCRIPTS)
            for one in await portal.sign_ins():
                await portal.end_sign_in(one.id)
                say(f"✓ Ended: a sign-in for scripts that read {one.reads}")
            return
        await (portal.forget() if forget else portal.sign_out())
        say("✓ Saved sign-in cleared" if forget else "✓ Signed out")

    with_portal(server, profile, work)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def whoami(*, as_json: bool, server: str, profile: str) -> None:
    """Show who is signed in, how, and until when.

    \b
    JSON: {"id", "name", "method", "level", "role", "zone", "ends", "for_scripts", "kept_in", "clock_ahead_seconds",
    "server": {"address", "trust"}}
    `ends` is an ISO 8601 instant, or null where no sign-in ends; `clock_ahead_seconds` is how far the server's clock
    is ahead of this computer's; `trust` is MOCK, .mil, LOCAL or TRUSTED.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        host, me = await portal.host(), portal.me
        if me is None:
            return
        if as_json:
            print_json(
                _facts(me, host)
                | {"kept_in": portal.where_kept, "clock_ahead_seconds": round(portal.skew.total_seconds())}
            )
        else:
            until = me.ends.isoformat(timespec="minutes") if me.ends else ""
            rows = [("Method", me.method), ("Level", me.level), ("Until", until), ("Kept in", portal.where_kept)]
            rows += [("For", "scripts")] if me.offline else []
            rows = [(what, word) for what, word in rows if word]
            print_table(("Name", me.name or "nobody"), [*rows, ("Server", f"{host.address} ({host.trust})")])
            if abs(portal.skew) > FAR:
                say(f"! This computer's clock differs from the server's by {abs(portal.skew)}.")

    with_portal(server, profile, work, as_json=as_json)


def _facts(me: "SignedIn", host: "Host") -> dict[str, object]:
    return {
        "id": me.id,
        "name": me.name,
        "method": me.method,
        "level": me.level,
        "role": me.role,
        "zone": me.zone,
        "ends": me.ends.isoformat() if me.ends else None,
        "for_scripts": me.offline,
        "server": {"address": host.address, "trust": str(host.trust)},
    }


def _show(host: "Host") -> None:
    say(f"{host.trust}  {host.address}")
    for check in host.checks:
        say(f"{check.sign} {check.text}")


def _who(me: "SignedIn") -> str:
    return " · ".join(part for part in (me.name, me.method, me.level) if part)
