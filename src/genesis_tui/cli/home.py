"""`check`: whether anything is new, for scripts; a sign-in for unread counts is enough (SESS-4)."""

import sys
from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.options import json_option, server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_json, put

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

EXIT_NEW = 10
"""Something is new."""


class CheckOutput(TypedDict):
    """How many results and messages are new."""

    results: int
    messages: int


@click.command()
@json_option
@server_options
def check(*, as_json: bool, server: str, profile: str) -> None:
    """Tell whether results or messages are new, in all records open to you.

    Exit code 0: nothing is new; 10: something is. It never says what, nor whose.

    JSON: see `genesis-tui schema check`.
    """

    async def work(portal: "Portal") -> tuple[int, int]:
        await signed_in(portal)
        return await portal.home.unread()

    results, messages = with_portal(server, profile, work, as_json=as_json)
    if as_json:
        print_json(CheckOutput(results=results, messages=messages))
    else:
        put(f"{counted(results, 'new result')}, {counted(messages, 'unread message')}")
    sys.exit(EXIT_NEW if results or messages else 0)
