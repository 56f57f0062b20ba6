"""Finding out what answers at an address: a portal, a FHIR server with a sign-in, an open one, or none of these."""

from dataclasses import dataclass

from genesis_tui.api_client.fhir.capability import R4, ServerCapabilities, ask_offers
from genesis_tui.api_client.http import hosts
from genesis_tui.api_client.http.client import Certificate, HttpClient
from genesis_tui.api_client.http.hosts import Address
from genesis_tui.api_client.sign_in.discovery import Endpoints, discover
from genesis_tui.api_client.sign_in.methods import offered_methods
from genesis_tui.models.base.errors import BadAnswer, HostRefused, NotOffered, Refused
from genesis_tui.models.sign_in import Check, Host, Trust

FHIR_PATH = "/fhir/r4"
"""Tried first below an address without a path of its own; an address with a path is the FHIR base itself."""

_WHY = {
    Trust.LOOPBACK: Check("✓", "loopback address: nothing leaves this computer"),
    Trust.MIL: Check("✓", "https, and the host's name ends in .mil"),
    Trust.TRUSTED: Check("!", "not under .mil: trusted because your profile says so"),
}
_INVENTED = Check("!", "test server, invented people: type no real password")
_OPEN = Check("!", "open server: whoever reaches it reads every record on it")
_STRANGE = Check("!", "it says that it is a test server, but it is not on this computer")


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server: its FHIR base (no slash at the end), its sign-in, and, where there is no portal, what it offers."""

    base: str
    endpoints: Endpoints
    offers: ServerCapabilities | None = None


async def find(wire: HttpClient, address: hosts.Address) -> FoundServer:
    """Ask the address what it is. Nothing but two public documents is asked for, and no credentials are sent.

    Raises:
        NotOffered: no FHIR R4 server answers there; `next` says what to give instead.
        HostRefused: an address in its metadata is not one that credentials may go to (HOST-1).
    """
    path = address.path.rstrip("/")
    bases = [address.root + path] if path else [address.root + FHIR_PATH, address.root]
    for base in bases:
        endpoints = await discover(wire, base)
        if endpoints is not None and endpoints.portal_endpoint:
            return FoundServer(base, _checked(wire, address, endpoints))
        offers = await _offers(wire, base)
        if offers is not None:
            _must_speak(offers, base)
            known = endpoints if endpoints is not None else of_statement(offers)
            return FoundServer(base, _checked(wire, address, known), offers)
    raise _nothing_there(bases[0], named=bool(path))


async def _offers(wire: HttpClient, base: str) -> ServerCapabilities | None:
    try:
        return await ask_offers(wire, base)
    except (Refused, BadAnswer):
        return None


def _must_speak(offers: ServerCapabilities, base: str) -> None:
    if offers.version and not offers.version.startswith(R4):
        raise NotOffered(
            f"The server at {base} speaks FHIR {offers.version}, and this program reads FHIR R4 ({R4}.1).",
            next="Many servers have a base address for each version: give the one for R4.",
        )
    if not offers.json:
        raise NotOffered(f"The server at {base} does not answer in JSON.", next="Ask whoever runs it to switch it on.")


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


def of_statement(offers: "ServerCapabilities") -> Endpoints:
    """What the CapabilityStatement says of the sign-in; nothing where it names no authorization server."""
    known = offers.oauth()
    return Endpoints(
        authorization_endpoint=known.get("authorize", ""),
        token_endpoint=known.get("token", ""),
        revocation_endpoint=known.get("revoke", ""),
    )


def verified(address: Address, endpoints: Endpoints, certificate: Certificate | None, *, is_open: bool = False) -> Host:
    """The host with the lines that tell how it was verified. `is_open`: it is read without a sign-in."""
    checks = [_WHY[address.trust]]
    if certificate is not None:
        checks.append(Check("✓", f"certificate by {certificate.issuer}, SHA-256 {_short(certificate.sha256)}"))
    if endpoints.mock:
        checks.append(_INVENTED if address.trust is Trust.LOOPBACK else _STRANGE)
    if is_open:
        checks.append(_OPEN)
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
