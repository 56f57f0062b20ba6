"""The one way to change something: `@act` makes an endpoint of a small function that does it.

Around the function it asks whether the caller may, answers a repeated `Idempotency-Key` as before, and puts what was
done, its answer and its event (AUD-1) into one transaction: all of it is there, or none. Who repeats a request that
is still being done waits for that transaction, and gets its answer.
"""

import hashlib
import inspect
import json
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from genesis_tui.mock_backend.database.family.audit import AuditEvent
from genesis_tui.mock_backend.http import description
from genesis_tui.mock_backend.http.problems import Problem
from genesis_tui.mock_backend.portal.base.caller import Act, Caller, SignedIn
from genesis_tui.mock_backend.portal.base.idempotency import (
    KEY_HEADER,
    KeyedRequest,
    known_answer,
    plain_key,
    store_answer,
    version_header,
)
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

Json = dict[str, Any]
May = Callable[[Caller, Act], None]
"""Raises Problem, audited, where the caller may not."""
F = TypeVar("F", bound="Callable[..., Json | Problem | None]")


class Doing:
    """An act under way: who does it, in which transaction, and which event it will leave."""

    def __init__(self, caller: Caller, conn: Connection, act: Act) -> None:
        self.caller = caller
        self.conn = conn
        self.act = act
        self.leaves_event = True
        self.steps: list[Callable[[], None]] = []

    @property
    def viewer(self) -> str:
        return self.caller.viewer.person_id

    @property
    def now(self) -> int:
        """In microseconds."""
        return self.caller.mock.clock.micros()

    def about(self, patient_id: str) -> None:
        """Whose record it is, where only the database tells."""
        self.act = self.act._replace(patient_id=patient_id)

    def decided(self, decision: Decision) -> None:
        """Go on only if a rule lets this go; raises Problem."""
        self.caller.decided(decision, self.act.what, self.act.patient_id)

    def refuse(self, refused: Refused, *, more: Mapping[str, object] | None = None) -> NoReturn:
        self.caller.refuse(refused, self.act.what, self.act.patient_id, more=more)

    def changed_nothing(self) -> None:
        """It was so before, or has left its event already."""
        self.leaves_event = False

    def afterwards(self, step: Callable[[], None]) -> None:
        """Do this too once the act is in the database: memory that depends on it, or what it sets off."""
        self.steps.append(step)


@dataclass(frozen=True, slots=True)
class MayOn:
    """Who may act on a category of the record that the request names (ID-5, FAM-1 to FAM-8, SUP-5)."""

    category: str

    def __call__(self, caller: Caller, act: Act) -> None:
        caller.decided(caller.may(act.patient_id, self.category), act.what, act.patient_id)
        caller.decided(may_act(caller.viewer.level), act.what, act.patient_id)


on = MayOn


def for_oneself(caller: Caller, act: Act) -> None:
    """Who may act at all (ID-5, SUP-5)."""
    as_patient(caller, act)
    caller.decided(may_act(caller.viewer.level), act.what, caller.viewer.person_id)


def as_patient(caller: Caller, act: Act) -> None:
    """Everybody but support agents (SUP-5)."""
    caller.clinical(act.what)


def signed_in(caller: Caller, act: Act) -> None:
    """Everybody who is signed in."""


