"""`/mock/v1/personas`: the invented people and how to sign in as them."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.persona_rows import personas_of
from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.sign_in import method, sign_in
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.mock import Mock


class Persona(TypedDict):
    """An invented person; a name and password to type, where there is a DS Logon."""

    name: str
    story: str
    method: str
    level: str
    username: str
    password: str
    state: str


class PersonasAnswer(TypedDict):
    personas: list[Persona]


router = APIRouter(prefix="/mock/v1/personas")


@router.get("", **answers(PersonasAnswer))
async def listed(mock: Tested) -> Response:
    """Everybody the mock lists, in the order of their stories."""
    return JSONResponse({"personas": persona_list(mock)})


def persona_list(mock: Mock) -> list[dict[str, Any]]:
    """The personas of a mock's world as it stands."""
    with mock.database.begin() as conn:
        tables = {
            table.name: [dict(row) for row in conn.execute(select(table)).mappings()]
            for table in (person, sign_in, method)
        }
    return personas_of(tables)
