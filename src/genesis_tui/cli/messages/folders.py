"""`inbox move` and `inbox unread`, and folders by their names (MSG-7, MSG-8)."""

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.completion import BUILT_IN_FOLDERS, folders
from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import signed_in, with_portal
from genesis_tui.cli.base.output import print_json, put, short
from genesis_tui.cli.base.patient import chosen_person, whose
from genesis_tui.cli.messages.options import MOST_AT_ONCE, checked_ids, in_the_inbox, inbox_options
from genesis_tui.models.base.errors import NotFound
from genesis_tui.sanitize import one_line

if TYPE_CHECKING:
    from genesis_tui.models.messages.threads import Folder
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal

DRAFTS = "drafts"
_NOT_MOVED_TO = ("sent", DRAFTS)


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, callback=checked_ids)
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    required=True,
    help="inbox, trash, or the name or id of a folder of your own.",
    shell_complete=folders,
)
@click.option("--create", is_flag=True, help="Make the folder where there is none of this name.")
@inbox_options
def move(
    *, ids: tuple[str, ...], folder: str, create: bool, patient: str, as_json: bool, server: str, profile: str
) -> None:
    """Put conversations into a folder; to trash deletes them. All of them move, or none.

    Stdout tells where each of them was, so that it can be put back.

    JSON: see `genesis-tui schema inbox-moved`.
    """
    ids = _few(ids)

    async def work(portal: "Portal") -> None:
        from genesis_tui.cli.messages.documents import moved_tree

        record = await _opened(portal, patient)
        place, made = await _place(record, folder, create=create)
        try:
            with in_the_inbox(record, ids):
                were = await record.threads.move(ids, place.id)
        except BaseException:
            if made:
                with suppress(Exception):
                    await record.threads.remove_folder(place.id)
            raise
        if as_json:
            print_json(moved_tree(record.patient, place, were))
            return
        say(f"{whose(record.patient)}\n✓ Moved to {place.name}: {len(were)}. To undo it, move each back:")
        for id, was in were.items():
            put(one_line(f"{id} {was}"))

    with_portal(server, profile, work, as_json=as_json)


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, callback=checked_ids)
@inbox_options
def unread(*, ids: tuple[str, ...], patient: str, as_json: bool, server: str, profile: str) -> None:
    """Make conversations unread again.

    It is the last message to you in each that becomes unread.

    JSON: see `genesis-tui schema inbox-unread`.
    """
    ids = _few(ids)

    async def work(portal: "Portal") -> None:
        from genesis_tui.cli.messages.documents import UnreadOutput

        record = await _opened(portal, patient)
        with in_the_inbox(record, ids):
            await record.threads.mark_unread(ids)
        if as_json:
            print_json(UnreadOutput(unread=list(ids)))
        else:
            say(f"{whose(record.patient)}\n✓ Unread again: {len(ids)}")

    with_portal(server, profile, work, as_json=as_json)


async def folder_called(record: "OpenRecord", want: str) -> "Folder":
    """The folder of that name or id. Raises UsageError, which names those that there are."""
    return (await _found(record, want)) or await _unknown(record, want)


async def _found(record: "OpenRecord", want: str) -> "Folder | None":
    from genesis_tui.models.messages.threads import Folder

    name = one_line(want).casefold()
    if name in BUILT_IN_FOLDERS:
        return Folder(name, name.capitalize())
    folders = (await record.threads.load()).folders
    by_id = (one for one in folders if one.id == want)
    return next(by_id, None) or next((one for one in folders if one.name.casefold() == name), None)


async def _unknown(record: "OpenRecord", want: str) -> "Folder":
    names = ", ".join(one.name for one in (await record.threads.load()).folders)
    raise NotFound(f"There is no folder {short(want)} here.", next=f"Choose one of: {names}")


async def _place(record: "OpenRecord", want: str, *, create: bool) -> "tuple[Folder, bool]":
    """Where to, and whether it was made for that."""
    found = await _found(record, want)
    if found is not None and found.id in _NOT_MOVED_TO:
        raise click.UsageError(f"Nothing can be moved to {found.name}. Choose inbox, trash or a folder of your own.")
    if found is not None:
        return found, False
    if create:
        return await record.threads.make_folder(want), True
    names = ", ".join(one.name for one in (await record.threads.load()).folders if one.id not in _NOT_MOVED_TO)
    next = f"Choose one of: {names}; or make it with --create."
    raise NotFound(f"There is no folder {short(want)} here.", next=next)


async def _opened(portal: "Portal", patient: str) -> "OpenRecord":
    await signed_in(portal)
    return await portal.open(await chosen_person(portal, patient, "messages"))


def _few(ids: tuple[str, ...]) -> tuple[str, ...]:
    few = tuple(dict.fromkeys(ids))
    if len(few) > MOST_AT_ONCE:
        raise click.UsageError(f"At most {MOST_AT_ONCE} conversations at once.")
    return few
