"""Everything on stderr, and every exit code.

With `--json` an error is one line on stderr, as `genesis-tui schema error` describes it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from genesis_tui.models.base import errors
from genesis_tui.sanitize import plain
from genesis_tui.settings.settings import SettingsError

if TYPE_CHECKING:
    import click

    from genesis_tui.cli.base.json_parts import FaultOutput

EXIT_OK = 0
EXIT_FAILED = 1
"""The server had a problem, its answer could not be read, or nothing could be kept."""
EXIT_USAGE = 2
"""The command or the settings file can't be understood."""
EXIT_REFUSED = 3
"""The server refused it, by a rule; also a sign-in that was not accepted."""
EXIT_SIGNED_OUT = 4
"""Nobody is signed in, or the session has ended: `genesis-tui login`."""
EXIT_UNREACHABLE = 5
"""No connection, or no answer in time."""
EXIT_HOST = 6
"""HOST-1: the address is not one that credentials may go to; nothing was sent."""
EXIT_NOT_FOUND = 7
"""What the command names is not there, or not open to whoever is signed in."""

QUIET = "genesis_tui.quiet"
"""Where click's context says that only faults, warnings and questions are told."""

_CODES = (
    (errors.HostRefused, EXIT_HOST),
    (errors.NotFound, EXIT_NOT_FOUND),
    (errors.Unreachable, EXIT_UNREACHABLE),
    (errors.SignedOut, EXIT_SIGNED_OUT),
    (errors.Refused, EXIT_REFUSED),
    (errors.ApiError, EXIT_FAILED),
)


def say(text: str) -> None:
    """One line of words for the person; what a server wrote in it becomes harmless here at the latest."""
    _echo(plain(text, lines=True))


def note(text: str) -> None:
    """Words that go with what was asked for; `--quiet` leaves them out."""
    import click

    context = click.get_current_context(silent=True)
    if context is None or not context.meta.get(QUIET):
        say(text)


def needs_terminal() -> None:
    """End the process where the app has no terminal to be on."""
    if all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return
    say("The app needs a terminal: standard input, output and error must all be one.")
    say("For scripts there are commands: genesis-tui --help")
    sys.exit(EXIT_USAGE)


def exit_code(error: errors.ApiError) -> int:
    """The exit code that stands for an error."""
    from http import HTTPStatus

    if isinstance(error, errors.Refused) and (error.status == HTTPStatus.NOT_FOUND or error.rule == "FAM-8"):
        return EXIT_NOT_FOUND
    return next(code for kind, code in _CODES if isinstance(error, kind))


@contextmanager
def reported(*, as_json: bool = False) -> Iterator[None]:
    """Turns what goes wrong inside into words on stderr and an exit code."""
    try:
        yield
    except errors.ApiError as error:
        code = exit_code(error)
        _print_json(_facts(error, code)) if as_json else say(words_of(error))
        sys.exit(code)
    except SettingsError as error:
        facts = _shape("SettingsError", error.title, next=error.next, reason="settings", exit=EXIT_USAGE)
        _print_json({**facts, "where": error.where}) if as_json else say(f"{error}\n{error.next}")
        sys.exit(EXIT_USAGE)
    except _usage_error() as error:
        if as_json:
            raise
        say(error.format_message())
        sys.exit(EXIT_USAGE)


def _usage_error() -> "type[click.UsageError]":
    """Asked for when something has gone wrong: the app alone starts without click (P1)."""
    from click import UsageError

    return UsageError


def end_in_words(error: "click.ClickException | click.Abort") -> NoReturn:
    """Ends the process for a command that can't be understood, another failure, or a question answered with no."""
    import click

    if isinstance(error, click.Abort):
        say("Aborted.")
        sys.exit(EXIT_FAILED)
    say(error.format_message())
    if isinstance(error, click.UsageError) and not isinstance(error, click.exceptions.NoArgsIsHelpError):
        say(f"See: {_path(error)} --help")
    sys.exit(error.exit_code)


def _path(error: "click.UsageError") -> str:
    return error.ctx.command_path if error.ctx else "genesis-tui"


def end_as_json(error: "click.ClickException | click.Abort") -> NoReturn:
    """Ends the process for what click itself would tell in words: a fault of usage, another failure, or a question
    that was not answered with yes."""
    import click

    words = "Nothing was agreed to." if isinstance(error, click.Abort) else error.format_message()
    title, _, more = words.partition("\n")
    told = {"title": title, "detail": more}
    if isinstance(error, click.UsageError):
        facts = _shape("UsageError", **told, next=f"See: {_path(error)} --help", reason="usage", exit=EXIT_USAGE)
    elif isinstance(error, click.Abort):
        facts = _shape("Aborted", **told, reason="aborted", exit=EXIT_FAILED)
    else:
        facts = _shape("Failed", **told, reason="failed", exit=error.exit_code)
    _print_json(facts)
    sys.exit(facts["exit"])


def _print_json(facts: "FaultOutput") -> None:
    import json

    from genesis_tui.cli.base.json_parts import VERSION

    _echo(plain(json.dumps({"version": VERSION, "error": facts}, ensure_ascii=False)))


def _echo(text: str) -> None:
    import click  # here, so that the app alone starts without it (P1)

    click.echo(text, err=True)


def words_of(error: errors.ApiError) -> str:
    """An error in lines for the person."""
    lines = [error.title]
    if error.detail and error.detail != error.title:
        lines.append(error.detail)
    if isinstance(error, errors.SignInRefused):
        lines += _sign_in_lines(error)
    if error.next:
        lines.append(error.next)
    marks = [f"Rule {error.rule}" if error.rule else "", f"request {error.request_id}" if error.request_id else ""]
    if any(marks):
        lines.append(" · ".join(m for m in marks if m))
    return "\n".join(lines)


def _sign_in_lines(error: errors.SignInRefused) -> list[str]:
    lines = []
    if error.fields and error.reason != "invalid":
        lines.append("Differs from DEERS: " + ", ".join(error.fields))
    if error.locked_until is not None:
        from genesis_tui.models.base.dates import time_on_day, to_minute

        lines.append(f"Locked until {time_on_day(to_minute(error.locked_until.astimezone()))}")
    elif error.tries_left is not None:
        lines.append(f"Tries left: {error.tries_left}")
    return lines


def _shape(
    kind: str,
    title: str,
    *,
    exit: int,
    detail: str = "",
    next: str = "",
    rule: str = "",
    reason: str = "",
    request_id: str = "",
) -> "FaultOutput":
    """What every error has, in this order."""
    return {
        "kind": kind,
        "title": title,
        "detail": detail,
        "next": next,
        "rule": rule,
        "reason": reason,
        "request_id": request_id,
        "exit": exit,
    }


def _facts(error: errors.ApiError, code: int) -> "FaultOutput":
    words = {name: getattr(error, name) for name in ("detail", "next", "rule", "reason", "request_id")}
    facts = _shape(type(error).__name__, error.title, **words, exit=code)
    if isinstance(error, errors.SignInRefused):
        from genesis_tui.cli.base.json_parts import instant

        facts["tries_left"], facts["locked_until"] = error.tries_left, instant(error.locked_until)
        facts["offer_reset"], facts["fields"] = error.offer_reset, list(error.fields)
    return facts
