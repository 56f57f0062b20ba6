"""HOST-2: what stands on the sign-in screen before anything can be typed."""

from genesis_tui.api_client.http.client import Certificate
from genesis_tui.api_client.http.hosts import Address
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.methods import ways
from genesis_tui.models.host import Check, Host, Trust

_WHY = {
    Trust.LOOPBACK: Check("✓", "loopback address: nothing leaves this computer"),
    Trust.MIL: Check("✓", "https, and the host's name ends in .mil"),
    Trust.TRUSTED: Check("!", "not under .mil: trusted because your profile says so"),
}
_INVENTED = Check("!", "test server, invented people: type no real password")
_OPEN = Check("!", "open server: whoever reaches it reads every record on it")
_STRANGE = Check("!", "it says that it is a test server, but it is not on this computer")


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
        ways=ways(endpoints),
        portal=bool(endpoints.portal_endpoint),
        accounts=bool(endpoints.account_endpoint),
        open=is_open,
    )


def _short(fingerprint: str) -> str:
    return f"{fingerprint[:5]}…{fingerprint[-5:]}"
