"""`inbox draft`: what is written and not sent (MSG-9, MSG-8)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, print_list
from genesis_tui.cli.base.options import agreed, with_portal, yes_option
from genesis_tui.cli.base.output import print_json, print_table, put
from genesis_tui.cli.base.patient import whose
from genesis_tui.cli.messages.compose import ComposeContext, attached, desk, drop_new, headed, text_from, too_long
from genesis_tui.cli.messages.options import (
    ConfirmOptions,
    DraftOptions,
    conversation,
    head_options,
    inbox_list_options,
    inbox_options,
    sure_options,
    text_options,
)
from genesis_tui.cli.messages.review import SendReview
from genesis_tui.models.base.errors import NotFound
from genesis_tui.sanitize import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genesis_tui.models.base.errors import ApiError
    from genesis_tui.models.messages.drafts import Conflict, Draft
    from genesis_tui.session.portal import Portal

_SHORTEST = 4
"""Letters of an id that may stand for the whole."""


@click.group()
def draft() -> None:
    """Messages that are written and not sent."""


@draft.command("list")
@inbox_list_options
def list_(*, patient: str, as_json: bool, server: str, profile: str) -> None:
    """List the drafts about one person, last changed first.

    JSON: see `genesis-tui schema drafts`.
    """

    async def work(portal: "Portal") -> None:
        await print_drafts(await desk(portal, patient, writes=False))

    with_portal(server, profile, work, as_json=as_json)


@draft.command()
@click.argument("id", required=False, default="")
@head_options
@text_options
@inbox_options
def save(*, id: str, patient: str, as_json: bool, server: str, profile: str, **options: Any) -> None:
    """Keep a new draft, or change the one called ID; its id is printed on stdout.

    Nothing is asked for, and what is missing can be filled in later, here or in the app. It is kept on this computer,
    encrypted, and on the server where that can be reached. --attach adds files to those that it has.

    JSON: see `genesis-tui schema draft`.
    """
    wanted = DraftOptions(**options)
    if wanted == DraftOptions():
        raise click.UsageError("Say what to keep: --to, --subject, --category, --body-file, --attach …")

    async def work(portal: "Portal") -> None:
        at = await desk(portal, patient)
        before = await called(at, id) if id else at.post.drafts.begin(at.person.id, at.person.name)
        if before.is_reply and (wanted.to or wanted.subject or wanted.category or wanted.quote or wanted.entry):
            raise click.UsageError("A reply takes recipient, category and subject from its conversation.")
        await _keep(at, before, await _written(at, before, wanted), as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


@draft.command()
@click.argument("id")
@inbox_options
def show(*, id: str, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Print the draft called ID.

    JSON: see `genesis-tui schema draft`.
    """

    async def work(portal: "Portal") -> None:
        from genesis_tui.cli.messages import documents, output

        at = await desk(portal, patient, writes=False)
        found = await called(at, id)
        if as_json:
            print_json(documents.draft_tree(at.person, found, at.zone))
            return
        note(whose(at.person))
        print_table(*output.draft_heads(found, at.post.limits))
        put(f"\n{plain(found.body, lines=True)}")

    with_portal(server, profile, work, as_json=as_json)


