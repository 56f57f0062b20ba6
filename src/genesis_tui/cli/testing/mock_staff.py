"""`mock staff`: a tester acts for the clinics."""

from collections.abc import Callable
from typing import Any

import click

from genesis_tui.cli.testing.demo import TOKEN_VARIABLE


def _of_a_mock(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--token", envvar=TOKEN_VARIABLE, default="", help=f"Its tester token; else {TOKEN_VARIABLE}."),
        click.option("--url", metavar="URL", required=True, help="The address that the mock printed."),
    ):
        command = option(command)
    return command


@click.group()
def staff() -> None:
    """Answer messages as the clinics would."""


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
    """Answer in the conversation called THREAD, now; the id of the message stands on stdout."""
    from genesis_tui.cli.testing.client import call

    told = {"thread": thread, "body": body, **({"outcome": outcome} if outcome else {})}
    click.echo(call("POST", url, "/mock/v1/staff/messages", token, told)["id"])


@staff.command()
@click.argument("state", metavar="on|off", type=click.Choice(("on", "off")))
@_of_a_mock
def automatic(*, state: str, url: str, token: str) -> None:
    """Let the clinics answer by themselves, as they do from the start, or leave that to testers."""
    from genesis_tui.cli.testing.client import call

    call("PUT", url, "/mock/v1/staff/answering", token, {"automatic": state == "on"})
    click.echo(f"✓ Clinics {'answer by themselves' if state == 'on' else 'wait for a tester'}", err=True)
