"""`/portal/v1/family/grants` and `/portal/v1/family/access-requests`: access offered, answered, ended, asked for.

A grant is made to a user name. Whether anybody has it is told to nobody: the answer is the same, and until the grant is
accepted each side sees the other's user name, the scope and the end, and nothing else (FAM-12).
"""

import secrets
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection, RowMapping

from genesis_tui.mock_backend.clock import MICROSECOND, from_micros, micros_iso, to_micros
from genesis_tui.mock_backend.database.family.consents import close_consent, open_consent
from genesis_tui.mock_backend.database.family.grants import (
    GrantRow,
    accept_grant,
    add_grant,
    drop_request,
    grant_by_id,
    grants_around,
    put_request,
    refuse_grant,
    requests_to,
    revoke_grant,
)
from genesis_tui.mock_backend.database.family.people import names_of, person_rows, receiver_named, usernames_of
from genesis_tui.mock_backend.database.sign_in.usernames import plain_name
from genesis_tui.mock_backend.http.json import RequestBody, day
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, for_oneself
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.portal.family.members import age_of
from genesis_tui.mock_backend.portal.family.models import AccessRequested, GrantListed
from genesis_tui.mock_backend.rules.family import grants as rules
from genesis_tui.mock_backend.rules.family.grants import Proposal
from genesis_tui.mock_backend.rules.messages.threads import over

router = APIRouter(prefix="/portal/v1/family")
Scope = Literal["full", "limited"]
UserName = Annotated[str, Field(min_length=1, max_length=256)]


class NewGrant(RequestBody):
    """Access to give: `receiver` is a user name, `until` the last day, None for no end."""

    receiver: UserName
    scope: Scope
    until: Annotated[date, BeforeValidator(day, json_schema_input_type=str)] | None = None


class NewAccessRequest(RequestBody):
    """Access to ask for: `user_name` of whose record, and how much of it."""

    user_name: UserName
    scope: Scope


class UnwantedRequest(RequestBody):
    """A request that the caller does not want: `user_name` of who asks."""

    user_name: UserName


@act(router, "POST", "/grants", "grant", "FAM-5", may=for_oneself, creates=True, answers=GrantListed)
def give(doing: Doing, new: NewGrant) -> Json:
    """FAM-5, FAM-12: offer access to the caller's own record; it opens nothing until its receiver accepts it."""
    mock, conn, name = doing.caller.mock, doing.conn, plain_name(new.receiver)
    giver, receiver = person_rows(conn, [doing.viewer])[doing.viewer], receiver_named(conn, name)
    now, zone = mock.clock.now(), ZoneInfo(giver["mtf_zone"])
    waiting = [one for one in grants_around(conn, doing.viewer) if one.offer.state(now) == "waiting"]
    proposal = Proposal(
        giver_age=age_of(giver, now),
        to_oneself=name in usernames_of(conn, [doing.viewer]).values(),
        until=new.until,
        waits=any(one.receiver_name == name for one in waiting if one.giver_id == doing.viewer),
    )
    doing.decided(rules.may_grant(proposal, mock.policy.family, now.astimezone(zone).date()))
    grant = GrantRow(
        id=secrets.token_hex(8),
        giver_id=doing.viewer,
        receiver_id=None if receiver is None else receiver["id"],
        receiver_name=name,
        scope=new.scope,
        kind="proxy",
        since=to_micros(now),
        until=None if new.until is None else to_micros(over(new.until, zone)),
    )
    add_grant(conn, grant)
    return _told(doing.caller, conn, [grant])[0]


@act(router, "POST", "/grants/{grant_id}/accept", "accept-grant", "FAM-12", may=for_oneself, answers=GrantListed)
def accept(doing: Doing, grant_id: str) -> Json:
    """FAM-12: the caller takes the access that was offered to them; it holds from the next request on."""
    mock, conn, now = doing.caller.mock, doing.conn, doing.caller.mock.clock.now()
    grant, me = grant_by_id(conn, grant_id), person_rows(conn, [doing.viewer])[doing.viewer]
    offer = None if grant is None else grant.offer
    doing.decided(rules.may_accept(offer, doing.viewer, age_of(me, now), mock.policy.family, now))
    assert grant is not None
    doing.about(grant.giver_id)
    if grant.accepted is not None:
        doing.changed_nothing()
        return _told(doing.caller, conn, [grant])[0]
    accept_grant(conn, grant_id, now=doing.now)
    taken = grant_by_id(conn, grant_id)
    assert taken is not None
    open_consent(conn, taken, mock.policy)
    doing.afterwards(mock.database.people_changed)
    return _told(doing.caller, conn, [taken])[0]


