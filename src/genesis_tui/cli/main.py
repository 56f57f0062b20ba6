"""`genesis-tui`: the app when no command is named, else the command; each is imported when it is called for."""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from genesis_tui import __version__
from genesis_tui.cli.base.options import Chosen, is_private, server_options

COMMANDS = {
    "demo": ("genesis_tui.cli.testing.demo", "Try everything with invented people; nothing leaves this computer."),
    "login": ("genesis_tui.cli.sign_in", "Sign in, and keep the sign-in for later commands."),
    "logout": ("genesis_tui.cli.sign_in", "Sign out: clear the saved sign-in, and tell the server to end it."),
    "whoami": ("genesis_tui.cli.sign_in", "Show who is signed in, how, and until when."),
    "family": ("genesis_tui.cli.family", "List whose records you may open; give, ask for, accept and end access."),
    "check": ("genesis_tui.cli.home", "Tell whether anything is new, by exit code."),
    "results": ("genesis_tui.cli.results", "Print results, newest first."),
    "record": ("genesis_tui.cli.record.commands", "Print the record by section; show an entry whole, save its files."),
    "export": ("genesis_tui.cli.record.export", "Save a section of the record as PDF, CSV or FHIR JSON."),
    "inbox": ("genesis_tui.cli.messages.commands", "List, read and search secure messages."),
    "appointments": (
        "genesis_tui.cli.appointments.commands",
        "List, book, ask for, move and cancel appointments.",
    ),
    "clipboards": ("genesis_tui.cli.clipboards.commands", "List and fill in what is asked before a visit."),
    "refills": ("genesis_tui.cli.refills.commands", "List prescriptions, get more of them, and follow refills."),
    "offline": ("genesis_tui.cli.offline", "Keep an encrypted copy for reading without the network."),
    "schema": ("genesis_tui.cli.help.schema", "Print the JSON Schema of what a command prints with --json."),
    "man": ("genesis_tui.cli.help.man", "Print the manual page."),
    "mock": ("genesis_tui.cli.testing.commands", "Run the mock server, and look after its world."),
}
"""Name of a command: its module, which has it by the same name, and the line that `--help` shows for it."""


class LateGroup(click.Group):
    """A group whose commands are imported when they run, so that `--help` costs no more than click itself.

    What can't be understood is told without click's banner, and as JSON where `--json` or `--jsonl` is given.
    """

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and end the process with its exit code; without `standalone_mode` as click has it."""
        words = list(sys.argv[1:] if args is None else args)
        if not standalone_mode:
            return super().main(words, prog_name, complete_var, standalone_mode, **extra)
        try:
            left = super().main(words, prog_name, complete_var, standalone_mode=False, **extra)
        except (click.ClickException, click.Abort) as error:
            from genesis_tui.cli.base.diagnostics import end_as_json, end_in_words

            (end_as_json if _asks_for_json(words) else end_in_words)(error)
        sys.exit(left if isinstance(left, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now; garbage is collected again from here on."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        gc.enable()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; of one that there is not, the nearest names are told."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=list(COMMANDS), ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


def _asks_for_json(words: Sequence[str]) -> bool:
    """Whether `--json` or `--jsonl` is among the options, wherever the fault is."""
    options = words[: words.index("--")] if "--" in words else words
    return any(word in ("--json", "--jsonl") or word.startswith("--json=") for word in options)


@click.group(cls=LateGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="genesis-tui")
@click.option("--ascii", "use_ascii", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--low-bandwidth", is_flag=True, help="No animation and sixteen colours, for slow links.")
@server_options
@click.pass_context
def cli(ctx: click.Context, *, use_ascii: bool, low_bandwidth: bool, server: str, profile: str) -> None:
    """An unofficial terminal client for the MHS GENESIS patient portal.

    Without a command it opens the app.

    \b
    Exit codes:
       0  done
       1  the server failed, or nothing could be kept
       2  the command or the settings can't be understood
       3  refused by a rule, or the sign-in was not accepted
       4  nobody is signed in, or the session has ended
       5  no connection, or no answer in time
       6  credentials may not go to this address; nothing was sent
       7  what is named is not there, or not open to you
      10  something is new (check)
    """
    ctx.obj = Chosen(server, profile)
    if ctx.invoked_subcommand is None:
        _open_app(server, profile, use_ascii=use_ascii, low_bandwidth=low_bandwidth, keep=not is_private())


def _open_app(server: str, profile: str, *, use_ascii: bool, low_bandwidth: bool, keep: bool) -> None:
    from dataclasses import replace

    from genesis_tui.cli.base.diagnostics import reported
    from genesis_tui.cli.base.options import chosen_settings

    with reported():
        settings = chosen_settings(server, profile)
    settings = replace(
        settings, ascii=use_ascii or settings.ascii, low_bandwidth=low_bandwidth or settings.low_bandwidth
    )
    from genesis_tui.cli.open_app import run_app

    run_app(settings, keep=keep)
