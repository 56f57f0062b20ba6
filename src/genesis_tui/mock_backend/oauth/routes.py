"""The OAuth endpoints by address; they read their own forms, strictly."""

from fastapi import APIRouter

from genesis_tui.mock_backend.http.description import HTML, answers
from genesis_tui.mock_backend.http.routing import join
from genesis_tui.mock_backend.oauth import accounts, models, without_pages
from genesis_tui.mock_backend.oauth.authorize import authorize, submit
from genesis_tui.mock_backend.oauth.device import device, device_authorization, device_code

router = APIRouter(tags=["oauth"])
_PAGES = (303, 400, 401, 403, 423, 429)
router.get("/oauth/authorize", **answers(media=HTML, pages=(303, 400), query=models.AuthorizationQuery))(authorize)
router.post("/oauth/authorize", **answers(media=HTML, pages=_PAGES, form=models.PageForm))(submit)
_to_device = answers(models.DeviceCodeGiven, refused=without_pages.REFUSED, form=models.DeviceForm)
router.post("/oauth/device_authorization", **_to_device)(device_authorization)
router.get("/oauth/device", **answers(media=HTML, pages=(400,), query=models.DeviceQuery))(device)
router.post("/oauth/device", **answers(media=HTML, pages=(400, 429), form=models.PageForm))(device_code)
join(router, without_pages.router, accounts.router)
