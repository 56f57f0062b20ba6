"""Whoever is signed in (`session`, SESS) and becoming Premium (`proofing`, ID-6) on the portal API."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from genesis_tui.api_client.portal.appointments.limits import appointment_limits
from genesis_tui.api_client.portal.client import PortalClient, read
from genesis_tui.api_client.portal.decoding import Cans, Decoder, PortalJson, lines, optional
from genesis_tui.api_client.portal.messages.limits import message_limits
from genesis_tui.models.sign_in import (
    REFILL_BATCH,
    REFILL_NOTE,
    Choice,
    Contact,
    Outage,
    Proofing,
    Question,
    Questions,
    ScriptSignIn,
    SignedIn,
    SupportDesk,
)

_OUTAGE = Decoder(Outage, names={"since": "from"}, absent={"detail": ""}, read={"detail": lines})
"""SUP-6."""
_SUPPORT = Decoder(SupportDesk, needed=("name", "phone"), absent={"hours": ""})
"""SUP-1, SUP-2."""
_CONTACT = Decoder(Contact)
_PROOFING = Decoder(Proofing, absent={"contacts": (), "tries_left": 0}, read={"contacts": _CONTACT.each})
_CHOICE = Decoder(Choice)
_QUESTION = Decoder(Question, read={"choices": _CHOICE.each})
_QUESTIONS = Decoder(Questions, names={"asked": "questions"}, absent={"seconds": 0}, read={"asked": _QUESTION.each})
"""ID-11."""


_MOST = 100_000


class PersonJson(PortalJson, frozen=True):
    """The person signed in."""

    id: str
    name: str
    zone: str = "UTC"


class SessionLimitsJson(PortalJson, frozen=True):
    """SESS-2."""

    idle_minutes: int = 15
    idle_warning_minutes: int = 2
    messages: Any = None
    appointments: Any = None
    refills: Any = None

    def of_refills(self, name: str, usual: int) -> int:
        """A limit of refills, where it is told."""
        told = self.refills.get(name) if isinstance(self.refills, dict) else None
        return told if type(told) is int and 1 <= told <= _MOST else usual


class SessionJson(PortalJson, frozen=True):
    """`GET session`."""

    person: PersonJson
    method: str
    ends: datetime
    now: datetime
    method_title: str = ""
    level_title: str = ""
    role: str = "patient"
    kind: str = "interactive"
    last_visit: datetime | None = None
    ask_first: tuple[str, ...] = ()
    limits: SessionLimitsJson = SessionLimitsJson()
    outages: Annotated[tuple[Outage, ...], _OUTAGE.each] = ()
    support: Annotated[SupportDesk | None, optional(_SUPPORT)] = None
    can: Cans = ()

    def model(self) -> SignedIn:
        """Who is signed in."""
        return SignedIn(
            id=self.person.id,
            name=self.person.name,
            method=self.method_title or self.method,
            method_code=self.method,
            level=self.level_title,
            role=self.role,
            zone=self.person.zone,
            server_now=self.now,
            ends=self.ends,
            last_visit=self.last_visit,
            outages=self.outages,
            support=self.support or SupportDesk(),
            can=self.can,
            ask_first=self.ask_first,
            offline=self.kind == "offline",
            idle_minutes=self.limits.idle_minutes,
            idle_warning_minutes=self.limits.idle_warning_minutes,
            messages=message_limits(self.limits.messages),
            appointments=appointment_limits(self.limits.appointments),
            refill_note=self.limits.of_refills("note_characters", REFILL_NOTE),
            refill_batch=self.limits.of_refills("batch", REFILL_BATCH),
        )


class ScriptSignInJson(PortalJson, frozen=True):
    """One sign-in for scripts."""

    id: str
    scope: str = ""
    method: str = ""
    started: datetime | None = None
    ends: datetime | None = None
    last_used: datetime | None = None

    def model(self) -> ScriptSignIn:
        """What it may read, in words, and until when."""
        reads = "all that you may read" if "portal" in self.scope.split() else "unread counts"
        return ScriptSignIn(self.id, reads, self.method, self.started, self.ends, self.last_used)


class ScriptSignInsJson(PortalJson, frozen=True):
    """`GET session/grants`."""

    grants: Annotated[tuple[ScriptSignInJson, ...], ScriptSignInJson.each] = ()


class LevelJson(PortalJson, frozen=True):
    """`POST proofing`."""

    level_title: str


class PortalSignIn:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def session(self) -> SignedIn:
        """Who is signed in."""
        return (await self._client.get(SessionJson, "session")).model()

    async def ask_first(self, kinds: Iterable[str]) -> None:
        """REL-6: these kinds of results ask before they open, and no others."""
        await self._client.send("PUT", "session/ask-first", {"kinds": sorted(kinds)})

    async def lock(self) -> None:
        """SESS-2: no token of this sign-in works any more."""
        await self._client.send("POST", "session/lock")

    async def sign_ins(self) -> tuple[ScriptSignIn, ...]:
        """SESS-4."""
        found = await self._client.get(ScriptSignInsJson, "session/grants")
        return tuple(one.model() for one in found.grants)

    async def end_sign_in(self, id: str) -> None:
        """SESS-4."""
        await self._client.send("DELETE", f"session/grants/{quote(id, safe='')}")

    async def end_everywhere(self, *, scripts: bool) -> None:
        """LOCK-6: every sign-in of the person, this one included; `scripts`: SESS-4's too."""
        await self._client.send("DELETE", f"sessions?scripts={str(scripts).lower()}")

    async def proofing(self) -> Proofing:
        """Where a code may go (ID-11); refused while proofing pauses, and for whom it can't be done from here."""
        return await self._client.get(_PROOFING, "proofing")

    async def send_proofing_code(self, contact: str) -> None:
        """ID-11. Raises Refused: `tries-paused`."""
        await self._client.send("POST", "proofing/code", {"contact": contact})

    async def questions(self, code: str) -> Questions:
        """What is asked, for the right code. Raises Refused: `code-wrong`, `code-expired`, `tries-paused`."""
        return read(_QUESTIONS, await self._client.send("POST", "proofing/questions", {"code": code}))

    async def prove(self, answers: dict[str, str]) -> str:
        """The level from now on (ID-6). Raises Refused: `proofing-failed`, `proofing-paused`."""
        return read(LevelJson, await self._client.send("POST", "proofing", {"answers": answers})).level_title
