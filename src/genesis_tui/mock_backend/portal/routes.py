"""The portal API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.portal import (
    appointments,
    counts,
    deers,
    family,
    messages,
    once,
    patients,
    prescriptions,
    proofing,
    session,
)

router = APIRouter(tags=["portal"])
for part in (session, family, counts, patients, deers, proofing, appointments, messages, prescriptions, once):
    router.include_router(part.router)
