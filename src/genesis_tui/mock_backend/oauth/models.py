"""What the OAuth endpoints take as forms, and what they answer."""

from typing import Any, NotRequired

from typing_extensions import TypedDict


class SignInMethod(TypedDict):
    id: str
    title: str
    kind: str
    note: str


class ServerConfiguration(TypedDict):
    """SMART App Launch 2, RFC 8414 and the challenge endpoint's draft in one document."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str
    authorization_challenge_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    device_authorization_endpoint: str
    account_endpoint: str
    portal_endpoint: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    scopes_supported: list[str]
    capabilities: list[str]
    sign_in_methods: list[SignInMethod]
    mock: bool


class KeySet(TypedDict):
    """RFC 7517."""

    keys: list[dict[str, Any]]


class ClientForm(TypedDict):
    client_id: str


class AuthorizationForm(ClientForm):
    """RFC 6749, 7636 and SMART App Launch 2."""

    response_type: str
    scope: str
    aud: str
    state: str
    code_challenge: str
    code_challenge_method: str
    nonce: NotRequired[str]


class AuthorizationQuery(AuthorizationForm):
    redirect_uri: str


class DeviceQuery(TypedDict):
    user_code: NotRequired[str]


class ChallengeForm(AuthorizationForm):
    """A sign-in by what is typed, or by what a card signed."""

    method: NotRequired[str]
    username: NotRequired[str]
    password: NotRequired[str]
    auth_session: NotRequired[str]
    assertion: NotRequired[str]
    consent: NotRequired[str]


class CodeGiven(TypedDict):
    authorization_code: str


class PageForm(TypedDict):
    """What was typed or chosen on a page."""

    ticket: NotRequired[str]
    seal: NotRequired[str]
    choice: NotRequired[str]
    username: NotRequired[str]
    password: NotRequired[str]
    patient: NotRequired[str]
    user_code: NotRequired[str]
    contact: NotRequired[str]
    code: NotRequired[str]
    again: NotRequired[str]


class DeersForm(PageForm):
    """What DEERS is to hold, on milConnect and at the ID card office."""

    given: NotRequired[str]
    family: NotRequired[str]
    birth_date: NotRequired[str]
    dod_id: NotRequired[str]
    address: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    token: NotRequired[str]
    who: NotRequired[str]


class DeviceForm(ClientForm):
    scope: str
    nonce: NotRequired[str]


class DeviceCodeGiven(TypedDict):
    """RFC 8628."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class TokenForm(ClientForm):
    grant_type: str
    code: NotRequired[str]
    redirect_uri: NotRequired[str]
    code_verifier: NotRequired[str]
    refresh_token: NotRequired[str]
    device_code: NotRequired[str]
    scope: NotRequired[str]


class TokensGiven(TypedDict):
    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: NotRequired[str]
    patient: NotRequired[str]
    id_token: NotRequired[str]


class RevocationForm(ClientForm):
    token: NotRequired[str]


class CodeSent(TypedDict):
    title: str
    expires_in: int


class AccountMade(TypedDict):
    username: str
    level: int
    level_title: str
