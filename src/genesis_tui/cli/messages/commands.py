"""`inbox`: conversations with the care team of one person; its other commands are in the files beside this one."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from genesis_tui.cli.base.completion import folders
from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, print_list, tells_all
from genesis_tui.cli.base.options import signed_in, with_portal
from genesis_tui.cli.base.output import print_json, print_table, put
from genesis_tui.cli.base.patient import chosen_person, whose
from genesis_tui.cli.messages.attachments import attach_save
from genesis_tui.cli.messages.drafts import draft
from genesis_tui.cli.messages.folders import DRAFTS, move, unread
from genesis_tui.cli.messages.options import checked_id, conversation, inbox_list_options, inbox_options
from genesis_tui.cli.messages.outbox import outbox
from genesis_tui.cli.messages.send import reply, send
from genesis_tui.sanitize import one_line

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.messages.threads import Thread, ThreadPage
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal

_HEADS = ("Id", "Date", "Unread", "With", "Subject", "State")
_MOST = 50
_LONGEST = 200
"""Characters of a search that the portal takes."""


def _limit(command: Callable[..., Any]) -> Callable[..., Any]:
    words = "Print at most so many conversations; 0 prints all."
    return click.option(
        "--limit", metavar="N", default=_MOST, show_default=True, type=click.IntRange(min=0), help=words
    )(command)


@click.group()
def inbox() -> None:
    """List, read, search and write secure messages."""


for command in (send, reply, draft, outbox, move, unread, attach_save):
    inbox.add_command(command)


@inbox.command("list")
@click.option(
    "--folder",
    metavar="FOLDER",
    default="inbox",
    show_default=True,
    help="inbox, sent, drafts, trash, or the name or id of a folder of your own.",
    shell_complete=folders,
)
@_limit
@inbox_list_options
def list_(*, patient: str, folder: str, limit: int, as_json: bool, server: str, profile: str) -> None:
    """List the conversations of a folder, newest first.

    The folder drafts has no conversations: it prints what `inbox draft list` does.

    JSON: see `genesis-tui schema inbox-list`.
    """
    if folder.casefold() == DRAFTS:
        _print_drafts(patient, as_json=as_json, server=server, profile=profile)
        return
    place = ""

    async def fetch(record: "OpenRecord", before: str) -> "ThreadPage":
        from genesis_tui.cli.messages.folders import folder_called

        nonlocal place
        place = place or (await folder_called(record, folder)).id
        return await record.threads.load(place, before=before)

    nothing = f"No conversations about {{}} in the folder {one_line(folder)}."
    _print_pages(fetch, patient, limit, nothing, as_json=as_json, server=server, profile=profile)


@inbox.command()
@click.argument("words", nargs=-1, required=True)
@_limit
@inbox_list_options
def search(*, words: tuple[str, ...], patient: str, limit: int, as_json: bool, server: str, profile: str) -> None:
    """Find conversations by WORDS.

    Each of the words must be in the subject, in a sender's name or in a message.

    JSON: see `genesis-tui schema inbox-list`; it comes without folders.
    """

    want = " ".join(words).strip()
    if not 1 <= len(want) <= _LONGEST:
        raise click.UsageError(f"Say what to look for, in 1 to {_LONGEST} characters; they are {len(want):,}.")

    async def fetch(record: "OpenRecord", before: str) -> "ThreadPage":
        return await record.threads.search(want, before=before)

    _print_pages(fetch, patient, limit, "No messages of {} match.", as_json=as_json, server=server, profile=profile)


@inbox.command()
@click.argument("id", callback=checked_id)
@click.option("--mark-read", is_flag=True, help="Mark what was sent to you as read.")
@inbox_options
def read(*, id: str, mark_read: bool, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Print the conversation called ID, oldest message first. Nothing becomes read by it without --mark-read.

    JSON: see `genesis-tui schema inbox-thread`.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "messages")
        record = await portal.open(person)
        thread = await conversation(record, id)
        _print_thread(person, thread, _zone(portal), as_json=as_json)
        if mark_read:
            await record.threads.mark_read(thread)

    with_portal(server, profile, work, as_json=as_json)


def _print_drafts(patient: str, *, as_json: bool, server: str, profile: str) -> None:
    async def work(portal: "Portal") -> None:
        from genesis_tui.cli.messages.compose import desk
        from genesis_tui.cli.messages.drafts import print_drafts

        await print_drafts(await desk(portal, patient, writes=False))

    with_portal(server, profile, work, as_json=as_json)


def _print_pages(
    fetch: "Callable[[OpenRecord, str], Awaitable[ThreadPage]]",
    patient: str,
    limit: int,
    nothing: str,
    *,
    as_json: bool,
    server: str,
    profile: str,
) -> None:
    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "messages")
        record = await portal.open(person)
        whole = await fetch(record, "")
        while whole.next and (not limit or len(whole.rows) < limit):
            whole = _joined(whole, await fetch(record, whole.next))
        _print_list(person, whole, limit, _zone(portal), nothing)

    with_portal(server, profile, work, as_json=as_json)


def _joined(first: "ThreadPage", then: "ThreadPage") -> "ThreadPage":
    from dataclasses import replace

    unreadable = first.unreadable + then.unreadable
    return replace(first, rows=first.rows + then.rows, next=then.next, unreadable=unreadable)


def _print_list(person: "FamilyMember", whole: "ThreadPage", limit: int, zone: str, nothing: str) -> None:
    """`nothing` is said where there is none, with the person's name in place of `{}`."""
    from genesis_tui.cli.messages import documents, output
    from genesis_tui.models.messages.threads import unreadable_text

    rows = whole.rows[: limit or None]
    more = bool(whole.next) or len(rows) < len(whole.rows)
    if chosen():
        print_list(documents.tree(person, whole, rows, zone, more=more), "threads", documents.ThreadOutput)
        if tells_all():
            return
    elif not rows:
        say(nothing.replace("{}", person.name))
        return
    else:
        note(whose(person))
        print_table(_HEADS, [output.table_row(row, zone) for row in rows])
    if more:
        newest = "This is the newest" if len(rows) == 1 else f"These are the newest {len(rows)}"
        say(f"There are more; --limit 0 prints all. {newest}.")
    if whole.unreadable:
        say(unreadable_text(whole.unreadable, "conversation"))


def _print_thread(person: "FamilyMember", thread: "Thread", zone: str, *, as_json: bool) -> None:
    from genesis_tui.cli.messages import documents, output
    from genesis_tui.models.messages.threads import unreadable_text

    if as_json:
        print_json(documents.thread_tree(person, thread, zone))
    else:
        note(whose(person))
        put("\n".join(output.thread_lines(thread, zone)))
        if thread.unreadable:
            say(unreadable_text(thread.unreadable, "message"))


def _zone(portal: "Portal") -> str:
    return portal.sign_in.me.zone if portal.sign_in.me else ""
