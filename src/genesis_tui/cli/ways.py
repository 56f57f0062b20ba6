"""The ways to sign in at a command line: what is asked for on a terminal, or read from standard input without one."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.output import counted

if TYPE_CHECKING:
    from genesis_tui.models.cards import Card
    from genesis_tui.models.family import SignedIn
    from genesis_tui.models.host import Host
    from genesis_tui.models.sign_in import DeviceCode, Offline, Way
    from genesis_tui.session.portal import Portal

WAITING = "Waiting; ctrl+c ends it."


@dataclass(frozen=True, slots=True)
class Given:
    """What the options of `login` say. Secrets are never among them: they come from a terminal or standard input."""

    method: str = ""
    username: str = ""
    card: str = ""
    password_stdin: bool = False
    pin_stdin: bool = False
    offline: "Offline | None" = None


async def enter(portal: "Portal", host: "Host", given: Given) -> "SignedIn":
    """Sign in by the way that was named, or by the one that fits where this runs."""
    from genesis_tui.models.sign_in import Kind

    way = _chosen(host, given)
    doing: dict[Kind, Callable[[Portal, Way, Given], Awaitable[SignedIn]]] = {
        Kind.PASSWORD: _typed,
        Kind.CARD: _by_card,
        Kind.BROWSER: _by_browser,
        Kind.DEVICE: _by_device,
    }
    return await doing[way.kind](portal, way, given)


def _chosen(host: "Host", given: Given) -> "Way":
    from genesis_tui.models.sign_in import Kind
    from genesis_tui.session.sign_in.default_method import fitting

    names = ", ".join(way.id for way in host.ways)
    if given.method:
        for way in host.ways:
            if way.id == given.method:
                return way
        raise click.UsageError(f"This server does not offer {given.method!r}. Choose one of: {names}")
    typed = host.way(Kind.PASSWORD) if given.username or given.password_stdin else None
    found = typed or fitting(host.ways)
    if found is None:
        raise click.UsageError("This server offers no way to sign in that works here.")
    return found


async def _typed(portal: "Portal", way: "Way", given: Given) -> "SignedIn":
    username, password = _account(given)
    return await portal.sign_in(username, password, way=way.id, offline=given.offline)


async def _by_card(portal: "Portal", way: "Way", given: Given) -> "SignedIn":
    from genesis_tui.models.base.session_errors import SignInRefused

    card = _card(await portal.cards(), given.card)
    say(f"{card.label}: {card.holder}")
    pin = _secret("PIN", "--pin-stdin", from_stdin=given.pin_stdin) if card.needs_pin else ""
    try:
        return await portal.sign_in_by_card(way.id, card, pin, offline=given.offline)
    except SignInRefused as refused:
        if refused.reason != "piv-not-registered" or not _may_ask(given):
            raise
        say(f"{refused.title} {refused.next}".strip())
    say("Register it now, once, with your DS Logon.")
    return await portal.register_piv(*_account(given))


def _may_ask(given: Given) -> bool:
    return sys.stdin.isatty() or (bool(given.username) and given.password_stdin)


def _card(cards: "tuple[Card, ...]", want: str) -> "Card":
    found = [card for card in cards if want.casefold() in f"{card.label} {card.holder}".casefold()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.UsageError(
            f"No card is meant by {want!r}."
            if cards
            else "No card was found. Put it in the reader, or name its file: card_file in the settings, or --card-file."
        )
    names = ", ".join(f"{card.label} ({card.holder})" for card in found)
    raise click.UsageError(f"There are several cards. Choose one with --card: {names}")


async def _by_browser(portal: "Portal", way: "Way", given: Given) -> "SignedIn":
    def show(address: str, opened: bool) -> None:
        there = (
            "Sign in in the browser that has opened." if opened else "Open this address in a browser and sign in there:"
        )
        say(f"{there}\n{address}")
        if not opened:
            say("The browser must run on this computer, or reach its port: over SSH forward it with ssh -L,")
            say("or sign in on another device: login --method device")
        say(WAITING)

    return await portal.sign_in_by_browser(show, offline=given.offline)


async def _by_device(portal: "Portal", way: "Way", given: Given) -> "SignedIn":
    def show(code: "DeviceCode") -> None:
        if sys.stderr.isatty():
            from genesis_tui.session.sign_in.qr import lines

            say("\n".join(lines(code.whole_address or code.address)))
        say(f"On a phone or another computer open  {code.address}\nand type this code:  {code.user_code}")
        say(f"The code is good for {counted(round(code.expires_in / 60), 'minute')}. {WAITING}")

    return await portal.sign_in_by_device(show, offline=given.offline)


def _account(given: Given) -> tuple[str, str]:
    name = given.username or str(_asked("User name", "--username NAME", hidden=False))
    return name, _secret("Password", "--password-stdin", from_stdin=given.password_stdin)


def _secret(what: str, option: str, *, from_stdin: bool) -> str:
    return _line(what) if from_stdin else _asked(what, option, hidden=True)


def _asked(what: str, option: str, *, hidden: bool) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(f"There is no terminal to ask on; use {option}.")
    return str(click.prompt(what, hide_input=hidden, err=True))


def _line(what: str) -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.UsageError(f"Standard input holds no {what if what == 'PIN' else what.lower()}.")
    return line
