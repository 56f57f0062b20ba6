"""`mock`: the mock portal for testers and scripts."""

import sys
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list
from genesis_tui.cli.base.json_parts import Instant
from genesis_tui.cli.base.options import json_option
from genesis_tui.cli.base.output import print_json, print_table, put
from genesis_tui.cli.testing.cards import card
from genesis_tui.cli.testing.imports import import_command
from genesis_tui.cli.testing.process import TOKEN_VARIABLE

_PORT = click.IntRange(0, 65535)
_HEADS = ("Name", "User name", "Password", "Ways in", "Level", "State", "Story")

_url = click.option("--url", metavar="URL", default="", help="Ask a mock that runs, at the address it printed.")
_token = click.option(
    "--token", envvar=TOKEN_VARIABLE, default="", help=f"Its tester token; read from {TOKEN_VARIABLE} when not given."
)


class MailOutput(TypedDict):
    """An e-mail or a text message."""

    at: Instant
    to: str
    subject: str
    body: str


class MailboxOutput(TypedDict):
    """What the mock sent, newest first."""

    mails: list[MailOutput]


class PersonaOutput(TypedDict):
    """An invented person and how to sign in as them; `state` is locked, mismatch, support or empty."""

    name: str
    story: str
    method: str
    level: str
    username: str
    password: str
    state: str


class PersonasOutput(TypedDict):
    """Everybody who can sign in to the mock."""

    personas: list[PersonaOutput]


class AuditOutput(TypedDict):
    """How many events are as they were written; `broken_at` is the first that does not follow from those before it."""

    events: int
    broken_at: int | None


@click.group()
def mock() -> None:
    """Run the mock server, and look after its world."""


@click.command()
@click.option("--url", metavar="URL", required=True, help="The address that the mock printed.")
@click.option("--token", envvar=TOKEN_VARIABLE, default="", help=f"Its tester token; read from {TOKEN_VARIABLE}.")
@click.option("--to", metavar="ADDRESS", default="", help="Only what went to this address.")
@list_formats
def mailbox(*, url: str, token: str, to: str, as_json: bool) -> None:
    """Print what the mock sent by e-mail, newest first.

    JSON: see `genesis-tui schema mailbox`.
    """
    from urllib.parse import urlencode

    from genesis_tui.cli.testing.client import call

    found = call("GET", url, f"/mock/v1/mailbox?{urlencode({'to': to})}", token)["mails"]
    if chosen():
        print_list(MailboxOutput(mails=found), "mails", MailOutput)
    else:
        print_table(("At", "To", "Subject", "Body"), [(m["at"], m["to"], m["subject"], m["body"]) for m in found])


@click.group()
def staff() -> None:
    """Answer messages as the clinics would."""


@click.group()
def audit() -> None:
    """Look after the audit: who did what to whose record."""


for command in (import_command, card, mailbox, staff, audit):
    mock.add_command(command)


@mock.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=_PORT, default=8801, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--db", metavar="URL", default="sqlite://", help="SQLAlchemy URL of the database; in memory by default.")
@click.option("--seed", default=7, show_default=True, help="Seed of a new world.")
@click.option("--start", metavar="INSTANT", default="", help="First instant of a new world (ISO 8601); else now.")
@click.option("--frozen", is_flag=True, help="Keep the clock still until it is moved.")
@click.option("--public-url", metavar="URL", default="", help="Address that others reach it by, through a tunnel too.")
@click.option("--allow-host", "names", metavar="NAME", multiple=True, help="Answer by this name too; may be repeated.")
def serve(
    *,
    host: str,
    port: int,
    db: str,
    seed: int,
    start: str,
    frozen: bool,
    public_url: str,
    names: tuple[str, ...],
) -> None:
    """Serve until ctrl+c. The first line on stdout is JSON, as soon as it answers: {"url", "tester_token"}.

    On an address that others reach, such as 0.0.0.0 in a container, it answers only by the names that --public-url and
    --allow-host give.
    """
    from genesis_tui.mock_backend.server import serve as server

    arguments = ["--host", host, "--port", str(port), "--db", db, "--seed", str(seed)]
    arguments += ["--start", start] if start else []
    arguments += ["--frozen"] if frozen else []
    arguments += ["--public-url", public_url] if public_url else []
    arguments += [word for name in names for word in ("--allow-host", name)]
    sys.exit(server.main(arguments))


