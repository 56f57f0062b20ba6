"""`/portal/v1/counts`: how much is new, and nothing of what it is (SESS-4)."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.family.members import family_rows

router = APIRouter(prefix="/portal/v1/counts")


@router.get("")
async def counts(caller: SignedIn) -> Response:
    """New results and unread messages of each person whose record is open to the caller, by id, and of all together."""
    caller.clinical("counts")
    with caller.mock.database.begin() as conn:
        rows = family_rows(caller, conn)
    people = [{"id": row["id"], **row["new"]} for row in rows]
    totals = {name: sum(one[name] for one in people) for name in ("results", "messages")}
    return JSONResponse({"people": people, **totals})
