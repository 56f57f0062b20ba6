"""`/portal/v1/family` and `/portal/v1/counts`: whose records are open, why, what is new in them, and the grants
behind it (FAM-1 to FAM-6)."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.family.grants import grants_told, requests_told
from genesis_tui.mock_backend.portal.family.members import family_rows
from genesis_tui.mock_backend.portal.family.models import CountsAnswer, FamilyAnswer

router = APIRouter(prefix="/portal/v1")


@router.get("/family", **answers(FamilyAnswer))
async def family(caller: SignedIn) -> Response:
    """Everybody the caller has a tie to, oneself first, the caller's grants, and who asks for access."""
    caller.clinical("family")
    with caller.mock.database.begin() as conn:
        people = family_rows(caller, conn)
        grants, requests = grants_told(caller, conn), requests_told(caller, conn)
    return JSONResponse({"people": people, "grants": grants, "requests": requests})


@router.get("/counts", **answers(CountsAnswer))
async def counts(caller: SignedIn) -> Response:
    """New results and unread messages of each person whose record is open to the caller, by id, and of all together."""
    caller.clinical("counts")
    with caller.mock.database.begin() as conn:
        rows = family_rows(caller, conn)
    people = [{"id": row["id"], **row["new"]} for row in rows]
    totals = {name: sum(one[name] for one in people) for name in ("results", "messages")}
    return JSONResponse({"people": people, **totals})
