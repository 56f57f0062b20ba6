"""Whose records are open to the person: the family that a portal lists, or the patients who were picked.

A server that has health records and no portal knows nobody's family, so the people are those who were picked there.
Models are imported inside the calls: nobody is listed on the way to the first frame.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import NotOffered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import date

    from genesis_tui.api_client.server import Server
    from genesis_tui.api_client.sign_in.tokens import Tokens
    from genesis_tui.models.family import (
        Access,
        AccessPage,
        AccessRequest,
        Family,
        FamilyMember,
        Grant,
        LogKind,
        Patient,
        PatientPage,
        Profile,
    )
    from genesis_tui.models.sign_in import SignedIn
    from genesis_tui.session.acts.outbox import Acts
    from genesis_tui.session.base.cache import RecordCache

OPEN = "open server"
NO_SIGN_IN = "without a sign-in"
BROWSER = "in the browser"
SIGNED_IN = "signed in"
_CODES = {OPEN: "open", NO_SIGN_IN: "none", BROWSER: "browser", SIGNED_IN: "signed-in"}
WORDS = (
    *("results", "immunizations", "allergies", "medications", "conditions", "vitals", "procedures", "visits"),
    *("documents", "social", "careteam", "plans", "orders", "devices", "history", "coverage", "forms"),
)
"""The parts of a record that FHIR holds, as `FamilyMember.may` names them; a server without one of them says so."""
RESULTS = "results.read"


class FamilyAccess:
    """The people of one server, what each lets the person see, and who saw it. Each call needs a sign-in."""

    def __init__(
        self,
        server: "Callable[[], Server]",
        picked: "Callable[[], PickedPatients | None]",
        *,
        cache: "RecordCache",
        acts: "Acts",
        listed: "Callable[[Iterable[FamilyMember]], None]",
    ) -> None:
        """Nobody is asked for yet.

        Args:
            server: gives the one that somebody is signed in to.
            picked: gives who was picked there; None where a portal lists the family.
            cache: keeps only those whose results are open by now.
            acts: gives what the person has under way.
            listed: told of the people whenever the portal listed them.
        """
        self._server = server
        self._picked = picked
        self._cache = cache
        self._acts = acts
        self._listed = listed
        self._family: Family | None = None

    async def load(self, *, fresh: bool = True) -> "Family":
        """Everybody the person may see named, and the grants (FAM-1 to FAM-6). `fresh=False` takes the last answer."""
        server, picked = self._server(), self._picked()
        if picked is not None:
            return picked.family
        if fresh or self._family is None:
            self._family = await server.family.family()
            self._cache.keep_only(p.id for p in self._family.people if p.may(RESULTS).allowed)
            self._listed(self._family.people)
        return self._family

    async def patients(self, text: str = "") -> "AsyncIterator[PatientPage]":
        """Patients of a server without a portal, a page at a time; with a text those whose name or id it means.

        Raises:
            NotOffered: a portal lists the family instead.
        """
        server = self._server()
        self._without_portal()
        async for page in server.patients(text):
            yield page

    def pick(self, patient: "Patient") -> "FamilyMember":
        """A patient of a server without a portal as one of the people whose records can be opened."""
        return self._without_portal().pick(patient)

    def _without_portal(self) -> "PickedPatients":
        picked = self._picked()
        if picked is None:
            raise NotOffered("This portal lists the people whose records you may open.", next="See Family.")
        return picked

    @property
    def by_sign_in(self) -> bool:
        """True where each patient is signed in for: the server hands out one patient a sign-in, and lists nobody."""
        picked = self._picked()
        return picked is not None and bool(picked.held)

    @property
    def picked(self) -> "tuple[Patient, ...]":
        """The patients of a server without a portal that were picked or signed in for."""
        picked = self._picked()
        return picked.patients if picked else ()

    async def profile(self, member: "FamilyMember") -> "Profile":
        """Patient Information of one person without opening their record (DEERS-1)."""
        return await self._server().family.profile(member.id)

    async def access_log(
        self, member: "FamilyMember", *, kind: "LogKind | None" = None, before: str = ""
    ) -> "AccessPage":
        """Who opened a record, newest first (AUD-1); of every kind where none is named."""
        from genesis_tui.models.family import LogKind

        return await self._server().family.access_log(member.id, kind or LogKind.ALL, before)

    async def grant(self, receiver: str, scope: "Access", *, until: "date | None" = None) -> "Grant":
        """Offer another adult access to one's own record; it opens nothing until they accept it (FAM-5, FAM-12).

        Args:
            receiver: the other person's user name.
            scope: full or limited.
            until: last day of access; None for no end.
        """
        from genesis_tui.session.acts.grants import NewGrant

        outbox = await self._acts()
        try:
            act = NewGrant(patient_id="", asked=outbox.clock(), receiver=receiver, scope=scope, until=until)
            made = (await outbox.do(act)).made
        finally:
            self.forget()
        assert made is not None
        return made

    async def revoke(self, grant: "Grant") -> None:
        """End a grant; it holds from the next request on (FAM-5)."""
        from genesis_tui.session.acts.grants import GrantEnd

        outbox = await self._acts()
        try:
            receiver = grant.receiver
            await outbox.do(GrantEnd(patient_id="", asked=outbox.clock(), grant_id=grant.id, receiver=receiver))
        finally:
            self.forget()

    async def answer(self, grant: "Grant", *, accepted: bool) -> None:
        """Accept or refuse access that is offered; what is accepted holds from the next request on (FAM-12)."""
        from genesis_tui.session.acts.grants import GrantAnswer

        outbox = await self._acts()
        try:
            told = GrantAnswer(
                patient_id="", asked=outbox.clock(), grant_id=grant.id, giver=grant.giver, accepted=accepted
            )
            await outbox.do(told)
        finally:
            self.forget()

    async def ask(self, user_name: str, scope: "Access") -> None:
        """Ask an adult for access to their record; the answer is the same for everybody (FAM-12)."""
        from genesis_tui.session.acts.grants import AccessAsked

        outbox = await self._acts()
        await outbox.do(AccessAsked(patient_id="", asked=outbox.clock(), user_name=user_name, scope=scope))

    async def refuse(self, request: "AccessRequest") -> None:
        """Give no access to somebody who asks for it; they are told nothing (FAM-12)."""
        from genesis_tui.session.acts.grants import RequestRefusal

        outbox = await self._acts()
        try:
            await outbox.do(RequestRefusal(patient_id="", asked=outbox.clock(), user_name=request.user_name))
        finally:
            self.forget()

    def forget(self) -> None:
        """The last answer is not taken again."""
        self._family = None


class PickedPatients:
    """The people of one server, and the sign-in behind each: one connection a patient."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._people: dict[str, FamilyMember] = {}
        self._patients: dict[str, Patient] = {}
        self._tokens: dict[str, Tokens] = {}

    @property
    def family(self) -> "Family":
        """Those who were picked, in that order."""
        from genesis_tui.models.family import Family

        return Family(tuple(self._people.values()))

    @property
    def patients(self) -> "tuple[Patient, ...]":
        """The same, as the server knows them."""
        return tuple(self._patients[id] for id in self._people)

    def nobody(self) -> "SignedIn":
        """Who reads a server without a sign-in."""
        return _signed_in("", "", self._way)

    @property
    def _way(self) -> str:
        """How records are read: it is an open server once something was read there without a sign-in."""
        if not self._server.is_open:
            return SIGNED_IN
        return OPEN if self._server.known_open else NO_SIGN_IN

    async def entered(self, tokens: "Tokens") -> "SignedIn":
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

    def pick(self, patient: "Patient", *, first: bool = False) -> "FamilyMember":
        """The patient as one of the people; `first` puts them before the others."""
        known = self._people.get(patient.id)
        self._patients[patient.id] = patient
        member = known or _member(patient, len(self._people) + 1, self._way)
        others = {id: one for id, one in self._people.items() if id != member.id}
        self._people = {member.id: member, **others} if first else {**self._people, member.id: member}
        return member

    def connect(self, patient_id: str) -> None:
        """Use the sign-in that opens this patient's record."""
        tokens = self._tokens.get(patient_id)
        if tokens is not None:
            self._server.take(tokens)

    async def renewed(self, tokens: "Tokens") -> None:
        """A sign-in has new tokens."""
        if tokens.patient:
            self._tokens[tokens.patient] = tokens

    @property
    def held(self) -> "tuple[Tokens, ...]":
        """Every sign-in, for its end."""
        return tuple(self._tokens.values())


def _member(patient: "Patient", number: int, why: str) -> "FamilyMember":
    from genesis_tui.models.base.permission import Permission
    from genesis_tui.models.family import Access, FamilyMember

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
        can=tuple(Permission(f"{word}.read", allowed=True) for word in WORDS),
    )


def _signed_in(id: str, name: str, method: str) -> "SignedIn":
    from genesis_tui.models.sign_in import SignedIn

    now = datetime.now(UTC)
    return SignedIn(
        id, name, method, level="", role="patient", zone="", server_now=now, ends=None, method_code=_CODES[method]
    )
