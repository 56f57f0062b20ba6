"""What a client may know before anybody signs in: SMART configuration, server metadata and the key set."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.rules.sign_in.methods import METHODS

if TYPE_CHECKING:
    from genesis_tui.mock_backend.mock import Mock

PATH = "/fhir/r4/.well-known/smart-configuration"
METADATA = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
"""Where clients that know OpenID Connect or RFC 8414, and no SMART, look for the same."""
CAPABILITIES = (
    "launch-standalone",
    "client-public",
    "context-standalone-patient",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
    "sso-openid-connect",
)
SCOPES = (
    *("openid", "fhirUser", "launch/patient", "patient/*.rs", "user/*.rs", "portal", "portal.counts"),
    "offline_access",
)
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def configuration(issuer: str) -> dict[str, Any]:
    """The metadata of SMART App Launch 2, RFC 8414 and the challenge endpoint's draft in one document."""
    oauth = f"{issuer}/oauth"
    return {
        "issuer": issuer,
        "jwks_uri": f"{oauth}/jwks",
        "authorization_endpoint": f"{oauth}/authorize",
        "authorization_challenge_endpoint": f"{oauth}/challenge",
        "token_endpoint": f"{oauth}/token",
        "revocation_endpoint": f"{oauth}/revoke",
        "device_authorization_endpoint": f"{oauth}/device_authorization",
        "account_endpoint": f"{oauth}/account",
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_GRANT],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": True,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": list(SCOPES),
        "capabilities": list(CAPABILITIES),
        "portal_endpoint": f"{issuer}/portal/v1",
        "sign_in_methods": [asdict(method) for method in METHODS],
        "mock": True,
    }


async def smart_configuration(request: Request) -> Response:
    """`GET /fhir/r4/.well-known/smart-configuration`."""
    mock: Mock = request.app.state.mock
    return configured(mock.issuer)


def configured(issuer: str) -> Response:
    """The answer to anybody who asks for the configuration of a server; it holds for a minute."""
    return JSONResponse(configuration(issuer), headers={"Cache-Control": "max-age=60"})


async def jwks(request: Request) -> Response:
    """`GET /oauth/jwks`: the public key that signs tokens."""
    mock: Mock = request.app.state.mock
    return JSONResponse({"keys": [mock.key.public()]}, headers={"Cache-Control": "max-age=60"})
