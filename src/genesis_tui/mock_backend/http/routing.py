"""Puts routers together."""

from fastapi import APIRouter
from fastapi.routing import APIRoute


def join(router: APIRouter, *parts: APIRouter) -> None:
    """Answer what the parts answer, under the router's tags too.

    FastAPI's `include_router` makes each route anew, for every router above it and again for its first request.
    """
    for part in parts:
        for route in part.routes:
            assert isinstance(route, APIRoute)
            route.tags[:0] = router.tags
            router.routes.append(route)
