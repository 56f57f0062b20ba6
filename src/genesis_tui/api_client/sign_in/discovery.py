"""What a server says of its own sign-in: `.well-known/smart-configuration` (SMART App Launch 2), else its
CapabilityStatement (`oauth-uris`, SMART App Launch 1)."""

import msgspec

from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.http.client import HttpClient, Request
from genesis_tui.api_client.http.error_responses import succeed
from genesis_tui.api_client.http.tolerant import tolerant

_CODE, _S256 = "authorization_code", "S256"


class MethodMetadata(msgspec.Struct, frozen=True):
    """Ours: one way in that the challenge endpoint takes (ID-1). `kind` is how it is done: `card` or `password`."""

    id: str
    title: str
    kind: str
    note: str = ""


_DS_LOGON = MethodMetadata("ds-logon", "DS Logon", "password", "user name and password")
"""What a challenge endpoint takes that names no methods."""


_TYPED = ("authorization_challenge_endpoint", "account_endpoint", "portal_endpoint")
_BOUGHT = ("token_endpoint", "revocation_endpoint")


class Endpoints(msgspec.Struct, frozen=True):
    """The addresses of the authorization server; empty where it has none. Each is checked again when used.

    `portal_endpoint`, `account_endpoint`, `sign_in_methods` and `mock` are ours: where the portal API is, where
    accounts are registered and forgotten passwords replaced, what can be typed or signed here, whether people are
    invented.
    """

    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    authorization_challenge_endpoint: str = ""
    revocation_endpoint: str = ""
    device_authorization_endpoint: str = ""
    scopes_supported: tuple[str, ...] = ()
    grant_types_supported: tuple[str, ...] = ()
    code_challenge_methods_supported: tuple[str, ...] = ()
    authorization_response_iss_parameter_supported: bool = False
    portal_endpoint: str = ""
    account_endpoint: str = ""
    sign_in_methods: tuple[MethodMetadata, ...] = (_DS_LOGON,)
    mock: bool = False

    @property
    def typed(self) -> bool:
        """Whether a person can sign in in the terminal itself, by one of `sign_in_methods`."""
        return bool(self.authorization_challenge_endpoint and self.token_endpoint)

    @property
    def browser(self) -> bool:
        """Whether a person can sign in here in a browser: by code, and with PKCE where the server says which."""
        grants, hashes = self.grant_types_supported, self.code_challenge_methods_supported
        return bool(
            self.authorization_endpoint
            and self.token_endpoint
            and (not grants or _CODE in grants)
            and (not hashes or _S256 in hashes)
        )

    @property
    def device(self) -> bool:
        """Whether a person can sign in on another device, with a code (RFC 8628)."""
        return bool(self.device_authorization_endpoint and self.token_endpoint)

    def named(self) -> dict[str, str]:
        """Every address that something of ours may go to, by its name in the metadata."""
        return self._by_name(*_TYPED, *_BOUGHT, "authorization_endpoint", "device_authorization_endpoint")

    def typed_or_signed(self) -> dict[str, str]:
        """Where what is typed or signed here goes, and what is bought with it; the issuer of that among them."""
        return self._by_name(*_TYPED, *(("issuer", *_BOUGHT) if self.authorization_challenge_endpoint else ()))

    def _by_name(self, *names: str) -> dict[str, str]:
        return {name: url for name in names if (url := getattr(self, name))}


async def discover(wire: HttpClient, fhir_base: str) -> Endpoints | None:
    """The SMART configuration below the FHIR base, field by field; None where there is none.

    Raises:
        ServerFault: the server has trouble of its own (5xx, 429).
    """
    url = f"{fhir_base}/.well-known/smart-configuration"
    answer = await wire.send(Request("GET", url, headers={"Accept": "application/json"}))
    if 400 <= answer.status < 500 and answer.status != 429:
        return None
    try:
        return tolerant(bounds.tree(succeed(answer).body), Endpoints)
    except msgspec.DecodeError:
        return None
