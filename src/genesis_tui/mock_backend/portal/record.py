"""`/portal/v1/…seen` and `/portal/v1/…corrections`: what of a record was opened, and what is said to be wrong in it."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection, Row, select
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.database.messages.corrections import add_correction, corrections_of
from genesis_tui.mock_backend.database.messages.threads import open_messages
from genesis_tui.mock_backend.database.results import mark_seen, recent_results, visible_keys
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import Instant, RequestBody
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, on, signed_in
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.home.news import unopened
from genesis_tui.mock_backend.portal.messages.models import CorrectionAsked, MessagePreview, MessageSent
from genesis_tui.mock_backend.portal.messages.send import CorrectionBody, previewed, ready, send
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.record import WORDS, word_of

router = APIRouter(prefix="/portal/v1")
_MESSAGE = "Message/"
_KEY = r"^(DiagnosticReport|DocumentReference|Observation|Message)/[A-Za-z0-9.\-]{1,64}$"
SeenKey = Annotated[str, Field(pattern=_KEY)]


class UnseenAnswer(TypedDict):
    """Keys of the results that are new."""

    new: list[str]


class CorrectionListed(CorrectionAsked):
    thread: str
    at: Instant


class CorrectionsAnswer(TypedDict):
    corrections: list[CorrectionListed]


class Opened(RequestBody):
    """Results and messages that the caller has opened."""

    patient: str = Field(min_length=1, max_length=64)
    keys: list[SeenKey] = Field(max_length=200)

    def of(self, *, messages: bool) -> list[str]:
        """Ids of the messages, or keys of all else."""
        return [key.removeprefix(_MESSAGE) for key in self.keys if key.startswith(_MESSAGE) is messages]


@router.get("/patients/{patient_id}/seen", **answers(UnseenAnswer))
async def unseen(caller: SignedIn, patient_id: str) -> Response:
    """REL-5: keys of the results that the caller has not opened."""
    caller.read(patient_id, "results", "seen")
    viewer, now = caller.viewer.person_id, caller.mock.clock.micros()
    with caller.mock.database.begin() as conn:
        rows = unopened(recent_results(conn, viewer, patient_id, now=now))
    return JSONResponse({"new": [row.key for row, _ in rows]})


@act(router, "POST", "/seen", "seen", "REL-5", may=signed_in)
def seen(doing: Doing, opened: Opened) -> None:
    """REL-5: these results are no longer new, these messages no longer unread; other keys change nothing."""
    messages, results = opened.of(messages=True), opened.of(messages=False)
    if messages:
        doing.caller.read(opened.patient, "messages", "seen")
    if results or not messages:
        doing.caller.read(opened.patient, "results", "seen")
    doing.changed_nothing()
    conn, viewer, now = doing.conn, doing.viewer, doing.now
    open_messages(conn, viewer, opened.patient, messages, now=now)
    mark_seen(conn, viewer, opened.patient, visible_keys(conn, viewer, opened.patient, results, now=now), now=now)


@router.post("/corrections/preview", **answers(MessagePreview))
async def preview_correction(caller: SignedIn, asked: CorrectionBody) -> Response:
    """What sending this correction now would send, to whom, and by when an answer is due."""
    caller.read(asked.patient, "messages", "preview")
    with caller.mock.database.begin() as conn:
        _may_correct(caller, conn, asked.patient, asked.entry)
        return JSONResponse(previewed(caller, ready(caller, conn, asked)))


@act(router, "POST", "/corrections", "correction", "REC-7", may=on("messages"), creates=True, answers=MessageSent)
def correct(doing: Doing, asked: CorrectionBody) -> Json:
    """REC-7: tell the care team that an entry is wrong, once for each key."""
    _may_correct(doing.caller, doing.conn, asked.patient, asked.entry)
    _, answer = send(doing, asked)
    add_correction(doing.conn, answer["thread"], asked.patient, doing.viewer, asked.entry, now=doing.now)
    return answer


@router.get("/patients/{patient_id}/corrections", **answers(CorrectionsAnswer))
async def corrections(caller: SignedIn, patient_id: str) -> Response:
    """REC-7: which entries were said to be wrong, and what the care team answered; newest first."""
    caller.read(patient_id, "messages", "corrections")
    whole, viewer = caller.standing(patient_id).access == "full", caller.viewer.person_id
    with caller.mock.database.begin() as conn:
        rows = corrections_of(conn, viewer, patient_id)
    told = [_correction(row) for row in rows if whole or row.asked_by == viewer]
    return JSONResponse({"corrections": told})


def _may_correct(caller: Caller, conn: Connection, patient_id: str, entry: str) -> None:
    """Go on only if this entry (Type/id) of the patient's is one that the caller may read; raises Problem (FAM-8)."""
    kind, _, id = entry.partition("/")
    known = (resource.c.type == kind, resource.c.id == id, resource.c.patient_id == patient_id)
    columns = (resource.c.category, resource.c.sensitive, resource.c.hidden, resource.c.release_at)
    row = conn.execute(select(*columns).where(*known)).one_or_none()
    if kind not in WORDS:
        caller.refuse(NOT_FOUND, "correction", patient_id)
    word = word_of(kind, "" if row is None else row.category)
    caller.decided(caller.may(patient_id, word), "correction", patient_id)
    own = patient_id == caller.viewer.person_id
    if row is None or row.hidden or row.release_at > caller.mock.clock.micros() or (row.sensitive and not own):
        caller.refuse(NOT_FOUND, "correction", patient_id)


def _correction(row: Row[Any]) -> dict[str, Any]:
    known = {"thread": row.thread_id, "entry": row.entry, "state": row.state, "note": row.note}
    return known | {"at": micros_iso(row.at)}
