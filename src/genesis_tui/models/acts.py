"""Acts under way: what is sent, delivered, refused or in doubt, and the words for it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from genesis_tui.models.messages.drafts import Draft, due_text


class ActStage(StrEnum):
    """Where a message is that was to be sent. The value is the word a person reads."""

    QUEUED = "waits to be sent"
    SENDING = "sending"
    UNKNOWN = "not known whether it arrived"
    ASKS = "asks whether to send it"
    """It waited for longer than a day."""
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the outbox. `key` is its idempotency key: it is sent once under it, however often it is tried."""

    key: str
    draft: Draft
    stage: ActStage
    asked: datetime
    """When the person asked to send it, last."""
    tried: datetime | None = None
    """When the server was first asked to take it; None before."""
    why: str = ""
    """What stands in the way, in words."""
    due: date | None = None
    """By when an answer is due, once it is sent (MSG-5)."""
    thread_id: str = ""
    """The conversation it stands in, once it is sent."""

    @property
    def unsent(self) -> bool:
        """Whether it is not known to have arrived."""
        return self.stage not in (ActStage.SENT, ActStage.REFUSED)

    @property
    def asks(self) -> bool:
        """Whether it is not sent before its writer says so again."""
        return self.stage is ActStage.ASKS


def messages_text(count: int) -> str:
    """`1 message`, `2 messages`."""
    return "1 message" if count == 1 else f"{count} messages"


def leaving_text(unsent: int, asks: int) -> str:
    """What becomes of messages that are not sent when somebody quits; so many of them ask first."""
    if asks == unsent:
        return f"{'it is' if asks == 1 else 'they are'} not sent before you say so, in Drafts"
    rest = unsent - asks
    goes = "goes" if rest == 1 else "go"
    if not asks:
        return f"{'it' if rest == 1 else 'they'} {goes} out the next time you sign in"
    return f"{rest} {goes} out the next time you sign in, {asks} only once you say so, in Drafts"


def outgoing_text(item: Outgoing, about: str) -> tuple[str, str]:
    """What is said of a message on its way, about whom, when something becomes of it: two parts, empty for nothing."""
    to = f"{item.draft.recipient or 'the care team'}{f' about {about}' if about else ''}"
    match item.stage:
        case ActStage.SENT:
            return f"Sent to {to}.", f"An answer is due by {due_text(item.due)}."
        case ActStage.REFUSED:
            return f"Not sent to {to}.", f"{item.why} It is in Drafts."
        case ActStage.ASKS:
            return f"The message to {to} waited for more than a day.", "Open it in Drafts to send it."
        case _ if item.why:
            return f"Not sent yet to {to}: {item.why}", "It is kept, and goes out once by itself."
    return "", ""
