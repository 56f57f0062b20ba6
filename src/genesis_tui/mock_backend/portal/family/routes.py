"""`/portal/v1/family` and `/portal/v1/counts`: whose records are open, why, what is new in them, and the grants
behind it (FAM-1 to FAM-6)."""

import secrets
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import from_micros, micros_iso, to_micros
from genesis_tui.mock_backend.database.family.consents import close_consent, open_consent
from genesis_tui.mock_backend.database.family.grants import (
    GrantRow,
    add_grant,
    grant_by_id,
    grants_around,
    revoke_grant,
)
from genesis_tui.mock_backend.database.family.people import names_of, person_rows, receiver_named
from genesis_tui.mock_backend.database.sign_in.usernames import plain_name
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody, day
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, for_oneself
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.family.members import age_of, family_rows
from genesis_tui.mock_backend.portal.family.models import CountsAnswer, FamilyAnswer, GrantListed
from genesis_tui.mock_backend.rules.family.grants import Proposal, may_grant, may_revoke
from genesis_tui.mock_backend.rules.messages.threads import over

router = APIRouter(prefix="/portal/v1")


class NewGrant(RequestBody):
    """Access to give: `receiver` is a user name or a person's id, `until` the last day, None for no end."""

    receiver: str = Field(min_length=1, max_length=256)
    scope: Literal["full", "limited"]
    until: Annotated[date, BeforeValidator(day, json_schema_input_type=str)] | None = None


@router.get("/family", **answers(FamilyAnswer))
async def family(caller: SignedIn) -> Response:
    """Everybody the caller has a tie to, oneself first, and the caller's grants."""
    caller.clinical("family")
    with caller.mock.database.begin() as conn:
        people = family_rows(caller, conn)
        grants = _grants(conn, caller.viewer.person_id)
    return JSONResponse({"people": people, "grants": grants})


@router.get("/counts", **answers(CountsAnswer))
async def counts(caller: SignedIn) -> Response:
    """New results and unread messages of each person whose record is open to the caller, by id, and of all together."""
    caller.clinical("counts")
    with caller.mock.database.begin() as conn:
        rows = family_rows(caller, conn)
    people = [{"id": row["id"], **row["new"]} for row in rows]
    totals = {name: sum(one[name] for one in people) for name in ("results", "messages")}
    return JSONResponse({"people": people, **totals})


@act(router, "POST", "/family/grants", "grant", "FAM-5", may=for_oneself, creates=True, answers=GrantListed)
def give(doing: Doing, new: NewGrant) -> Json:
    """FAM-5: give another adult access to the caller's own record, from now on."""
    mock, viewer, conn = doing.caller.mock, doing.viewer, doing.conn
    giver = person_rows(conn, [viewer])[viewer]
    receiver = receiver_named(conn, plain_name(new.receiver))
    now, zone = mock.clock.now(), ZoneInfo(giver["mtf_zone"])
    proposal = Proposal(
        giver_id=viewer,
        giver_age=age_of(giver, now),
        receiver_id="" if receiver is None else receiver["id"],
        receiver_age=None if receiver is None else age_of(receiver, now),
        until=new.until,
    )
    doing.decided(may_grant(proposal, mock.policy.family, now.astimezone(zone).date()))
    grant = GrantRow(
        id=secrets.token_hex(8),
        giver_id=viewer,
        receiver_id=proposal.receiver_id,
        scope=new.scope,
        kind="proxy",
        since=to_micros(now),
        until=None if new.until is None else to_micros(over(new.until, zone)),
    )
    add_grant(conn, grant)
    open_consent(conn, grant, mock.policy)
    doing.afterwards(mock.database.people_changed)
    return _listed(grant, names_of(conn, [viewer, grant.receiver_id]), giver["mtf_zone"], viewer)


@act(router, "DELETE", "/family/grants/{grant_id}", "revoke", "FAM-5", may=for_oneself)
def take_back(doing: Doing, grant_id: str) -> None:
    """FAM-5: end a grant that the caller gave; one that has ended stays as it is."""
    grant = grant_by_id(doing.conn, grant_id)
    doing.decided(may_revoke("" if grant is None else grant.giver_id, doing.viewer))
    revoke_grant(doing.conn, grant_id, now=doing.now)
    if grant is not None:
        close_consent(doing.conn, grant, now=doing.now, policy=doing.caller.mock.policy)
    doing.afterwards(doing.caller.mock.database.people_changed)


def _grants(conn: Connection, viewer_id: str) -> list[dict[str, Any]]:
    """The grants that a person gave or received, oldest first."""
    grants = grants_around(conn, viewer_id)
    people = {one for grant in grants for one in (grant.giver_id, grant.receiver_id)}
    names, rows = names_of(conn, people), person_rows(conn, people)
    return [_listed(grant, names, rows[grant.giver_id]["mtf_zone"], viewer_id) for grant in grants]


def _listed(grant: GrantRow, names: dict[str, str], zone: str, viewer_id: str) -> dict[str, Any]:
    place = ZoneInfo(zone)
    last = None if grant.until is None else from_micros(grant.until - 1).astimezone(place).date()
    return {
        "id": grant.id,
        "giver": names[grant.giver_id],
        "receiver": names[grant.receiver_id],
        "scope": grant.scope,
        "kind": grant.kind,
        "since": from_micros(grant.since).astimezone(place).date().isoformat(),
        "until": None if last is None else last.isoformat(),
        "ended": micros_iso(grant.revoked),
        "mine": grant.giver_id == viewer_id,
    }
