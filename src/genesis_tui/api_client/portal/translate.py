"""Portal shapes to models."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import ValidationError

from genesis_tui.api_client.portal import decoding as shapes
from genesis_tui.models import family as people
from genesis_tui.models import sign_in
from genesis_tui.models import support as support_module
from genesis_tui.models.base import permission
from genesis_tui.models.family import Access
from genesis_tui.models.home import AwaitedAnswer, NewItem, PersonNews, UpcomingAppointment
from genesis_tui.models.messages.drafts import FileKind, MessageLimits

S = TypeVar("S", bound=shapes.Shape)
_ACCESS = {"full": Access.FULL, "limited": Access.LIMITED}


def each(shape: type[S], rows: Iterable[Any]) -> list[S]:
    """The rows that have the shape; a broken row costs itself."""
    kept = []
    for row in rows:
        try:
            kept.append(shape.model_validate(row))
        except ValidationError:
            continue
    return kept


def signed_in(source: shapes.Session) -> sign_in.SignedIn:
    """`GET session`."""
    support = source.support
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
        outages=tuple(_outage(o) for o in each(shapes.Outage, source.outages)),
        support=support_module.SupportDesk(support.name, support.phone, support.hours, support.chat)
        if support
        else support_module.SupportDesk(),
        can=cans(source.can),
        offline=source.kind == "offline",
        idle_minutes=source.limits.idle_minutes,
        idle_warning_minutes=source.limits.idle_warning_minutes,
        messages=_message_limits(source.limits.messages),
    )


def _message_limits(said: Any) -> MessageLimits:
    """MSG-3, MSG-4, MSG-6; the usual ones where a server does not say."""
    for source in each(shapes.MessageLimits, [said]):
        kinds = (FileKind(k.endings, k.content_type, tuple(map(_hex, k.starts))) for k in source.kinds)
        return MessageLimits(
            subject=source.subject_characters,
            body=source.body_characters,
            files=source.files,
            file_size=source.file_bytes,
            files_size=source.files_bytes,
            kinds=tuple(kinds),
            categories=tuple((c.code, c.title) for c in source.categories),
            notice=source.emergency.notice,
            emergency_words=source.emergency.words,
            emergency_lines=source.emergency.lines,
        )
    return MessageLimits()


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def sign_ins(source: shapes.Grants) -> tuple[sign_in.ScriptSignIn, ...]:
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
        for one in each(shapes.OfflineGrant, source.grants)
    )


def family(source: shapes.Family) -> people.Family:
    """`GET family`."""
    return people.Family(
        tuple(_member(m) for m in each(shapes.Member, source.people)),
        tuple(grant(g) for g in each(shapes.Grant, source.grants)),
    )


def grant(source: shapes.Grant) -> people.Grant:
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


def news(source: shapes.News, person: people.FamilyMember) -> PersonNews:
    """`GET patients/{id}/news`."""
    items = [
        NewItem(i.place, f"{i.type}/{i.id}" if i.type and i.id else "", i.title, i.state, i.at, i.until)
        for i in each(shapes.NewsItem, source.items)
    ]
    coming = [
        UpcomingAppointment(c.at, c.zone, c.what, c.place, c.status, c.key) for c in each(shapes.Coming, source.coming)
    ]
    waiting = [
        AwaitedAnswer(f"Thread/{w.id}", w.title, w.recipient, w.due, w.overdue)
        for w in each(shapes.Waiting, source.waiting)
    ]
    return PersonNews(person, tuple(items), tuple(coming), tuple(waiting))


def profile(source: shapes.Profile) -> people.Profile:
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


def access_page(source: shapes.AccessLog) -> people.AccessPage:
    """`GET patients/{id}/access-log`."""
    events = [people.AccessEvent(e.at, e.who, e.what, e.outcome) for e in each(shapes.Event, source.events)]
    return people.AccessPage(tuple(events), source.next or "")


def _member(source: shapes.Member) -> people.FamilyMember:
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


def cans(rows: Iterable[Any]) -> tuple[permission.Permission, ...]:
    """WIRE's `can` rows."""
    return tuple(
        permission.Permission(c.action, c.allowed, c.rule, c.reason, c.title, c.next, c.since)
        for c in each(shapes.Can, rows)
    )


def _outage(source: shapes.Outage) -> support_module.Outage:
    return support_module.Outage(source.title, source.detail, source.still_works, source.since, source.until)
