"""Writing what is asked for and what comes of it: requests, their stages, fills, and renewed prescriptions."""

import json
import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, insert, select, update

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.appointments.changes import PRESCRIPTIONS, note_change
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.database.refills.requests import Request
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.database.schema.refills import pharmacy_request, request_stage
from genesis_tui.mock_backend.rules.policy import Policy

Json = dict[str, Any]
RX_NUMBER: Final = "https://genesis-tui.example/fhir/NamingSystem/prescription"
REFILL_STAGE: Final = "https://genesis-tui.example/fhir/StructureDefinition/refill-stage"
STATUSES: Final = {
    "in-process": "preparation",
    "ready": "in-progress",
    "picked-up": "completed",
    "shipped": "completed",
    "returned": "cancelled",
}
"""Stage of a refill -> status of its MedicationDispense."""
_FILLS: Final = {True: ("FF", "First Fill"), False: ("RF", "Refill")}
_YEAR: Final = timedelta(days=365)
_CARRIED = ("contained", "medicationCodeableConcept", "medicationReference", "subject", "dosageInstruction")


def add_request(
    conn: Connection, kind: str, patient_id: str, prescription_id: str, asked_by: str, *, now: int, **more: str
) -> str:
    """A `refill` or `renewal` is asked for; its id.

    `more`: `pickup_id` of a refill, `note` of a renewal, `id` where it has one already.
    """
    request_id = more.get("id") or f"{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    row = {"id": request_id, "patient_id": patient_id, "prescription_id": prescription_id, "kind": kind}
    pickup = {"pickup_id": more.get("pickup_id") or None, "dispense_id": ""}
    conn.execute(insert(pharmacy_request), {**row, **pickup, "asked_by": asked_by, "asked": now})
    add_stage(conn, request_id, "requested", now=now, note=more.get("note", ""))
    return request_id


def add_stage(
    conn: Connection, request_id: str, stage: str, *, now: int, carrier: str = "", number: str = "", note: str = ""
) -> None:
    """A request gets to a stage."""
    row = {"request_id": request_id, "stage": stage, "at": now, "carrier": carrier, "number": number, "note": note}
    conn.execute(insert(request_stage), row)


def changed(conn: Connection, patient_id: str, *, now: int) -> None:
    """Tell that a patient's prescriptions are not what they were."""
    note_change(conn, PRESCRIPTIONS, patient_id, patient_id, now=now)


def fill(conn: Connection, request: Request, stage: str, place: RowMapping, *, now: int, policy: Policy) -> None:
    """The MedicationDispense of a request gets to a stage; it is made where there is none yet.

    `place`: the pick-up point of the pharmacy that fills it.
    """
    order = _stored(conn, "MedicationRequest", request.prescription_id)
    if request.dispense_id:
        body = json.loads(_stored(conn, "MedicationDispense", request.dispense_id).body)
    else:
        written = json.loads(order.body)
        first = "priorPrescription" in written and not _asked_before(conn, request)
        body = _new_fill(written, f"fill-{request.id}", place, first=first)
        named = update(pharmacy_request).where(pharmacy_request.c.id == request.id)
        conn.execute(named.values(dispense_id=body["id"]))
    moment = from_micros(now).astimezone(ZoneInfo(place["zone"])).replace(microsecond=0)
    facts = ResourceFacts(request.patient_id, order.sensitive)
    put_resource(conn, _fresh(at_stage(body, stage, moment)), facts, now=now, policy=policy)


def at_stage(body: Json, stage: str, at: datetime) -> Json:
    """A MedicationDispense that gets to a stage."""
    others = [one for one in body.get("extension", ()) if one.get("url") != REFILL_STAGE]
    said = {"status": STATUSES[stage], "extension": [{"url": REFILL_STAGE, "valueCode": stage}, *others]}
    times = {"ready": "whenPrepared", "picked-up": "whenHandedOver", "shipped": "whenHandedOver"}
    return body | said | ({times[stage]: at.isoformat()} if stage in times else {})


def renew(conn: Connection, request: Request, repeats: int | None, zone: str, *, now: int, policy: Policy) -> str:
    """RX-3: a prescription takes the place of the one whose renewal was asked for; its id.

    `repeats`: how often it can be refilled, None for as often as the old one. It holds for a year.
    """
    order = _stored(conn, "MedicationRequest", request.prescription_id)
    old, facts = json.loads(order.body), ResourceFacts(request.patient_id, order.sensitive)
    new_id, written = f"rx-{request.id}", from_micros(now).astimezone(ZoneInfo(zone))
    ends = (written + _YEAR).replace(hour=23, minute=59, second=0, microsecond=0)
    terms = old.get("dispenseRequest", {})
    allowed = terms.get("numberOfRepeatsAllowed", 0) if repeats is None else repeats
    period = {"start": written.replace(microsecond=0).isoformat(), "end": ends.isoformat()}
    new = old | {
        "id": new_id,
        "identifier": [{"system": RX_NUMBER, "value": f"RX{new_id}"}],
        "status": "active",
        "authoredOn": period["start"],
        "priorPrescription": {"reference": f"MedicationRequest/{old['id']}"},
        "dispenseRequest": terms | {"validityPeriod": period, "numberOfRepeatsAllowed": allowed},
    }
    for body in (new, old | {"status": "completed"}):
        put_resource(conn, _fresh(body), facts, now=now, policy=policy)
    return new_id


def _stored(conn: Connection, kind: str, id: str) -> Any:
    columns = (resource.c.body, resource.c.sensitive)
    return conn.execute(select(*columns).where(resource.c.type == kind, resource.c.id == id)).one()


def _fresh(body: Json) -> Json:
    """A body that was read, to be stored as the next version."""
    meta = {name: value for name, value in body.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    return {name: value for name, value in body.items() if name != "meta"} | ({"meta": meta} if meta else {})


def _asked_before(conn: Connection, request: Request) -> bool:
    others = pharmacy_request.c.prescription_id == request.prescription_id, pharmacy_request.c.id != request.id
    return conn.execute(select(pharmacy_request.c.id).where(*others)).first() is not None


def _new_fill(order: Json, id: str, place: RowMapping, *, first: bool) -> Json:
    supply = order.get("dispenseRequest", {})
    days = supply.get("expectedSupplyDuration", {})
    code, display = _FILLS[first]
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code, "display": display}
    return {
        "resourceType": "MedicationDispense",
        "id": id,
        **{name: order[name] for name in _CARRIED if name in order},
        **({"performer": [{"actor": supply["performer"]}]} if "performer" in supply else {}),
        "location": {"reference": f"Location/{place['id']}", "display": place["name"]},
        "authorizingPrescription": [{"reference": f"MedicationRequest/{order['id']}"}],
        "type": {"coding": [kind], "text": display},
        **({"quantity": supply["quantity"]} if "quantity" in supply else {}),
        **({"daysSupply": {"value": days["value"], "unit": "days"}} if "value" in days else {}),
    }
