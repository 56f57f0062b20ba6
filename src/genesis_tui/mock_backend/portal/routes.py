"""The portal API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.portal import family, once, patients, session

router = APIRouter(tags=["portal"])
for part in (session, family, patients, once):
    router.include_router(part.router)
