"""The programs that may ask for tokens (all public: RFC 8252, no client holds a secret)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENT_SCOPES = frozenset({"openid", "fhirUser", "launch/patient", "patient/*.rs"})
PERSON_SCOPES = frozenset({"openid", "fhirUser", "user/*.rs", "portal", "portal.counts", "offline_access"})
LOOPBACKS = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Client:
    """A registered program. `first_party` ones may use the challenge endpoint; `scopes` is all they can be given.

    A redirect on loopback `http` matches its registration whatever its port (RFC 8252, section 7.3); any other must
    be equal to one of `redirects`.
    """

    id: str
    title: str
    redirects: frozenset[str]
    scopes: frozenset[str]
    first_party: bool = False

    def allows_redirect(self, uri: str) -> bool:
        """Whether an answer may be sent to `uri`."""
        if uri in self.redirects:
            return True
        return any(_same_but_port(uri, known) for known in self.redirects)


def _same_but_port(uri: str, known: str) -> bool:
    try:
        one, other = urlsplit(uri), urlsplit(known)
        port = one.port
    except ValueError:
        return False
    if other.scheme != "http" or other.hostname not in LOOPBACKS or port == 0:
        return False
    bare = one.hostname if one.hostname != "::1" else "[::1]"
    return uri == f"http://{bare}{f':{port}' if port else ''}{other.path}" and one.hostname == other.hostname


CLIENTS = {
    client.id: client
    for client in (
        Client(
            "genesis-tui",
            "genesis-tui",
            frozenset({"http://127.0.0.1/callback", "http://[::1]/callback"}),
            PERSON_SCOPES,
            first_party=True,
        ),
        Client(
            "growth-chart-app",
            "Growth Chart",
            frozenset({"http://127.0.0.1/callback", "https://growth-chart.example/callback"}),
            PATIENT_SCOPES,
        ),
    )
}
