"""Requests that have an `Idempotency-Key` are done once (WIRE); what became of one can be asked."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, NotRequired

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.database.idempotency import KeptRequest, answered, forget, kept_request, reserve
from genesis_tui.mock_backend.database.messages.threads import threads_for
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.problems import MEDIA_TYPE, NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.rules.decision import Refused

KEY_HEADER = "Idempotency-Key"
KEPT = 7 * 24 * 3600 * 1_000_000
"""Microseconds."""
MISMATCH = Refused("", "idempotency-mismatch", "This key was used for another request.", status=422)
IN_FLIGHT = Refused(
    "", "in-flight", "The same request is still being done.", next="Ask what became of it in a moment.", status=409
)


class RequestOutcome(TypedDict):
    """`in-flight`, or `done` with the status and the answer that the request had."""

    key: str
    state: str
    status: NotRequired[int]
    answer: NotRequired[Any]


router = APIRouter(prefix="/portal/v1/requests")


def known_answer(caller: Caller, key: str, mark: str, about: tuple[str, str]) -> Response | None:
    """The answer that the same request had before. None: it is the first under this key, which is reserved for it.

    `about`: the patient and the category of the record on which it depends whether the answer is told again. A refusal
    is an answer too. Raises Problem for another request than before, and for one that is still in flight.
    """
    now, person_id = caller.mock.clock.micros(), caller.viewer.person_id
    with caller.mock.database.begin() as conn:
        kept = kept_request(conn, person_id, key)
        if kept is not None and kept.at < now - KEPT:
            forget(conn, person_id, key)
            kept = None
        if kept is None:
            if reserve(conn, person_id, key, body_hash=mark, at=now, about=about):
                return None
            raise _in_flight()
        if not _is_open(caller, conn, kept):
            raise Problem(NOT_FOUND)
    return _again(kept, mark)


def store_answer(conn: Connection, caller: Caller, key: str, answer: Response) -> None:
    """Keep what the same request gets from now on."""
    answered(conn, caller.viewer.person_id, key, status=answer.status_code, answer=bytes(answer.body))


def release(caller: Caller, key: str) -> None:
    """Let a reserved key go: its request failed, and nothing came of it."""
    with caller.mock.database.begin() as conn:
        forget(conn, caller.viewer.person_id, key)


def plain_key(key: str | None) -> str:
    """A key as it is kept. Raises Problem for what is none."""
    try:
        return str(uuid.UUID(key or ""))
    except ValueError:
        raise invalid("This request needs an Idempotency-Key: a UUID.", status=400) from None


def version_header(body: Mapping[str, Any]) -> dict[str, str]:
    """The `ETag` of an answer whose body has a version."""
    return {"ETag": f'"{body["version"]}"'} if "version" in body else {}


@router.get("/{key}", **answers(RequestOutcome))
async def became_of(caller: SignedIn, key: str) -> Response:
    """What became of the caller's request under a key: `in-flight`, or `done` with its status and answer.

    A key tells nothing of what is closed to the caller by now: it is as unknown (FAM-8).
    """
    not_before = caller.mock.clock.micros() - KEPT
    with caller.mock.database.begin() as conn:
        kept = kept_request(conn, caller.viewer.person_id, key.lower())
        if kept is None or kept.at < not_before or not _is_open(caller, conn, kept):
            raise Problem(NOT_FOUND)
    if kept.status is None:
        return JSONResponse({"key": key, "state": "in-flight"})
    answer = json.loads(kept.answer or b"null")
    return JSONResponse({"key": key, "state": "done", "status": kept.status, "answer": answer})


def _is_open(caller: Caller, conn: Connection, kept: KeptRequest) -> bool:
    """Whether what a request was about may be read, and the conversation that came of it (FAM-7)."""
    if kept.category and not caller.opens(kept.patient_id, kept.category):
        return False
    thread = json.loads(kept.answer).get("thread") if kept.answer else None
    return not thread or bool(threads_for(conn, caller.viewer.person_id, [kept.patient_id], [thread]))


def _in_flight() -> Problem:
    return Problem(IN_FLIGHT, headers={"Retry-After": "1"})


def _again(kept: KeptRequest, mark: str) -> Response:
    if kept.body_hash != mark:
        raise Problem(MISMATCH)
    if kept.status is None:
        raise _in_flight()
    if not kept.answer:
        return Response(status_code=kept.status)
    if kept.status >= 400:
        return Response(kept.answer, kept.status, media_type=MEDIA_TYPE)
    headers = version_header(json.loads(kept.answer))
    return Response(kept.answer, kept.status, headers=headers, media_type="application/json")
