"""`/mock/v1/cards`: test cards for the invented people, good ones and bad ones (ID-2, ID-3)."""

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.database.sign_in.accounts import account_by_username, add_method
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.http.problems import NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.oauth.authentication.certificate import common_name
from genesis_tui.mock_backend.state.card_authority import Wanted

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
    from cryptography.hazmat.primitives.serialization import Encoding

router = APIRouter(prefix="/mock/v1/cards")


class CardMade(TypedDict):
    """Certificates in PEM."""

    certificate: str
    chain: list[str]
    label: str


class NewCard(RequestBody):
    """Whose card, of which kind, in which state, for the public half of a key that the tester holds (PEM)."""

    username: str = Field(min_length=1, max_length=256)
    kind: Literal["cac", "piv"] = "cac"
    state: Literal[
        "good", "expired", "not-yet-valid", "revoked", "untrusted", "no-dod-id", "id-disagrees", "key-usage"
    ] = "good"
    public_key: str = Field(max_length=4096)


@router.post("", status_code=201, **answers(CardMade))
async def make(mock: Tested, new: NewCard) -> Response:
    """The certificate. A CAC makes its holder somebody who has one; a PIV waits to be registered (ID-3)."""
    with mock.database.begin() as conn:
        account = account_by_username(conn, new.username)
    if account is None:
        raise Problem(NOT_FOUND)
    known = account.deers or account.identity
    wanted = Wanted(new.kind, known.given, known.family, known.dod_id, new.state, _key(new.public_key))
    certificate = mock.card_authority.issue(wanted)
    if new.kind == "cac" and new.state == "good":
        with mock.database.begin() as conn:
            add_method(conn, account.person_id, "cac")
    body = {
        "certificate": certificate.public_bytes(_pem()).decode(),
        "chain": [mock.card_authority.ca(new.kind).pem()],
        "label": f"{new.kind.upper()} {common_name(certificate)}",
    }
    return JSONResponse(body, 201)


def _key(pem: str) -> "CertificatePublicKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise invalid("public_key is no public key in PEM.") from None
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise invalid("public_key must be RSA or elliptic-curve.")
    return key


def _pem() -> "Encoding":
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM
