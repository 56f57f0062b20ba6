"""`/mock/v1/scenario`: begin again, keep the world as it stands, go back to what was kept."""

import secrets

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.clock import iso
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import Instant, RequestBody
from genesis_tui.mock_backend.http.problems import NOT_FOUND, Problem, invalid

router = APIRouter(prefix="/mock/v1/scenario")


class WorldStart(TypedDict):
    start: Instant
    seed: int


class SnapshotKept(TypedDict):
    snapshot: str


class WorldNow(TypedDict):
    now: Instant


class SnapshotName(RequestBody):
    """The snapshot to go back to."""

    snapshot: str = Field(min_length=1, max_length=64)


@router.post("/reset", **answers(WorldStart))
async def reset(mock: Tested) -> Response:
    """The same world at its start, with nobody signed in."""
    mock.move_clock(mock.start)
    mock.rebuild()
    return JSONResponse({"start": iso(mock.start), "seed": mock.seed})


@router.post("/snapshot", status_code=201, **answers(SnapshotKept))
async def snapshot(mock: Tested) -> Response:
    """Keeps the whole world, sign-ins and clock included, until the mock stops."""
    key = secrets.token_hex(8)
    try:
        mock.snapshots[key] = mock.snapshot()
    except ValueError:
        raise invalid("Snapshots need a mock on SQLite: one without --db, or with a file.", status=409) from None
    return JSONResponse({"snapshot": key}, 201)


@router.post("/restore", **answers(WorldNow))
async def restore(mock: Tested, kept: SnapshotName) -> Response:
    """Goes back to a snapshot."""
    if kept.snapshot not in mock.snapshots:
        raise Problem(NOT_FOUND)
    mock.restore(mock.snapshots[kept.snapshot])
    return JSONResponse({"now": iso(mock.clock.now())})
