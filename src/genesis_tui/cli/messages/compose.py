"""A message as the options say it: whom it is to, what it is about, its text and its files; checked before any of it
is kept."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from genesis_tui.cli.base.options import can_ask, signed_in
from genesis_tui.cli.base.output import counted, short
from genesis_tui.cli.base.patient import about, chosen_person
from genesis_tui.cli.messages.options import DraftOptions, conversation
from genesis_tui.cli.messages.recipients import recipient
from genesis_tui.sanitize import one_line, written

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.messages.drafts import Draft, MessageLimits
    from genesis_tui.models.messages.threads import Thread
    from genesis_tui.models.record import Entry
    from genesis_tui.session.messages.messaging import Messaging
    from genesis_tui.session.open_record import OpenRecord
    from genesis_tui.session.portal import Portal

STDIN = "-"
_LONGEST = 1_000_000
"""Bytes of a text that are read before it is said to be too long."""
_LONGEST_NAME = 200


class ComposeContext(NamedTuple):
    """Where a person writes about a patient."""

    person: "FamilyMember"
    record: "OpenRecord"
    post: "Messaging"
    zone: str = ""

    def go_on(self, words: str) -> str:
        """A command of `inbox` about the same patient, to be typed next."""
        return about(self.person, f"genesis-tui inbox {words}")


async def desk(portal: "Portal", patient: str, *, writes: bool = True) -> ComposeContext:
    """Opened for whom `--patient` means.

    Raises:
        Refused: `writes`, and the server lets nothing be sent about them.
        SignedOut: there is only a sign-in for scripts.
    """
    from genesis_tui.models.base.errors import Refused

    await signed_in(portal)
    person = await chosen_person(portal, patient, "messages")
    record = await portal.open(person)
    may = person.may("message.send")
    if writes and not may.allowed:
        raise Refused(may.title or "You can't write here.", next=may.next, rule=may.rule, reason=may.reason)
    return ComposeContext(person, record, await post_of(portal), portal.sign_in.me.zone if portal.sign_in.me else "")


async def post_of(portal: "Portal") -> "Messaging":
    """What the person writes. Raises SignedOut for a sign-in for scripts, which can change nothing (SESS-4)."""
    from genesis_tui.models.base.errors import SignedOut

    if portal.sign_in.me is not None and portal.sign_in.me.offline:
        raise SignedOut(
            "A sign-in for scripts can change nothing, and keeps no drafts.", next="Sign in with: genesis-tui login"
        )
    return await portal.messaging()


async def headed(at: ComposeContext, draft: "Draft", wanted: DraftOptions) -> "tuple[Draft, str]":
    """The draft with recipient, category and subject, and what is quoted under its text.

    Raises:
        UsageError: an option means nothing, or too much.
        Refused: the recipient takes no messages (MSG-11).
    """
    if wanted.quote and wanted.entry:
        raise click.UsageError("--quote and --entry exclude each other.")
    opening = ""
    limits = at.post.limits
    draft = replace(draft, category=_category(wanted, limits) or draft.category)
    if wanted.quote:
        draft, opening = _quoting(draft, await conversation(at.record, wanted.quote), limits, at.zone)
    if wanted.entry:
        entry = await _entry(at.record, wanted.entry)
        opening = f"\n\n{_quoted(entry)}\n"
        draft = replace(draft, entry=wanted.entry, subject=f"Wrong: {entry.title}"[: limits.subject])
    if wanted.subject:
        draft = replace(draft, subject=written(wanted.subject))
    from genesis_tui.models.messages.drafts import to_recipient

    to = wanted.to or (draft.recipient if not draft.recipient_id else "")
    if to:
        found = await recipient(at.post, at.person, to)
        draft = to_recipient(draft, found)
    return draft, opening


def _category(wanted: DraftOptions, limits: "MessageLimits") -> str:
    from genesis_tui.models.messages.drafts import CORRECTION

    code = _code(wanted.category, limits) if wanted.category else CORRECTION if wanted.entry else ""
    if code == CORRECTION and not wanted.entry:
        raise click.UsageError(f"The category {CORRECTION} needs the entry that is wrong: --entry Type/id")
    if wanted.entry and code != CORRECTION:
        raise click.UsageError(f"--entry goes with the category {CORRECTION}.")
    return code


def _code(want: str, limits: "MessageLimits") -> str:
    """The code of a category that is called by its code or its words."""
    words = one_line(want).casefold()
    for code, text in limits.categories:
        if words in (code.casefold(), text.casefold()):
            return code
    begun = [code for code, text in limits.categories if text.casefold().startswith(words)]
    if len(begun) == 1:
        return begun[0]
    raise click.UsageError(f"--category: there is none called {short(want)}. Choose one of: {known_categories(limits)}")


def known_categories(limits: "MessageLimits") -> str:
    """Codes and words of all that a message can be about."""
    return ", ".join(f"{code} ({text})" for code, text in limits.categories)


def _quoting(draft: "Draft", thread: "Thread", limits: "MessageLimits", zone: str) -> "tuple[Draft, str]":
    """MSG-10: a new message to whom the conversation was with, with its last message quoted."""
    from genesis_tui.models.messages.drafts import again
    from genesis_tui.models.messages.threads import care_team_of

    last = thread.messages[-1] if thread.messages else None
    anew = again(replace(draft, body=""), thread.row, last, zone)
    team = care_team_of(thread)[-1]
    about = draft.category or limits.code(thread.row.category)
    return replace(draft, recipient_id="", recipient=team, subject=anew.subject, category=about), anew.body


async def _entry(record: "OpenRecord", key: str) -> "Entry":
    from genesis_tui.cli.record.reading import entry_called

    return await entry_called(record, key)


def _quoted(entry: "Entry") -> str:
    from genesis_tui.cli.record.output import lines
    from genesis_tui.models.messages.drafts import quoted

    told = [f"{label}: {text}" for label, text in lines(entry) if label != "File"]
    return quoted("\n".join([entry.title, *([entry.summary] if entry.summary else []), *told]))


# text and files


def check_text(wanted: DraftOptions) -> None:
    """Raises UsageError where there is nowhere to take the text from."""
    if not wanted.body_file and not can_ask():
        raise click.UsageError("There is no terminal to write on; give the text with --body-file FILE, or - for stdin.")


def too_long(draft: "Draft", limits: "MessageLimits") -> str:
    """What is longer than it may be: how long it is, how long it may be, and what to do; empty where nothing is."""
    subject, body = len(draft.subject.strip()), len(draft.body)
    if subject > limits.subject and not draft.is_reply:
        return f"--subject: {_over(subject, limits.subject)} Shorten it."
    if body <= limits.body:
        return ""
    quoted = sum(len(line) + 1 for line in draft.body.split("\n") if line.startswith(">"))
    of_it = f" {counted(quoted, 'character')} of it are quoted." if quoted else ""
    return f"The text: {_over(body, limits.body)}{of_it} Shorten it, or attach the rest as a file: --attach FILE"


def _over(length: int, most: int) -> str:
    return f"{counted(length, 'character')} are {length - most:,} too many; at most {most:,} fit."


def text_from(place: str, limits: "MessageLimits") -> str:
    """A file's text, or that of standard input, made harmless. Raises UsageError."""
    called = "Standard input" if place == STDIN else one_line(place)
    try:
        content = _bytes_from(place)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no file's name"
        raise click.UsageError(f"--body-file: {called} can't be read: {why}.") from None
    if len(content) > _LONGEST:
        raise click.UsageError(
            f"--body-file: {called} has more than {_LONGEST:,} bytes; a message takes at most "
            f"{limits.body:,} characters. Shorten it, or attach it as a file: --attach FILE"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"--body-file: {called} is no UTF-8 text.") from None
    return written(text.removesuffix("\n").removesuffix("\r"), lines=True)


