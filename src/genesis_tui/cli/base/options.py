"""The options that every command has, and the portal that they choose."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from genesis_tui.cli.base.diagnostics import reported, say

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal
    from genesis_tui.settings.settings import Settings

T = TypeVar("T")


class Chosen(NamedTuple):
    """What the options before the command's name said."""

    server: str = ""
    profile: str = ""


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--server` and `--profile`, before or after the command's name; the later one counts."""
    for option in (
        click.option("--profile", metavar="NAME", default="", help="Use this profile of the settings file."),
        click.option("--server", metavar="URL", default="", help="Use this server, with no trust flag."),
    ):
        command = option(command)
    return command


def chosen_settings(server: str, profile: str) -> "Settings":
    """The settings in force for this command.

    Raises:
        SettingsError: the settings file can't be used.
    """
    from genesis_tui.settings import settings

    before = click.get_current_context().find_object(Chosen) or Chosen()
    if server or profile:
        return settings.load(server=server, profile=profile)
    return settings.load(server=before.server, profile=before.profile)


def with_portal(
    server: str,
    profile: str,
    work: "Callable[[Portal], Awaitable[T]]",
    *,
    as_json: bool = False,
    card_file: str = "",
) -> T:
    """What `work` brings; it gets the portal of the chosen server. What goes wrong is told and ends the process.

    `card_file` stands over the one that the settings name.
    """
    import asyncio
    from dataclasses import replace

    with reported(as_json=as_json):
        settings = chosen_settings(server, profile)

        async def run() -> T:
            from genesis_tui.session.portal import Portal

            chosen = settings.profile
            portal = Portal(replace(chosen, card_file=card_file or chosen.card_file), ask=ask_passphrase)
            try:
                return await work(portal)
            finally:
                await portal.close()

        return asyncio.run(run())


def ask_passphrase(new: bool) -> str:
    """The passphrase of the file that secrets are kept in; empty where there is no terminal to ask on."""
    if not sys.stdin.isatty():
        return ""
    words = "Choose a passphrase to keep sign-ins with" if new else "Passphrase of the saved sign-ins"
    return str(click.prompt(words, hide_input=True, confirmation_prompt=new, err=True))


async def signed_in(portal: "Portal") -> None:
    """Go on with the sign-in that `login` kept; without the network, on a terminal, from what is kept here (SESS-5).

    Raises:
        SignedOut: there is none, or it has ended.
    """
    from genesis_tui.models.base.errors import SignedOut, Unreachable

    try:
        if await portal.sign_in.resume(scripts=True) is None:
            raise SignedOut("Nobody is signed in.", next="Sign in with: genesis-tui login")
    except Unreachable as error:
        if not (portal.offline.turned_on and sys.stdin.isatty()):
            raise
        await _offline(portal, error.title)


async def _offline(portal: "Portal", why: str) -> None:
    say(f"{why} What is kept on this computer opens with its passphrase.")
    await portal.sign_in.by_copy(str(click.prompt("Passphrase", hide_input=True, err=True)))
    if portal.offline.since is not None:
        say(f"Offline since {portal.offline.since.astimezone():%a %d %b %Y %H:%M %Z}")


def line_from_stdin() -> str:
    """A line that another program writes, such as a password; empty where there is none.

    Raises:
        UsageError: it is no text.
    """
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError(f"Standard input is no text in {sys.stdin.encoding}.") from None


def confirm(question: str) -> None:
    """Go on where it is answered with yes. Raises Abort.

    The end of the answer's line is shown by the terminal, and is missing where stderr goes elsewhere.
    """
    try:
        click.confirm(question, abort=True, err=True)
    finally:
        if not sys.stderr.isatty():
            say("")
