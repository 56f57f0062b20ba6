"""REC-7: the entry that a correction is about."""

from sqlalchemy import Connection, select

from genesis_tui.mock_backend.database.schema.base import resource
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.record import WORDS, word_of


def may_correct(caller: Caller, conn: Connection, patient_id: str, entry: str) -> None:
    """Go on only if this entry (Type/id) of the patient's is one that the caller may read; raises Problem (FAM-8)."""
    kind, _, id = entry.partition("/")
    known = (resource.c.type == kind, resource.c.id == id, resource.c.patient_id == patient_id)
    columns = (resource.c.category, resource.c.sensitive, resource.c.hidden, resource.c.release_at)
    row = conn.execute(select(*columns).where(*known)).one_or_none()
    if kind not in WORDS:
        caller.decided(NOT_FOUND, "correction", patient_id)
    word = word_of(kind, "" if row is None else row.category)
    caller.decided(caller.may(patient_id, word), "correction", patient_id)
    own = patient_id == caller.viewer.person_id
    if row is None or row.hidden or row.release_at > caller.mock.clock.micros() or (row.sensitive and not own):
        caller.decided(NOT_FOUND, "correction", patient_id)
