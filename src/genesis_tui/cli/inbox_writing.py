"""A message as the options say it: whom it is to, what it is about, its text and its files; checked before any of it
is kept."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from genesis_tui.cli.inbox_options import Wanted
from genesis_tui.cli.options import signed_in
from genesis_tui.cli.who import chosen_person
from genesis_tui.text import one_line, plain

if TYPE_CHECKING:
    from genesis_tui.models.messages import Thread
    from genesis_tui.models.people import FamilyMember
    from genesis_tui.models.record import Entry
    from genesis_tui.models.writing import Draft, Limits, Recipient
    from genesis_tui.session.portal import Portal
    from genesis_tui.session.post import Post
    from genesis_tui.session.record import OpenRecord

STDIN = "-"
_LONGEST = 1_000_000
"""Bytes of a text that are read before it is said to be too long."""
_LONGEST_NAME = 200
_NAMED = 8
"""Recipients that an error names."""


class Desk(NamedTuple):
    """Where a person writes about a patient."""

    person: "FamilyMember"
    record: "OpenRecord"
    post: "Post"
    zone: str = ""

    def go_on(self, words: str) -> str:
        """A command of `inbox` about the same patient, to be typed next."""
        about = "" if self.person.relation == "you" else f" --patient {self.person.number}"
        return f"genesis-tui inbox {words}{about}"


async def desk(portal: "Portal", patient: str, *, writes: bool = True) -> Desk:
    """Opened for whom `--patient` means.

    Raises:
        Refused: `writes`, and the server lets nothing be sent about them.
        SignedOut: there is only a sign-in for scripts.
    """
    from genesis_tui.session.errors import Refused

    await signed_in(portal)
    person = await chosen_person(portal, patient, "messages")
    record = await portal.open(person)
    may = person.may("message.send")
    if writes and not may.allowed:
        raise Refused(may.title or "You can't write here.", next=may.next, rule=may.rule, reason=may.reason)
    return Desk(person, record, await post_of(portal), portal.me.zone if portal.me else "")


async def post_of(portal: "Portal") -> "Post":
    """What the person writes. Raises SignedOut for a sign-in for scripts, which can change nothing (SESS-4)."""
    from genesis_tui.session.errors import SignedOut

    if portal.me is not None and portal.me.offline:
        raise SignedOut(
            "A sign-in for scripts can change nothing, and keeps no drafts.", next="Sign in with: genesis-tui login"
        )
    return await portal.post()


async def headed(at: Desk, draft: "Draft", wanted: Wanted) -> "tuple[Draft, str]":
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
        draft, opening = _quoting(draft, await at.record.thread(wanted.quote), limits)
    if wanted.entry:
        entry = await _entry(at.record, wanted.entry)
        opening = f"\n\n{_quoted(entry)}\n"
        draft = replace(draft, entry=wanted.entry, subject=f"Wrong: {entry.title}"[: limits.subject])
    if wanted.subject:
        draft = replace(draft, subject=one_line(wanted.subject))
    to = wanted.to or (draft.recipient if not draft.recipient_id else "")
    if to:
        found = await _recipient(at, to)
        detail = " · ".join(part for part in (found.role, found.detail) if part)
        draft = replace(draft, recipient_id=found.id, recipient=found.name, recipient_detail=detail)
    return draft, opening


def _category(wanted: Wanted, limits: "Limits") -> str:
    from genesis_tui.models.writing import CORRECTION

    code = _code(wanted.category, limits) if wanted.category else CORRECTION if wanted.entry else ""
    if code == CORRECTION and not wanted.entry:
        raise click.UsageError(f"The category {CORRECTION} needs the entry that is wrong: --entry Type/id")
    if wanted.entry and code != CORRECTION:
        raise click.UsageError(f"--entry goes with the category {CORRECTION}.")
    return code


def _code(want: str, limits: "Limits") -> str:
    """The code of a category that is called by its code or its words."""
    words = one_line(want).casefold()
    for code, text in limits.categories:
        if words in (code.casefold(), text.casefold()):
            return code
    begun = [code for code, text in limits.categories if text.casefold().startswith(words)]
    if len(begun) == 1:
        return begun[0]
    known = ", ".join(f"{code} ({text})" for code, text in limits.categories)
    raise click.UsageError(f"--category: there is none called {want!r}. Choose one of: {known}")


def _quoting(draft: "Draft", thread: "Thread", limits: "Limits") -> "tuple[Draft, str]":
    """MSG-10: a new message to whom the conversation was with, with its last message quoted."""
    from genesis_tui.models.writing import again

    last = thread.messages[-1] if thread.messages else None
    anew = again(replace(draft, body=""), thread.row, last)
    team = next((one.receiver.name for one in reversed(thread.messages) if one.receiver.staff), thread.row.team)
    code = next((code for code, words in limits.categories if words == thread.row.category), "")
    about = draft.category or (code if code != "record-correction" else "other")
    return replace(draft, recipient_id="", recipient=team, subject=anew.subject, category=about), anew.body


async def _entry(record: "OpenRecord", key: str) -> "Entry":
    from genesis_tui.cli.record_reading import entry_called

    return await entry_called(record, key)


def _quoted(entry: "Entry") -> str:
    from genesis_tui.cli.record_shapes import lines
    from genesis_tui.models.writing import quoted

    told = [f"{label}: {text}" for label, text in lines(entry) if label != "File"]
    return quoted("\n".join([entry.title, *([entry.summary] if entry.summary else []), *told]))


async def _recipient(at: Desk, name: str) -> "Recipient":
    """The one whom a name means; a whole name stands over a part of one (MSG-1, MSG-11)."""
    from genesis_tui.session.errors import Refused

    want = one_line(name)
    rows = (await at.post.recipients(at.person.id, want)).rows
    rows = tuple(one for one in rows if one.name.casefold() == want.casefold()) or rows
    if not rows:
        raise click.UsageError(f"--to: nobody is called {name!r}. A provider's or a clinic's name, or a part of one.")
    able = [one for one in rows if one.send.allowed]
    if len(able) == 1:
        return able[0]
    if able:
        raise click.UsageError(f"--to: {name!r} means several. Name one of:\n{_listed(able)}")
    why = rows[0].send
    title = why.title if len(rows) == 1 else f"Nobody called {want} can be written to about {at.person.name}:"
    detail = "" if len(rows) == 1 else _listed(rows)
    raise Refused(title, detail=detail, next=why.next, rule=why.rule, reason=why.reason)


def _listed(rows: "list[Recipient] | tuple[Recipient, ...]") -> str:
    lines = [
        f"  {one.name} ({one.detail or one.clinic}){'' if one.send.allowed else f': {one.send.title}'}" for one in rows
    ]
    more = [f"  and {len(lines) - _NAMED} more"] if len(lines) > _NAMED else []
    return "\n".join([*lines[:_NAMED], *more])


# text and files


def on_terminal() -> bool:
    """Whether anybody can be asked."""
    return sys.stdin.isatty()


def check_text(wanted: Wanted) -> None:
    """Raises UsageError where there is nowhere to take the text from."""
    if not wanted.body_file and not on_terminal():
        raise click.UsageError("There is no terminal to write on; give the text with --body-file FILE, or - for stdin.")


def text_from(place: str) -> str:
    """A file's text, or that of standard input, made harmless. Raises UsageError."""
    called = "Standard input" if place == STDIN else one_line(place)
    try:
        content = _bytes_from(place)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no file's name"
        raise click.UsageError(f"--body-file: {called} can't be read: {why}.") from None
    if len(content) > _LONGEST:
        raise click.UsageError(f"--body-file: {called} is far longer than a message may be.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"--body-file: {called} is no UTF-8 text.") from None
    return plain(text.removesuffix("\n").removesuffix("\r"), lines=True)


def _bytes_from(place: str) -> bytes:
    if place == STDIN:
        return sys.stdin.buffer.read(_LONGEST + 1)
    with Path(place).expanduser().open("rb") as file:
        return file.read(_LONGEST + 1)


async def attached(post: "Post", draft: "Draft", paths: tuple[str, ...]) -> "Draft":
    """The draft with copies of these files (MSG-6).

    Raises:
        UsageError: what is named is no file.
        Refused: one can't be sent; none is attached then.
        ApiError: one can't be read.
    """
    from genesis_tui.session.errors import ApiError, Refused

    whole = draft
    files = [_file(path) for path in paths]
    try:
        for file in files:
            whole = await post.drafts.attach(whole, file, post.limits)
    except ApiError as error:
        drop_new(post, draft, whole)
        kind = Refused if error.rule else ApiError
        next = "Nothing was attached or sent."
        raise kind(one_line(error.title), next=next, rule=error.rule, reason=error.reason) from None
    return whole


def drop_new(post: "Post", before: "Draft", now: "Draft") -> None:
    """The copies that were made since are not needed."""
    post.drafts.drop_files(file for file in now.files if file not in before.files)


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
