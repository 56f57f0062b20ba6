"""`login`, `logout`, `whoami`: the sign-in of the command line."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.completion import one_of
from genesis_tui.cli.base.diagnostics import EXIT_FAILED, say
from genesis_tui.cli.base.json_parts import Instant, instant
from genesis_tui.cli.base.options import (
    can_ask,
    confirm,
    interruptible,
    json_option,
    line_from_stdin,
    not_private,
    prompt,
    server_options,
    signed_in,
    with_portal,
)
from genesis_tui.cli.base.output import counted, print_json, print_table
from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.base.errors import NotFound

if TYPE_CHECKING:
    from genesis_tui.models.sign_in import Card, DeviceCode, Host, ScriptAccess, SignedIn, SignInMethod
    from genesis_tui.session.portal import Portal

FAR = timedelta(minutes=2)
"""Beyond it a clock that is wrong is worth telling."""
_OFFLINE = {
    "counts": "how many results and messages are unread, and nothing else",
    "reading": "everything that you may read; nothing can be done with it",
}
_METHODS = (
    ("cac", "Common Access Card"),
    ("piv", "PIV card"),
    ("ds-logon", "user name and password"),
    ("browser", "in a browser on this computer"),
    ("device", "on a phone or another computer"),
)
_ONLY_SCRIPTS = "`genesis-tui logout` ends it. To end those of other computers too, sign in first: genesis-tui login"

WAITING = "Waiting; ctrl+c ends it."


@click.command()
@click.option(
    "--method",
    metavar="NAME",
    default="",
    help="cac, piv, ds-logon, browser or device; if not given, what works here.",
    shell_complete=one_of(lambda: _METHODS),
)
@click.option(
    "--username", metavar="NAME", default="", help="DS Logon user name; asked for on a terminal if not given."
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

    not_private("a sign-in would end with this command. Sign in inside the app: genesis-tui --private")

    async def work(portal: "Portal") -> None:
        host = await portal.connection.verify()
        _show(host)
        if host.open:
            say("No sign-in is needed here. Choose whose record with --patient, as in: results --patient NAME")
            return
        options = SignInOptions(
            method, username, card, bool(card_file), password_stdin, pin_stdin, _agreed(offline, yes=yes)
        )
        me = await enter(portal, host, options)
        say("✓ Signed in" + (f" as {_who(me)}" if me.name else f" ({_who(me)})" if _who(me) else ""))
        if why := portal.sign_in.saved.why_not:
            await portal.sign_in.out()
            say(f"{why}\nYou are signed out again. Sign in inside the app instead: genesis-tui")
            sys.exit(EXIT_FAILED)
        say(f"✓ Kept in {portal.sign_in.saved.where}")

    with_portal(server, profile, work, as_json=as_json, card_file=card_file)


def _agreed(offline: str | None, *, yes: bool) -> "ScriptAccess | None":
    """SESS-4: what a sign-in for scripts may read, once it was agreed to."""
    if offline is None:
        return None
    from genesis_tui.models.sign_in import ScriptAccess

    say(f"A sign-in for scripts lasts 90 days, until you end it. It may read {_OFFLINE[offline]}.")
    if not yes:
        if not can_ask():
            raise click.UsageError("There is no terminal to ask on; agree with --yes.")
        confirm("Allow it?")
    return ScriptAccess(offline)


@click.command()
@click.option("--forget", is_flag=True, help="Clear the saved sign-ins on this computer without asking the server.")
@click.option("--scripts", is_flag=True, help="End the sign-ins for scripts, wherever they are, and stay signed in.")
@click.option(
    "--everywhere", is_flag=True, help="End all your sign-ins, on every computer; with --scripts those for scripts too."
)
@server_options
def logout(*, forget: bool, scripts: bool, everywhere: bool, server: str, profile: str) -> None:
    """Sign out: clear the saved sign-in, and tell the server to end it.

    If only a sign-in for scripts is kept, that one ends. The saved sign-in is gone from this computer
    even when the server can't be reached; the server is told as soon as it can be.
    """

    from genesis_tui.models.base.errors import SignedOut

    not_private("no saved sign-in is there to be ended")

    async def work(portal: "Portal") -> None:
        if scripts or everywhere:
            await signed_in(portal)
            if portal.sign_in.me is not None and portal.sign_in.me.offline:
                raise SignedOut("Only a sign-in for scripts is kept here.", next=_ONLY_SCRIPTS)
        if everywhere:
            await portal.sign_in.out_everywhere(scripts=scripts)
            say("✓ Signed out everywhere" + (", scripts too" if scripts else "; sign-ins for scripts go on"))
            return
        if scripts:
            for one in await portal.sign_in.script_sign_ins():
                await portal.sign_in.end_script_sign_in(one.id)
                say(f"✓ Ended: a sign-in for scripts that read {one.reads}")
            return
        await (portal.sign_in.saved.forget() if forget else portal.sign_in.out())
        say("✓ Saved sign-in cleared" if forget else "✓ Signed out")
        for words in portal.sign_in.saved.stays:
            say(words)

    with_portal(server, profile, work)


@click.command()
@json_option
@server_options
def whoami(*, as_json: bool, server: str, profile: str) -> None:
    """Show who is signed in, how, and until when.

    JSON: see `genesis-tui schema whoami`.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        host, me = await portal.connection.verify(), portal.sign_in.me
        if me is None:
            return
        if as_json:
            print_json(_facts(portal, me, host))
        else:
            until = instant_text(me.ends, me.zone) if me.ends else ""
            rows = [
                ("Method", me.method),
                ("Level", me.level),
                ("Zone", me.zone),
                ("Until", until),
                ("Kept in", portal.sign_in.saved.where),
            ]
            rows += [("For", "scripts")] if me.offline else []
            rows = [(what, word) for what, word in rows if word]
            print_table(("Name", me.name or "nobody"), [*rows, ("Server", f"{host.address} ({host.trust})")])
            if abs(portal.sign_in.skew) > FAR:
                say(f"! This computer's clock differs from the server's by {abs(portal.sign_in.skew)}.")

    with_portal(server, profile, work, as_json=as_json)


