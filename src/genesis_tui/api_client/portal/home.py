"""What is new and what lies ahead, by the portal API (REL-5, SESS-4)."""

from datetime import date, datetime
from typing import Annotated, Any

from genesis_tui.api_client.portal.client import PortalClient, of_patient
from genesis_tui.api_client.portal.decoding import Decoder, PortalJson, Said, line, said
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.home import AwaitedAnswer, NewItem, PersonNews, SupplyAhead, UpcomingAppointment


def _thread_key(id: Any) -> Any:
    return f"Thread/{line(id)}" if isinstance(id, str) else id


def _appointment_key(id: Any) -> Any:
    return f"Appointment/{line(id)}" if id and isinstance(id, str) else id


def _prescription_key(id: Any) -> Any:
    return f"MedicationRequest/{line(id)}" if isinstance(id, str) else id


_SUPPLY = Decoder(SupplyAhead, names={"key": "id"}, read={"key": _prescription_key})
_WAITING = Decoder(
    AwaitedAnswer, names={"key": "id"}, absent={"recipient": ""}, read={"key": _thread_key, "title": said}
)
_COMING = Decoder(
    UpcomingAppointment,
    names={"key": "id"},
    absent={"zone": "UTC", "place": "", "status": ""},
    read={"key": _appointment_key},
)


class CountsJson(PortalJson, frozen=True):
    """`GET counts`."""

    results: int = 0
    messages: int = 0


class NewsItemJson(PortalJson, frozen=True):
    """A line of Home."""

    place: str
    title: Said
    at: datetime
    type: str = ""
    id: str = ""
    state: str = ""
    until: date | None = None

    def model(self) -> NewItem:
        """With the key of what it opens."""
        key = f"{self.type}/{self.id}" if self.type and self.id else ""
        return NewItem(self.place, key, self.title, self.state, self.at, self.until)


class NewsJson(PortalJson, frozen=True):
    """`GET patients/{id}/news`."""

    items: Annotated[tuple[NewsItemJson, ...], NewsItemJson.each] = ()
    coming: Annotated[tuple[UpcomingAppointment, ...], _COMING.each] = ()
    waiting: Annotated[tuple[AwaitedAnswer, ...], _WAITING.each] = ()
    supplies: Annotated[tuple[SupplyAhead, ...], _SUPPLY.each] = ()

    def model(self, person: FamilyMember) -> PersonNews:
        """As the news of one person."""
        items = tuple(item.model() for item in self.items)
        return PersonNews(person, items, self.coming, self.waiting, self.supplies)


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
        return (await self._client.get(NewsJson, of_patient(person.id, "news"))).model(person)
