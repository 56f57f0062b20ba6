"""The family, who may see whose record, and what portal and DEERS say of a person (FAM, AUD, DEERS)."""

from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from genesis_tui.api_client.portal.client import PortalClient, of_patient, shaped
from genesis_tui.api_client.portal.decoding import PortalJson, Text, Words, cans, each
from genesis_tui.models import family as people
from genesis_tui.models.family import Access, AccessPage, Family, Grant, Profile


class NewJson(PortalJson):
    """Counts of what is new."""

    results: int = 0
    messages: int = 0


class MemberJson(PortalJson):
    """One person of `GET family`."""

    id: Words
    number: int
    name: Words
    given: Text = ""
    family: Text = ""
    relation: Text = ""
    age: int
    access: str
    why: Text = ""
    rule: Text = ""
    reason: Text = ""
    next: Text = ""
    until: date | None = None
    new: NewJson = NewJson()
    can: tuple[Any, ...] = ()


class GrantJson(PortalJson):
    """FAM-5."""

    id: Words
    giver: Text = ""
    receiver: Text = ""
    scope: str
    kind: Text = "proxy"
    since: date
    until: date | None = None
    ended: datetime | None = None
    mine: bool = False


class FamilyJson(PortalJson):
    """`GET family`."""

    people: list[Any]
    grants: tuple[Any, ...] = ()


class DeersJson(PortalJson):
    """DEERS-1."""

    name: Text = ""
    birth_date: Text = ""
    dod_id: Text = ""
    sex: Text = ""
    address: tuple[Words, ...] = ()
    email: Text = ""
    phone: Text = ""
    read_at: AwareDatetime | None = None


class ProfileJson(PortalJson):
    """`GET patients/{id}/profile`."""

    deers: DeersJson
    status: Text = ""
    pcm: Text = ""
    team: tuple[Words, ...] = ()
    clinics: tuple[Words, ...] = ()
    methods: tuple[Words, ...] = ()
    level: Text = ""
    sharing: Text = ""


class AccessEventJson(PortalJson):
    """AUD-1."""

    at: AwareDatetime
    who: Words
    what: Text = ""
    outcome: Text = ""


class AccessLogJson(PortalJson):
    """`GET patients/{id}/access-log`."""

    events: tuple[Any, ...] = ()
    next: str | None = None


class _Field(PortalJson):
    title: Text
    portal: Text = ""
    deers: Text = ""
    same: bool = False


class _Error(PortalJson):
    title: Text = ""
    next: Text = ""


class _Deers(PortalJson):
    read_at: AwareDatetime | None = None
    before_at: AwareDatetime | None = None
    error: _Error | None = None
    fields: list[Any] = Field(default_factory=list)


_ACCESS = {"full": Access.FULL, "limited": Access.LIMITED}


class PortalFamily:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def family(self) -> Family:
        """FAM-1 to FAM-6."""
        return family(await self._client.get(FamilyJson, "family"))

    async def profile(self, patient_id: str) -> Profile:
        """DEERS-1, MSG-2."""
        return profile(await self._client.get(ProfileJson, of_patient(patient_id, "profile")))

    async def access_log(self, patient_id: str, before: str) -> AccessPage:
        """AUD-1; `before` is the `next` of the page before."""
        parameters = (("before", before),) if before else ()
        page = await self._client.get(AccessLogJson, of_patient(patient_id, "access-log"), parameters)
        return access_page(page)

    async def grant(self, receiver: str, scope: Access, until: date | None) -> Grant:
        """FAM-5; a new idempotency key each time, as the person meant each."""
        body = {
            "receiver": receiver,
            "scope": scope.name.lower(),
            "until": until.isoformat() if until else None,
        }
        answer = await self._client.send("POST", "family/grants", body, once=True)
        return grant(shaped(GrantJson, answer))

    async def revoke(self, grant_id: str) -> None:
        """FAM-5."""
        await self._client.send("DELETE", f"family/grants/{quote(grant_id, safe='')}")

    async def deers(self, patient_id: str) -> people.DeersView:
        """One's own record alone; reading it brings the portal up to date (DEERS-2)."""
        found = await self._client.get(_Deers, of_patient(patient_id, "deers"))
        error = found.error or _Error()
        return people.DeersView(
            tuple(people.DeersField(f.title, f.portal, f.deers, f.same) for f in each(_Field, found.fields)),
            found.read_at,
            found.before_at,
            error.title,
            error.next,
        )


def family(source: FamilyJson) -> people.Family:
    """`GET family`."""
    return people.Family(
        tuple(_member(m) for m in each(MemberJson, source.people)),
        tuple(grant(g) for g in each(GrantJson, source.grants)),
    )


def grant(source: GrantJson) -> people.Grant:
    """One grant."""
    return people.Grant(
        id=source.id,
        giver=source.giver,
        receiver=source.receiver,
        scope=_ACCESS.get(source.scope, Access.NONE),
        kind=source.kind,
        since=source.since,
        until=source.until,
        ended=source.ended,
        mine=source.mine,
    )


def profile(source: ProfileJson) -> people.Profile:
    """`GET patients/{id}/profile`."""
    deers = source.deers
    return people.Profile(
        name=deers.name,
        birth_date=deers.birth_date,
        dod_id=deers.dod_id,
        sex=deers.sex,
        address=tuple(deers.address),
        email=deers.email,
        phone=deers.phone,
        status=source.status,
        deers_read=deers.read_at,
        pcm=source.pcm,
        team=tuple(source.team),
        clinics=tuple(source.clinics),
        methods=tuple(source.methods),
        level=source.level,
        sharing=source.sharing,
    )


def access_page(source: AccessLogJson) -> people.AccessPage:
    """`GET patients/{id}/access-log`."""
    events = [people.AccessEvent(e.at, e.who, e.what, e.outcome) for e in each(AccessEventJson, source.events)]
    return people.AccessPage(tuple(events), source.next or "")


def _member(source: MemberJson) -> people.FamilyMember:
    return people.FamilyMember(
        id=source.id,
        number=source.number,
        name=source.name,
        given=source.given,
        family=source.family,
        relation=source.relation,
        age=source.age,
        access=_ACCESS.get(source.access, Access.NONE),
        why=source.why,
        rule=source.rule,
        reason=source.reason,
        next=source.next,
        until=source.until,
        new_results=source.new.results,
        unread=source.new.messages,
        can=cans(source.can),
    )
