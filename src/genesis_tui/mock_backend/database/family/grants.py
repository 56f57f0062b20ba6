"""Grants, and the facts of kin and grants that the family rules decide on."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, or_, select, union, update

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.schema.family import grants, kin, person
from genesis_tui.mock_backend.rules.family.access import FamilyFacts, GrantFacts


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant as stored; instants in microseconds since 1970 UTC."""

    id: str
    giver_id: str
    receiver_id: str
    scope: str
    kind: str
    since: int
    until: int | None = None
    revoked: int | None = None


def facts_for(conn: Connection, viewer_id: str, patient_id: str, now: datetime) -> FamilyFacts | None:
    """What the rules need to know of a viewer and a patient; None where nobody has the patient's id.

    "Today" is the date at `now` in the zone of the sponsor's MTF.
    """
    patient = conn.execute(
        select(person.c.birth_date, person.c.mtf_zone).where(person.c.id == patient_id)
    ).one_or_none()
    if patient is None:
        return None
    tie = select(kin.c.parental).where(kin.c.person_id == viewer_id, kin.c.relative_id == patient_id)
    parental = conn.execute(tie).scalar_one_or_none()
    given = select(grants).where(grants.c.giver_id == patient_id, grants.c.receiver_id == viewer_id)
    return FamilyFacts(
        viewer_id=viewer_id,
        patient_id=patient_id,
        patient_birth=date.fromisoformat(patient.birth_date),
        today=now.astimezone(ZoneInfo(patient.mtf_zone)).date(),
        parental=bool(parental),
        kin=parental is not None,
        grants=tuple(_facts(GrantRow(**row)) for row in conn.execute(given).mappings()),
        zone=patient.mtf_zone,
    )


def reachable(conn: Connection, viewer_id: str) -> tuple[str, ...]:
    """Ids of everybody a viewer has any tie to: oneself, kin, and who ever granted access; in order of id."""
    relatives = select(kin.c.relative_id.label("id")).where(kin.c.person_id == viewer_id)
    givers = select(grants.c.giver_id.label("id")).where(grants.c.receiver_id == viewer_id)
    return tuple(sorted({viewer_id, *conn.execute(union(relatives, givers)).scalars()}))


def grants_around(conn: Connection, person_id: str) -> list[GrantRow]:
    """All grants that a person gave or received, ended ones included, oldest first."""
    wanted = select(grants).where(or_(grants.c.giver_id == person_id, grants.c.receiver_id == person_id))
    return [GrantRow(**row) for row in conn.execute(wanted.order_by(grants.c.since, grants.c.id)).mappings()]


def grant_by_id(conn: Connection, grant_id: str) -> GrantRow | None:
    """The grant with this id, ended or not."""
    row = conn.execute(select(grants).where(grants.c.id == grant_id)).mappings().one_or_none()
    return None if row is None else GrantRow(**row)


def add_grant(conn: Connection, grant: GrantRow) -> None:
    """Keeps a new grant (FAM-5). The caller says so by `Database.people_changed`."""
    values = {column.name: getattr(grant, column.name) for column in grants.columns}
    conn.execute(insert(grants).values(values))


def revoke_grant(conn: Connection, grant_id: str, *, now: int) -> None:
    """Ends a grant at `now`; one that was revoked before keeps its first time. `people_changed` follows."""
    change = update(grants).where(grants.c.id == grant_id, grants.c.revoked.is_(None))
    conn.execute(change.values(revoked=now))


def _facts(row: GrantRow) -> GrantFacts:
    until = None if row.until is None else from_micros(row.until)
    revoked = None if row.revoked is None else from_micros(row.revoked)
    return GrantFacts(row.scope, row.kind, from_micros(row.since), until, revoked)
