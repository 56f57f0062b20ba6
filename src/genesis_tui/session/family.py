"""A server that has health records and no portal: nobody's family is known, so the people are those who were picked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import Access, Family, FamilyMember
from genesis_tui.models.sign_in import SignedIn

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.api_client.sign_in.tokens import Tokens
    from genesis_tui.models.family import Patient

OPEN = "open server"
BROWSER = "in the browser"
SIGNED_IN = "signed in"
WORDS = (
    *("results", "immunizations", "allergies", "medications", "conditions", "vitals", "procedures", "visits"),
    *("documents", "social", "careteam", "plans", "orders", "devices", "history", "coverage", "forms"),
)
"""The parts of a record that FHIR holds, as `FamilyMember.may` names them; a server without one of them says so."""
_CAN = tuple(Permission(f"{word}.read", allowed=True) for word in WORDS)


class PickedPatients:
    """The people of one server, and the sign-in behind each: one connection a patient."""

    def __init__(self, server: Server) -> None:
        """Nobody is picked yet."""
        self._server = server
        self._people: dict[str, FamilyMember] = {}
        self._patients: dict[str, Patient] = {}
        self._tokens: dict[str, Tokens] = {}

    @property
    def family(self) -> Family:
        """Those who were picked, in that order."""
        return Family(tuple(self._people.values()))

    @property
    def patients(self) -> tuple[Patient, ...]:
        """The same, as the server knows them."""
        return tuple(self._patients[id] for id in self._people)

    def nobody(self) -> SignedIn:
        """Who is signed in to an open server."""
        return _signed_in("", "", OPEN)

    async def entered(self, tokens: Tokens) -> SignedIn:
        """Go on as the person whom a sign-in names, with the one patient whose record it opens.

        Raises:
            ApiError: the patient can't be read with it.
        """
        if not tokens.patient:
            return _signed_in(tokens.person, tokens.name, BROWSER)
        patient = await self._server.patient(tokens.patient)
        self._tokens[patient.id] = tokens
        self.pick(patient, first=True)
        own = tokens.person.rpartition("Patient/")[2] == patient.id
        return _signed_in(tokens.person, tokens.name or (patient.name if own else ""), BROWSER)

    def pick(self, patient: Patient, *, first: bool = False) -> FamilyMember:
        """The patient as one of the people; `first` puts them before the others."""
        known = self._people.get(patient.id)
        self._patients[patient.id] = patient
        member = known or _member(patient, len(self._people) + 1, OPEN if self._server.is_open else SIGNED_IN)
        others = {id: one for id, one in self._people.items() if id != member.id}
        self._people = {member.id: member, **others} if first else {**self._people, member.id: member}
        return member

    def connect(self, patient_id: str) -> None:
        """Use the sign-in that opens this patient's record."""
        tokens = self._tokens.get(patient_id)
        if tokens is not None:
            self._server.take(tokens)

    async def renewed(self, tokens: Tokens) -> None:
        """A sign-in has new tokens."""
        if tokens.patient:
            self._tokens[tokens.patient] = tokens

    @property
    def held(self) -> tuple[Tokens, ...]:
        """Every sign-in, for its end."""
        return tuple(self._tokens.values())


def _member(patient: Patient, number: int, why: str) -> FamilyMember:
    age = patient.age(datetime.now(UTC).date())
    return FamilyMember(
        id=patient.id,
        number=number,
        name=patient.name,
        given=patient.given,
        family=patient.family,
        relation="",
        age=-1 if age is None else age,
        access=Access.FULL,
        why=why,
        can=_CAN,
    )


def _signed_in(id: str, name: str, method: str) -> SignedIn:
    now = datetime.now(UTC)
    return SignedIn(id, name, method, level="", role="patient", zone="", server_now=now, ends=None)
