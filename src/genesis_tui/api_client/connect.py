"""Finding out what answers at an address: a portal, a FHIR server with a sign-in, an open one, or none of these."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from genesis_tui.api_client.fhir.capability import FHIR_JSON, R4, ServerCapabilities, ask_offers
from genesis_tui.api_client.http import bounds, hosts
from genesis_tui.api_client.http.client import Certificate, HttpClient, Request, Response
from genesis_tui.api_client.http.hosts import Address
from genesis_tui.api_client.sign_in.bearer import no_way_in
from genesis_tui.api_client.sign_in.discovery import Endpoints, discover
from genesis_tui.api_client.sign_in.methods import offered_methods
from genesis_tui.models.base.errors import (
    NOT_SENT,
    ApiError,
    BadAnswer,
    HostRefused,
    NotOffered,
    Refused,
    ServerFault,
    TimedOut,
)
from genesis_tui.models.sign_in import Check, Host, Trust

FHIR_PATH = "/fhir/r4"
"""Tried first below an address without a path of its own; an address with a path is the FHIR base itself."""

_MISDIRECTED = 421

_WHY = {
    Trust.LOOPBACK: Check("✓", "loopback address: nothing leaves this computer"),
    Trust.MIL: Check("✓", "https, and the host's name ends in .mil"),
    Trust.TRUSTED: Check("!", "not under .mil: trusted because your profile says so"),
}
_INVENTED = Check("!", "test server, invented people: type no real password")
_OPEN = Check("!", "open server: whoever reaches it reads every record on it")
_UNTOLD = Check("!", "it names no sign-in, and nothing could be read without one so far")
_STRANGE = Check("!", "it says that it is a test server, but it is not on this computer")
_MOST_READS = 3
"""Types that are tried before it stays open whether a server can be read without a sign-in."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server: its FHIR base (no slash at the end), its sign-in, and, where there is no portal, what it offers."""

    base: str
    endpoints: Endpoints
    offers: ServerCapabilities | None = None
    open: bool = False
    """Whether something was read there without a sign-in."""


async def find(wire: HttpClient, address: hosts.Address) -> FoundServer:
    """Ask the address what it is: two public documents and, where they name no sign-in, one search. No credentials
    are sent. Trouble at one address does not keep the next from being asked.

    Raises:
        NotOffered: no FHIR R4 server answers there, or not by that name; `next` says what to do instead.
        Refused: it names no sign-in, and wants one.
        ServerFault, TimedOut: the trouble that was met, where nothing else answers.
        HostRefused: an address in its metadata is not one that credentials may go to (HOST-1).
    """
    path = address.path.rstrip("/")
    bases = [address.root + path] if path else [address.root + FHIR_PATH, address.root]
    trouble: list[ApiError] = []
    for base in bases:
        endpoints = await _told(discover(wire, base), trouble)
        if endpoints is not None and endpoints.portal_endpoint:
            return FoundServer(base, _checked(wire, address, endpoints))
        offers = await _told(_offers(wire, base, address), trouble)
        if offers is not None:
            _must_speak(offers, base)
            known = _checked(wire, address, _completed(endpoints or Endpoints(), offers))
            is_open = not offered_methods(known) and await _reads_openly(wire, base, offers, trouble)
            return FoundServer(base, known, offers, is_open)
    raise trouble[0] if trouble else _nothing_there(bases[0], named=bool(path))


async def _offers(wire: HttpClient, base: str, address: hosts.Address) -> ServerCapabilities:
    try:
        return await ask_offers(wire, base)
    except Refused as refused:
        if refused.status == _MISDIRECTED:
            raise _by_another_name(address) from None
        raise


async def _told(asking: Coroutine[Any, Any, T], trouble: list[ApiError]) -> T | None:
    """What a document says; None where there is none, and for what kept it from being read, which `trouble` gets."""
    try:
        return await asking
    except (Refused, BadAnswer):
        return None
    except (ServerFault, HostRefused, NotOffered, TimedOut) as error:
        if error.reason == NOT_SENT:
            raise
        trouble.append(error)
        return None


def _completed(known: Endpoints, offers: ServerCapabilities) -> Endpoints:
    """With the addresses of the CapabilityStatement, where the configuration names no sign-in that can be used."""
    if offered_methods(known):
        return known
    return msgspec.structs.replace(known, **offers.sign_in())


