"""Who calls the portal, and the one way in which handlers ask the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple, NoReturn

from fastapi import Depends
from starlette.requests import Request

from genesis_tui.mock_backend.database.family.audit import AuditEvent
from genesis_tui.mock_backend.http.problems import Problem
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.access import NO_CLINICAL, RecordAccess, may_read
from genesis_tui.mock_backend.rules.sign_in.sessions import may_use_portal
from genesis_tui.mock_backend.state.access_tokens import Viewer
from genesis_tui.mock_backend.state.request_log import LogEntry

BASE = "/portal/v1/"


class Act(NamedTuple):
    """What somebody does in a word, with whose record, and the rule that lets them (AUD-1, FAM-10)."""

    what: str
    patient_id: str
    rule: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A request of a signed-in person, and how its handler asks the rules."""

    mock: Mock
    viewer: Viewer
    entry: LogEntry

    def standing(self, patient_id: str) -> RecordAccess:
        """How far a record is open to the caller."""
        return self.mock.record_access.of(self.viewer.person_id, patient_id, self.mock.policy)

    def may(self, patient_id: str, category: str) -> Decision:
        """What the rules say of reading one category of a record (ID-5, FAM-1 to FAM-8, SUP-5)."""
        return may_read(
            self.standing(patient_id), category, level=self.viewer.level, role=self.viewer.role, policy=self.mock.policy
        )

    def read(self, patient_id: str, category: str, what: str) -> None:
        """Go on only if the category may be read; raises Problem. Reads of others and refusals are audited (AUD-1)."""
        decision = self.may(patient_id, category)
        if isinstance(decision, Refused) or patient_id != self.viewer.person_id:
            self.note(decision, what, patient_id)
        else:
            self.entry.note(decision, patient=patient_id)
        if isinstance(decision, Refused):
            raise Problem(decision)

    def opens(self, patient_id: str, category: str) -> bool:
        """Whether the caller may read one category of a record: what asks so tells nothing of what it may not."""
        return isinstance(self.may(patient_id, category), Allowed)

    def open_patients(self, category: str) -> list[str]:
        """Ids of all of whose record the caller may read one category, oneself included.

        What is looked for by an id alone is looked for among these, so that an id of anybody else's takes no more
        time than one that nobody has (FAM-8).
        """
        near = self.mock.record_access.reachable(self.viewer.person_id)
        return [patient for patient in near if self.opens(patient, category)]

    def clinical(self, what: str) -> None:
        """Go on only for a patient's sign-in (SUP-5); raises Problem."""
        if self.viewer.role == "support":
            self.refuse(NO_CLINICAL, what, "")

    def decided(self, decision: Decision, what: str, patient_id: str) -> None:
        """Note what a rule said of an action, and raise Problem if it refused."""
        if isinstance(decision, Refused):
            self.refuse(decision, what, patient_id)
        self.entry.note(decision, patient=patient_id)

    def refuse(
        self, refused: Refused, what: str, patient_id: str, *, more: Mapping[str, object] | None = None
    ) -> NoReturn:
        """Note a refusal, and raise it as a Problem with `more` members."""
        self.note(refused, what, patient_id)
        raise Problem(refused, more=more)

    def note(self, decision: Decision, what: str, patient_id: str) -> None:
        """Write a decision to the audit and the request log (AUD-1, FAM-10)."""
        self.mock.audit.add(self.event(decision, what, patient_id))

    def event(self, decision: Decision, what: str, patient_id: str) -> AuditEvent:
        """Write a decision to the request log, and give the event to write to the audit."""
        self.entry.note(decision, patient=patient_id)
        who = self.viewer.person_id
        return self.mock.event(decision, what, who_id=who, for_id=patient_id, request_id=self.entry.id)


async def _caller(request: Request) -> Caller:
    mock: Mock = request.app.state.mock
    viewer = mock.access_tokens.authenticate(request.headers.get("authorization"))
    if isinstance(viewer, Refused):
        raise Problem(viewer)
    entry: LogEntry = request.scope["entry"]
    entry.person = viewer.person_id
    path = request.scope["path"].removeprefix(BASE)
    decision = may_use_portal(viewer.scopes, path, reads=request.method in ("GET", "HEAD"))
    if isinstance(decision, Refused):
        entry.note(decision)
        raise Problem(decision)
    return Caller(mock, viewer, entry)


SignedIn = Annotated[Caller, Depends(_caller)]
"""The parameter of every portal handler."""
