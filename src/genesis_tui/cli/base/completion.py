"""How a word may go on, for a shell that asks (`shell_complete` of options and arguments).

What the portal knows comes with the sign-in that is kept. Where there is none, or it can't be had at once and without a
question, nothing is offered and nothing is said.
"""

import os
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem

from genesis_tui.cli.base.options import PRIVATE, SERVER
from genesis_tui.models.base.errors import ApiError
from genesis_tui.settings.settings import SettingsError

if TYPE_CHECKING:
    from genesis_tui.session.portal import Portal

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
T = TypeVar("T")
SECONDS = 3.0
"""A shell that asked waits no longer."""
BUILT_IN_FOLDERS = ("inbox", "sent", "drafts", "trash")


def one_of(found: Callable[[], Iterable[tuple[str, str]]]) -> Complete:
    """Words, each with what it means, that are known without the portal."""
    return lambda ctx, param, begun: _items(found(), begun)


def people(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Given names in the family; of those that several have, the number."""

    async def work(portal: "Portal") -> list[tuple[str, str]]:
        everybody = (await portal.family.load()).people
        given = [one.given.casefold() for one in everybody]
        return [
            (str(one.number) if given.count(name) > 1 else name, f"{one.name}, {one.relation}")
            for one, name in zip(everybody, given, strict=True)
        ]

    return _items(_asked(ctx, work) or (), begun)


def categories(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """What a message may be about."""

    async def work(portal: "Portal") -> tuple[tuple[str, str], ...]:
        limits = portal.sign_in.me.messages if portal.sign_in.me else None
        return limits.categories if limits else ()

    return _items(_asked(ctx, work) or (), begun)


def folders(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """The folders that there always are, and one's own."""

    async def work(portal: "Portal") -> list[tuple[str, str]]:
        me = portal.sign_in.me
        person = next(one for one in (await portal.family.load()).people if me and one.id == me.id)
        record = await portal.open(person)
        return [(one.name, "your own") for one in (await record.threads.load()).folders if one.own]

    return _items([*((name, "") for name in BUILT_IN_FOLDERS), *(_asked(ctx, work) or ())], begun)


def _items(found: Iterable[tuple[str, str]], begun: str) -> list[CompletionItem]:
    return [CompletionItem(word, help=words) for word, words in found if word.casefold().startswith(begun.casefold())]


def _asked(ctx: click.Context, work: "Callable[[Portal], Awaitable[T]]") -> T | None:
    """What `work` brings of the chosen server; None where nobody is signed in, or anything is in the way."""
    import asyncio

    from genesis_tui.session.portal import Portal
    from genesis_tui.settings import settings

    if ctx.meta.get(PRIVATE):
        return None
    near, far = ((one.params.get("server"), one.params.get("profile")) for one in (ctx, ctx.find_root()))
    server, profile = near if any(near) else far

    async def run() -> T | None:
        named = server or ("" if profile else os.environ.get(SERVER, ""))
        portal = Portal(settings.load(server=named, profile=profile or "").profile)
        try:
            return await work(portal) if await portal.sign_in.resume(scripts=True) else None
        finally:
            await portal.close()

    with suppress(ApiError, SettingsError, OSError, TimeoutError, StopIteration):
        return asyncio.run(asyncio.wait_for(run(), SECONDS))
    return None
