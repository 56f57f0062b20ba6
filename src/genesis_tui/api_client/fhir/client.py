"""Reads of a FHIR R4 server in the name of the person signed in."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote, urljoin

import msgspec

from genesis_tui.api_client.fhir.attachments.content import bytes_of, content_text, readable
from genesis_tui.api_client.fhir.bundles import BROKEN, BundlePage, UnreadableEntries, page_of
from genesis_tui.api_client.fhir.capability import FHIR_JSON, ServerCapabilities, ask_offers
from genesis_tui.api_client.fhir.structs import AnyEntry, Binary, FhirAttachment
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.api_client.http import bounds, hosts
from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.api_client.http.error_responses import unreadable
from genesis_tui.api_client.http.paging import LoadSize, Paging
from genesis_tui.api_client.http.tolerant import tolerant
from genesis_tui.api_client.sign_in.bearer import Bearer
from genesis_tui.models.base.errors import ApiError, HostRefused, RecordClosed, Refused, SignedOut, reason_of
from genesis_tui.models.base.files import FileContent
from genesis_tui.models.sign_in import Trust

_ACCEPT = {"Accept": FHIR_JSON}
_filed = msgspec.json.Decoder(AnyEntry)
S = TypeVar("S", bound=msgspec.Struct)


class FhirClient:
    """One FHIR server. Every call may raise the errors of `answers.succeed` and `HttpClient.send`."""

    def __init__(self, wire: HttpClient, bearer: Bearer, base: str, offers: ServerCapabilities | None = None) -> None:
        """`base` is the service base URL, without a slash at the end; `offers` what is known of it already."""
        self._wire = wire
        self._bearer = bearer
        self._base = base
        self._address = hosts.check(base, trusted=wire.trusted)
        self._names = {f"{base}/"}
        """What the server calls its own base, here or among its `fullUrl`s: it may stand behind a proxy."""
        self._offers = offers

    async def offers(self) -> ServerCapabilities:
        """What the server says it can do; asked once, and without a token, as it may be asked before a sign-in."""
        if self._offers is None:
            self._offers = await ask_offers(self._wire, self._base)
        return self._offers

    def search(
        self, kind: str, parameters: Mapping[str, str], load: LoadSize | None = None, *, posted: bool = False
    ) -> "FhirSearch":
        """A search, page by page; `load` is what it is a part of. `posted`: its words stand in the body, never in an
        address (`POST …/_search`).
        """
        return FhirSearch(self, kind, parameters, load, posted=posted)

    async def page(self, url: str, parameters: Mapping[str, str]) -> BundlePage:
        """One page; `url` is a type, or the `next` link of a page, which must stay below the base (HOST-1)."""
        return page_of(await self._get(self._below(url), parameters))

    async def posted(self, kind: str, form: Mapping[str, str]) -> BundlePage:
        """The first page of a search whose words stand in the body."""
        url = self._below(f"{kind}/_search")
        return page_of(await self._bearer.send(Request("POST", url, headers=_ACCEPT, form=form)))

    async def resource(self, kind: str, id: str, shape: type[S]) -> S:
        """One resource in a shape.

        Raises:
            BadAnswer: it has another.
        """
        answer = await self._get(self._below(f"{kind}/{quote(id, safe='')}"), {})
        try:
            return tolerant(bounds.tree(answer.body), shape)
        except msgspec.DecodeError:
            raise unreadable(answer) from None

    async def text(self, attachment: FhirAttachment) -> str:
        """What an attachment says, fetched where it is not inline; empty where there is nothing.

        Raises:
            HostRefused: its address is not below this server's base.
        """
        if attachment.data or not attachment.url:
            return content_text(attachment)
        answer = await self._get(self._below(attachment.url), {})
        if answer.kind not in (FHIR_JSON, "application/json"):
            return readable(answer.body, answer.headers.get("content-type", ""))
        return _unwrapped(answer)

    async def content(self, attachment: FhirAttachment) -> FileContent:
        """An attachment as it is, fetched where it is not inline (HOST-1 as for `text`).

        Raises:
            BadAnswer: its content can't be read.
        """
        kind = (attachment.content_type or "").partition(";")[0].strip().lower()
        if attachment.data or not attachment.url:
            return FileContent(bytes_of(attachment.data or ""), kind)
        answer = await self._get(self._below(attachment.url), {})
        wrapped = _binary(answer) if answer.kind in (FHIR_JSON, "application/json") else None
        if wrapped is None:
            return FileContent(answer.body, kind or answer.kind)
        return FileContent(bytes_of(wrapped.data), wrapped.content_type.partition(";")[0].strip().lower() or kind)

    async def one(self, kind: str, id: str) -> bytes:
        """One resource, by its id, as JSON."""
        return (await self._get(self._below(f"{kind}/{id}"), {})).body

    def local(self, reference: str) -> str:
        """`Type/id` of what a reference leads to on this server; empty where it leads elsewhere (HOST-1)."""
        for name in self._names:
            if reference.startswith(name):
                return reference.removeprefix(name)
        with suppress(HostRefused):
            path = hosts.check(self._below(reference), trusted=self._wire.trusted).path
            return path.removeprefix(self._address.path.rstrip("/") + "/")
        return ""

    def elsewhere(self, reference: str) -> bool:
        """Whether it names a resource of another server, whatever its id."""
        return reference.startswith(("http:", "https:")) and not self.local(reference)

    def met(self, page: BundlePage, kind: str) -> None:
        """Learn from the first entry of a search for `kind` what the server calls itself."""
        with suppress(*BROKEN, IndexError):
            entry = _filed.decode(page.entries[0])
            url, own = entry.full_url or "", f"/{kind}/{entry.resource.id}"
            if entry.resource.resource_type == kind and url.startswith("http") and url.endswith(own):
                self._names.add(url.removesuffix(own) + "/")

    def _below(self, url: str) -> str:
        """The absolute address of a link, which must lead below the base (HOST-1).

        A server on this computer that calls itself `localhost` is asked at the address that it was reached at.
        """
        target = urljoin(self._base + "/", url)
        if self._address.trust is Trust.LOOPBACK:
            own = f"{self._address.scheme}://localhost:{self._address.port}/"
            target = f"{self._address.root}/{target.removeprefix(own)}" if target.startswith(own) else target
        hosts.within(target, self._address, trusted=self._wire.trusted)
        return target

    async def _get(self, url: str, parameters: Mapping[str, str]) -> Response:
        return await self._bearer.send(Request("GET", url, params=tuple(parameters.items()), headers=_ACCEPT))


class FhirSearch:
    """The pages of one search, by `next`. A server that leads on for ever is followed so far and no further."""

    def __init__(
        self,
        fhir: FhirClient,
        kind: str,
        parameters: Mapping[str, str],
        load: LoadSize | None,
        *,
        posted: bool = False,
    ) -> None:
        """Nothing is asked before the first `page`."""
        self.kind = kind
        self.what = kind
        """What is looked for, in words."""
        self.all = False
        """Whether it is all of the type that the patient has."""
        self.done = False
        self.category = ""
        """The one category whose entries are wanted, where the server may bring others too."""
        self._fhir = fhir
        self._parameters = parameters
        self._url = kind
        self._posted = posted
        self.begun = False
        self._paging = Paging(load)

    def called(self, what: str) -> "FhirSearch":
        """The search, with the words for what it looks for."""
        self.what = what or self.kind
        return self

    def _following(self, link: str) -> str:
        """A link as it is asked for: parameters alone are of this search; what servers forget to escape is escaped."""
        escaped = link.strip().replace(" ", "%20").replace("|", "%7C")
        return f"{self.kind}{escaped}" if escaped.startswith("?") else escaped

    async def page(self) -> BundlePage:
        """The next page; `done` is true after the last. Where the server would lead on, that page has the fault; so has
        an empty one in place of a page that can't be had, while those before it stay.

        Raises:
            ApiError: the first page can't be had, or nothing of this patient may stay.
        """
        try:
            ask = self._fhir.posted if self._posted and not self.begun else self._fhir.page
            page = await ask(self._url, self._parameters)
        except ApiError as error:
            if not self.begun or ends_all(error):
                raise
            self.done = True
            return BundlePage((), fault=reason_of(error), rule=error.rule)
        self.begun = True
        self._fhir.met(page, self.kind)
        following = self._following(page.next)
        fault = self._paging.fault(self._url, following, size=page.size, empty=not page.entries)
        self._url, self._parameters = following, {}
        self.done = bool(fault) or not following
        return replace(page, fault=fault)


async def rounds(
    searches: Sequence[FhirSearch], faults: UnreadableEntries
) -> AsyncIterator[list[tuple[FhirSearch, BundlePage]]]:
    """Pages of several searches, those of one round side by side. A type that can't be had leaves the others (REC-8);
    `faults` gets it with the reason, and so it does where the pages of one end before their time.

    Raises:
        ApiError: none of the types can be had, or nothing of this patient may stay.
    """
    failed: list[ApiError] = []
    while open_ := [search for search in searches if not search.done]:
        came = []
        answers = await asyncio.gather(*(search.page() for search in open_), return_exceptions=True)
        for search, page in zip(open_, answers, strict=True):
            if isinstance(page, BundlePage):
                if page.fault:
                    faults.cut(search.kind, search.what, page.fault, page.rule)
                if search.all:
                    faults.kind(search.kind).count(page.total)
                came.append((search, page))
            elif isinstance(page, ApiError) and not ends_all(page, begun=search.begun):
                search.done = True
                failed.append(page)
                faults.lack(search.kind, search.what, page)
            else:
                raise page
        if len(failed) == len(searches):
            raise failed[0]
        yield came


def ends_all(error: ApiError, *, begun: bool = True) -> bool:
    """Whether nothing of the load may stay: the sign-in or the record has ended, or a rule closes what was open."""
    return isinstance(error, SignedOut | RecordClosed) or (begun and isinstance(error, Refused) and bool(error.rule))


def _unwrapped(answer: Response) -> str:
    try:
        binary = msgspec.json.decode(answer.json, type=Binary)
        return content_text(FhirAttachment(content_type=binary.content_type, data=binary.data))
    except (*BROKEN, BadEntry):
        raise unreadable(answer) from None


def _binary(answer: Response) -> Binary | None:
    """The Binary in an answer; None where the answer itself is the content, which may be JSON too."""
    try:
        binary = msgspec.json.decode(answer.json, type=Binary)
    except BROKEN:
        return None
    return binary if binary.resource_type == "Binary" else None
