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
    """Sign in, and keep the sign-in for later commands.

    The server and how it was verified are shown before anything can be typed. A portal is signed in to with DS Logon,
    typed here; another server in the browser, on its own pages. The password is never an argument: it
    is asked for on a terminal, or read with --password-stdin. The sign-in is kept in the system's keyring. Without
    one, only a sign-in to a mock server on this computer is kept (in a file that only you can read).
    """

    async def work(portal: "Portal") -> None:
        from genesis_tui.models.sign_in import Kind

        host = await portal.host()
        _show(host)
        if host.open:
            say("No sign-in is needed here. Choose whose record with --patient, as in: results --patient NAME")
            return
        by_password = host.way(Kind.PASSWORD)
        me = await (typed(portal) if by_password else portal.sign_in_by_browser(_go_there))
        say("✓ Signed in" + (f" as {_account(me)}" if _account(me) else ""))
        if portal.not_kept:
            await portal.sign_out()
            say(f"{portal.not_kept}\nYou are signed out again. Sign in inside the app instead: genesis-tui")
            sys.exit(EXIT_FAILED)

    async def typed(portal: "Portal") -> "SignedIn":
        name = username or _ask_name()
        return await portal.sign_in(name, _read_line() if password_stdin else _ask_password())

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
    `ends` is an ISO 8601 instant, or null where no sign-in ends; `trust` is MOCK, .mil, LOCAL or TRUSTED.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        host, me = await portal.host(), portal.me
        if me is None:
            return
        if as_json:
            print_json(_facts(me, host))
        else:
            until = me.ends.isoformat(timespec="minutes") if me.ends else ""
            rows = [("Method", me.method), ("Level", me.level), ("Until", until)]
            rows = [(what, word) for what, word in rows if word]
            print_table(("Name", me.name or "nobody"), [*rows, ("Server", f"{host.address} ({host.trust})")])

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
        "server": {"address": host.address, "trust": str(host.trust)},
    }


def _show(host: "Host") -> None:
    say(f"{host.trust}  {host.address}")
    for check in host.checks:
        say(f"{check.sign} {check.text}")


def _account(me: "SignedIn") -> str:
    return " · ".join(part for part in (me.name, me.method, me.level) if part)


def _go_there(address: str, opened: bool) -> None:
    say("Sign in in the browser that has opened." if opened else "Open this address in a browser and sign in there:")
    say(address)
    if not opened:
        say("The browser must run on this computer, or reach its port: over SSH forward it with ssh -L.")
    say("Waiting for the browser to come back; ctrl+c ends it.")


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
