"""HOST-1: where credentials may go. Pure: it looks at the address as written, never at what a name resolves to."""

import re
from dataclasses import dataclass

from genesis_tui.api_client.http import hosts
from genesis_tui.models.base.errors import HostRefused
from genesis_tui.models.sign_in import Trust

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]*\]|[a-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>[/?][!-~]*)?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_LOOPBACK = re.compile(r"127(?:\.(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}")
_PORTS = {"https": 443, "http": 80}
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=[/?]|$)", re.IGNORECASE)
_ADVICE = "Use the portal's https address under .mil, or a profile of your own with trust_host = true."


@dataclass(frozen=True, slots=True)
class Address:
    """A place that credentials may go to. `path` is what follows the port, without a query."""

    scheme: str
    host: str
    port: int
    path: str
    trust: Trust

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must agree for two URLs to be the same server."""
        return self.scheme, self.host, self.port

    @property
    def label(self) -> str:
        """`host:port` as it prints."""
        return f"{self.host}:{self.port}"

    @property
    def root(self) -> str:
        """The URL without path and query."""
        return f"{self.scheme}://{self.label}"

    @property
    def issuer(self) -> str:
        """What a server at this address calls itself: `root`, without the port where that is the scheme's own."""
        return f"{self.scheme}://{self.host}" if self.port == _PORTS[self.scheme] else self.root


def trusted_origin(url: str) -> frozenset[tuple[str, int]]:
    """`host, port` of a profile's own URL, for a profile with the explicit trust flag; empty where it has none."""
    match = _URL.fullmatch(url)
    if match is None:
        return frozenset()
    return frozenset({(match["host"].lower(), _port(match))})


def check(url: str, *, trusted: frozenset[tuple[str, int]] = frozenset()) -> Address:
    """The address that `url` means, when credentials may be sent to it (HOST-1).

    Args:
        url: absolute, as written by the person, or by a server in its metadata, links and redirects.
        trusted: `host, port` pairs that the profile trusts explicitly.

    Raises:
        HostRefused: rule HOST-1, with the reason in `detail`.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise _refused(_what_is_odd(url))
    scheme, host, port = match["scheme"].lower(), match["host"].lower(), _port(match)
    rest = match["rest"] or ""
    if port > 65535 or "\\" in rest or _DOT_SEGMENT.search(rest):
        raise _refused("The address is written in a way that programs read differently.")
    trust = _trust(scheme, host, port, trusted)
    return Address(scheme, host, port, rest.partition("?")[0].partition("#")[0], trust)


def within(url: str, base: Address, *, trusted: frozenset[tuple[str, int]] = frozenset()) -> Address:
    """As `check`, and the same server and below the same path as `base` (links that a server hands out).

    Raises:
        HostRefused: the link leads elsewhere.
    """
    address = check(url, trusted=trusted)
    below = base.path.rstrip("/")
    if address.origin != base.origin or not (address.path == below or address.path.startswith(below + "/")):
        raise _refused("The server's link leads to another place than the server itself.")
    return address


def _port(match: re.Match[str]) -> int:
    return int(match["port"] or _PORTS[match["scheme"].lower()])


def _trust(scheme: str, host: str, port: int, trusted: frozenset[tuple[str, int]]) -> Trust:
    if host == "[::1]" or _LOOPBACK.fullmatch(host):
        return Trust.LOOPBACK
    if scheme != "https":
        raise _refused("Plain http is for this computer's own loopback address only.")
    labels = host.split(".")
    if host.startswith("[") or _NUMBER.fullmatch(labels[-1]):
        raise _refused("An IP address that is not the loopback address proves nothing about who answers.")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("The host's name is not written as host names are.")
    if any(label.startswith("xn--") for label in labels):
        raise _refused("The host's name stands for letters outside ASCII, which can imitate another name.")
    under_mil = labels[-1] == "mil" and len(labels) > 1
    if under_mil and port == 443:
        return Trust.MIL
    if (host, port) in trusted:
        return Trust.TRUSTED
    if under_mil:
        raise _refused("Hosts under .mil are spoken to on port 443 only.")
    raise _refused("The host is not under .mil, is not this computer, and no profile trusts it.")


def _what_is_odd(url: str) -> str:
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    if not url.isascii():
        return "The address holds letters outside ASCII, which can imitate others."
    if "@" in authority:
        return "The address names a user before the host, which hides the real host."
    if not url.lower().startswith(("https://", "http://")):
        return "The address must begin with https:// (or http:// for this computer)."
    return "The address is not written as host names are."


def _refused(detail: str) -> HostRefused:
    return HostRefused(detail=detail, next=_ADVICE, rule="HOST-1", reason="host-refused")


def server_name(url: str) -> str:
    """Scheme, host and port: a path more or less is the same server."""
    trusted = hosts.trusted_origin(url)
    return "{}://{}:{}".format(*hosts.check(url, trusted=trusted).origin)
