"""The OAuth endpoints of a sign-in that needs no page of the mock's: discovery, challenge and token."""

from fastapi import APIRouter

from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.oauth import models
from genesis_tui.mock_backend.oauth.challenge import challenge
from genesis_tui.mock_backend.oauth.discovery import METADATA, PATH, jwks, smart_configuration
from genesis_tui.mock_backend.oauth.token import revoke, token

router = APIRouter()
REFUSED = (400, 401)
for _path in (PATH, *METADATA):
    router.get(_path, **answers(models.ServerConfiguration))(smart_configuration)
router.get("/oauth/jwks", **answers(models.KeySet))(jwks)
_challenged = answers(models.CodeGiven, refused=(*REFUSED, 403, 423, 429), form=models.ChallengeForm)
router.post("/oauth/challenge", **_challenged)(challenge)
router.post("/oauth/token", **answers(models.TokensGiven, refused=(*REFUSED, 429), form=models.TokenForm))(token)
router.post("/oauth/revoke", **answers(media=(), refused=REFUSED, form=models.RevocationForm))(revoke)