def _bytes_from(place: str) -> bytes:
    if place == STDIN:
        return sys.stdin.buffer.read(_LONGEST + 1)
    with Path(place).expanduser().open("rb") as file:
        return file.read(_LONGEST + 1)


async def attached(post: "Messaging", draft: "Draft", paths: tuple[str, ...]) -> "Draft":
    """The draft with copies of these files (MSG-6).

    Raises:
        UsageError: what is named is no file.
        Refused: one can't be sent; none is attached then.
        ApiError: one can't be read.
    """
    from genesis_tui.models.base.errors import ApiError, Refused

    whole = draft
    files = [_file(path) for path in paths]
    try:
        for file in files:
            whole = await post.drafts.files.attach(whole, file, post.limits)
    except ApiError as error:
        drop_new(post, draft, whole)
        kind = Refused if error.rule else ApiError
        next = "Nothing was attached or sent."
        raise kind(one_line(error.title), next=next, rule=error.rule, reason=error.reason) from None
    return whole


def drop_new(post: "Messaging", before: "Draft", now: "Draft") -> None:
    """The copies that were made since are not needed."""
    post.drafts.files.drop(file for file in now.files if file not in before.files)


def _file(path: str) -> Path:
    """A pipe or a device would never end, and a name that does something reaches nobody."""
    file = Path(path)
    try:
        file = file.expanduser()
        is_there, is_file = os.path.lexists(file), file.is_file()
    except (OSError, ValueError, RuntimeError):
        is_there, is_file = False, False
    if not is_file:
        raise click.UsageError(f"--attach: {one_line(path)} {'is no file' if is_there else 'is not there'}.")
    if not file.name.isprintable() or len(file.name) > _LONGEST_NAME:
        words = f"has a name that can't be sent. Rename it: printable characters, at most {_LONGEST_NAME}."
        raise click.UsageError(f"--attach: {one_line(file.name)} {words}")
    return file
