"""Who may have what: the decisions on one FHIR request, in the order in which they are taken.

Sign-in (401), support (SUP-5), scopes, then the patient who is named: a stranger answers as an unknown id does (404),
a tie without access or a withheld category is refused (403), whether or not there is anything to withhold (FAM-3).
An id read without naming a patient tells nothing about whom it belongs to: what may not be seen is not there (404).
Only what is refused whatever the id is (a Basic level, a token that stands for one teenager) is refused with 403.
"""

from genesis_tui.mock_backend.database.record.search import Single
from genesis_tui.mock_backend.fhir.resource_types import ResourceType
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.access import NO_CLINICAL, NO_TIE, NOT_FOUND, RecordAccess, may_read, refused
from genesis_tui.mock_backend.rules.record import WORDS, word_of, words_of
from genesis_tui.mock_backend.rules.sign_in.scopes import NO_SCOPE, may_search, scope_allows
from genesis_tui.mock_backend.state.access_tokens import Viewer

_OWN = RecordAccess("full", "FAM-1")


class Access:
    """Decides on the FHIR requests to one mock."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    def enter(self, authorization: str | None, kind: ResourceType, interaction: str) -> Viewer | Refused:
        """Whether anything of a type may be asked for: who asks, SUP-5, scopes (`r` read, `s` search)."""
        viewer = self._mock.access_tokens.authenticate(authorization)
        if isinstance(viewer, Refused):
            return viewer
        if viewer.role == "support":
            return NO_CLINICAL
        return viewer if self.covers(viewer, kind.type, interaction) else NO_SCOPE

    def covers(self, viewer: Viewer, resource_type: str, interaction: str) -> bool:
        """Whether the token's scopes cover a type; `patient/` ones do where it stands for a patient."""
        has_patient = viewer.only_patient is not None
        return scope_allows(viewer.scopes, resource_type, interaction, patient=has_patient)

    def standing(self, viewer: Viewer, patient_id: str) -> RecordAccess:
        """How far a patient's record is open to this token; a `launch/patient` token knows one patient only."""
        if viewer.only_patient not in (None, patient_id):
            return NO_TIE
        return self._mock.record_access.of(viewer.person_id, patient_id, self._mock.policy)

    def patient(self, viewer: Viewer, patient_id: str) -> Decision:
        """FAM-4 to FAM-8: whether a patient who is named is open to the viewer at all."""
        standing = self.standing(viewer, patient_id)
        return refused(standing) if standing.access == "none" else Allowed(standing.rule)

    def words(self, viewer: Viewer, patient_id: str, words: frozenset[str]) -> Decision:
        """FAM-3, ID-5: whether all these parts of a patient's record may be searched."""
        return may_search(
            self.standing(viewer, patient_id), words, level=viewer.level, role=viewer.role, policy=self._mock.policy
        )

    def any_id(self, viewer: Viewer, kind: ResourceType) -> Decision:
        """Whether an id of this type may be asked for, decided without looking at the id."""
        if kind.directory or kind.type not in WORDS:
            return Allowed()
        decisions = [self._word(viewer, viewer.only_patient, word) for word in sorted(words_of(kind.type))]
        return next((one for one in decisions if isinstance(one, Allowed)), decisions[0])

    def found(self, viewer: Viewer, kind: ResourceType, found: Single) -> Decision:
        """Whether one resource, already visible by release and sensitivity, may be read by its id."""
        if kind.directory:
            return Allowed()
        word = word_of(kind.type, found.category)
        return self._word(viewer, found.patient_id, word)

    def open_patients(self, viewer: Viewer, words: frozenset[str]) -> tuple[str, ...]:
        """Ids of all whose record a search without a patient looks into, oneself included."""
        near = self._mock.record_access.reachable(viewer.person_id)
        return tuple(p for p in near if isinstance(self.words(viewer, p, words), Allowed))

    def _word(self, viewer: Viewer, patient_id: str | None, word: str) -> Decision:
        standing = _OWN if patient_id is None else self.standing(viewer, patient_id)
        return may_read(standing, word, level=viewer.level, role=viewer.role, policy=self._mock.policy)


def not_there(decision: Decision) -> Decision:
    """FAM-8: a refusal that hangs on whom an id belongs to, told as if nobody had the id."""
    return NOT_FOUND if isinstance(decision, Refused) else decision