async def _reads_openly(wire: HttpClient, base: str, offers: ServerCapabilities, trouble: list[ApiError]) -> bool:
    """Whether a read without a token works; False also where nothing tells it.

    Raises:
        ApiError: a sign-in is wanted; the trouble with naming one, if there was any, else that none is named.
    """
    for kind in offers.searchable()[:_MOST_READS]:
        few = (("_count", "1"),) if offers.parameter(kind, "_count") else ()
        ask = Request("GET", f"{base}/{kind}", params=few, headers={"Accept": FHIR_JSON})
        try:
            answer = await wire.send(ask)
        except ApiError:
            return False
        if answer.status == 401:
            raise trouble[0] if trouble else no_way_in(answer.request_id)
        if 200 <= answer.status < 300 and _is_bundle(answer):
            return True
    return False


def _is_bundle(answer: Response) -> bool:
    try:
        tree = bounds.tree(answer.body)
    except msgspec.DecodeError:
        return False
    return isinstance(tree, dict) and tree.get("resourceType") == "Bundle"


def _must_speak(offers: ServerCapabilities, base: str) -> None:
    if offers.version and not offers.version.startswith(R4):
        raise NotOffered(
            f"The server at {base} speaks FHIR {offers.version}, and this program reads FHIR R4 ({R4}.1).",
            next="Many servers have a base address for each version: give the one for R4.",
        )
    if not offers.json:
        raise NotOffered(f"The server at {base} does not answer in JSON.", next="Ask whoever runs it to switch it on.")


def _by_another_name(address: hosts.Address) -> NotOffered:
    return NotOffered(
        f"The server at {address.issuer} does not go by that name.",
        detail="It answers under the host and port that it gives out, and under no other.",
        next="If you reach it through a tunnel or a forwarded port, it must give out the address that you use"
        f" (a mock: --public-url {address.issuer}).",
    )


def _nothing_there(base: str, *, named: bool) -> NotOffered:
    example = "Give the whole address of its FHIR base, with the path, such as https://host/fhir."
    return NotOffered(
        f"No FHIR R4 server answers at {base}.",
        detail="There is neither a sign-in (.well-known/smart-configuration) nor a CapabilityStatement (metadata).",
        next="Check the path of the address; it must be the FHIR base." if named else example,
    )


def _checked(wire: HttpClient, address: hosts.Address, endpoints: Endpoints) -> Endpoints:
    """HOST-1 for everything the metadata names; a server elsewhere never has this computer's own addresses used.

    What is typed or signed here stays on the host and port that were verified, and so does what it is exchanged for:
    a portal that stands between a person and another one gets nothing that the other takes.
    """
    for name, url in endpoints.named().items():
        named = hosts.check(url, trusted=wire.trusted)
        if (named.trust is Trust.LOOPBACK) != (address.trust is Trust.LOOPBACK):
            raise _elsewhere(f"The server's {name} leads from one kind of address to another.")
    for name, url in endpoints.typed_or_signed().items():
        named = hosts.check(url, trusted=wire.trusted)
        if named.origin != address.origin:
            where = f"You chose {address.issuer}, and its {name} is at {named.issuer}."
            raise _elsewhere(f"{where} What is typed or signed here goes only to the server that was verified.")
    return endpoints


def _elsewhere(detail: str) -> HostRefused:
    return HostRefused(
        detail=detail,
        next="Check the address in your profile against the one that the server itself names. If you reach it through"
        " a tunnel, it must name the address that you use (a mock: --public-url).",
        rule="HOST-1",
        reason="host-refused",
    )


def verified(address: Address, found: FoundServer, certificate: Certificate | None, *, is_open: bool = False) -> Host:
    """The host with the lines that tell how it was verified. `is_open`: it is read without a sign-in."""
    endpoints = found.endpoints
    checks = [_WHY[address.trust]]
    if certificate is not None:
        checks.append(Check("✓", f"certificate by {certificate.issuer}, SHA-256 {_short(certificate.sha256)}"))
    if endpoints.mock:
        checks.append(_INVENTED if address.trust is Trust.LOOPBACK else _STRANGE)
    if is_open:
        checks.append(_OPEN if found.open else _UNTOLD)
    is_mock = endpoints.mock and address.trust is Trust.LOOPBACK
    return Host(
        address=address.label,
        trust=Trust.MOCK if is_mock else address.trust,
        checks=tuple(checks),
        methods=offered_methods(endpoints),
        portal=bool(endpoints.portal_endpoint),
        accounts=bool(endpoints.account_endpoint),
        open=is_open,
    )


def _short(fingerprint: str) -> str:
    return f"{fingerprint[:5]}…{fingerprint[-5:]}"
