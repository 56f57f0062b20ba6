"""Requests that create something do it once per `Idempotency-Key` (WIRE)."""

import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.idempotency import KeptRequest, answered, forget, kept_request, reserve
from genesis_tui.mock_backend.http.problems import MEDIA_TYPE, NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.portal.base.caller import Act, Caller, SignedIn
from genesis_tui.mock_backend.rules.decision import Refused

KEPT = 7 * 24 * 3600 * 1_000_000
"""Microseconds."""
MISMATCH = Refused("", "idempotency-mismatch", "This key was used for another request.", status=422)
IN_FLIGHT = Refused(
    "", "in-flight", "The same request is still being done.", next="Ask what became of it in a moment.", status=409
)

Key = Annotated[str | None, Header(alias="Idempotency-Key")]
router = APIRouter(prefix="/portal/v1/requests")


def once(
    caller: Caller, key: str | None, act: Act, body: BaseModel, do: Callable[[Connection], dict[str, Any]]
) -> Response:
    """Do it, audit it and keep its answer (201), or give the answer that the same key had before.

    A refusal that `do` raises is an answer too. Raises Problem for a missing key, another body, and one in flight.
    """
    key = _uuid(key)
    mark = hashlib.sha256(f"{act.what}\0{body.model_dump_json()}".encode()).hexdigest()
    now, person_id = caller.mock.clock.micros(), caller.viewer.person_id
    with caller.mock.database.begin() as conn:
        kept = kept_request(conn, person_id, key, not_before=now - KEPT)
        if kept is None:
            reserve(conn, person_id, key, body_hash=mark, at=now)
    if kept is not None:
        return _again(kept, mark)
    answer = _first(caller, key, do)
    caller.did(act)
    return answer


@router.get("/{key}")
async def became_of(caller: SignedIn, key: str) -> Response:
    """What became of the caller's request under a key: `in-flight`, or `done` with its status and answer."""
    not_before = caller.mock.clock.micros() - KEPT
    with caller.mock.database.begin() as conn:
        kept = kept_request(conn, caller.viewer.person_id, key.lower(), not_before=not_before)
    if kept is None:
        raise Problem(NOT_FOUND)
    if kept.status is None:
        return JSONResponse({"key": key, "state": "in-flight"})
    answer = json.loads(kept.answer or b"null")
    return JSONResponse({"key": key, "state": "done", "status": kept.status, "answer": answer})


def _first(caller: Caller, key: str, do: Callable[[Connection], dict[str, Any]]) -> Response:
    database, person_id = caller.mock.database, caller.viewer.person_id
    try:
        with database.begin() as conn:
            body = json.dumps(do(conn)).encode()
            answered(conn, person_id, key, status=201, answer=body)
    except Problem as problem:
        refusal = bytes(problem.answer(caller.entry.id).body)
        with database.begin() as conn:
            answered(conn, person_id, key, status=problem.refused.status, answer=refusal)
        raise
    except Exception:
        with database.begin() as conn:
            forget(conn, person_id, key)
        raise
    return Response(body, 201, media_type="application/json")


def _again(kept: KeptRequest, mark: str) -> Response:
    if kept.body_hash != mark:
        raise Problem(MISMATCH)
    if kept.status is None:
        raise Problem(IN_FLIGHT, headers={"Retry-After": "1"})
    media_type = "application/json" if kept.status < 400 else MEDIA_TYPE
    return Response(kept.answer, kept.status, media_type=media_type)


def _uuid(key: str | None) -> str:
    try:
        return str(uuid.UUID(key or ""))
    except ValueError:
        raise invalid("This request needs an Idempotency-Key: a UUID.", status=400) from None
