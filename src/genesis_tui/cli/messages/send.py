"""`inbox send` and `inbox reply`."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import with_portal
from genesis_tui.cli.messages.compose import (
    ComposeContext,
    attached,
    check_text,
    desk,
    headed,
    known_categories,
    text_from,
    too_long,
)
from genesis_tui.cli.messages.options import (
    ConfirmOptions,
    DraftOptions,
    checked_id,
    conversation,
    head_options,
    inbox_options,
    sure_options,
    text_options,
)
from genesis_tui.cli.messages.review import SendReview
from genesis_tui.session.messages import editor

if TYPE_CHECKING:
    from genesis_tui.models.messages.drafts import Draft
    from genesis_tui.models.messages.threads import ThreadRow
    from genesis_tui.session.portal import Portal


@click.command()
@head_options
@text_options
@sure_options
@inbox_options
def send(
    *, yes: bool, not_an_emergency: bool, patient: str, as_json: bool, server: str, profile: str, **options: Any
) -> None:
    """Send a message that begins a conversation. Not for emergencies: call 911.

    The preview names the patient, the recipient and the day by which an answer is due; on a terminal it asks
    first, elsewhere it needs --yes. The id of the conversation is printed on stdout.

    --quote ID takes recipient, category and subject from that conversation where they are not given. --entry needs no
    category: it is record-correction.

    JSON: see `genesis-tui schema sent`. Exit code 5: it is not sent yet, is kept, and goes out with `inbox outbox`
    under the same key.
    """
    wanted, sure = DraftOptions(**options), ConfirmOptions(yes, not_an_emergency, as_json)
    check_text(wanted)

    async def work(portal: "Portal") -> None:
        at = await desk(portal, patient)
        draft, opening = await headed(at, at.post.drafts.begin(at.person.id, at.person.name), wanted)
        _check_head(draft, at)
        await write(at, draft, wanted, opening, sure)

    with_portal(server, profile, work, as_json=as_json)


@click.command()
@click.argument("id", callback=checked_id)
@text_options
@sure_options
@inbox_options
def reply(
    *,
    id: str,
    yes: bool,
    not_an_emergency: bool,
    patient: str,
    as_json: bool,
    server: str,
    profile: str,
    **options: Any,
) -> None:
    """Reply in the conversation called ID. Not for emergencies: call 911.

    In the editor, a reply that was begun before is continued. Where the time for replies is over, `send --quote
    ID` writes a new message instead.

    \b
    JSON: see `genesis-tui schema sent`.
    """
    wanted, sure = DraftOptions(**options), ConfirmOptions(yes, not_an_emergency, as_json)
    check_text(wanted)

    async def work(portal: "Portal") -> None:
        at = await desk(portal, patient)
        row = (await conversation(at.record, id)).row
        check_window(at, row)
        begun = next((one for one in await at.post.drafts.of(at.person.id) if one.thread_id == row.id), None)
        if begun is not None and wanted.body_file:
            say(f"Another reply is a draft, and stays one: {begun.id}")
            begun = None
        new = replace(at.post.drafts.begin(at.person.id, at.person.name), thread_id=row.id)
        draft = replace(begun or new, recipient=row.team, subject=row.subject)
        await write(at, draft, wanted, draft.body, sure, row)

    with_portal(server, profile, work, as_json=as_json)


def check_window(at: ComposeContext, row: "ThreadRow") -> None:
    """MSG-10: raises Refused where the conversation takes no reply, with the way on."""
    from genesis_tui.models.base.errors import Refused

    can = row.reply
    if not can.allowed:
        hint = f"As in: {at.go_on(f'send --quote {row.id}')}" if row.closed else ""
        next = " ".join(part for part in (can.next, hint) if part)
        raise Refused(can.title, next=next, rule=can.rule, reason=can.reason)


async def write(
    at: ComposeContext,
    draft: "Draft",
    wanted: DraftOptions,
    opening: str,
    sure: ConfirmOptions,
    row: "ThreadRow | None" = None,
) -> None:
    """Files, then text, then off. Text from a file stands over `opening`; the editor begins with it."""
    sheet = SendReview(at, await attached(at.post, draft, wanted.attach), draft, row)
    async with sheet:
        say(at.post.limits.notice)
        if wanted.body_file:
            text = text_from(wanted.body_file, at.post.limits)
            sheet.draft = replace(sheet.draft, body=text + opening if text.strip() else "")
        else:
            await _type(sheet, opening)
    await sheet.send(sure)


async def _type(sheet: SendReview, opening: str) -> None:
    text = edited(opening)
    if not text.strip() or (not sheet.draft.body and text.strip() == opening.strip()):
        raise click.UsageError("Nothing was written, so nothing was sent.")
    sheet.draft = replace(sheet.draft, body=text, on_server=False)
    await sheet.keep()


def _check_head(draft: "Draft", at: ComposeContext) -> None:
    """What the options leave out is told before anything is typed."""
    from genesis_tui.models.messages.drafts import faults

    long = too_long(draft, at.post.limits)
    if long:
        raise click.UsageError(f"Nothing was sent. {long}")
    missing = faults(replace(draft, body="text"), at.post.limits)
    if missing:
        known = "" if draft.category else f"\n--category is one of: {known_categories(at.post.limits)}"
        raise click.UsageError(f"{' '.join(missing)} See --to, --category and --subject.{known}")


def edited(text: str) -> str:
    """What the person made of it, made harmless. Standard input must be a terminal.

    Raises:
        ApiError: there is no editor, or it failed.
    """
    with _cleaned_up_on_signals():
        otherwise = ", or give the text with --body-file"
        return editor.edited(text, _run, unchanged="Nothing was sent.", otherwise=otherwise)


def _run(command: list[str], environment: dict[str, str]) -> int:
    """On the terminal itself, wherever the output of this command goes."""
    with open(os.ttyname(sys.stdin.fileno()), "r+b", buffering=0) as terminal:
        return subprocess.call(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)


@contextmanager
def _cleaned_up_on_signals() -> Iterator[None]:
    """A terminal that is closed, or an end that is asked for, leaves no text behind."""
    before = {number: signal.signal(number, _leave) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
