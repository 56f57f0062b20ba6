"""`/portal/v1/session`: who is signed in, how, until when, and within which limits."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import RowMapping
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import iso, micros_iso
from genesis_tui.mock_backend.database.family.people import person_rows
from genesis_tui.mock_backend.database.results import choose_kinds, kinds_asked
from genesis_tui.mock_backend.database.sign_in.proofing import proofing_failures
from genesis_tui.mock_backend.database.sign_in.sessions import (
    SessionRow,
    end_session,
    last_visit_before,
    session_by_id,
    sessions_of,
)
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody, can
from genesis_tui.mock_backend.http.problems import NOT_FOUND, Problem
from genesis_tui.mock_backend.portal.base.acts import Doing, act, as_patient, signed_in
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.sign_in.models import ScriptSignIns, SessionAnswer
from genesis_tui.mock_backend.rules.decision import Decision
from genesis_tui.mock_backend.rules.family.access import NO_CLINICAL
from genesis_tui.mock_backend.rules.messages.attachments import KINDS
from genesis_tui.mock_backend.rules.messages.send import CATEGORIES
from genesis_tui.mock_backend.rules.policy import AppointmentPolicy, MessagePolicy
from genesis_tui.mock_backend.rules.sign_in.levels import Level, may_act
from genesis_tui.mock_backend.rules.sign_in.methods import METHOD_TITLES
from genesis_tui.mock_backend.rules.sign_in.proofing import may_prove

router = APIRouter(prefix="/portal/v1/session")
everywhere = APIRouter(prefix="/portal/v1/sessions")


class AskFirst(RequestBody):
    """All kinds that are to ask from now on."""

    kinds: list[Literal["pathology", "radiology", "labs", "notes"]] = Field(max_length=4)


@router.get("", **answers(SessionAnswer))
async def session(caller: SignedIn) -> Response:
    """The sign-in behind the token, for patients and support agents alike (SUP-5)."""
    viewer = caller.viewer
    with caller.mock.database.begin() as conn:
        person = person_rows(conn, [viewer.person_id])[viewer.person_id]
        row = session_by_id(conn, viewer.session_id)
        assert row is not None
        visit = last_visit_before(conn, row) or person["last_visit"]
        own = {"last_visit": micros_iso(visit), "ask_first": sorted(kinds_asked(conn, viewer.person_id))}
    return JSONResponse(_signed_in(caller, person, row) | own | _frame(caller))


@act(router, "PUT", "/ask-first", "ask-first", "REL-6", may=as_patient)
def ask_first(doing: Doing, chosen: AskFirst) -> None:
    """REL-6: results of these kinds ask the person before they open, in every record, and no others do."""
    choose_kinds(doing.conn, doing.viewer, chosen.kinds)


@act(router, "DELETE", "", "sign-out", "SESS-1", may=signed_in)
def sign_out(doing: Doing) -> None:
    """Ends the sign-in: none of its tokens works from now on."""
    _end(doing, doing.caller.viewer.session_id)


@act(everywhere, "DELETE", "", "end-sessions", "LOCK-6", may=signed_in)
def sign_out_everywhere(doing: Doing, *, scripts: bool = False) -> None:
    """LOCK-6: ends every sign-in of the person, this one included, and what is half done; `scripts`: SESS-4's too."""
    doing.afterwards(lambda: doing.caller.mock.revoke_account(doing.viewer, scripts=scripts))


@act(router, "POST", "/lock", "lock", "SESS-2", may=signed_in)
def lock(doing: Doing) -> None:
    """SESS-2: the screen was locked: none of its tokens works from now on; unlocking is a sign-in of its own."""
    _end(doing, doing.caller.viewer.session_id)


@router.get("/grants", **answers(ScriptSignIns))
async def offline_grants(caller: SignedIn) -> Response:
    """SESS-4: the person's sign-ins for scripts that still live."""
    mock = caller.mock
    with mock.database.begin() as conn:
        rows = sessions_of(conn, caller.viewer.person_id, kind="offline", now=mock.clock.micros())
    return JSONResponse({"grants": [_grant(row) for row in rows]})