@mock.command()
@_url
@_token
@click.option("--seed", default=7, show_default=True, help="Seed of the world, where no mock is asked.")
@list_formats
def personas(*, url: str, token: str, seed: int, as_json: bool) -> None:
    """List the invented people and how to sign in as them.

    JSON: see `genesis-tui schema personas`.
    """
    if url:
        from genesis_tui.cli.testing.client import call

        listed: list[PersonaOutput] = call("GET", url, "/mock/v1/personas", token)["personas"]
    else:
        listed = _of_a_fresh_world(seed)
    if chosen():
        print_list(PersonasOutput(personas=listed), "personas", PersonaOutput)
    else:
        print_table(_HEADS, [_row(one) for one in listed])


@mock.command()
@click.option("--url", metavar="URL", required=True, help="The address that the mock printed.")
@_token
def reset(*, url: str, token: str) -> None:
    """Take a running mock's world back to its start; everybody is signed out."""
    from genesis_tui.cli.testing.client import call

    world = call("POST", url, "/mock/v1/scenario/reset", token)
    say(f"✓ The world begins again at {world['start']} (seed {world['seed']})")


def _of_a_fresh_world(seed: int) -> list[PersonaOutput]:
    from datetime import UTC, datetime

    from genesis_tui.mock_backend.admin.persona_rows import personas_of
    from genesis_tui.mock_backend.rules.policy import Policy
    from genesis_tui.mock_backend.world.build import build_world

    found = personas_of(build_world(seed=seed, start=datetime.now(UTC), policy=Policy()).rows)
    return cast(list[PersonaOutput], found)


def _row(persona: Mapping[str, object]) -> tuple[str, ...]:
    fields = ("name", "username", "password", "method", "level", "state", "story")
    return tuple(str(persona[field]) for field in fields)


def _of_a_mock(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--token", envvar=TOKEN_VARIABLE, default="", help=f"Its tester token; else {TOKEN_VARIABLE}."),
        click.option("--url", metavar="URL", required=True, help="The address that the mock printed."),
    ):
        command = option(command)
    return command


@staff.command()
@click.argument("thread")
@click.option("--body", metavar="TEXT", required=True, help="What the clinic writes.")
@click.option(
    "--outcome",
    type=click.Choice(("amended", "clarified", "declined")),
    default=None,
    help="What becomes of the entry that the conversation says is wrong.",
)
@_of_a_mock
def answer(*, thread: str, body: str, outcome: str | None, url: str, token: str) -> None:
    """Answer in the conversation called THREAD, now; the id of the message is printed on stdout."""
    from genesis_tui.cli.testing.client import call

    told = {"thread": thread, "body": body, **({"outcome": outcome} if outcome else {})}
    put(call("POST", url, "/mock/v1/staff/messages", token, told)["id"])


@staff.command()
@click.argument("state", metavar="on|off", type=click.Choice(("on", "off")))
@_of_a_mock
def automatic(*, state: str, url: str, token: str) -> None:
    """Let the clinics answer by themselves, as they do from the start, or leave that to testers."""
    from genesis_tui.cli.testing.client import call

    call("PUT", url, "/mock/v1/staff/answering", token, {"automatic": state == "on"})
    say(f"✓ Clinics {'answer by themselves' if state == 'on' else 'wait for a tester'}")


@audit.command()
@json_option
@_of_a_mock
def verify(*, as_json: bool, url: str, token: str) -> None:
    """Tell whether the audit is as it was written, or at which event it was changed; then the exit code is 1.

    JSON: see `genesis-tui schema audit`.
    """
    from genesis_tui.cli.testing.client import call

    found: AuditOutput = call("GET", url, "/mock/v1/audit/verify", token)
    if as_json:
        print_json(found)
    elif found["broken_at"] is None:
        say(f"✓ {found['events']} events, each as it was written")
    else:
        say(f"The chain breaks at event {found['broken_at']}: {found['events']} events before it are as written.")
    if found["broken_at"] is not None:
        sys.exit(1)
