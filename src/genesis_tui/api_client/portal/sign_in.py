"""Whoever is signed in (`session`, SESS) and becoming Premium (`proofing`, ID-6) on the portal API."""

from typing import Any
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from genesis_tui.api_client.portal.client import PortalClient, shaped
from genesis_tui.api_client.portal.decoding import Lines, PortalJson, Text, Words, cans, each
from genesis_tui.api_client.portal.messages.limits import message_limits
from genesis_tui.models import sign_in, support
from genesis_tui.models.sign_in import ScriptSignIn, SignedIn


class OutageJson(PortalJson):
    """SUP-6."""

    title: Words
    detail: Lines = ""
    still_works: Text = ""
    since: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None


class SupportJson(PortalJson):
    """SUP-1, SUP-2."""

    name: Words
    phone: Words
    hours: Text = ""
    chat: bool = False


class PersonJson(PortalJson):
    """The person signed in."""

    id: Words
    name: Words
    zone: Text = "UTC"


class SessionLimitsJson(PortalJson):
    """SESS-2."""

    idle_minutes: int = 15
    idle_warning_minutes: int = 2
    messages: Any = None


class SessionJson(PortalJson):
    """`GET session`."""

    person: PersonJson
    method: Words
    method_title: Text = ""
    level_title: Text = ""
    role: Words = "patient"
    kind: Words = "interactive"
    ends: AwareDatetime
    now: AwareDatetime
    last_visit: AwareDatetime | None = None
    limits: SessionLimitsJson = SessionLimitsJson()
    outages: tuple[Any, ...] = ()
    support: SupportJson | None = None
    can: tuple[Any, ...] = ()


class ScriptSignInsJson(PortalJson):
    """`GET session/grants`."""

    grants: tuple[Any, ...] = ()


class ScriptSignInJson(PortalJson):
    """One sign-in for scripts."""

    id: Words
    scope: Words = ""
    method: Text = ""
    started: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    last_used: AwareDatetime | None = None


class _Question(PortalJson):
    id: Words
    text: Text
    hint: Text = ""


class _Proofing(PortalJson):
    questions: list[Any] = Field(default_factory=list)
    tries_left: int = 0


class _Level(PortalJson):
    level_title: Words


class PortalSignIn:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def session(self) -> SignedIn:
        """Who is signed in."""
        return signed_in(await self._client.get(SessionJson, "session"))

    async def lock(self) -> None:
        """SESS-2: no token of this sign-in works any more."""
        await self._client.send("POST", "session/lock")

    async def sign_ins(self) -> tuple[ScriptSignIn, ...]:
        """SESS-4."""
        return sign_ins(await self._client.get(ScriptSignInsJson, "session/grants"))

    async def end_sign_in(self, id: str) -> None:
        """SESS-4."""
        await self._client.send("DELETE", f"session/grants/{quote(id, safe='')}")

    async def questions(self) -> sign_in.Proofing:
        """What is asked (ID-6); refused while proofing pauses."""
        found = await self._client.get(_Proofing, "proofing")
        asked = tuple(sign_in.Question(q.id, q.text, q.hint) for q in each(_Question, found.questions))
        return sign_in.Proofing(asked, found.tries_left)

    async def prove(self, answers: dict[str, str]) -> str:
        """The level from now on (ID-6). Raises Refused: `proofing-failed`, `proofing-paused`."""
        return shaped(_Level, await self._client.send("POST", "proofing", {"answers": answers})).level_title


def signed_in(source: SessionJson) -> sign_in.SignedIn:
    """`GET session`."""
    desk = source.support
    return sign_in.SignedIn(
        id=source.person.id,
        name=source.person.name,
        method=source.method_title or source.method,
        level=source.level_title,
        role=source.role,
        zone=source.person.zone,
        server_now=source.now,
        ends=source.ends,
        last_visit=source.last_visit,
        outages=tuple(_outage(o) for o in each(OutageJson, source.outages)),
        support=support.SupportDesk(desk.name, desk.phone, desk.hours, desk.chat) if desk else support.SupportDesk(),
        can=cans(source.can),
        offline=source.kind == "offline",
        idle_minutes=source.limits.idle_minutes,
        idle_warning_minutes=source.limits.idle_warning_minutes,
        messages=message_limits(source.limits.messages),
    )


def sign_ins(source: ScriptSignInsJson) -> tuple[sign_in.ScriptSignIn, ...]:
    """`GET session/grants`."""
    return tuple(
        sign_in.ScriptSignIn(
            id=one.id,
            reads="all that you may read" if "portal" in one.scope.split() else "unread counts",
            method=one.method,
            started=one.started,
            ends=one.ends,
            last_used=one.last_used,
        )
        for one in each(ScriptSignInJson, source.grants)
    )


def _outage(source: OutageJson) -> support.Outage:
    return support.Outage(source.title, source.detail, source.still_works, source.since, source.until)
