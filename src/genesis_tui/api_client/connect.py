"""Finding out what answers at an address: a portal, a FHIR server with a sign-in, an open one, or none of these."""

from dataclasses import dataclass

from genesis_tui.api_client.fhir.capability import R4, Offers, ask_offers
from genesis_tui.api_client.http import hosts
from genesis_tui.api_client.http.client import Wire
from genesis_tui.api_client.sign_in.discovery import Endpoints, discover, of_statement
from genesis_tui.models.base.errors import BadAnswer, HostRefused, NotOffered, Refused
from genesis_tui.models.host import Trust

FHIR_PATH = "/fhir/r4"
"""Tried first below an address without a path of its own; an address with a path is the FHIR base itself."""


@dataclass(frozen=True, slots=True)
class Found:
    """A server: its FHIR base (no slash at the end), its sign-in, and, where there is no portal, what it offers."""

    base: str
    endpoints: Endpoints
    offers: Offers | None = None


async def find(wire: Wire, address: hosts.Address) -> Found:
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
            return Found(base, _checked(wire, address, endpoints))
        offers = await _offers(wire, base)
        if offers is not None:
            _must_speak(offers, base)
            known = endpoints if endpoints is not None else of_statement(offers)
            return Found(base, _checked(wire, address, known), offers)
    raise _nothing_there(bases[0], named=bool(path))


async def _offers(wire: Wire, base: str) -> Offers | None:
    try:
        return await ask_offers(wire, base)
    except (Refused, BadAnswer):
        return None


def _must_speak(offers: Offers, base: str) -> None:
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


def _checked(wire: Wire, address: hosts.Address, endpoints: Endpoints) -> Endpoints:
    """HOST-1 for everything the metadata names; a server elsewhere never has this computer's own addresses used."""
    for name, url in endpoints.named().items():
        named = hosts.check(url, trusted=wire.trusted)
        if (named.trust is Trust.LOOPBACK) != (address.trust is Trust.LOOPBACK):
            raise HostRefused(
                detail=f"The server's {name} leads from one kind of address to another.",
                next="Check the address in your profile against the one that the server itself names.",
                rule="HOST-1",
                reason="host-refused",
            )
    return endpoints
