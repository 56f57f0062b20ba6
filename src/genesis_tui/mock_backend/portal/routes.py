"""The portal API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.portal import (
    appointments,
    attachments,
    counts,
    deers,
    drafts,
    family,
    folders,
    messages,
    once,
    patients,
    prescriptions,
    proofing,
    sending,
    session,
    vault,
)

router = APIRouter(tags=["portal"])
_MESSAGES = (messages, sending, folders, drafts, attachments)
for part in (session, vault, family, counts, patients, deers, proofing, appointments, *_MESSAGES, prescriptions, once):
    router.include_router(part.router)