def act(
    router: APIRouter,
    method: str,
    path: str,
    what: str,
    rule: str,
    *,
    may: May,
    creates: bool = False,
    batch: bool = False,
    answers: Any = None,
    refused: tuple[int, ...] = (),
    takes: str = "",
) -> Callable[[F], F]:
    """An endpoint that changes something.

    The function takes what FastAPI's endpoints take, after a `Doing`, and gives the answer's body. What it raises
    undoes it; a Problem that it returns is the answer too, but what was written stays: a try that counts.

    Args:
        what: the act in a word, for the audit.
        rule: what lets it be done.
        may: asked first, of the patient whom path (`patient_id`), query or body (`patient`) names, or of the caller.
        creates: the request must have an `Idempotency-Key`, and is answered with 201; others can have one.
        batch: as `creates`, but answered with 200: each item by itself.
        answers: the type of the answer's body, a TypedDict; None for none (204).
        refused: statuses of refusals besides those that every act has.
        takes: the media type of a body that is a file.
    """
    keyed, status = creates or batch, 201 if creates else 204 if answers is None else 200

    def endpoint_of(function: F) -> F:
        async def endpoint(caller: Caller, request: Request, **values: Any) -> Response:
            done = Act(what, _patient(caller, values), rule)
            may(caller, done)
            given = request.headers.get(KEY_HEADER)
            about = (done.patient_id, getattr(may, "category", ""))
            asked = KeyedRequest(plain_key(given), _mark(what, values), about) if keyed or given is not None else None
            return _do(caller, done, asked, status, lambda doing: function(doing, **values))

        endpoint.__name__ = getattr(function, "__name__", what)
        endpoint.__doc__ = function.__doc__
        endpoint.__signature__ = _signature(function)  # type: ignore[attr-defined]
        told = description.answers(answers, refused=refused, takes=takes)["openapi_extra"]
        extra = {"parameters": [KEY_PARAMETER | {"required": keyed}], **told}
        router.add_api_route(path, endpoint, methods=[method], status_code=status, openapi_extra=extra)
        return function

    return endpoint_of


KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A UUID: the same request under the same key is done once, within 7 days.",
    "schema": {"type": "string", "format": "uuid"},
}


def _do(
    caller: Caller, act: Act, asked: KeyedRequest | None, status: int, do: Callable[[Doing], Json | Problem | None]
) -> Response:
    """Do it in one transaction with its answer, its key and its event; under a known key, only tell the answer."""

    def done(conn: Connection, events: list[AuditEvent]) -> tuple[Doing, Response]:
        doing = Doing(caller, conn, act)
        before = known_answer(conn, caller, asked) if asked else None
        if before is not None:
            return doing, before
        told = do(doing) if asked is None else _undone_alone(doing, do)
        answer = _answer(caller, told, status)
        if asked is not None:
            store_answer(conn, caller, asked, answer)
        if doing.leaves_event:
            decision = told.refused if isinstance(told, Problem) else Allowed(doing.act.rule)
            events.append(caller.event(decision, doing.act.what, doing.act.patient_id))
        return doing, answer

    doing, answer = caller.mock.audit.run(done)
    for step in doing.steps:
        step()
    return answer


def _undone_alone(doing: Doing, do: Callable[[Doing], Json | Problem | None]) -> Json | Problem | None:
    """A Problem that is raised undoes what was done, but not the transaction: it is kept under the key."""
    try:
        with doing.conn.begin_nested():
            return do(doing)
    except Problem as problem:
        doing.changed_nothing()
        doing.steps.clear()
        return problem


def _answer(caller: Caller, told: Json | Problem | None, status: int) -> Response:
    if isinstance(told, Problem):
        return told.answer(caller.entry.id)
    if told is None:
        return Response(status_code=status)
    return Response(json.dumps(told).encode(), status, headers=version_header(told), media_type="application/json")


def _patient(caller: Caller, values: Mapping[str, Any]) -> str:
    """Whom a request names, in its path, its query or its body; the caller where it names nobody."""
    named = [getattr(value, "patient", "") for value in values.values()]
    return str(values.get("patient_id") or values.get("patient") or next(filter(None, named), caller.viewer.person_id))


def _mark(what: str, values: Mapping[str, Any]) -> str:
    """The same for the same request, path included."""
    parts = [value.model_dump_json() if isinstance(value, BaseModel) else str(value) for value in values.values()]
    return hashlib.sha256("\0".join((what, *parts)).encode()).hexdigest()


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """What FastAPI is to give: what the function takes, with the caller and the request instead of a `Doing`."""
    types = typing.get_type_hints(function, include_extras=True)
    given = list(inspect.signature(function).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [inspect.Parameter(name, keyword, annotation=kind) for name, kind in _OWN.items()]
    return inspect.Signature([*own, *(one.replace(kind=keyword, annotation=types[one.name]) for one in given)])


_OWN: dict[str, Any] = {"caller": SignedIn, "request": Request}
