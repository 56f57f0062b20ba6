"""Prescriptions with their fills, what was asked for, and where fills are picked up."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, select

from genesis_tui.mock_backend.database.record.resources import visible
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.database.schema.refills import formulary, pharmacy_request, pickup_point, request_stage
from genesis_tui.mock_backend.rules.refills import STAGES, DrugFacts

Json = dict[str, Any]
_BODIES = (
    select(resource.c.body)
    .where(resource.c.type == bindparam("type"), resource.c.patient_id == bindparam("patient"), *visible())
    .order_by(resource.c.at.desc(), resource.c.row.desc())
)
_POINTS = select(pickup_point).order_by(pickup_point.c.facility, pickup_point.c.kind.desc(), pickup_point.c.name)


@dataclass(frozen=True, slots=True)
class Request:
    """A refill or renewal that somebody asked for, with the stages it has reached (microseconds), oldest first."""

    id: str
    patient_id: str
    prescription_id: str
    kind: str
    asked_by: str
    asked: int
    pickup_id: str
    dispense_id: str
    stages: tuple[RowMapping, ...]

    @property
    def stage(self) -> str:
        return str(self.stages[-1]["stage"]) if self.stages else "requested"


def medications_of(conn: Connection, viewer_id: str, patient_id: str, resource_type: str, *, now: int) -> list[Json]:
    """Bodies of a patient's MedicationRequests or MedicationDispenses that the viewer may see, newest first."""
    values = {"now": now, "viewer": viewer_id, "patient": patient_id, "type": resource_type}
    return [json.loads(body) for body in conn.execute(_BODIES, values).scalars()]


def requests_of(conn: Connection, patient_id: str, *, now: int) -> dict[str, list[Request]]:
    """What was asked for of a patient's prescriptions by `now`, newest first, by id of the MedicationRequest."""
    found: dict[str, list[Request]] = defaultdict(list)
    for one in _requests(conn, _OF_PATIENT, patient_id, now):
        found[one.prescription_id].append(one)
    return found


def request_by_id(conn: Connection, request_id: str, *, now: int) -> Request | None:
    return next(iter(_requests(conn, _OF_ID, request_id, now)), None)


def _requests(conn: Connection, wanted: "_Wanted", which: str, now: int) -> list[Request]:
    stages: dict[str, list[RowMapping]] = defaultdict(list)
    for row in conn.execute(wanted.stages, {"which": which, "now": now}).mappings():
        stages[row["request_id"]].append(row)
    found = conn.execute(wanted.requests, {"which": which, "now": now}).mappings()
    return [_request(row, stages[row["id"]]) for row in found]


class _Wanted:
    """Selects the requests in which a column is `:which`, and the stages that they have reached by `:now`."""

    def __init__(self, column: ColumnElement[str]) -> None:
        mine = (column == bindparam("which"), pharmacy_request.c.asked <= bindparam("now"))
        self.requests = (
            select(pharmacy_request).where(*mine).order_by(pharmacy_request.c.asked.desc(), pharmacy_request.c.id)
        )
        self.stages = (
            select(request_stage)
            .join(pharmacy_request, pharmacy_request.c.id == request_stage.c.request_id)
            .where(*mine, request_stage.c.at <= bindparam("now"))
        )


_OF_PATIENT, _OF_ID = _Wanted(pharmacy_request.c.patient_id), _Wanted(pharmacy_request.c.id)


def _request(row: RowMapping, stages: list[RowMapping]) -> Request:
    return Request(
        id=row["id"],
        patient_id=row["patient_id"],
        prescription_id=row["prescription_id"],
        kind=row["kind"],
        asked_by=row["asked_by"],
        asked=row["asked"],
        pickup_id=row["pickup_id"] or "",
        dispense_id=row["dispense_id"],
        stages=tuple(sorted(stages, key=lambda one: (one["at"], STAGES.index(one["stage"])))),
    )


def pickup_points(conn: Connection) -> dict[str, RowMapping]:
    """Every pick-up point, by id, those of a facility together."""
    return {row["id"]: row for row in conn.execute(_POINTS).mappings()}


def special_drugs(conn: Connection) -> dict[str, DrugFacts]:
    """RX-5: the drugs that not every pick-up point hands out, by name."""
    rows = conn.execute(select(formulary))
    return {row.drug: DrugFacts(controlled=row.controlled, refrigerated=row.refrigerated) for row in rows}
