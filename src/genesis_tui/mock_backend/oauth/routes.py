"""The OAuth endpoints by address; they read their own forms, strictly."""

from fastapi import APIRouter

from genesis_tui.mock_backend.oauth import accounts
from genesis_tui.mock_backend.oauth.authorize import authorize, submit
from genesis_tui.mock_backend.oauth.challenge import challenge
from genesis_tui.mock_backend.oauth.device import device, device_authorization, device_code
from genesis_tui.mock_backend.oauth.discovery import PATH, jwks, smart_configuration
from genesis_tui.mock_backend.oauth.token import revoke, token

router = APIRouter(tags=["oauth"])
router.get(PATH)(smart_configuration)
router.get("/oauth/jwks")(jwks)
router.get("/oauth/authorize")(authorize)
router.post("/oauth/authorize")(submit)
router.post("/oauth/challenge")(challenge)
router.post("/oauth/device_authorization")(device_authorization)
router.get("/oauth/device")(device)
router.post("/oauth/device")(device_code)
router.post("/oauth/token")(token)
router.post("/oauth/revoke")(revoke)
router.include_router(accounts.router)
