"""`/mock/v1/clock`: where the mock's time stands, and moving it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.clock import iso
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import Instant, RequestBody
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.mock import Mock

router = APIRouter(prefix="/mock/v1/clock")
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""The rules count days, months and years from where the clock stands; all of them stay in the calendar."""
LONGEST = 100 * 366 * 24 * 3600
"""Seconds that the clock can be moved by."""

Moment = Annotated[AwareDatetime, Field(strict=False)]


class ClockAnswer(TypedDict):
    now: Instant
    frozen: bool
    start: Instant


class ClockSetting(RequestBody):
    """Where the clock is put, and whether it stands still there; what is None stays as it is."""

    now: Moment | None = None
    frozen: bool | None = None


class ClockStep(RequestBody):
    """How far the clock is moved on."""

    seconds: float = Field(0, ge=0, le=LONGEST)
    days: float = Field(0, ge=0, le=LONGEST / 86400)


@router.get("", **answers(ClockAnswer))
async def clock(mock: Tested) -> Response:
    """Now, whether it stands still, and the start of the world."""
    return _shown(mock)


@router.put("", **answers(ClockAnswer))
async def put(mock: Tested, place: ClockSetting) -> Response:
    """Sets the clock. Going back rebuilds the world from its start."""
    if place.now is not None:
        _check(mock, place.now)
    if place.frozen is not None:
        mock.clock.freeze = place.frozen
    _move(mock, place.now or mock.clock.now())
    return _shown(mock)


@router.post("/advance", **answers(ClockAnswer))
async def advance(mock: Tested, step: ClockStep) -> Response:
    """Moves the clock on; what comes due on the way happens before the next request."""
    to = mock.clock.now() + timedelta(days=step.days, seconds=step.seconds)
    _check(mock, to)
    _move(mock, to)
    return _shown(mock)


def _check(mock: Mock, to: datetime) -> None:
    """Go on only where the clock can be put. Raises Problem."""
    if to < mock.start:
        raise invalid(f"The world begins at {iso(mock.start)}; the clock does not go before that.")
    if to > LATEST:
        raise invalid(f"The clock goes no further than {iso(LATEST)}.")


def _move(mock: Mock, to: datetime) -> None:
    back = to < mock.clock.now()
    mock.move_clock(to)
    if back:
        mock.rebuild()


def _shown(mock: Mock) -> Response:
    return JSONResponse({"now": iso(mock.clock.now()), "frozen": mock.clock.freeze, "start": iso(mock.start)})
