"""`/mock/v1/personas`: the invented people and how to sign in as them."""

import json
from typing import Any

from fastapi import APIRouter
from sqlalchemy import RowMapping
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.admin.tester import Tested
from genesis_tui.mock_backend.database.persons import methods_of, personas
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.ds_logon import METHOD_TITLES, Level

router = APIRouter(prefix="/mock/v1/personas")


@router.get("")
async def listed(mock: Tested) -> Response:
    """Everybody the mock lists, in the order of their stories."""
    return JSONResponse({"personas": persona_list(mock)})


def persona_list(mock: Mock) -> list[dict[str, Any]]:
    """The personas of a mock's world as it stands."""
    with mock.database.begin() as conn:
        return [_persona(row, methods_of(conn, row["id"])) for row in personas(conn)]


def _persona(row: RowMapping, methods: list[str]) -> dict[str, Any]:
    told = json.loads(row["persona"])
    return {
        "name": f"{row['given']} {row['family']}",
        "story": told.get("story", ""),
        "method": " · ".join(METHOD_TITLES[method] for method in methods),
        "level": Level(row["level"]).title if row["level"] else "",
        "username": row["username"] or "",
        "password": row["password"] or "",
        "state": told.get("state", ""),
    }
