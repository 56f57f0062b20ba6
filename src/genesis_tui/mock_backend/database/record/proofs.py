"""What of records can be asked about in proofing, and who else could ever read a record (ID-11)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, select

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.schema.family import grants, kin, person
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.rules.family.access import turns
from genesis_tui.mock_backend.rules.policy import FamilyPolicy
from genesis_tui.mock_backend.rules.record import word_of
from genesis_tui.mock_backend.rules.sign_in.proofing import Reading, RecordFact

Named = tuple[str, str]
"""What kind of entry, and its name."""
_TYPES = ("DiagnosticReport", "Condition", "Procedure")
_MOST = 20_000
"""Entries that are looked at for what others have."""
_NOT_SO = frozenset({"refuted", "not-done", "entered-in-error"})


def record_facts(conn: Connection, person_id: str, now: int) -> list[RecordFact]:
    """The entries of a record that show by `now` (microseconds) and can be asked about: not those marked sensitive."""
    shows = (resource.c.hidden.is_(False), resource.c.sensitive.is_(False), resource.c.release_at <= now)
    return [fact for _, fact in _facts(conn, resource.c.patient_id == person_id, *shows)]


def names_of_all(conn: Connection) -> dict[Named, frozenset[str]]:
    """Each name that an entry of anybody has -> whose entries have it."""
    people: dict[Named, set[str]] = defaultdict(set)
    for owner, fact in _facts(conn):
        people[fact.kind, fact.name].add(owner)
    return {named: frozenset(owners) for named, owners in people.items()}


def readings(conn: Connection, person_id: str, policy: FamilyPolicy) -> list[Reading]:
    """Every access that somebody else has or had to a record: as a parent (FAM-2, FAM-3), and by grants (FAM-5)."""
    row = conn.execute(select(person).where(person.c.id == person_id)).mappings().one()
    given = conn.execute(select(grants).where(grants.c.giver_id == person_id)).mappings()
    found = [_by_grant(grant) for grant in given]
    parents = select(kin.c.person_id).where(kin.c.relative_id == person_id, kin.c.parental)
    return [*found, *_of_parents(row, policy)] if conn.execute(parents).first() is not None else found


def _of_parents(row: RowMapping, policy: FamilyPolicy) -> Iterator[Reading]:
    birth, zone = date.fromisoformat(row["birth_date"]), ZoneInfo(row["mtf_zone"])
    for full, years in ((True, policy.teen_from), (False, policy.adult_from)):
        day = turns(birth, years)
        yield Reading(full, datetime(day.year, day.month, day.day, tzinfo=zone))


def _by_grant(grant: RowMapping) -> Reading:
    ends = [end for end in (grant["until"], grant["revoked"]) if end is not None]
    return Reading(grant["scope"] == "full", from_micros(min(ends)) if ends else None)


def _facts(conn: Connection, *where: ColumnElement[bool]) -> Iterator[tuple[str, RecordFact]]:
    columns = (resource.c.type, resource.c.category, resource.c.patient_id, resource.c.at, resource.c.release_at)
    wanted = select(*columns, resource.c.body).where(resource.c.type.in_(_TYPES), *where).limit(_MOST)
    for row in conn.execute(wanted).mappings():
        body = msgspec.json.decode(row["body"])
        name = _name(body.get("code", {}))
        if name and not _says_no(body):
            category = word_of(row["type"], row["category"])
            yield row["patient_id"], RecordFact(_kind(row), name, category, from_micros(row["release_at"] or row["at"]))


def _kind(row: RowMapping) -> str:
    if row["type"] == "DiagnosticReport":
        return "test" if row["category"] == "LAB" else "report"
    return str(row["type"]).lower()


def _name(code: dict[str, Any]) -> str:
    coded = [coding.get("display", "") for coding in code.get("coding", ())]
    return str(code.get("text") or next(filter(None, coded), ""))


def _says_no(body: dict[str, Any]) -> bool:
    verified = [coding.get("code") for coding in body.get("verificationStatus", {}).get("coding", ())]
    return not _NOT_SO.isdisjoint([body.get("status"), *verified])
