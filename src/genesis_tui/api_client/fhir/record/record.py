"""The record by section, as a session asks for it."""

from collections.abc import AsyncIterator

from genesis_tui.api_client.fhir.client import Fhir
from genesis_tui.api_client.fhir.record import sections
from genesis_tui.api_client.fhir.record.patient_section import Shelf
from genesis_tui.api_client.fhir.results.documents import readable
from genesis_tui.api_client.fhir.results.patient_results import Chart
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.base.files import Attachment, Content
from genesis_tui.models.record import Entries, Entry, Section


class RecordApi:
    """One server's record. Every call may raise `ApiError`."""

    def __init__(self, fhir: Fhir) -> None:
        """Made by `Server.record`."""
        self._fhir = fhir

    async def sections(self) -> tuple[Section, ...]:
        """The sections that the server offers."""
        return await sections.offered(self._fhir)

    def shelf(self, patient_id: str, section: str) -> Shelf:
        """An empty shelf."""
        return sections.shelf_for(patient_id, section)

    def fill(self, shelf: Shelf) -> AsyncIterator[Entries]:
        """Entries, page by page."""
        return sections.fill(self._fhir, shelf)

    async def text(self, shelf: Shelf, entry: Entry) -> Entry:
        """The entry with the text of its first attachment that is text."""
        found = next((one for one in entry.attachments if one.readable), None)
        if found is None:
            return entry
        content = await self.content(shelf, found)
        return shelf.keep_text(entry, readable(content.body, found.content_type).strip("\n") or "None recorded")

    async def content(self, known: Shelf | Chart, attachment: Attachment) -> Content:
        """What an attachment holds; `known` is the section, or the chart, that it belongs to.

        Raises:
            HostRefused: its address is not below this server's base (HOST-1).
            BadAnswer: there is nothing, or nothing that can be read.
        """
        place = known.place(attachment.place)
        if place is None or not (place.data or place.url):
            raise BadAnswer(
                "The server names this file and does not say where it is.", next="Ask your care team for it."
            )
        try:
            return await self._fhir.content(place)
        except BadEntry as error:
            raise BadAnswer("The file can't be read.", detail=f"It holds {error}.") from None
