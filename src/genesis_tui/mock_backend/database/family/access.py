"""Record access that is worked out once and kept for as long as nothing it rests on can have changed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.clock import Clock, from_micros, to_micros
from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.family.grants import facts_for, reachable
from genesis_tui.mock_backend.rules.family.access import NO_TIE, FamilyFacts, RecordAccess, standing
from genesis_tui.mock_backend.rules.policy import Policy

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Kept:
    standing: RecordAccess
    since: int
    until: int
    version: int
    policy: Policy


class RecordAccessCache:
    """How far each record is open to each viewer, right now (FAM-1 to FAM-8).

    A kept standing holds from the moment it was worked out to the next midnight in the patient's MTF zone or the next
    beginning or end of a grant, and until any person, kin tie, grant or policy changes: so a revoked grant is gone on
    the next request. A stranger's is not kept, so that asking twice tells it from an id that nobody has no better.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._near: dict[str, tuple[int, tuple[str, ...]]] = {}

    def of(self, viewer_id: str, patient_id: str, policy: Policy) -> RecordAccess:
        """The standing of a viewer to a patient; `NO_TIE` for an id that nobody has."""
        now = self._clock.micros()
        kept = self._kept.get((viewer_id, patient_id))
        if kept is not None and kept.since <= now < kept.until and self._current(kept, policy):
            return kept.standing
        return self._work_out(viewer_id, patient_id, policy, now)

    def reachable(self, viewer_id: str) -> tuple[str, ...]:
        """Ids of everybody a viewer has any tie to, oneself included."""
        version, known = self._database.people_version, self._near.get(viewer_id)
        if known is None or known[0] != version:
            with self._database.begin() as conn:
                known = (version, reachable(conn, viewer_id))
            if len(self._near) >= _MOST:
                self._near.clear()
            self._near[viewer_id] = known
        return known[1]

    def _current(self, kept: _Kept, policy: Policy) -> bool:
        return kept.version == self._database.people_version and kept.policy is policy

    def _work_out(self, viewer_id: str, patient_id: str, policy: Policy, now: int) -> RecordAccess:
        version, moment = self._database.people_version, from_micros(now)
        with self._database.begin() as conn:
            facts = facts_for(conn, viewer_id, patient_id, moment)
        if facts is None:
            return NO_TIE
        found = standing(facts, policy, moment)
        if not found.known:
            return found
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[viewer_id, patient_id] = _Kept(found, now, _holds_until(facts, moment), version, policy)
        return found


def _holds_until(facts: FamilyFacts, now: datetime) -> int:
    midnight = datetime.combine(facts.today + timedelta(days=1), time(), ZoneInfo(facts.zone))
    edges = [edge for grant in facts.grants for edge in (grant.since, grant.until, grant.revoked)]
    return to_micros(min([midnight, *(edge for edge in edges if edge is not None and edge > now)]))
