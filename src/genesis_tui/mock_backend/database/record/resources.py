"""FHIR resources as they are stored and read: canonical bytes beside the columns that searches and privacy use."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, insert, or_, select, update

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.record.indexing import ATTACHED, POINTS, Indexed, Json, index
from genesis_tui.mock_backend.database.record.readable import stored_body
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import resource, token
from genesis_tui.mock_backend.rules.policy import Policy, ReleasePolicy
from genesis_tui.mock_backend.rules.results import release_at

RELEASE_TIME = "https://genesis-tui.example/fhir/StructureDefinition/release-time"
_WITHOUT_EXTENSIONS = ("Binary",)
"""Resources that are no DomainResource have no place for extensions."""
_MILLISECOND = 1000
encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What the rules need to know of a resource and its body does not say; instants in microseconds since 1970.

    `patient_id` is '' for what belongs to no patient; `final_at` is None for what no release rule holds back. What its
    body is labelled as is sensitive whatever `sensitive` says.
    """

    patient_id: str = ""
    sensitive: bool = False
    final_at: int | None = None
    reviewed_at: int | None = None


_OLD = select(resource.c.row, resource.c.version, resource.c.labelled).where(
    resource.c.type == bindparam("of_type"), resource.c.id == bindparam("named")
)
_ADDED = insert(resource).returning(resource.c.row)
_SHARED = select(resource.c.id, resource.c.body).where(
    resource.c.type == bindparam("kind"),
    resource.c.patient_id == "",
    resource.c.id.in_(bindparam("ids", expanding=True)),
)


WITHHELD = select(resource.c.type + "/" + resource.c.id).where(
    resource.c.patient_id == bindparam("patient"),
    resource.c.sensitive.is_(True),
    resource.c.patient_id != bindparam("viewer"),
)
"""FAM-7: Type/id of the entries of `:patient` that are kept from `:viewer`. What quotes one of them, in whatever table,
leaves it out in its own query."""


def put_resource(conn: Connection, body: Json, facts: ResourceFacts, *, now: int, policy: Policy) -> int:
    """Stores a resource as a new version in place of the one before, and returns the version.

    `body` is complete but for `meta.versionId` and `meta.lastUpdated`. `meta.lastUpdated` is `now`, or the release
    where that is later, so that who asks for what changed finds it on the day it shows (REL-2).
    """
    old = conn.execute(_OLD, {"of_type": body["resourceType"], "named": body["id"]}).one_or_none()
    version = old.version + 1 if old else 1
    zone = "UTC" if facts.final_at is None else _zone_of(conn, facts.patient_id)
    indexed = index(body)
    columns = columns_of(body, facts, indexed, version=version, changed=now, zone=zone, policy=policy)
    row = _replace(conn, old.row, columns) if old else _add(conn, columns)
    if indexed.tokens:
        conn.execute(insert(token), [token_row(row, one) for one in indexed.tokens])
    points = any(param == POINTS for param, *_ in indexed.tokens)
    if points or columns["labelled"] or (old is not None and old.labelled):
        close_what_points(conn, facts.patient_id)
    return version


def close_what_points(conn: Connection, patient_id: str | None = None) -> None:
    """FAM-7: what points to a labelled entry is as sensitive as that one, and what points to none any more is not.

    In one record, or in all of them. Whoever stores resources without `put_resource` calls it afterwards.
    """
    label = resource.alias("label")
    mine, named = (
        ((), ()) if patient_id is None else tuple((one.c.patient_id == patient_id,) for one in (resource, label))
    )
    name = (token.c.param == POINTS, token.c.code == label.c.type + "/" + label.c.id)
    pointing = select(token.c.row).where(*name, label.c.sensitive.is_(True), label.c.labelled.is_(True), *named)
    closed = resource.c.sensitive.is_(True), resource.c.labelled.is_(False)
    conn.execute(update(resource).where(*mine, *closed, resource.c.row.not_in(pointing)).values(sensitive=False))
    opened = resource.c.sensitive.is_(False), resource.c.row.in_(pointing)
    conn.execute(update(resource).where(*mine, *opened).values(sensitive=True))


def rows_numbered(conn: Connection) -> None:
    """To be called where resources were stored with row numbers: others get theirs after them."""
    if conn.dialect.name == "postgresql":
        last = "SELECT setval(pg_get_serial_sequence('resource', 'row'), max(row)) FROM resource"
        conn.exec_driver_sql(last)


