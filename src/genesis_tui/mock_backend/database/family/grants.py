"""Grants and requests for them, and the facts of kin and grants that the family rules decide on."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, exists, insert, or_, select, union, update

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.schema.family import access_request, grants, kin, person
from genesis_tui.mock_backend.database.schema.sign_in import sign_in
from genesis_tui.mock_backend.rules.family.access import FamilyFacts, GrantFacts
from genesis_tui.mock_backend.rules.family.grants import Offer


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant as stored; instants in microseconds since 1970 UTC. `receiver_id` is None where nobody has the name."""

    id: str
    giver_id: str
    receiver_id: str | None
    receiver_name: str
    scope: str
    kind: str
    since: int
    until: int | None = None
    accepted: int | None = None
    refused: int | None = None
    revoked: int | None = None

    @property
    def offer(self) -> Offer:
        """The same for the rules."""
        ends = (self.until, self.accepted, self.refused, self.revoked)
        return Offer(self.giver_id, self.receiver_id or "", *map(_instant, ends))


class AccessRequest(NamedTuple):
    """Somebody asks for access; `asker` is their user name, `at` in microseconds."""

    asker: str
    scope: str
    at: int


_PATIENT = select(person.c.birth_date, person.c.mtf_zone).where(person.c.id == bindparam("patient"))
_PARENTAL = select(kin.c.parental).where(
    kin.c.person_id == bindparam("viewer"), kin.c.relative_id == bindparam("patient")
)
_GIVEN = select(grants).where(grants.c.giver_id == bindparam("patient"), grants.c.receiver_id == bindparam("viewer"))
_REACHABLE = union(
    select(kin.c.relative_id.label("id")).where(kin.c.person_id == bindparam("viewer")),
    select(grants.c.giver_id.label("id")).where(
        grants.c.receiver_id == bindparam("viewer"), grants.c.accepted.is_not(None)
    ),
)
_AROUND = (
    select(grants)
    .where(or_(grants.c.giver_id == bindparam("person"), grants.c.receiver_id == bindparam("person")))
    .order_by(grants.c.since, grants.c.id)
)
_ANSWERED = exists().where(
    grants.c.giver_id == bindparam("person"),
    grants.c.receiver_id == access_request.c.asker_id,
    grants.c.since >= access_request.c.at,
)
_ASKED = (
    select(sign_in.c.username, access_request.c.scope, access_request.c.at)
    .join(sign_in, sign_in.c.person_id == access_request.c.asker_id)
    .where(access_request.c.asked_id == bindparam("person"), access_request.c.at >= bindparam("since"), ~_ANSWERED)
    .order_by(access_request.c.at.desc(), sign_in.c.username)
)


def facts_for(conn: Connection, viewer_id: str, patient_id: str, now: datetime) -> FamilyFacts | None:
    """What the rules need to know of a viewer and a patient; None where nobody has the patient's id.

    "Today" is the date at `now` in the zone of the sponsor's MTF. An id that nobody has takes as long as a stranger's
    (FAM-8).
    """
    both = {"viewer": viewer_id, "patient": patient_id}
    patient = conn.execute(_PATIENT, both).one_or_none()
    parental = conn.execute(_PARENTAL, both).scalar_one_or_none()
    rows = conn.execute(_GIVEN, both).mappings().all()
    if patient is None:
        return None
    return FamilyFacts(
        viewer_id=viewer_id,
        patient_id=patient_id,
        patient_birth=date.fromisoformat(patient.birth_date),
        today=now.astimezone(ZoneInfo(patient.mtf_zone)).date(),
        parental=bool(parental),
        kin=parental is not None,
        grants=tuple(_facts(GrantRow(**row)) for row in rows),
        zone=patient.mtf_zone,
    )


def reachable(conn: Connection, viewer_id: str) -> tuple[str, ...]:
    """Ids of everybody a viewer has any tie to: oneself, kin, and whose grant they accepted; in order of id."""
    return tuple(sorted({viewer_id, *conn.execute(_REACHABLE, {"viewer": viewer_id}).scalars()}))


def grants_around(conn: Connection, person_id: str) -> list[GrantRow]:
    """All grants that a person gave or received, ended ones included, oldest first."""
    return [GrantRow(**row) for row in conn.execute(_AROUND, {"person": person_id}).mappings()]


def grant_by_id(conn: Connection, grant_id: str) -> GrantRow | None:
    """The grant with this id, ended or not."""
    row = conn.execute(select(grants).where(grants.c.id == grant_id)).mappings().one_or_none()
    return None if row is None else GrantRow(**row)


def add_grant(conn: Connection, grant: GrantRow) -> None:
    """Keeps a new grant (FAM-5). The caller says so by `Database.people_changed`."""
    values = {column.name: getattr(grant, column.name) for column in grants.columns}
    conn.execute(insert(grants).values(values))


def accept_grant(conn: Connection, grant_id: str, *, now: int) -> None:
    """Lets a grant take effect (FAM-12). `people_changed` follows."""
    conn.execute(update(grants).where(grants.c.id == grant_id).values(accepted=now))


def refuse_grant(conn: Connection, grant_id: str, *, now: int) -> None:
    """The receiver does not want it; one that was refused before keeps its first time."""
    change = update(grants).where(grants.c.id == grant_id, grants.c.refused.is_(None))
    conn.execute(change.values(refused=now))


def put_request(
    conn: Connection, asker_id: str, asked_name: str, asked_id: str | None, scope: str, *, now: int
) -> None:
    """Keeps that somebody asks a user name for access, in place of what they asked it before."""
    mine = (access_request.c.asker_id == asker_id, access_request.c.asked_name == asked_name)
    conn.execute(delete(access_request).where(*mine))
    row = {"asker_id": asker_id, "asked_name": asked_name, "asked_id": asked_id, "scope": scope, "at": now}
    conn.execute(insert(access_request).values(row))


def drop_request(conn: Connection, asked_id: str, asker_name: str) -> None:
    """The person asked does not want it."""
    asker = select(sign_in.c.person_id).where(sign_in.c.username == asker_name)
    mine = (access_request.c.asked_id == asked_id, access_request.c.asker_id.in_(asker))
    conn.execute(delete(access_request).where(*mine))


def requests_to(conn: Connection, person_id: str, *, since: int) -> list[AccessRequest]:
    """Who asks a person for access since an instant and was given none after it, newest first."""
    return [AccessRequest(*row) for row in conn.execute(_ASKED, {"person": person_id, "since": since})]


def revoke_grant(conn: Connection, grant_id: str, *, now: int) -> None:
    """Ends a grant at `now`; one that was revoked before keeps its first time. `people_changed` follows."""
    change = update(grants).where(grants.c.id == grant_id, grants.c.revoked.is_(None))
    conn.execute(change.values(revoked=now))


def _facts(row: GrantRow) -> GrantFacts:
    return GrantFacts(row.scope, row.kind, *map(_instant, (row.accepted, row.until, row.revoked)))


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
