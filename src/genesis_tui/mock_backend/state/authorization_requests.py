"""What an authorization request asks for, checked the same way at every endpoint that gives a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from genesis_tui.mock_backend.rules.sign_in.scopes import LAUNCH_PATIENT, context_of
from genesis_tui.mock_backend.rules.sign_in.sessions import COUNTS, OFFLINE
from genesis_tui.mock_backend.state.authorization_codes import CHALLENGE

PATIENT_SCOPES = frozenset({"openid", "fhirUser", LAUNCH_PATIENT})
PERSON_SCOPES = frozenset({"openid", "fhirUser", "portal", "portal.counts", "offline_access"})
LOOPBACKS = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class OAuthError:
    """An OAuth error code and why, in words."""

    error: str
    description: str


@dataclass(frozen=True, slots=True)
class Client:
    """A registered program. `first_party` ones may use the challenge endpoint.

    `scopes`, and what reads in its `context` (`patient`, `user`), of everything or by type, is all it can be given.
    A redirect on loopback `http` matches its registration whatever its port (RFC 8252, section 7.3); any other must
    be equal to one of `redirects`.
    """

    id: str
    title: str
    redirects: frozenset[str]
    scopes: frozenset[str]
    context: str
    first_party: bool = False

    def can_be_given(self, scope: str) -> bool:
        return scope in self.scopes or context_of(scope) == self.context

    def allows_redirect(self, uri: str) -> bool:
        """Whether an answer may be sent to `uri`."""
        if uri in self.redirects:
            return True
        return any(_same_but_port(uri, known) for known in self.redirects)


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked request: who asks, for which scopes (those that this client can be given), with which PKCE hash."""

    client: Client
    scope: str
    code_challenge: str
    nonce: str = ""


def known_client(form: Mapping[str, str]) -> Client | None:
    """The registered program that a request names."""
    return CLIENTS.get(form.get("client_id", ""))


def ask(audience: str, client: Client, form: Mapping[str, str]) -> AuthorizationRequest | OAuthError:
    """What `client` asks for: code, PKCE S256, `audience` where it names one, and at least one scope that reads."""
    if form.get("response_type") != "code":
        return OAuthError("unsupported_response_type", "Only response_type=code is offered.")
    if form.get("code_challenge_method") != "S256" or CHALLENGE.fullmatch(form.get("code_challenge", "")) is None:
        return OAuthError("invalid_request", "PKCE with code_challenge_method=S256 is required.")
    if form.get("aud", audience).rstrip("/") != audience:
        return OAuthError("invalid_request", "aud is not this server.")
    scope = scopes_for(client, form)
    if isinstance(scope, OAuthError):
        return scope
    return AuthorizationRequest(client, scope, form["code_challenge"], form.get("nonce", "")[:256])


def scopes_for(client: Client, form: Mapping[str, str]) -> str | OAuthError:
    """The scopes of those asked for that `client` can be given: those of a patient only where one is to be chosen."""
    scopes = [scope for scope in dict.fromkeys(form.get("scope", "").split(" ")) if client.can_be_given(scope)]
    if LAUNCH_PATIENT not in scopes:
        scopes = [scope for scope in scopes if context_of(scope) != "patient"]
    if not any(context_of(scope) or scope in (COUNTS, LAUNCH_PATIENT) for scope in scopes):
        return OAuthError(
            "invalid_scope",
            "None of the scopes asked for can be given: a patient/ one needs launch/patient, and all of them read.",
        )
    return " ".join(scopes)


def is_offline(scope: str) -> bool:
    """SESS-4: whether these scopes are those of a sign-in for scripts, which has to be agreed to."""
    return OFFLINE in scope.split()


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
            "user",
            first_party=True,
        ),
        Client(
            "growth-chart-app",
            "Growth Chart",
            frozenset({"http://127.0.0.1/callback", "https://growth-chart.example/callback"}),
            PATIENT_SCOPES,
            "patient",
        ),
    )
}
