"""What is new and what lies ahead, by the portal API (REL-5, SESS-4)."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime

from genesis_tui.api_client.portal.client import PortalClient, of_patient
from genesis_tui.api_client.portal.decoding import PortalJson, Said, Text, Words, each
from genesis_tui.models import family as people
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.home import AwaitedAnswer, NewItem, PersonNews, UpcomingAppointment


class CountsJson(PortalJson):
    """`GET counts`."""

    results: int = 0
    messages: int = 0


class NewsItemJson(PortalJson):
    """A line of Home."""

    place: Words
    type: Text = ""
    id: Text = ""
    title: Said
    state: Text = ""
    at: AwareDatetime
    until: date | None = None


class AwaitedAnswerJson(PortalJson):
    """A message that nobody has answered yet."""

    id: Words
    title: Said
    recipient: Text = ""
    due: date
    overdue: bool = False


class UpcomingJson(PortalJson):
    """An appointment ahead."""

    id: Text = ""
    at: AwareDatetime
    zone: Text = "UTC"
    what: Words
    place: Text = ""
    status: Text = ""

    @property
    def key(self) -> str:
        """`Appointment/<id>`; empty where the server names none."""
        return f"Appointment/{self.id}" if self.id else ""


class NewsJson(PortalJson):
    """`GET patients/{id}/news`."""

    items: tuple[Any, ...] = ()
    coming: tuple[Any, ...] = ()
    waiting: tuple[Any, ...] = ()


class PortalHome:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def counts(self) -> tuple[int, int]:
        """How many results and messages are new, of everybody whose record is open."""
        found = await self._client.get(CountsJson, "counts")
        return found.results, found.messages

    async def news(self, person: FamilyMember) -> PersonNews:
        """What is new and what is coming for one person."""
        return news(await self._client.get(NewsJson, of_patient(person.id, "news")), person)


def news(source: NewsJson, person: people.FamilyMember) -> PersonNews:
    """`GET patients/{id}/news`."""
    items = [
        NewItem(i.place, f"{i.type}/{i.id}" if i.type and i.id else "", i.title, i.state, i.at, i.until)
        for i in each(NewsItemJson, source.items)
    ]
    coming = [
        UpcomingAppointment(c.at, c.zone, c.what, c.place, c.status, c.key) for c in each(UpcomingJson, source.coming)
    ]
    waiting = [
        AwaitedAnswer(f"Thread/{w.id}", w.title, w.recipient, w.due, w.overdue)
        for w in each(AwaitedAnswerJson, source.waiting)
    ]
    return PersonNews(person, tuple(items), tuple(coming), tuple(waiting))
