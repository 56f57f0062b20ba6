"""The tester API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.admin import cards, clock, email, faults, imports, personas, requests, scenario, staff
from genesis_tui.mock_backend.http.routing import join

router = APIRouter(tags=["tester"])
_PARTS = (clock, personas, scenario, requests, imports, email, faults, cards, staff)
join(router, *(part.router for part in _PARTS))
