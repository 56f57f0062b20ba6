"""The tester API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.admin import cards, clock, email, faults, imports, personas, requests, scenario, staff

router = APIRouter(tags=["tester"])
for part in (clock, personas, scenario, requests, imports, email, faults, cards, staff):
    router.include_router(part.router)
