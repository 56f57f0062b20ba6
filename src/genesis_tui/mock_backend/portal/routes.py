"""The portal API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.portal import appointments, family, messages, once, patients, prescriptions, session

router = APIRouter(tags=["portal"])
for part in (session, family, patients, appointments, messages, prescriptions, once):
    router.include_router(part.router)
