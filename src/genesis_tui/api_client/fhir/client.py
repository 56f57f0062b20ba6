"""Reads of a FHIR R4 server in the name of the person signed in."""

from collections.abc import Mapping
from urllib.parse import urljoin

import msgspec

from genesis_tui.api_client import hosts
from genesis_tui.api_client.answers import succeed, unreadable
from genesis_tui.api_client.auth.bearer import Bearer
from genesis_tui.api_client.errors import BadAnswer
from genesis_tui.api_client.fhir.pages import BROKEN, Page, page_of
from genesis_tui.api_client.fhir.papers import content_text, readable
from genesis_tui.api_client.fhir.structs import Attachment, Binary, Capability
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.api_client.transport import Answer, Ask, Wire

FHIR_JSON = "application/fhir+json"
_ACCEPT = {"Accept": FHIR_JSON}
MOST_PAGES = 2_000
"""Pages of one search; at 200 a page more than any person's record holds."""


class Offers:
    """What the CapabilityStatement lists: types, and the search parameters of each."""

    def __init__(self, statement: Capability) -> None:
        """Nothing listed counts as everything offered but sorting."""
        self.software = statement.software.name
        self._types = {
            resource.type: {p.name for p in resource.search_param}
            for rest in statement.rest
            for resource in rest.resource
        }

    def type(self, kind: str) -> bool:
        """Whether the type can be read here."""
        return not self._types or kind in self._types

    def parameter(self, kind: str, name: str) -> bool:
        """Whether the server lists the search parameter for the type."""
        return name in self._types.get(kind, ())


class Fhir:
    """One FHIR server. Every call may raise the errors of `answers.succeed` and `Wire.send`."""

    def __init__(self, wire: Wire, bearer: Bearer, base: str) -> None:
        """`base` is the service base URL, without a slash at the end."""
        self._wire = wire
        self._bearer = bearer
        self._base = base
        self._address = hosts.check(base, trusted=wire.trusted)
        self._offers: Offers | None = None

    async def offers(self) -> Offers:
        """What the server says it can do; asked once, and without a token, as it may be asked before a sign-in."""
        if self._offers is None:
            answer = succeed(await self._wire.send(Ask("GET", f"{self._base}/metadata", headers=_ACCEPT)))
            try:
                self._offers = Offers(msgspec.json.decode(answer.body, type=Capability))
            except BROKEN:
                raise unreadable(answer) from None
        return self._offers

    def search(self, kind: str, parameters: Mapping[str, str]) -> "Search":
        """A search, page by page."""
        return Search(self, kind, parameters)

    async def page(self, url: str, parameters: Mapping[str, str]) -> Page:
        """One page; `url` is a type, or the `next` link of a page, which must stay below the base (HOST-1)."""
        target = urljoin(self._base + "/", url)
        hosts.within(target, self._address, trusted=self._wire.trusted)
        return page_of(await self._get(target, parameters))

    async def text(self, attachment: Attachment) -> str:
        """What an attachment says, fetched where it is not inline; empty where there is nothing.

        Raises:
            HostRefused: its address is not below this server's base.
        """
        if attachment.data or not attachment.url:
            return content_text(attachment)
        target = urljoin(self._base + "/", attachment.url)
        hosts.within(target, self._address, trusted=self._wire.trusted)
        answer = await self._get(target, {})
        if answer.kind not in (FHIR_JSON, "application/json"):
            return readable(answer.body, answer.headers.get("content-type", ""))
        return _unwrapped(answer)

    async def _get(self, url: str, parameters: Mapping[str, str]) -> Answer:
        return await self._bearer.send(Ask("GET", url, params=tuple(parameters.items()), headers=_ACCEPT))


class Search:
    """The pages of one search, by `next`. A server that leads in a circle is stopped."""

    def __init__(self, fhir: Fhir, kind: str, parameters: Mapping[str, str]) -> None:
        """Nothing is asked before the first `page`."""
        self.kind = kind
        self.done = False
        self._fhir = fhir
        self._parameters = parameters
        self._url = kind
        self._visited: set[str] = set()

    async def page(self) -> Page:
        """The next page; `done` is true after the last.

        Raises:
            BadAnswer: the links lead in a circle or never end.
        """
        if self._url in self._visited or len(self._visited) >= MOST_PAGES:
            raise BadAnswer("The server's pages lead in a circle.", next="Tell the server's support desk.")
        self._visited.add(self._url)
        page = await self._fhir.page(self._url, self._parameters)
        self._url, self._parameters = page.next, {}
        self.done = not page.next
        return page


def _unwrapped(answer: Answer) -> str:
    try:
        binary = msgspec.json.decode(answer.body, type=Binary)
        return content_text(Attachment(content_type=binary.content_type, data=binary.data))
    except (*BROKEN, BadEntry):
        raise unreadable(answer) from None
