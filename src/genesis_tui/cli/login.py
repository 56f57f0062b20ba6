"""`login`, `logout`, `whoami`: the sign-in of the command line."""

import sys
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.diagnostics import EXIT_FAILED, say
from genesis_tui.cli.options import server_options, signed_in, with_portal
from genesis_tui.cli.output import print_json, print_table

if TYPE_CHECKING:
    from genesis_tui.models.host import Host
    from genesis_tui.models.people import SignedIn
    from genesis_tui.session.portal import Portal


@click.command()
@click.option("--username", metavar="NAME", help="DS Logon user name; asked for on a terminal when not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.option("--json", "as_json", is_flag=True, help="Report errors as one JSON object on standard error.")
@server_options
def login(username: str | None, *, password_stdin: bool, as_json: bool, server: str, profile: str) -> None:
    """Sign in with DS Logon, and keep the sign-in for later commands.

    The server and how it was verified are shown before anything can be typed. The password is never an argument: it
    is asked for on a terminal, or read with --password-stdin. The sign-in is kept in the system's keyring. Without
    one, only a sign-in to a mock server on this computer is kept (in a file that only you can read).
    """

    async def work(portal: "Portal") -> None:
        _show(await portal.host())
        name = username or _ask_name()
        password = _read_line() if password_stdin else _ask_password()
        me = await portal.sign_in(name, password)
        say(f"✓ Signed in as {me.name} · {me.method} · {me.level}")
        if portal.not_kept:
            await portal.sign_out()
            say(f"{portal.not_kept}\nYou are signed out again. Sign in inside the app instead: genesis-tui")
            sys.exit(EXIT_FAILED)

    with_portal(server, profile, work, as_json=as_json)


@click.command()
@click.option("--forget", is_flag=True, help="Clear the saved sign-in on this computer without asking the server.")
@server_options
def logout(*, forget: bool, server: str, profile: str) -> None:
    """Sign out: clear the saved sign-in, and tell the server to end it.

    The saved sign-in is gone from this computer even when the server can't be reached.
    """

    async def work(portal: "Portal") -> None:
        await (portal.forget() if forget else portal.sign_out())
        say("✓ Saved sign-in cleared" if forget else "✓ Signed out")

    with_portal(server, profile, work)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def whoami(*, as_json: bool, server: str, profile: str) -> None:
    """Show who is signed in, how, and until when.

    \b
    JSON: {"id", "name", "method", "level", "role", "zone", "ends", "server": {"address", "trust"}}
    `ends` is an ISO 8601 instant; `trust` is MOCK, .mil, LOCAL or TRUSTED.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        host, me = await portal.host(), portal.me
        if me is None:
            return
        if as_json:
            print_json(_facts(me, host))
        else:
            rows = [("Method", me.method), ("Level", me.level), ("Until", me.ends.isoformat(timespec="minutes"))]
            print_table(("Name", me.name), [*rows, ("Server", f"{host.address} ({host.trust})")])

    with_portal(server, profile, work, as_json=as_json)


def _facts(me: "SignedIn", host: "Host") -> dict[str, object]:
    return {
        "id": me.id,
        "name": me.name,
        "method": me.method,
        "level": me.level,
        "role": me.role,
        "zone": me.zone,
        "ends": me.ends.isoformat(),
        "server": {"address": host.address, "trust": str(host.trust)},
    }


def _show(host: "Host") -> None:
    say(f"{host.trust}  {host.address}")
    for check in host.checks:
        say(f"{check.sign} {check.text}")


def _ask_name() -> str:
    _needs_terminal("--username NAME")
    return str(click.prompt("User name", err=True))


def _ask_password() -> str:
    _needs_terminal("--password-stdin")
    return str(click.prompt("Password", hide_input=True, err=True))


def _needs_terminal(instead: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError(f"There is no terminal to ask on; use {instead}.")


def _read_line() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.UsageError("Standard input holds no password.")
    return line
