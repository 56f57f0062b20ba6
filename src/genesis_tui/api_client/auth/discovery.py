"""What a SMART server says of its own sign-in (SMART App Launch 2, `.well-known/smart-configuration`)."""

import msgspec

from genesis_tui.api_client.answers import succeed, unreadable
from genesis_tui.api_client.transport import Ask, Wire


class Endpoints(msgspec.Struct, frozen=True):
    """The addresses of the authorization server; empty where it has none. Each is checked again when used.

    `portal_endpoint` and `mock` are ours: where the portal API is, and whether the people are invented.
    """

    issuer: str = ""
    token_endpoint: str = ""
    authorization_challenge_endpoint: str = ""
    revocation_endpoint: str = ""
    scopes_supported: tuple[str, ...] = ()
    portal_endpoint: str = ""
    mock: bool = False

    @property
    def typed(self) -> bool:
        """Whether a name and password typed in the terminal can sign in here."""
        return bool(self.authorization_challenge_endpoint and self.token_endpoint)


async def discover(wire: Wire, fhir_base: str) -> Endpoints:
    """Read the SMART configuration below the FHIR base.

    Raises:
        BadAnswer: it is not the JSON object that the specification asks for.
    """
    url = f"{fhir_base}/.well-known/smart-configuration"
    answer = succeed(await wire.send(Ask("GET", url, headers={"Accept": "application/json"})))
    try:
        return msgspec.json.decode(answer.body, type=Endpoints)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise unreadable(answer) from None
