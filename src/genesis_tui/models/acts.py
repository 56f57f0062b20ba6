"""Acts under way: what is done, refused or in doubt, and the words for it."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from genesis_tui.models.messages.drafts import Draft, due_text


class ActStage(StrEnum):
    """Where an act is. The value is the word a person reads of a message."""

    QUEUED = "waits to be sent"
    SENDING = "sending"
    UNKNOWN = "not known whether it arrived"
    ASKS = "asks whether to send it"
    """It waited for longer than a day."""
    SENT = "sent"
    """The server has it, whatever the act is."""
    REFUSED = "refused"
    """Not done, by the server's word or because it may not wait."""


def new_key() -> str:
    """An idempotency key that nothing has yet."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that a person wants changed; the fields of each kind say what. It is done once under its key."""

    kind: str
    """The name of its kind in `session/acts`."""
    patient_id: str
    """About whom."""
    asked: datetime
    """When the person asked for it, last."""
    key: str = field(default_factory=new_key)
    """Its idempotency key."""
    stage: ActStage = ActStage.QUEUED
    tried: datetime | None = None
    """When the server was first asked to do it; None before, and where it is certain that it never was."""
    why: str = ""
    """What stands in the way, in words."""

    @property
    def unsent(self) -> bool:
        """Whether it is not known to be done."""
        return self.stage not in (ActStage.SENT, ActStage.REFUSED)

    @property
    def asks(self) -> bool:
        """Whether it is not done before the person says so again."""
        return self.stage is ActStage.ASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing(Act):
    """A message on its way, or a correction."""

    draft: Draft
    due: date | None = None
    """By when an answer is due, once it is sent (MSG-5)."""
    thread_id: str = ""
    """The conversation it stands in, once it is sent."""


def messages_text(count: int) -> str:
    """`1 message`, `2 messages`."""
    return "1 message" if count == 1 else f"{count} messages"


def leaving_text(unsent: int, asks: int, *, lasts: bool = True) -> str:
    """What becomes of messages that are not sent when somebody quits; so many of them ask first.

    `lasts`: they are on the disk, so that the next sign-in finds them.
    """
    if not lasts:
        return f"{'it is' if unsent == 1 else 'they are'} kept nowhere, and may never be sent"
    if asks == unsent:
        return f"{'it is' if asks == 1 else 'they are'} not sent before you say so, in Drafts"
    rest = unsent - asks
    goes = "goes" if rest == 1 else "go"
    if not asks:
        return f"{'it' if rest == 1 else 'they'} {goes} out the next time you sign in"
    return f"{rest} {goes} out the next time you sign in, {asks} only once you say so, in Drafts"


def doubt_text(act: Act, what: str) -> tuple[str, str]:
    """What is said of an act of which it was not known at first whether it was done: two parts."""
    match act.stage:
        case ActStage.SENT:
            return "Done.", f"It is known now of {what}."
        case ActStage.REFUSED:
            return f"Not done: {what}.", act.why
        case _:
            return f"Not known yet whether it was done: {what}.", "The app asks again by itself."


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
            return f"Not sent yet to {to}: {item.why}", "It is kept, and goes out by itself, once."
    return "", ""