def body_of(conn: Connection, kind: str, id: str) -> Json | None:
    """The present version of a resource, whoever may see it; None where there is none."""
    wanted = select(resource.c.body).where(resource.c.type == kind, resource.c.id == id)
    found = conn.execute(wanted).scalar()
    return None if found is None else stored_body(found)


def shared_bodies(conn: Connection, kind: str, ids: Iterable[str]) -> dict[str, Json]:
    """Bodies of the resources of a type with these ids that belong to no patient, by id."""
    rows = conn.execute(_SHARED, {"kind": kind, "ids": sorted(set(ids))})
    return {row.id: stored_body(row.body) for row in rows}


def _zone_of(conn: Connection, patient_id: str) -> str:
    zone = conn.execute(select(person.c.mtf_zone).where(person.c.id == patient_id)).scalar_one_or_none()
    return zone or "UTC"


def _replace(conn: Connection, row: int, columns: dict[str, Any]) -> int:
    conn.execute(delete(token).where(token.c.row == row))
    conn.execute(update(resource).where(resource.c.row == row).values(columns))
    return row


def _add(conn: Connection, columns: dict[str, Any]) -> int:
    return int(conn.execute(_ADDED, columns).scalar_one())


def columns_of(
    body: Json, facts: ResourceFacts, indexed: Indexed, *, version: int, changed: int, zone: str, policy: Policy
) -> dict[str, Any]:
    """The row of `resource` for one version of a body, all columns but `row`. `zone` is that of the patient's MTF."""
    visible = 0 if facts.final_at is None else _released(facts.final_at, facts.reviewed_at, policy.release, zone)
    updated = max(changed, visible) // _MILLISECOND * _MILLISECOND
    labelled = facts.sensitive or indexed.sensitive
    return {
        "type": body["resourceType"],
        "id": body["id"],
        "patient_id": facts.patient_id,
        "version": version,
        "updated": updated,
        "at": indexed.span[0],
        "until": indexed.span[1],
        "release_at": visible,
        "hidden": indexed.hidden,
        "sensitive": labelled,
        "labelled": labelled,
        "category": indexed.category,
        "final_at": facts.final_at,
        "reviewed_at": facts.reviewed_at,
        "body": _stamped(body, version=version, updated=updated, released=visible),
    }


def token_row(row: int, one: tuple[str, str, str]) -> dict[str, object]:
    """The row of `token` for one search value of a resource."""
    return dict(zip(("row", "param", "system", "code"), (row, *one), strict=True))


def visible() -> tuple[ColumnElement[bool], ...]:
    """Who sees a resource at all: released by `:now` (REL-1, REL-2), not hidden (REL-3), and where it is sensitive,
    the patient alone (`:viewer`, FAM-7). Every query that shows or counts resources carries it."""
    own = resource.c.patient_id == bindparam("viewer")
    return (
        resource.c.release_at <= bindparam("now"),
        resource.c.hidden.is_(False),
        or_(resource.c.sensitive.is_(False), own),
    )


def holds_nothing_sensitive() -> ColumnElement[bool]:
    """FAM-7: that no sensitive entry holds the Binary that a query is about, unless the patient asks (`:viewer`)."""
    holder = resource.alias("holder")
    held = (token.c.param == ATTACHED, token.c.code == "Binary/" + resource.c.id)
    others = (holder.c.sensitive.is_(True), holder.c.patient_id != bindparam("viewer"))
    return ~exists().where(*held, holder.c.row == token.c.row, *others)


@lru_cache(maxsize=4096)
def instant(micros: int) -> str:
    """A FHIR instant with milliseconds, UTC."""
    return from_micros(micros).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=4096)
def _released(final_at: int, reviewed_at: int | None, policy: ReleasePolicy, zone: str) -> int:
    reviewed = None if reviewed_at is None else from_micros(reviewed_at)
    return to_micros(release_at(from_micros(final_at), reviewed, policy, zone=zone))


def _stamped(body: Json, *, version: int, updated: int, released: int) -> bytes:
    meta = {"versionId": str(version), "lastUpdated": instant(updated), **body.get("meta", {})}
    whole = {"resourceType": body["resourceType"], "id": body["id"], "meta": meta, **_rest(body)}
    if released and body["resourceType"] not in _WITHOUT_EXTENSIONS:
        extension = {"url": RELEASE_TIME, "valueInstant": instant(released)}
        whole["extension"] = [*whole.get("extension", ()), extension]
    return encode(whole)


def _rest(body: Json) -> Json:
    return {key: value for key, value in body.items() if key not in ("resourceType", "id", "meta")}
