"""The JSON of secure messages, as far as this client reads it."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from genesis_tui.api_client.portal.decoding import Can, Said, SaidLines, Shape, Text, Words


class Party(Shape):
    """A person or the care team."""

    name: Text = ""
    you: bool = False
    staff: bool = False


class Answer(Shape):
    """MSG-5."""

    due: date
    state: Words
    next: Text = ""


class MayReply(Can):
    """WIRE: `can`, with the last day of a reply (MSG-10)."""

    until: date | None = None
    due: date | None = None


class Folder(Shape):
    """MSG-7."""

    id: Words
    name: Words
    threads: int = 0
    unread: int = 0
    own: bool = False


class Row(Shape):
    """A thread in a list."""

    id: Words
    subject: Said = ""
    category: Text = ""
    team: Text = Field("", alias="with")
    person: Party = Field(Party(), alias="for")
    at: AwareDatetime
    count: int = 1
    unread: int = 0
    answer: Answer | None = None
    files: int = 0
    can: tuple[Any, ...] = ()


class File(Shape):
    """MSG-6."""

    id: Words
    name: Words
    content_type: Text = ""
    size: int = 0


class About(Shape):
    """REC-7."""

    entry: Words
    state: Words
    note: SaidLines = ""


class Message(Shape):
    """One message."""

    id: Words
    sender: Party = Field(alias="from")
    receiver: Party = Field(alias="to")
    person: Party | None = Field(None, alias="for")
    at: AwareDatetime
    body: SaidLines
    unread: bool = False
    answer: Answer | None = None
    files: tuple[Any, ...] = ()


class Whole(Row):
    """`GET threads/{id}`."""

    patient: Words
    messages: list[Any]
    correction: About | None = None


class Page(Shape):
    """`GET patients/{id}/threads` and `POST threads/search`."""

    threads: list[Any]
    folders: tuple[Any, ...] = ()
    next: str | None = None
