"""Requests that have an `Idempotency-Key` are done once (WIRE); what became of one can be asked."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.database.idempotency import KeptRequest, answered, forget, kept_request, take_key
from genesis_tui.mock_backend.database.messages.threads import threads_for
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.problems import MEDIA_TYPE, NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.rules.decision import Refused

KEY_HEADER = "Idempotency-Key"
KEPT = 7 * 24 * 3600 * 1_000_000
"""Microseconds."""
MISMATCH = Refused("", "idempotency-mismatch", "This key was used for another request.", status=422)


class KeyedRequest(NamedTuple):
    """A request that is done once, by its key.

    `mark` is the same for the same request; on `about`, the patient and the category of the record, it depends whether
    its answer is told again.
    """

    key: str
    mark: str
    about: tuple[str, str]


class RequestOutcome(TypedDict):
    """`done`, with the status and the answer that the request had."""

    key: str
    state: str
    status: int
    answer: Any


router = APIRouter(prefix="/portal/v1/requests")


def known_answer(conn: Connection, caller: Caller, asked: KeyedRequest) -> Response | None:
    """The answer that the same request had before. None: it is the first under this key, which is taken for it.

    A refusal is an answer too. Raises Problem for another request than before.
    """
    now, person_id = caller.mock.clock.micros(), caller.viewer.person_id
    if take_key(conn, person_id, asked.key, body_hash=asked.mark, at=now, about=asked.about):
        return None
    kept = kept_request(conn, person_id, asked.key)
    if kept is None or kept.at < now - KEPT:
        forget(conn, person_id, asked.key)
        return known_answer(conn, caller, asked)
    if not _is_open(caller, conn, kept):
        raise Problem(NOT_FOUND)
    return _again(kept, asked.mark)


def store_answer(conn: Connection, caller: Caller, asked: KeyedRequest, answer: Response) -> None:
    """Keep what the same request gets from now on."""
    answered(conn, caller.viewer.person_id, asked.key, status=answer.status_code, answer=bytes(answer.body))


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
    """What became of the caller's request under a key: its status and answer.

    A key tells nothing of what is closed to the caller by now: it is as unknown (FAM-8). Nothing is told of a request
    that is just being done before it is: the key is taken, which waits for it, and let go.
    """
    now, person_id = caller.mock.clock.micros(), caller.viewer.person_id
    with caller.mock.database.begin() as conn:
        if take_key(conn, person_id, key.lower(), body_hash="", at=now, about=("", "")):
            raise Problem(NOT_FOUND)
        kept = kept_request(conn, person_id, key.lower())
        if kept is None or kept.at < now - KEPT or not _is_open(caller, conn, kept):
            raise Problem(NOT_FOUND)
    answer = json.loads(kept.answer or b"null")
    return JSONResponse({"key": key, "state": "done", "status": kept.status, "answer": answer})


def _is_open(caller: Caller, conn: Connection, kept: KeptRequest) -> bool:
    """Whether what a request was about may be read, and the conversation that came of it (FAM-7)."""
    if kept.category and not caller.opens(kept.patient_id, kept.category):
        return False
    thread = json.loads(kept.answer).get("thread") if kept.answer else None
    return not thread or bool(threads_for(conn, caller.viewer.person_id, [kept.patient_id], [thread]))


def _again(kept: KeptRequest, mark: str) -> Response:
    if kept.body_hash != mark:
        raise Problem(MISMATCH)
    if not kept.answer:
        return Response(status_code=kept.status)
    if kept.status >= 400:
        return Response(kept.answer, kept.status, media_type=MEDIA_TYPE)
    headers = version_header(json.loads(kept.answer))
    return Response(kept.answer, kept.status, headers=headers, media_type="application/json")
