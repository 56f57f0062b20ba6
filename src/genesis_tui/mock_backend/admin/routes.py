"""The tester API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.admin import cards, clock, imports, personas, requests, scenario, staff
from genesis_tui.mock_backend.admin import email as mailbox

router = APIRouter(tags=["tester"])
for part in (clock, personas, scenario, requests, imports, mailbox, cards, staff):
    router.include_router(part.router)
