"""What a FHIR server says it can do: its CapabilityStatement, read field by field."""

import msgspec

from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.http.client import HttpClient, Request
from genesis_tui.api_client.http.error_responses import succeed, unreadable
from genesis_tui.api_client.http.tolerant import tolerant

FHIR_JSON = "application/fhir+json"
R4 = "4.0"
"""How the version of every R4 server begins."""
_OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_ENDPOINTS = {
    "authorize": "authorization_endpoint",
    "token": "token_endpoint",
    "revoke": "revocation_endpoint",
}
_SEARCH, _READ = "search-type", "read"
_UNLISTED = frozenset({"_sort"})
"""What a server that lists no parameters is not asked for all the same."""


class _Named(msgspec.Struct, frozen=True, gc=False):
    name: str = ""


class _Coded(msgspec.Struct, frozen=True, gc=False):
    code: str = ""


class _Address(msgspec.Struct, frozen=True, rename="camel", gc=False):
    url: str = ""
    value_uri: str = ""


class _Extension(msgspec.Struct, frozen=True):
    url: str = ""
    extension: list[_Address] = []


class _Security(msgspec.Struct, frozen=True):
    extension: list[_Extension] = []


class _Resource(msgspec.Struct, frozen=True, rename="camel"):
    type: str = ""
    interaction: list[_Coded] = []
    search_param: list[_Named] = []
    search_include: list[str] = []


class _Rest(msgspec.Struct, frozen=True, rename="camel"):
    mode: str = "server"
    security: _Security = _Security()
    resource: list[_Resource] = []
    search_param: list[_Named] = []


class _Software(msgspec.Struct, frozen=True, gc=False):
    name: str = ""


class Capability(msgspec.Struct, frozen=True, rename="camel"):
    """The parts of a CapabilityStatement that decide what is asked."""

    resource_type: str = ""
    fhir_version: str = ""
    software: _Software = _Software()
    format: list[str] = []
    rest: list[_Rest] = []


class ServerCapabilities:
    """Types, their search parameters and includes. A server that lists nothing counts as offering all but sorting."""

    def __init__(self, statement: Capability) -> None:
        rests = [rest for rest in statement.rest if rest.mode == "server"]
        self.software = statement.software.name
        self.version = statement.fhir_version
        self.json = not statement.format or any("json" in kind for kind in statement.format)
        """Whether it answers in JSON."""
        self._security = [rest.security for rest in rests]
        everywhere = {p.name for rest in rests for p in rest.search_param}
        self._types = {r.type: r for rest in rests for r in rest.resource}
        self._parameters = {
            kind: {p.name for p in r.search_param} | everywhere for kind, r in self._types.items() if r.search_param
        }

    def type(self, kind: str) -> bool:
        """Whether resources of the type can be searched here."""
        return self._allows(kind, _SEARCH)

    def readable(self, kind: str) -> bool:
        """Whether one resource of the type can be read by its id."""
        return self._allows(kind, _READ)

    def parameter(self, kind: str, name: str) -> bool:
        """Whether the type can be searched by the parameter: it is listed, or the type lists none at all."""
        if not self.type(kind):
            return False
        listed = self._parameters.get(kind)
        return name in listed if listed is not None else name not in _UNLISTED

    def lists(self, kind: str, name: str) -> bool:
        """Whether the server itself names the parameter, so that its answers can be relied on to respect it."""
        return name in self._parameters.get(kind, ())

    def includes(self, kind: str, name: str) -> bool:
        """Whether a search of the type can bring along what `name` refers to, such as `Observation:subject`."""
        listed = self._types[kind].search_include if kind in self._types else []
        return name in listed or "*" in listed

    def sign_in(self) -> dict[str, str]:
        """Addresses of the authorization server, by their names in a SMART configuration; empty where there is none."""
        found = (e for s in self._security for e in s.extension if e.url == _OAUTH)
        named = {part.url: part.value_uri for extension in found for part in extension.extension if part.value_uri}
        return {_ENDPOINTS[name]: url for name, url in named.items() if name in _ENDPOINTS}

    def searchable(self) -> tuple[str, ...]:
        """The types that can be searched, Patient first; that alone where the server lists nothing."""
        named = ("Patient", *self._types)
        return tuple(dict.fromkeys(kind for kind in named if self.type(kind)))

    def _allows(self, kind: str, interaction: str) -> bool:
        if not self._types:
            return True
        listed = self._types.get(kind)
        return listed is not None and (not listed.interaction or any(i.code == interaction for i in listed.interaction))


async def ask_offers(wire: HttpClient, base: str) -> ServerCapabilities:
    """Ask the server, without a token, as it may be asked before a sign-in.

    Raises:
        Refused, ServerFault: it did not answer with a success.
        BadAnswer: the answer is no CapabilityStatement.
    """
    answer = succeed(await wire.send(Request("GET", f"{base}/metadata", headers={"Accept": FHIR_JSON})))
    try:
        statement = tolerant(bounds.tree(answer.body), Capability)
    except msgspec.DecodeError:
        raise unreadable(answer) from None
    if statement.resource_type != "CapabilityStatement":
        raise unreadable(answer)
    return ServerCapabilities(statement)
