"""A plain model of the conversations about one child: what each parent must be shown."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.clock import MICROSECOND, from_micros
from tests.portal.writing import JSON
from tests.small_world import CHILD, DAY, SPONSOR, SPOUSE, START, small_world

PARENTS = (SPONSOR, SPOUSE)
NEW_YORK = ZoneInfo("America/New_York")
INBOX, SENT, DRAFTS, TRASH = "inbox", "sent", "drafts", "trash"
STANDING = {INBOX: "Inbox", SENT: "Sent", DRAFTS: "Drafts", TRASH: "Trash"}
REPLY_DAYS = 45 * DAY
CLOSED, STALE = (403, "MSG-10", "reply-window-closed"), (409, "MSG-9", "stale-version")
SENT_IS_FINAL = (409, "MSG-8", "sent-is-final")
NOT_HERE = (404, "FAM-8", "")


@dataclass(eq=False)
class Letter:
    """One message; the clinic has no id, and a person's receiver is the clinic."""

    id: str
    sender: str
    receiver: str
    sent: datetime
    opened: bool = False

    def unread(self, viewer: str) -> bool:
        return self.receiver == viewer and not self.opened


@dataclass(eq=False)
class Thread:
    """A conversation, and where each viewer who moved it has it."""

    id: str
    letters: list[Letter] = field(default_factory=list, repr=False)
    places: dict[str, str] = field(default_factory=dict)

    def place(self, viewer: str) -> str:
        return self.places.get(viewer, INBOX)

    def sent_by(self, viewer: str) -> list[datetime]:
        return [one.sent for one in self.letters if one.sender == viewer]

    def unread(self, viewer: str) -> int:
        return sum(one.unread(viewer) for one in self.letters)

    def replies_until(self) -> date:
        return self.letters[-1].sent.astimezone(NEW_YORK).date() + REPLY_DAYS


@dataclass(eq=False)
class Draft:
    """What one parent has not sent; no thread is a new conversation."""

    id: str
    owner: str
    thread: Thread | None
    body: str
    saved: datetime
    version: int = 1

    def wire(self) -> JSON:
        return {"patient": CHILD, "thread": self.thread.id if self.thread else "", "body": self.body}


class Model:
    """What there is, and what a viewer is shown of it."""

    def __init__(self) -> None:
        self.now = START
        self.threads = [Thread(f"thread-{CHILD}"), Thread(f"private-{CHILD}")]
        self.folders: dict[str, dict[str, str]] = {viewer: {} for viewer in PARENTS}
        self.drafts: list[Draft] = []
        self.ended: list[tuple[str, Draft]] = []
        for thread in self.threads:
            letters: list[Any] = [one for one in small_world().rows["message"] if one["thread_id"] == thread.id]
            for one in sorted(letters, key=lambda one: one["sent"]):
                sent = from_micros(one["sent"])
                thread.letters.append(Letter(one["id"], one["sender_id"], one["receiver_id"], sent))

    def write(self, thread: Thread, id: str, sender: str, receiver: str) -> datetime:
        """A message comes into a thread, after the one before it and out of everybody's Trash (MSG-8); when."""
        sent = max([self.now, *(one.sent + MICROSECOND for one in thread.letters[-1:])])
        thread.letters.append(Letter(id, sender, receiver, sent))
        thread.places = {viewer: place for viewer, place in thread.places.items() if place != TRASH}
        return sent

    def takes_reply(self, thread: Thread) -> bool:
        return self.now.astimezone(NEW_YORK).date() <= thread.replies_until()

    def held(self, viewer: str, folder: str) -> list[Thread]:
        if folder == SENT:
            return [one for one in self.threads if viewer not in one.places and one.sent_by(viewer)]
        return [one for one in self.threads if one.place(viewer) == folder]

    def may_name(self, viewer: str, name: str) -> bool:
        taken = {one.casefold() for one in (*STANDING.values(), *self.folders[viewer].values())}
        plain = all(one.isalnum() or one == " " for one in name) and name == name.strip()
        return plain and 1 <= len(name) <= 50 and name.casefold() not in taken

    def stands_against(self, viewer: str, draft: Draft, version: int) -> tuple[int, str, str] | None:
        """MSG-8, MSG-9, MSG-10: why a draft is not kept in place of that version."""
        if any(sender == viewer and one.id == draft.id for sender, one in self.ended):
            return SENT_IS_FINAL
        known = next((one for one in self.drafts if one.id == draft.id), None)
        if known and known.owner != viewer:
            return NOT_HERE
        if draft.thread and not self.takes_reply(draft.thread):
            return CLOSED
        theirs = [one for one in self.drafts if draft.thread and (one.owner, one.thread) == (viewer, draft.thread)]
        stale = any(one is not known for one in theirs) or version != (known.version if known else 0)
        return STALE if stale else None

    def shown(self, viewer: str) -> JSON:
        own = sorted(self.folders[viewer].items(), key=lambda pair: pair[1].casefold())
        mine = [one for one in self.drafts if one.owner == viewer]
        unread = sum(one.unread(viewer) for one in self.threads if one.place(viewer) != TRASH)
        return {
            "folders": [self._folder(viewer, *pair) for pair in (*STANDING.items(), *own)],
            "threads": {folder: self._listed(viewer, folder) for folder in (INBOX, SENT, TRASH, *dict(own))},
            "drafts": sorted((START - one.saved, one.id, one.version, one.wire()["thread"], one.body) for one in mine),
            "unread": (unread, unread),
        }

    def _folder(self, viewer: str, id: str, name: str) -> tuple[Any, ...]:
        """Id, name, conversations or drafts, unread messages, and whether it can be removed."""
        if id == DRAFTS:
            return id, name, sum(one.owner == viewer for one in self.drafts), 0, []
        held = self.held(viewer, id)
        unread = 0 if id == SENT else sum(one.unread(viewer) for one in held)
        return id, name, len(held), unread, [] if id in STANDING else [not held]

    def _listed(self, viewer: str, folder: str) -> list[tuple[Any, ...]]:
        """Instant, id, messages, unread ones, and whether and until when a reply may be sent; newest first."""
        rows = []
        for one in self.held(viewer, folder):
            at = max(one.sent_by(viewer)) if folder == SENT else one.letters[-1].sent
            replies = self.takes_reply(one), one.replies_until().isoformat()
            rows.append((at, one.id, len(one.letters), one.unread(viewer), *replies))
        return sorted(rows, reverse=True)
