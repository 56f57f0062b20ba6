"""The tester API by address."""

from fastapi import APIRouter

from genesis_tui.mock_backend.admin import clock, personas, requests, scenario

router = APIRouter(tags=["tester"])
for part in (clock, personas, scenario, requests):
    router.include_router(part.router)
