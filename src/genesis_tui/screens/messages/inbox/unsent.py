"""Drafts, and messages on their way, as rows of the folder Drafts."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.messages.drafts import Draft, MessageLimits, files_text
from genesis_tui.models.messages.threads import Party, ThreadRow
from genesis_tui.sanitize import shown
from genesis_tui.widgets.page import Para, Shown, fact

DRAFTS = "drafts"
_WORDS = {
    ActStage.QUEUED: "waiting",
    ActStage.SENDING: "sending",
    ActStage.UNKNOWN: "unknown",
    ActStage.ASKS: "asks you",
    ActStage.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class Unsent(ThreadRow):
    """A draft, or a message in the outbox (`item`)."""

    draft: Draft | None = None
    item: Outgoing | None = None

    @property
    def key(self) -> str:
        return f"Draft/{self.draft.id if self.draft else self.id}"

    def is_elsewhere(self, here: Container[str], is_gone: Callable[[str], bool]) -> bool:
        """Whether it is a draft that the server alone has, none of those `here`."""
        return self.item is None and self.draft is not None and not (self.draft.id in here or is_gone(self.draft.id))

    @property
    def closed(self) -> bool:
        """It is no conversation yet."""
        return False

    @property
    def state(self) -> str:
        """One word for the list."""
        if self.item is not None:
            return _WORDS.get(self.item.stage, "")
        return "refused" if self.draft is not None and self.draft.refused else "draft"


def unsent_rows(
    drafts: Sequence[Draft], items: Sequence[Outgoing], patient_id: str, now: datetime
) -> tuple[Unsent, ...]:
    """What is on its way first, then drafts, last changed first; of one patient alone (FAM-9)."""
    going = [item for item in items if item.unsent and item.draft.patient_id == patient_id]
    rows = [_row(item.draft, item.asked, item) for item in reversed(going)]
    return (*rows, *(_row(draft, draft.saved or now) for draft in drafts if draft.patient_id == patient_id))


def only_here(drafts: Sequence[Draft], items: Sequence[Outgoing], patient_id: str) -> int:
    """How many of these the server knows nothing of."""
    mine = [*drafts, *(item.draft for item in items if item.unsent)]
    return len({draft.id for draft in mine if draft.patient_id == patient_id and not draft.version})


def _row(draft: Draft, at: datetime, item: Outgoing | None = None) -> Unsent:
    subject = shown(draft.subject) or ("Reply" if draft.is_reply else "No subject yet")
    return Unsent(
        id=item.key if item is not None else draft.id,
        subject=subject,
        category=draft.category,
        team=draft.recipient or "Nobody yet",
        person=Party(draft.patient_name),
        at=at,
        draft=draft,
        item=item,
    )


def told(row: Unsent, limits: MessageLimits | None) -> list[Shown]:
    """What the detail says of it."""
    draft = row.draft
    if draft is None:
        return []
    about = limits.category(draft.category) if limits and draft.category else ""
    lines: list[Shown] = [Para(row.subject, "bold"), Para()]
    lines += [fact("To", draft.recipient)] if draft.recipient else []
    lines += [fact("About", about)] if about else []
    lines += [fact("Files", files_text(draft.files))] if draft.files else []
    lines += [Para(), *(Para(line) for line in shown(draft.body).split("\n")), Para()]
    return [*lines, Para(_what_now(row), "pending" if row.item else "muted")]


def _what_now(row: Unsent) -> str:
    item = row.item
    if item is None:
        refused = row.draft.refused if row.draft else ""
        return f"Not sent: {refused}" if refused else "Not sent yet. enter goes on writing, d deletes it for good."
    if item.stage is ActStage.ASKS:
        return "It has waited for more than a day. enter sends it now, d makes it a draft again."
    if item.stage is ActStage.UNKNOWN:
        return f"Not known yet whether it arrived ({item.why}). The app asks again by itself, and sends it only once."
    return f"It goes out by itself as soon as it can. {item.why}".strip()
