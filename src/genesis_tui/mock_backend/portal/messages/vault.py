"""`/portal/v1/session/vault`: the key under which a person's clients keep what is not sent yet on their disks (MSG-9).

It is handed out after a sign-in alone, so that a draft on a shared computer opens for nobody else, and for its writer
on a computer that has no keyring.
"""

import base64
import secrets

from fastapi import APIRouter
from sqlalchemy import Connection, insert, select
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.schema.messages import vault
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.sign_in.models import VaultKey

router = APIRouter(prefix="/portal/v1/session/vault")


@router.get("", **answers(VaultKey))
async def key(caller: SignedIn) -> Response:
    """32 bytes, the same each time, in base64."""
    caller.clinical("vault")
    with caller.mock.database.begin() as conn:
        found = _key(conn, caller.viewer.person_id)
    return JSONResponse({"key": base64.b64encode(found).decode()}, headers={"Cache-Control": "no-store"})


def _key(conn: Connection, person_id: str) -> bytes:
    found = conn.execute(select(vault.c.key).where(vault.c.person_id == person_id)).scalar()
    if found is not None:
        return bytes(found)
    made = secrets.token_bytes(32)
    conn.execute(insert(vault).values(person_id=person_id, key=made))
    return made