@act(router, "POST", "/grants/{grant_id}/refuse", "refuse-grant", "FAM-12", may=for_oneself)
def refuse(doing: Doing, grant_id: str) -> None:
    """FAM-12: the caller does not want the access that was offered to them. Asking twice changes nothing."""
    grant = grant_by_id(doing.conn, grant_id)
    offer = None if grant is None else grant.offer
    doing.decided(rules.may_refuse(offer, doing.viewer, doing.caller.mock.clock.now()))
    if grant is not None and grant.refused is not None:
        doing.changed_nothing()
    refuse_grant(doing.conn, grant_id, now=doing.now)


@act(router, "DELETE", "/grants/{grant_id}", "revoke", "FAM-5", may=for_oneself)
def take_back(doing: Doing, grant_id: str) -> None:
    """FAM-5: end a grant that the caller gave, or take back its offer; one that has ended stays as it is."""
    grant = grant_by_id(doing.conn, grant_id)
    doing.decided(rules.may_revoke("" if grant is None else grant.giver_id, doing.viewer))
    revoke_grant(doing.conn, grant_id, now=doing.now)
    if grant is not None and grant.accepted is not None:
        close_consent(doing.conn, grant, now=doing.now, policy=doing.caller.mock.policy)
    doing.afterwards(doing.caller.mock.database.people_changed)


@act(router, "POST", "/access-requests", "ask", "FAM-12", may=for_oneself, creates=True, answers=AccessRequested)
def ask(doing: Doing, new: NewAccessRequest) -> Json:
    """FAM-12: ask for access to an adult's record; that adult alone sees it. Answered alike for everybody."""
    mock, conn, name = doing.caller.mock, doing.conn, plain_name(new.user_name)
    me, asked = person_rows(conn, [doing.viewer])[doing.viewer], receiver_named(conn, name)
    of_oneself = name in usernames_of(conn, [doing.viewer]).values()
    doing.decided(rules.may_ask(age_of(me, mock.clock.now()), mock.policy.family, of_oneself=of_oneself))
    asked_id = None if asked is None else str(asked["id"])
    put_request(conn, doing.viewer, name, asked_id, new.scope, now=doing.now)
    return {"user_name": name, "scope": new.scope, "at": micros_iso(doing.now)}


@act(router, "POST", "/access-requests/refuse", "refuse-request", "FAM-12", may=for_oneself)
def turn_down(doing: Doing, unwanted: UnwantedRequest) -> None:
    """FAM-12: whoever asks the caller for access by this user name gets none, and is told nothing. Answered alike."""
    drop_request(doing.conn, doing.viewer, plain_name(unwanted.user_name))


def grants_told(caller: Caller, conn: Connection) -> list[dict[str, Any]]:
    """The grants that the caller gave or received, oldest first."""
    return _told(caller, conn, grants_around(conn, caller.viewer.person_id))


def requests_told(caller: Caller, conn: Connection) -> list[dict[str, Any]]:
    """Who asks the caller for access, newest first, for as long as the policy says or until they are offered it."""
    kept = timedelta(days=caller.mock.policy.family.request_days) // MICROSECOND
    since = caller.mock.clock.micros() - kept
    found = requests_to(conn, caller.viewer.person_id, since=since)
    return [{"user_name": one.asker, "scope": one.scope, "at": micros_iso(one.at)} for one in found]


def _told(caller: Caller, conn: Connection, grants: list[GrantRow]) -> list[dict[str, Any]]:
    people = {one for grant in grants for one in (grant.giver_id, grant.receiver_id) if one}
    rows, users = person_rows(conn, people), usernames_of(conn, people)
    names = names_of(conn, people)
    return [_listed(caller, grant, rows[grant.giver_id], names, users) for grant in grants]


def _listed(
    caller: Caller, grant: GrantRow, giver: RowMapping, names: dict[str, str], users: dict[str, str]
) -> dict[str, Any]:
    """A grant as both sides see it. Names are told of a grant that was accepted, user names before (FAM-12)."""
    zone = ZoneInfo(giver["mtf_zone"])
    last = None if grant.until is None else from_micros(grant.until - 1).astimezone(zone).date()
    since = grant.since if grant.accepted is None else grant.accepted
    known = grant.accepted is not None
    return {
        "id": grant.id,
        "giver": names[grant.giver_id] if known else users.get(grant.giver_id, ""),
        "receiver": names[grant.receiver_id] if known and grant.receiver_id else grant.receiver_name,
        "scope": grant.scope,
        "kind": grant.kind,
        "state": grant.offer.state(caller.mock.clock.now()),
        "since": from_micros(since).astimezone(zone).date().isoformat(),
        "until": None if last is None else last.isoformat(),
        "ended": micros_iso(grant.revoked),
        "mine": grant.giver_id == caller.viewer.person_id,
    }