class ServerOutput(TypedDict):
    """The server and why it is trusted: MOCK, .mil, LOCAL or TRUSTED."""

    address: str
    trust: str


class WhoamiOutput(TypedDict):
    """Who is signed in, how, and until when.

    `method_code` is cac, piv, ds-logon, browser, device, open (a server that asks for no sign-in), none, offline …;
    `ends` is in `zone`, yours, and null where no sign-in ends; `clock_ahead_seconds` is how far the server's clock is
    ahead of this computer's.
    """

    id: str
    name: str
    method: str
    method_code: str
    level: str
    role: str
    zone: str
    ends: Instant | None
    for_scripts: bool
    kept_in: str
    clock_ahead_seconds: int
    server: ServerOutput


def _facts(portal: "Portal", me: "SignedIn", host: "Host") -> WhoamiOutput:
    return {
        "id": me.id,
        "name": me.name,
        "method": me.method,
        "method_code": me.method_code,
        "level": me.level,
        "role": me.role,
        "zone": me.zone,
        "ends": instant(me.ends, me.zone),
        "for_scripts": me.offline,
        "kept_in": portal.sign_in.saved.where,
        "clock_ahead_seconds": round(portal.sign_in.skew.total_seconds()),
        "server": {"address": host.address, "trust": str(host.trust)},
    }


def _show(host: "Host") -> None:
    say(f"{host.trust}  {host.address}")
    for check in host.checks:
        say(f"{check.sign} {check.text}")


def _who(me: "SignedIn") -> str:
    return " · ".join(part for part in (me.name, me.method, me.level) if part)


@dataclass(frozen=True, slots=True)
class SignInOptions:
    """What the options of `login` say. Secrets are never among them: they come from a terminal or standard input."""

    method: str = ""
    username: str = ""
    card: str = ""
    card_file: bool = False
    """A file was named: it is the card, whatever is in the readers."""
    password_stdin: bool = False
    pin_stdin: bool = False
    offline: "ScriptAccess | None" = None


async def enter(portal: "Portal", host: "Host", given: SignInOptions) -> "SignedIn":
    """Sign in by the way that was named, or by the one that fits where this runs."""
    from genesis_tui.models.sign_in import MethodKind

    way = _chosen(host, given)
    doing: dict[MethodKind, Callable[[Portal, SignInMethod, SignInOptions], Awaitable[SignedIn]]] = {
        MethodKind.PASSWORD: _typed,
        MethodKind.CARD: _by_card,
        MethodKind.BROWSER: _by_browser,
        MethodKind.DEVICE: _by_device,
    }
    return await doing[way.kind](portal, way, given)


def _chosen(host: "Host", given: SignInOptions) -> "SignInMethod":
    from genesis_tui.models.sign_in import MethodKind
    from genesis_tui.session.sign_in.default_method import fitting

    names = ", ".join(way.id for way in host.methods)
    if given.method:
        for way in host.methods:
            if way.id == given.method:
                return way
        raise click.UsageError(f"This server does not offer {given.method!r}. Choose one of: {names}")
    if given.card or given.card_file:
        found = host.way(MethodKind.CARD)
    else:
        typed = host.way(MethodKind.PASSWORD) if given.username or given.password_stdin else None
        found = typed or fitting(host.methods)
    if found is None:
        raise click.UsageError("This server offers no way to sign in that works here.")
    return found


