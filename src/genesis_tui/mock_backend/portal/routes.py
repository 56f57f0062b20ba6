"""The portal API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.portal.appointments import routes as appointments
from genesis_tui.mock_backend.portal.base import idempotency as once
from genesis_tui.mock_backend.portal.family import counts, deers
from genesis_tui.mock_backend.portal.family import routes as family
from genesis_tui.mock_backend.portal.home import patients
from genesis_tui.mock_backend.portal.messages import attachments, drafts, folders, sending, vault
from genesis_tui.mock_backend.portal.messages import threads as messages
from genesis_tui.mock_backend.portal.refills import routes as prescriptions
from genesis_tui.mock_backend.portal.sign_in import proofing, session

router = APIRouter(tags=["portal"])
_MESSAGES = (messages, sending, folders, drafts, attachments)
for part in (session, vault, family, counts, patients, deers, proofing, appointments, *_MESSAGES, prescriptions, once):
    router.include_router(part.router)
