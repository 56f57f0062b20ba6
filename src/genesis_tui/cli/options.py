"""The options that every command has, and the portal that they choose."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal
    from genesis_tui.settings import Settings

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
    from genesis_tui import settings

    before = click.get_current_context().find_object(Chosen) or Chosen()
    if server or profile:
        return settings.load(server=server, profile=profile)
    return settings.load(server=before.server, profile=before.profile)


def with_portal(server: str, profile: str, work: "Callable[[Portal], Awaitable[T]]", *, as_json: bool = False) -> T:
    """What `work` brings; it gets the portal of the chosen server. What goes wrong is told and ends the process."""
    import asyncio

    from genesis_tui.cli.diagnostics import reported

    with reported(as_json=as_json):
        settings = chosen_settings(server, profile)

        async def run() -> T:
            from genesis_tui.session.portal import Portal

            portal = Portal(settings.profile)
            try:
                return await work(portal)
            finally:
                await portal.close()

        return asyncio.run(run())


async def signed_in(portal: "Portal") -> None:
    """Go on with the sign-in that `login` kept.

    Raises:
        SignedOut: there is none, or it has ended.
    """
    if await portal.resume() is None:
        from genesis_tui.session.errors import SignedOut

        raise SignedOut("Nobody is signed in.", next="Sign in with: genesis-tui login")
