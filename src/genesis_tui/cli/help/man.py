"""`man`: the manual page, made of the same words as `--help`."""

import re
from collections.abc import Iterator
from inspect import cleandoc

import click

from genesis_tui import __version__
from genesis_tui.cli.base.options import SERVER, server_options
from genesis_tui.cli.base.output import put

_VARIABLES = (
    (SERVER, "The server, where neither --server nor --profile names one."),
    ("GENESIS_TUI_CONFIG", "The settings file, in place of the usual one."),
    ("GENESIS_TUI_PASSPHRASE_FILE", "A file whose first line is the passphrase that sign-ins are kept with."),
    ("NO_COLOR", "The app uses the terminal's own colours."),
    ("VISUAL, EDITOR", "The editor that messages are written in."),
)


@click.command()
@server_options
@click.pass_context
def man(ctx: click.Context, *, server: str, profile: str) -> None:
    """Print the manual page, for man to read: genesis-tui man | man -l -"""
    root = ctx.find_root()
    put("\n".join(_page(root.command, root)))


def _page(root: click.Command, ctx: click.Context) -> Iterator[str]:
    summary, _, rest = cleandoc(root.help or "").partition("\n\n")
    yield f'.TH GENESIS\\-TUI 1 "" "genesis\\-tui {_escaped(__version__)}" "User commands"'
    yield from (".SH NAME", f"genesis\\-tui \\- {_escaped(summary[:1].lower() + summary[1:].rstrip('.'))}")
    yield from (".SH SYNOPSIS", f".B genesis\\-tui\n{_escaped(' '.join(root.collect_usage_pieces(ctx)))}")
    yield from (".SH DESCRIPTION", *_paragraphs(rest))
    yield from (".SH OPTIONS", "Except for the first ones, they go before or after a command's name.")
    yield from _options(root, ctx, frozenset())
    yield ".SH COMMANDS"
    shared = frozenset(param.name for param in root.get_params(ctx))
    yield from _commands(root, ctx, shared)
    yield ".SH ENVIRONMENT"
    for name, words in _VARIABLES:
        yield from (".TP", f".B {_escaped(name)}", _escaped(words))


def _commands(group: click.Command, ctx: click.Context, shared: frozenset[str | None]) -> Iterator[str]:
    """Every command below this one; options that all have stand once, at the top."""
    for name in group.list_commands(ctx) if isinstance(group, click.Group) else ():
        command = group.get_command(ctx, name) if isinstance(group, click.Group) else None
        if command is None:
            continue
        with click.Context(command, info_name=name, parent=ctx) as inner:
            yield f".SS {_escaped(inner.command_path)} {_escaped(' '.join(command.collect_usage_pieces(inner)))}"
            yield from _paragraphs(cleandoc(command.help or ""))
            yield from _options(command, inner, shared)
            yield from _commands(command, inner, shared)


def _options(command: click.Command, ctx: click.Context, shared: frozenset[str | None]) -> Iterator[str]:
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx) if param.name not in shared or ctx.parent is None else None
        if record is not None and record[1]:
            yield from (".TP", f".B {_escaped(record[0])}", _escaped(record[1]))


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs; those that click leaves as they are keep their lines."""
    for paragraph in text.split("\n\n"):
        body = paragraph.removeprefix("\b").strip("\n")
        if not body:
            continue
        yield ".PP"
        yield from (".nf", _escaped(body), ".fi") if paragraph.startswith("\b") else (_escaped(body),)


def _escaped(text: str) -> str:
    """Text as roff prints it; no line of it is a request."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", plain, flags=re.MULTILINE)
