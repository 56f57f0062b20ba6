"""`/portal/v1/session`: who is signed in, how, until when, and within which limits."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import RowMapping
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.persons import person_rows
from genesis_tui.mock_backend.database.sessions import SessionRow, last_visit_before, session_by_id
from genesis_tui.mock_backend.portal.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.wire import can, iso, micros_iso
from genesis_tui.mock_backend.rules.ds_logon import Level, may_act
from genesis_tui.mock_backend.rules.family import NO_CLINICAL
from genesis_tui.mock_backend.rules.methods import METHOD_TITLES

router = APIRouter(prefix="/portal/v1/session")


@router.get("")
async def session(caller: SignedIn) -> Response:
    """The sign-in behind the token, for patients and support agents alike (SUP-5)."""
    viewer = caller.viewer
    with caller.mock.database.begin() as conn:
        person = person_rows(conn, [viewer.person_id])[viewer.person_id]
        row = session_by_id(conn, viewer.session_id)
        assert row is not None
        visit = last_visit_before(conn, row) or person["last_visit"]
    return JSONResponse(_signed_in(caller, person, row) | {"last_visit": micros_iso(visit)} | _frame(caller))


@router.delete("", status_code=204)
async def sign_out(caller: SignedIn) -> Response:
    """Ends the sign-in: none of its tokens works from now on."""
    caller.mock.end_session(caller.viewer.session_id)
    return Response(status_code=204)


def _signed_in(caller: Caller, person: RowMapping, row: SessionRow) -> dict[str, Any]:
    viewer = caller.viewer
    return {
        "person": {
            "id": viewer.person_id,
            "name": f"{person['given']} {person['family']}",
            "zone": person["zone"],
        },
        "method": viewer.method,
        "method_title": METHOD_TITLES[viewer.method],
        "level": viewer.level,
        "level_title": Level(viewer.level).title,
        "role": viewer.role,
        "started": micros_iso(row.started),
        "ends": micros_iso(row.ends),
    }


def _frame(caller: Caller) -> dict[str, Any]:
    """What holds for every sign-in: time, limits, outages, whom to call, and what may be done."""
    policy = caller.mock.policy
    grant = NO_CLINICAL if caller.viewer.role == "support" else may_act(caller.viewer.level)
    return {
        "now": iso(caller.mock.clock.now()),
        "limits": {
            "idle_minutes": policy.session.idle_minutes,
            "idle_warning_minutes": policy.session.idle_warning_minutes,
        },
        "outages": [],
        "support": {
            "name": policy.support.name,
            "phone": policy.support.phone,
            "hours": policy.support.hours,
            "chat": False,
        },
        "can": [can("family.grant", grant)],
    }
