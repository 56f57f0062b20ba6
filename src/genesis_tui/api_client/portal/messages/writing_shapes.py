"""The JSON of messages that are written, as far as this client reads it."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from genesis_tui.api_client.portal.decoding import SaidLines, Shape, Text, Words, Written, WrittenLines


class Recipient(Shape):
    """MSG-1."""

    id: Words
    name: Words
    kind: Text = "provider"
    detail: Text = ""
    clinic: Text = ""
    role: Text = ""
    due: date | None = None
    can: tuple[Any, ...] = ()


class Recipients(Shape):
    """`POST recipients/search`."""

    recipients: list[Any]
    missing: Text = ""
    more: int = 0


class Preview(Shape):
    """`POST messages/preview`."""

    recipient: Text = ""
    category: Text = ""
    subject: Written = ""
    due: date | None = None


class Sent(Shape):
    """`POST messages`."""

    thread: Words
    due: date | None = None


class Became(Shape):
    """`GET requests/{key}`."""

    state: Words
    status: int = 0
    answer: dict[str, Any] | None = None


class Draft(Shape):
    """MSG-9."""

    id: Words
    version: int
    saved: AwareDatetime | None = None
    patient: Words
    thread: Text = ""
    recipient: Text = ""
    recipient_name: Text = ""
    category: Text = ""
    subject: Written = ""
    body: WrittenLines = ""
    entry: Text = ""
    attachments: tuple[Words, ...] = ()


class Drafts(Shape):
    """`GET patients/{id}/drafts`."""

    drafts: list[Any]


class Kept(Shape):
    """`PUT drafts/{id}`."""

    version: int


class Moves(Shape):
    """`POST messages/move`."""

    moved: tuple[Any, ...] = ()


class Move(Shape):
    """A conversation and the folder it was in."""

    thread: Words
    was: Words = Field("", alias="from")


class Corrections(Shape):
    """`GET patients/{id}/corrections`."""

    corrections: tuple[Any, ...] = ()


class Correction(Shape):
    """REC-7."""

    entry: Words
    state: Words
    note: SaidLines = ""
    thread: Words
    at: AwareDatetime


class Vault(Shape):
    """`GET session/vault`."""

    key: str
