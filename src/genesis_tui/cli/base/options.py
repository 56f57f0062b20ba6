"""The options that every command has, and the portal that they choose."""

import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from genesis_tui.cli.base.diagnostics import QUIET, note, reported, say, words_of
from genesis_tui.sanitize import one_line

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal
    from genesis_tui.settings.settings import Settings

PRIVATELY = "Leave --private out, or sign in inside the app, which keeps nothing either: genesis-tui --private"
T = TypeVar("T")


PRIVATE = "genesis_tui.private"
"""Where click's context says that nothing is read or kept on this computer."""
NO_INPUT = "genesis_tui.no_input"
"""Where it says that nothing may be asked."""
SERVER = "GENESIS_TUI_SERVER"
"""The variable that names the server where neither `--server` nor `--profile` does."""


class Chosen(NamedTuple):
    """What the options before the command's name said."""

    server: str = ""
    profile: str = ""


def is_private() -> bool:
    """Whether `--private` was given, before or after the command's name."""
    return bool(click.get_current_context().meta.get(PRIVATE))


def can_ask() -> bool:
    """Whether there is a terminal to ask on, and `--no-input` was not given."""
    return sys.stdin.isatty() and not click.get_current_context().meta.get(NO_INPUT)


def _flag(name: str, kept_as: str, words: str) -> Callable[[Any], Any]:
    """A flag that counts wherever it stands on the command line."""

    def keep(ctx: click.Context, option: click.Parameter, value: bool) -> bool:
        ctx.meta[kept_as] = value or ctx.meta.get(kept_as, False)
        return value

    return click.option(name, is_flag=True, expose_value=False, callback=keep, help=words)


private_option = _flag("--private", PRIVATE, "Read and keep nothing on this computer: no sign-in, no drafts.")


def yes_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--yes`."""
    return click.option("--yes", is_flag=True, help="Don't ask for confirmation.")(command)


def open_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--yes` of a list: it prints values of results that ask before they open, too (REL-6)."""
    return click.option("--yes", is_flag=True, help="Open also what asks first.")(command)


def _existing(context: click.Context, option: click.Parameter, folder: str) -> str:
    from pathlib import Path

    try:
        there = not folder or Path(folder).expanduser().is_dir()
    except (OSError, ValueError, RuntimeError):
        there = False
    if not there:
        raise click.UsageError(f"--to: {one_line(folder)} is no folder.", context)
    return folder


def folder_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--to`: where files are saved."""
    words = "Save to this folder, not to the one in the settings."
    return click.option("--to", "folder", metavar="DIR", default="", callback=_existing, help=words)(command)


def not_private(what: str) -> None:
    """Refuse what `--private` leaves nothing of. Raises UsageError."""
    if is_private():
        raise click.UsageError(f"With --private nothing is read or kept on this computer, so {what}.")


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every command takes, before or after its name; the later server counts."""
    for option in (
        _flag("--quiet", QUIET, "Print only faults, warnings and questions."),
        _flag("--no-input", NO_INPUT, "Never ask: exit with 2 where an answer is needed."),
        private_option,
        click.option("--profile", metavar="NAME", default="", help="Use this profile of the settings file."),
        click.option("--server", metavar="URL", default="", help="Use this server, without a trust flag."),
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
    if not (server or profile):
        server, profile = before.server, before.profile
    if not (server or profile):
        server = os.environ.get(SERVER, "")
    return settings.load(server=server, profile=profile)


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
        settings, keep = chosen_settings(server, profile), not is_private()

        async def run() -> T:
            from genesis_tui.session.portal import Portal

            chosen = settings.profile
            profile = replace(chosen, card_file=card_file or chosen.card_file)
            portal = Portal(profile, keep=keep, ask=ask_passphrase)
            portal.offline.told = lambda error: say(words_of(error))
            try:
                return await work(portal)
            finally:
                oldest = portal.offline.oldest
                await portal.close()
                if oldest is not None:
                    say(f"The oldest of it was kept {oldest.astimezone():%a %d %b %Y %H:%M %Z}.")

        return asyncio.run(run())


@contextmanager
def interruptible() -> Iterator[None]:
    """One `ctrl+c` ends what waits for an answer here, while the event loop, which has the signal, stands still."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def prompt(words: str, *, hidden: bool = True, twice: bool = False) -> str:
    """What is typed at a terminal. Raises Abort."""
    with interruptible():
        return str(click.prompt(words, hide_input=hidden, confirmation_prompt=twice, err=True))


def ask_passphrase(new: bool) -> str:
    """The passphrase of the file that secrets are kept in; empty where there is no terminal to ask on."""
    if not can_ask():
        return ""
    words = "Choose a passphrase to keep sign-ins with" if new else "Passphrase of the saved sign-ins"
    return prompt(words, twice=new)


async def signed_in(portal: "Portal") -> None:
    """Go on with the sign-in that `login` kept; without the network, on a terminal, from what is kept here (SESS-5).

    Raises:
        SignedOut: there is none, or it has ended.
    """
    from genesis_tui.models.base.errors import SignedOut, Unreachable

    try:
        if await portal.sign_in.resume(scripts=True) is None:
            if not portal.sign_in.keeps:
                raise SignedOut("Nobody is signed in: with --private no saved sign-in is read.", next=PRIVATELY)
            raise SignedOut("Nobody is signed in.", next="Sign in with: genesis-tui login")
    except Unreachable as error:
        if not (portal.sign_in.keeps and portal.offline.turned_on and can_ask()):
            raise
        await _offline(portal, error.title)


async def _offline(portal: "Portal", why: str) -> None:
    say(f"{why} What is kept on this computer opens with its passphrase.")
    await portal.sign_in.by_copy(prompt("Passphrase"))
    if portal.offline.since is not None:
        note("Offline: what follows is as it was kept.")


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
    """Go on where it is answered with yes.

    The end of the answer's line is shown by the terminal, and is missing where stderr goes elsewhere.

    Raises:
        Abort: the answer was no.
        UsageError: nothing may be asked.
    """
    if click.get_current_context().meta.get(NO_INPUT):
        raise click.UsageError(f"With --no-input this is not asked: {question} Agree with --yes.")
    try:
        with interruptible():
            click.confirm(question, abort=True, err=True)
    finally:
        if not sys.stderr.isatty():
            say("")


def agreed(question: str, *, yes: bool) -> None:
    """Go on where it was agreed to. Raises Abort where it was not, UsageError where nobody can be asked."""
    if yes:
        return
    if not can_ask():
        raise click.UsageError("There is no terminal to ask on; agree with --yes.")
    confirm(question)
