"""What a process that was killed while somebody wrote has left: on the disk, and on the server (R2)."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.soak.writer import SPONSOR, subject_of, text_of
from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.messaging import Messaging, opened
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.store.acts import act_tree
from genesis_tui.store.messages import draft_of
from genesis_tui.store.vault import FileVault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

AT_MOST = 1.0
"""Seconds of typing that may be lost."""
_STATE = "XDG_STATE_HOME"


@dataclass(slots=True)
class Message:
    """One message: what was typed of it and when, and what the person was told of it."""

    subject: str
    text: str
    keys: list[float] = field(default_factory=list)
    """When each letter was typed; CLOCK_MONOTONIC."""
    kept: int = 0
    """Letters that are said to be kept."""
    sending: bool = False
    queued: bool = False
    sent: bool = False

    def lost(self, killed: float, count: int) -> float:
        """Seconds of typing that are gone where `count` letters are there."""
        return killed - self.keys[count] if count < len(self.keys) else 0.0

    def must_be_kept(self, killed: float, most: float = AT_MOST) -> int:
        """Letters that may not be lost."""
        return max([self.kept, *(count for count, at in enumerate(self.keys, 1) if at <= killed - most)])


@dataclass(slots=True)
class Run:
    """A process that was killed: where it kept its state, when it ended, and what was typed."""

    name: str
    state: Path
    killed: float
    messages: list[Message]


def heard(seed: int, lines: list[str]) -> list[Message]:
    """The messages of a `bench.soak.writer`, from what it told."""
    messages: list[Message] = []
    for line in lines:
        what, number, count, at = line.split()
        if int(number) == len(messages):
            messages.append(Message(subject_of(seed, int(number)), text_of(seed, int(number))))
        message = messages[int(number)]
        if what == "key":
            message.keys.append(float(at))
        elif what == "kept":
            message.kept = max(message.kept, int(count))
        else:
            setattr(message, what, True)
    return messages


class Judge:
    """Looks at what is left, as the same person at the same server."""

    def __init__(self, portal: Portal, url: str, database: Path) -> None:
        """`database`: the mock's, which is read and never written."""
        self._portal = portal
        self._url = url
        self._database = database
        self.halves = 0
        """Files that were being written when their process was killed."""
        self.most_lost = 0.0
        """Seconds of typing."""

    async def faults(self, run: Run) -> list[str]:
        """Everything that is not as R2 says; afterwards what waited has been sent."""
        server, me = self._portal.connection.server, self._portal.sign_in.me
        assert server is not None
        assert me is not None
        with state_at(run.state):
            found = self._broken(run.state, await server.drafts.vault_key())
            post = await opened(self._url, me, server, keep=True)
            drafts, out = post.drafts.kept(), post.outbox.items
            found += [f"{path.name} was left" for path in _files(run.state) if path.suffix != ".sealed"]
            found += self._strangers(run, drafts, out)
            for message in run.messages:
                found += self._wrong(run, message, drafts, out)
            found += await self._deliver(post, out)
        return [f"{run.name}: {fault}" for fault in found]

    def _broken(self, state: Path, key: bytes) -> list[str]:
        self.halves += sum(path.suffix == ".new" for path in _files(state))
        shelf = [(path, FileVault(path.parent, key)) for path in _files(state) if path.suffix == ".sealed"]
        read = {"draft": draft_of, "out": act_tree}
        return [
            f"{path.name} can't be read"
            for path, vault in shelf
            if read[path.stem.partition("-")[0]](vault.read(path.stem)) is None
        ]

    def _strangers(self, run: Run, drafts: tuple[Draft, ...], out: tuple[Outgoing, ...]) -> list[str]:
        kept = [*drafts, *(item.draft for item in out)]
        found = [f"{one.subject!r} is there {kept.count(one)} times" for one in kept if kept.count(one) > 1]
        known = [message.subject for message in run.messages]
        return found + [
            f"nobody wrote {one.subject!r}" for one in kept if not any(s.startswith(one.subject) for s in known)
        ]

    def _wrong(self, run: Run, message: Message, drafts: tuple[Draft, ...], out: tuple[Outgoing, ...]) -> list[str]:
        draft = next((one for one in drafts if message.subject.startswith(one.subject)), None)
        item = next((one for one in out if one.draft.subject == message.subject), None)
        there, name = self.arrived(message.text), message.subject
        places = f"{name}: draft {draft is not None}, in the outbox {item is not None}, {there} on the server"
        if message.sent:
            return [] if (draft, item, there) == (None, None, 1) else [f"said to be sent, {places}"]
        if message.sending and (item is not None or there):
            whole = item is None or item.draft.body == message.text
            return [] if whole and there <= 1 and draft is None else [f"being sent, {places}, whole {whole}"]
        if message.queued or item is not None or there:
            return [f"{'said to be in the outbox' if message.queued else 'nobody sent it'}, {places}"]
        body, least = draft.body if draft is not None else "", message.must_be_kept(run.killed)
        if not message.text.startswith(body):
            return [f"{name}: nobody wrote {body!r}"]
        self.most_lost = max(self.most_lost, message.lost(run.killed, len(body)))
        if len(body) < least:
            return [f"{name}: {len(body)} letters are kept of {len(message.keys)}, {message.kept} said, {least} due"]
        return []

    async def _deliver(self, post: Messaging, out: tuple[Outgoing, ...]) -> list[str]:
        post.outbox.start()
        done = [await post.outbox.settled(item.key, 20) for item in out]
        await post.close()
        found = [f"{item.draft.subject} was not sent: {item.stage}" for item in done if item.stage is not ActStage.SENT]
        counts = [(item.draft.subject, self.arrived(item.draft.body)) for item in out]
        return found + [f"{subject} arrived {count} times" for subject, count in counts if count != 1]

    def arrived(self, body: str) -> int:
        """How often a text is on the server as a message."""
        return self._count("SELECT count(*) FROM message WHERE body = ?", body)

    def drafts_of_what_was_sent(self) -> int:
        """Drafts on the server of messages that it has too."""
        return self._count("SELECT count(*) FROM draft WHERE body IN (SELECT body FROM message)")

    def _count(self, query: str, *values: str) -> int:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query, values).fetchone()[0])


@asynccontextmanager
async def judging(url: str, database: Path) -> "AsyncIterator[Judge]":
    """A judge who is signed in."""
    portal = Portal(ServerProfile("judge", url), keep=False)
    try:
        await portal.sign_in.by_password(*SPONSOR)
        yield Judge(portal, url, database)
    finally:
        await portal.close()


@contextmanager
def state_at(folder: Path) -> Iterator[None]:
    """Files of state are in this folder meanwhile."""
    before = os.environ.get(_STATE)
    os.environ[_STATE] = str(folder)
    try:
        yield
    finally:
        del os.environ[_STATE]
        if before is not None:
            os.environ[_STATE] = before


def _files(state: Path) -> list[Path]:
    return sorted(state.glob("genesis-tui/writing/*/*"))
