"""Patient Information of a person."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.database.family.deers import last_shown
from genesis_tui.mock_backend.database.family.people import care_row, level_of, methods_of, person_rows
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.family.deers import read_deers
from genesis_tui.mock_backend.portal.family.models import ProfileAnswer
from genesis_tui.mock_backend.rules.sign_in.contacts import is_masked, masked
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.methods import METHOD_TITLES

router = APIRouter(prefix="/portal/v1")


@router.get("/patients/{patient_id}/profile", **answers(ProfileAnswer))
async def profile(caller: SignedIn, patient_id: str) -> Response:
    """Patient Information: what DEERS says (DEERS-1), care team, ways in, level, sharing."""
    caller.read(patient_id, "demographics", "profile")
    error = read_deers(caller.mock, patient_id)
    with caller.mock.database.begin() as conn:
        person, read = person_rows(conn, [patient_id])[patient_id], last_shown(conn, patient_id)
        care, level = care_row(conn, patient_id), level_of(conn, patient_id)
        methods = [METHOD_TITLES[method] for method in methods_of(conn, patient_id)]
    own = {"name": f"{person['given']} {person['family']}", "address": "", "email": "", "phone": ""}
    shown = read[0] if read else own | {name: person[name] for name in ("birth_date", "dod_id")}
    if is_masked(caller.viewer.level):
        shown = masked(shown)
    deers = {**shown, "address": shown["address"].splitlines(), "sex": person["sex"], "error": error}
    deers |= {"read_at": micros_iso(read[1]) if read else None}
    body = {name: care[name] for name in ("pcm", "team", "clinics", "sharing")}
    title = "" if level is None else Level(level).title
    return JSONResponse(body | {"deers": deers, "status": person["status"], "methods": methods, "level": title})
