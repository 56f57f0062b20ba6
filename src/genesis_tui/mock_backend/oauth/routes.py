"""The OAuth endpoints by address; they read their own forms, strictly."""

from fastapi import APIRouter

from genesis_tui.mock_backend.http.description import HTML, answers
from genesis_tui.mock_backend.http.routing import join
from genesis_tui.mock_backend.oauth import accounts, models
from genesis_tui.mock_backend.oauth.authorize import authorize, submit
from genesis_tui.mock_backend.oauth.challenge import challenge
from genesis_tui.mock_backend.oauth.device import device, device_authorization, device_code
from genesis_tui.mock_backend.oauth.discovery import METADATA, PATH, jwks, smart_configuration
from genesis_tui.mock_backend.oauth.token import revoke, token

router = APIRouter(tags=["oauth"])
_REFUSED = (400, 401)
_PAGES = (303, 400, 401, 403, 423, 429)
router.get(PATH, **answers(models.ServerConfiguration))(smart_configuration)
for _path in METADATA:
    router.get(_path, **answers(models.ServerConfiguration))(smart_configuration)
router.get("/oauth/jwks", **answers(models.KeySet))(jwks)
router.get("/oauth/authorize", **answers(media=HTML, pages=(303, 400), query=models.AuthorizationQuery))(authorize)
router.post("/oauth/authorize", **answers(media=HTML, pages=_PAGES, form=models.PageForm))(submit)
_challenged = answers(models.CodeGiven, refused=(*_REFUSED, 403, 423, 429), form=models.ChallengeForm)
router.post("/oauth/challenge", **_challenged)(challenge)
_to_device = answers(models.DeviceCodeGiven, refused=_REFUSED, form=models.DeviceForm)
router.post("/oauth/device_authorization", **_to_device)(device_authorization)
router.get("/oauth/device", **answers(media=HTML, pages=(400,), query=models.DeviceQuery))(device)
router.post("/oauth/device", **answers(media=HTML, pages=(400, 429), form=models.PageForm))(device_code)
router.post("/oauth/token", **answers(models.TokensGiven, refused=(*_REFUSED, 429), form=models.TokenForm))(token)
router.post("/oauth/revoke", **answers(media=(), refused=_REFUSED, form=models.RevocationForm))(revoke)
join(router, accounts.router)
