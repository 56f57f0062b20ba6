"""The portal API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.http.routing import join
from genesis_tui.mock_backend.portal import record
from genesis_tui.mock_backend.portal.appointments import booking, changes, clipboards, requests, slots
from genesis_tui.mock_backend.portal.appointments import routes as appointments
from genesis_tui.mock_backend.portal.base import idempotency
from genesis_tui.mock_backend.portal.family import access_log, deers, grants, profile
from genesis_tui.mock_backend.portal.family import routes as family
from genesis_tui.mock_backend.portal.home import news
from genesis_tui.mock_backend.portal.messages import attachments, drafts, folders, send, threads, vault
from genesis_tui.mock_backend.portal.refills import requests as refill_requests
from genesis_tui.mock_backend.portal.refills import routes as refills
from genesis_tui.mock_backend.portal.sign_in import proofing, session

router = APIRouter(tags=["portal"])
_FAMILY = (family, grants, news, profile, access_log, record, deers)
_SCHEDULING = (appointments, slots, booking, requests, changes, clipboards)
_MESSAGES = (threads, send, folders, drafts, attachments)
_PARTS = (session, vault, *_FAMILY, proofing, *_SCHEDULING, *_MESSAGES, refills, refill_requests, idempotency)
join(router, *(part.router for part in _PARTS), session.everywhere)