@draft.command()
@click.argument("id")
@yes_option
@inbox_options
def delete(*, id: str, yes: bool, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Delete the draft called ID for good. On a terminal it asks first; elsewhere it needs --yes.

    JSON: see `genesis-tui schema deleted`.
    """

    async def work(portal: "Portal") -> None:
        from genesis_tui.cli.messages.documents import DeletedOutput

        at = await desk(portal, patient, writes=False)
        found = await called(at, id)
        say(f"{whose(at.person)}\n{found.recipient or 'Nobody yet'}: {found.subject or 'No subject yet'}")
        agreed("Delete this draft for good?", yes=yes)
        await at.post.drafts.delete(found)
        if as_json:
            print_json(DeletedOutput(deleted=found.id))
        else:
            say("✓ Deleted")

    with_portal(server, profile, work, as_json=as_json)


@draft.command()
@click.argument("id")
@sure_options
@inbox_options
def send(*, id: str, yes: bool, not_an_emergency: bool, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Send the draft called ID, as `inbox send` does. What is not sent stays a draft.

    JSON: see `genesis-tui schema sent`.
    """

    async def work(portal: "Portal") -> None:
        from genesis_tui.cli.messages.send import check_window

        at = await desk(portal, patient)
        found = await called(at, id)
        row = None
        if found.is_reply:
            row = (await conversation(at.record, found.thread_id)).row
            check_window(at, row)
            found = replace(found, recipient=found.recipient or row.team, subject=row.subject)
        say(at.post.limits.notice)
        sure = ConfirmOptions(yes, not_an_emergency, as_json)
        await SendReview(at, found, found, row).send(sure)

    with_portal(server, profile, work, as_json=as_json)


async def print_drafts(at: ComposeContext) -> None:
    """The drafts about one person, as a table or for programs."""
    from genesis_tui.cli.messages import documents, output

    found = await _drafts(at)
    if chosen():
        print_list(documents.drafts_tree(at.person, found, at.zone), "drafts", documents.DraftOutput)
        return
    if not found:
        say(f"No drafts about {at.person.name}.")
        return
    note(whose(at.person))
    print_table(output.DRAFT_HEADS, [output.draft_row(one, at.zone) for one in found])


async def called(at: ComposeContext, id: str) -> "Draft":
    """The draft of that id, or of an id that begins so. Raises UsageError."""
    found = await _drafts(at)
    meant = [one for one in found if one.id == id] or [
        one for one in found if len(id) >= _SHORTEST and one.id.startswith(id)
    ]
    if len(meant) == 1:
        return meant[0]
    next = f"List them with: {at.go_on('draft list')}"
    if meant:
        raise click.UsageError(f"{id!r} means several drafts. {next}")
    raise NotFound(f"No draft about {at.person.name} is called {id!r}.", next=next)


async def _drafts(at: ComposeContext) -> "Sequence[Draft]":
    """What is on its way is a draft no longer."""
    going = {item.draft.id for item in at.post.outbox.unsent}
    return [one for one in await at.post.drafts.of(at.person.id) if one.id not in going]


async def _written(at: ComposeContext, before: "Draft", wanted: DraftOptions) -> "Draft":
    now, opening = await headed(at, before, wanted)
    if wanted.body_file:
        now = replace(now, body=text_from(wanted.body_file, at.post.limits))
    if opening:
        now = replace(now, body=now.body + opening)
    long = too_long(now, at.post.limits)
    if long:
        raise click.UsageError(f"Nothing was kept. {long}")
    return await attached(at.post, replace(now, on_server=False, refused=""), wanted.attach)


async def _keep(at: ComposeContext, before: "Draft", now: "Draft", *, as_json: bool) -> None:
    """On the disk, then on the server; the id is told as soon as there is something to go by it."""
    from genesis_tui.cli.messages import documents
    from genesis_tui.models.base.errors import ApiError, Unreachable
    from genesis_tui.models.messages.drafts import Conflict

    try:
        kept = await at.post.drafts.keep(now)
    except ApiError:
        drop_new(at.post, before, now)
        raise
    why: ApiError | None = None
    try:
        found = await at.post.drafts.keep_on_server(kept)
        if isinstance(found, Conflict):
            why = _elsewhere(at, found)
        else:
            kept = found
    except ApiError as error:
        why = error
    if as_json:
        print_json(documents.draft_tree(at.person, kept, at.zone))
    else:
        put(kept.id)
    if isinstance(why, Unreachable):
        say(f"{why.title} It is kept on this computer until then.")
    elif why is not None:
        why.next = f"It is kept on this computer. {why.next}".strip()
        raise why


def _elsewhere(at: ComposeContext, found: "Conflict") -> "ApiError":
    """What another computer made of the draft meanwhile: it was changed (MSG-9), or sent (MSG-8)."""
    from genesis_tui.models.base.errors import Refused

    if found.theirs is not None:
        return Refused("This draft was changed elsewhere too.", next="Choose in the app.", rule="MSG-9")
    send, delete = (at.go_on(f"draft {act} {found.mine.id}") for act in ("send", "delete"))
    return Refused(
        "This message was sent from elsewhere meanwhile.",
        next=f"Send it as another message, or delete it:\n{send}\n{delete}",
        rule="MSG-8",
        reason="sent-is-final",
    )