@act(router, "DELETE", "/grants/{grant_id}", "end-grant", "SESS-4", may=signed_in)
def end_grant(doing: Doing, grant_id: str) -> None:
    """SESS-4: end one of them; an id of somebody else's is as unknown as any other."""
    row = session_by_id(doing.conn, grant_id)
    if row is None or row.person_id != doing.viewer or row.kind != "offline":
        raise Problem(NOT_FOUND)
    _end(doing, row.id)


def _end(doing: Doing, session_id: str) -> None:
    mock = doing.caller.mock
    end_session(doing.conn, session_id, now=doing.now)
    doing.afterwards(lambda: mock.access_tokens.forget(session_id))


def _grant(row: SessionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "scope": row.scope,
        "client": row.client_id,
        "method": METHOD_TITLES[row.method],
        "started": micros_iso(row.started),
        "ends": micros_iso(row.ends),
        "last_used": micros_iso(row.refreshed),
    }


def _signed_in(caller: Caller, person: RowMapping, row: SessionRow) -> dict[str, Any]:
    viewer = caller.viewer
    return {
        "person": {
            "id": viewer.person_id,
            "name": f"{person['given']} {person['family']}",
            "zone": person["zone"],
        },
        "method": viewer.method,
        "method_title": METHOD_TITLES[viewer.method],
        "level": viewer.level,
        "level_title": Level(viewer.level).title,
        "role": viewer.role,
        "kind": row.kind,
        "started": micros_iso(row.started),
        "ends": micros_iso(row.ends),
    }


def _proofing(caller: Caller) -> Decision:
    """ID-6: whether the person may prove who they are now, to become Premium; nothing to prove for who is."""
    mock, viewer = caller.mock, caller.viewer
    if viewer.role == "support":
        return NO_CLINICAL
    now = mock.clock.now()
    with mock.database.begin() as conn:
        failures = proofing_failures(conn, viewer.person_id, now)
    return may_prove(failures, mock.policy.account, now, premium=viewer.level >= Level.PREMIUM)


def _frame(caller: Caller) -> dict[str, Any]:
    """What holds for every sign-in: time, limits, outages, whom to call, and what may be done."""
    policy = caller.mock.policy
    grant = NO_CLINICAL if caller.viewer.role == "support" else may_act(caller.viewer.level)
    return {
        "now": iso(caller.mock.clock.now()),
        "limits": {
            "idle_minutes": policy.session.idle_minutes,
            "idle_warning_minutes": policy.session.idle_warning_minutes,
            "messages": _message_limits(policy.message),
            "appointments": _appointment_limits(policy.appointment),
            "refills": {"batch": policy.refill.batch, "note_characters": policy.refill.note_characters},
        },
        "outages": [],
        "support": {
            "name": policy.support.name,
            "phone": policy.support.phone,
            "hours": policy.support.hours,
            "chat": False,
        },
        "can": [can("family.grant", grant), can("account.proofing", _proofing(caller))],
    }


def _appointment_limits(policy: AppointmentPolicy) -> dict[str, int]:
    """APPT-3, APPT-6, CLIP-2: what a search, a reason, a request and an answer may hold."""
    return {
        "search_days": policy.search_days,
        "request_from": policy.request_from,
        "request_to": policy.request_to,
        "half_days": policy.half_days,
        "offers": policy.offers,
        "reason_characters": policy.reason_characters,
        "answer_characters": policy.answer_characters,
    }


def _message_limits(policy: MessagePolicy) -> dict[str, Any]:
    """MSG-3, MSG-4, MSG-6: what a message may hold, so that a form can say so while it is filled in."""
    return {
        "subject_characters": policy.subject_characters,
        "body_characters": policy.body_characters,
        "files": policy.files,
        "file_bytes": policy.file_bytes,
        "files_bytes": policy.files_bytes,
        "kinds": [
            {"endings": kind.endings, "content_type": kind.media_type, "starts": [start.hex() for start in kind.starts]}
            for kind in KINDS
        ],
        "categories": [{"code": code, "title": title} for code, title in CATEGORIES.items()],
        "emergency": {
            "notice": "Not for emergencies: call 911 or go to the nearest emergency room.",
            "words": policy.emergency_words,
            "lines": ["Emergency: call 911.", "Thoughts of suicide or self-harm: call or text 988, then press 1."],
        },
    }