async def _typed(portal: "Portal", way: "SignInMethod", given: SignInOptions) -> "SignedIn":
    username, password = _account(given)
    return await portal.sign_in.by_password(username, password, way=way.id, offline=given.offline)


async def _by_card(portal: "Portal", way: "SignInMethod", given: SignInOptions) -> "SignedIn":
    from genesis_tui.models.base.errors import SignInRefused

    cards = await portal.sign_in.cards()
    card = _card(tuple(one for one in cards if one.source == "file") if given.card_file else cards, given.card)
    say(f"{card.label}: {card.holder}")
    pin = _secret("PIN", "--pin-stdin", from_stdin=given.pin_stdin) if card.needs_pin else ""
    try:
        return await _signed(portal, way, card, pin, given)
    except SignInRefused as refused:
        if refused.reason != "piv-not-registered" or not _may_ask(given):
            raise
        say(f"{refused.title} {refused.next}".strip())
    say("Register it now, once, with your DS Logon.")
    return await portal.sign_in.register_piv(*_account(given))


async def _signed(portal: "Portal", way: "SignInMethod", card: "Card", pin: str, given: SignInOptions) -> "SignedIn":
    """By the way that was named. Of a file where none was, the server knows by its certificate which card it is."""
    from genesis_tui.models.base.errors import SignInRefused
    from genesis_tui.models.sign_in import MethodKind

    try:
        return await portal.sign_in.by_card(way.id, card, pin, offline=given.offline)
    except SignInRefused as refused:
        if refused.reason != "card-kind" or given.method or not given.card_file:
            raise
        offered = (await portal.connection.verify()).methods
        other = [one.id for one in offered if one.kind is MethodKind.CARD and one.id != way.id]
        if len(other) != 1:
            raise
    return await portal.sign_in.by_card(other[0], card, pin, offline=given.offline)


def _may_ask(given: SignInOptions) -> bool:
    return can_ask() or (bool(given.username) and given.password_stdin)


def _card(cards: "tuple[Card, ...]", want: str) -> "Card":
    found = [card for card in cards if want.casefold() in f"{card.label} {card.holder}".casefold()]
    if len(found) == 1:
        return found[0]
    if not found and cards:
        raise NotFound(f"No card matches {want!r}.")
    if not found:
        words = "Put it in the reader, or name its file: card_file in the settings, or --card-file."
        raise NotFound("No card was found.", next=words)
    names = ", ".join(f"{card.label} ({card.holder})" for card in found)
    raise click.UsageError(f"There are several cards. Choose one with --card: {names}")


async def _by_browser(portal: "Portal", way: "SignInMethod", given: SignInOptions) -> "SignedIn":
    def show(address: str, opened: bool) -> None:
        there = "Sign in with the browser that has opened." if opened else "Open this address in a browser and sign in:"
        say(f"{there}\n{address}")
        if not opened:
            say("The browser must run on this computer, or reach its port: over SSH forward it with ssh -L,")
            say("or sign in on another device: login --method device")
        say(WAITING)

    return await portal.sign_in.by_browser(show, offline=given.offline)


async def _by_device(portal: "Portal", way: "SignInMethod", given: SignInOptions) -> "SignedIn":
    def show(code: "DeviceCode") -> None:
        if sys.stderr.isatty():
            from genesis_tui.session.sign_in.qr import lines

            say("\n".join(lines(code.whole_address or code.address)))
        say(f"On a phone or another computer open  {code.address}\nand type this code:  {code.user_code}")
        say(f"The code is good for {counted(round(code.expires_in / 60), 'minute')}. {WAITING}")

    return await portal.sign_in.by_device(show, offline=given.offline)


def _account(given: SignInOptions) -> tuple[str, str]:
    name = given.username or str(_asked("User name", "--username NAME", hidden=False))
    return name, _secret("Password", "--password-stdin", from_stdin=given.password_stdin)


def _secret(what: str, option: str, *, from_stdin: bool) -> str:
    return _line(what) if from_stdin else _asked(what, option, hidden=True)


def _asked(what: str, option: str, *, hidden: bool) -> str:
    if not can_ask():
        raise click.UsageError(f"There is no terminal to ask on; use {option}.")
    return prompt(what, hidden=hidden)


def _line(what: str) -> str:
    with interruptible():
        line = line_from_stdin()
    if not line:
        raise click.UsageError(f"Standard input holds no {what if what == 'PIN' else what.lower()}.")
    return line
