"""`inbox attach-save`: the files of a conversation (MSG-6)."""

from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.json_parts import SavedOutput
from genesis_tui.cli.base.options import check_folder, chosen_settings, signed_in, with_portal
from genesis_tui.cli.base.output import print_json, put
from genesis_tui.cli.base.patient import chosen_person
from genesis_tui.cli.messages.options import checked_id, conversation, inbox_options
from genesis_tui.models.base.errors import NotFound
from genesis_tui.models.base.search import folded
from genesis_tui.sanitize import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genesis_tui.models.base.files import Attachment
    from genesis_tui.session.portal import Portal


@click.command("attach-save")
@click.argument("id", callback=checked_id)
@click.option("--name", metavar="NAME", default="", help="Which file: its name, or its number in the conversation.")
@click.option("--all", "every", is_flag=True, help="Save all of its files.")
@click.option("--to", "folder", metavar="DIR", default="", help="Save to this folder, not to the one in the settings.")
@inbox_options
def attach_save(
    *, id: str, name: str, every: bool, folder: str, patient: str, as_json: bool, server: str, profile: str
) -> None:
    """Save files of the conversation called ID.

    The paths are printed on stdout, one per line. The name that a file came with is made safe; it can't lead out of the
    folder, and nothing is overwritten. Where there are several files, --name says which one, or --all takes them all.

    JSON: see `genesis-tui schema saved`.
    """
    if name and every:
        raise click.UsageError("--name and --all exclude each other.")
    check_folder(folder)

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        record = await portal.open(await chosen_person(portal, patient, "messages"))
        files = [file for message in (await conversation(record, id)).messages for file in message.files]
        saved = []
        for file in _chosen(files, name, every=every):
            path = plain(str(await record.threads.save(file, folder or chosen_settings(server, profile).downloads)))
            saved.append(path)
            if not as_json:
                put(path)
        if as_json:
            print_json(SavedOutput(saved=saved))

    with_portal(server, profile, work, as_json=as_json)


def _chosen(files: "Sequence[Attachment]", name: str, *, every: bool) -> "Sequence[Attachment]":
    """Those that are meant. Raises NotFound or UsageError, which name them all."""
    if not files:
        raise NotFound("This conversation has no files.")
    if every:
        return files
    found = _named(files, name) if name else files
    if len(found) == 1:
        return found
    listed = ", ".join(f"{number} {one_line(file.title)}" for number, file in enumerate(files, 1))
    next = f"Choose with --name, by name or number, or take --all: {listed}"
    if name and not found:
        raise NotFound(f"--name: {name!r} means none of its files.", next=next)
    said = f"--name: {name!r} means several files." if name else "It has several."
    raise click.UsageError(f"{said} {next}")


def _named(files: "Sequence[Attachment]", name: str) -> "Sequence[Attachment]":
    same = [file for file in files if folded(file.title) == folded(name)]
    if not same and name.isascii() and name.isdigit() and len(name) < 4:
        return files[int(name) - 1 : int(name)] if int(name) else []
    return same or [file for file in files if folded(name) in folded(file.title)]
