"""`/portal/v1/patients/{id}/prescriptions` and `/portal/v1/pharmacies`: refills, as far as they are read (RX)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.family.people import names_of, person_rows
from genesis_tui.mock_backend.database.record.readable import otherwise
from genesis_tui.mock_backend.database.record.resources import shared_bodies
from genesis_tui.mock_backend.database.refills.requests import medications_of, pickup_points, requests_of, special_drugs
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.base.readable import told
from genesis_tui.mock_backend.portal.refills.facts import PrescriptionRow
from genesis_tui.mock_backend.portal.refills.models import (
    FillReady,
    PharmaciesAnswer,
    PrescriptionListed,
    PrescriptionsAnswer,
)
from genesis_tui.mock_backend.portal.refills.rows import drug_name, pharmacy_row, prescription_row, ready_row
from genesis_tui.mock_backend.rules.refills import DrugFacts
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

router = APIRouter(prefix="/portal/v1")
Json = dict[str, Any]
NOTHING: tuple[str, ...] = ()


@router.get("/patients/{patient_id}/prescriptions", **answers(PrescriptionsAnswer))
async def prescriptions(caller: SignedIn, patient_id: str) -> Response:
    """Every prescription with its fills and requests, newest first, and what can be done with each (RX-1 to RX-9).

    `unreadable` counts those that nothing can be said of.
    """
    caller.read(patient_id, "medications", "prescriptions")
    now, policy = caller.mock.clock.now(), caller.mock.policy.refill
    acts = may_act(caller.viewer.level)
    with caller.mock.database.begin() as conn:
        drugs = special_drugs(conn)
        found = list(prescriptions_of(caller, conn, patient_id))
        names = names_of(conn, {one.asked_by for rx in found for one in rx.requests})

    def row(rx: PrescriptionRow) -> Json:
        drug = drugs.get(drug_name(rx.body), DrugFacts())
        return prescription_row(rx, drug, policy, now, acts=acts, names=names)

    rows, unreadable = told(found, row, PrescriptionListed)
    return JSONResponse({"prescriptions": rows, "unreadable": unreadable})


@router.get("/pharmacies", **answers(PharmaciesAnswer))
async def pharmacies(caller: SignedIn) -> Response:
    """RX-5: every pick-up point with its phone and hours, and the drugs that it refuses."""
    caller.clinical("pharmacies")
    now = caller.mock.clock.now()
    with caller.mock.database.begin() as conn:
        return JSONResponse({"pharmacies": [pharmacy_row(point, now) for point in pickup_points(conn).values()]})


def ready_for_pickup(caller: Caller, known: Iterable[PrescriptionRow]) -> list[Json]:
    """Those of these prescriptions of which a fill waits to be picked up; the first to go back to stock first.

    Each has `prescription`, `drug`, `where`, `since` (an instant), `until` (the last day) and `zone`, that of the
    pick-up point.
    """
    policy, now = caller.mock.policy.refill, caller.mock.clock.now()
    rows = told(known, lambda rx: ready_row(rx, policy, now), FillReady).rows
    return sorted(rows, key=lambda row: (row["until"], row["drug"]))


def prescriptions_of(caller: Caller, conn: Connection, patient_id: str) -> Iterator[PrescriptionRow]:
    """Every prescription of a patient that the caller may see, newest first."""
    viewer, now = caller.viewer.person_id, caller.mock.clock.micros()
    written = [*filter(_prescribed, medications_of(conn, viewer, patient_id, "MedicationRequest", now=now))]
    fills: dict[str, list[Json]] = defaultdict(list)
    for fill in medications_of(conn, viewer, patient_id, "MedicationDispense", now=now):
        for reference in otherwise(partial(_authorizing, fill), NOTHING):
            fills[reference].append(fill)
    requests, points = requests_of(conn, patient_id, now=now), pickup_points(conn)
    home = person_rows(conn, [patient_id])[patient_id]["mtf_zone"]
    drugs = shared_bodies(conn, "Medication", map(_medication_id, written))
    renewed = set(filter(None, (otherwise(partial(_prior, body), "") for body in written)))
    named = [
        {"medicationCodeableConcept": drugs.get(_medication_id(body), {}).get("code") or {}, **body} for body in written
    ]
    often = Counter(map(_agent, named))
    for body in named:
        made, asked = tuple(fills[f"MedicationRequest/{body['id']}"]), tuple(requests.get(body["id"], ()))
        state = {"renewed": body["id"] in renewed, "again": often[_agent(body)] > 1}
        yield PrescriptionRow(body, made, asked, points, home, **state)


def _agent(body: Json) -> str:
    """The first word of a drug's name, the same for every strength and form."""
    return next(iter(otherwise(partial(drug_name, body), "").casefold().split()), "")


def _prescribed(body: Json) -> bool:
    """Whether it asks for something to be taken; not where it forbids it, or is only proposed."""
    return body.get("doNotPerform") is not True and body.get("intent") not in ("proposal", "option")


def _authorizing(fill: Json) -> tuple[str, ...]:
    """What a fill was made for. Raises what `UNREADABLE` names."""
    sources = fill.get("authorizingPrescription", ())
    return tuple(str(source["reference"]) for source in sources if "reference" in source)


def _prior(body: Json) -> str:
    """Id of the prescription that this one renews, or ''. Raises what `UNREADABLE` names."""
    return str(body.get("priorPrescription", {}).get("reference", "")).removeprefix("MedicationRequest/")


def _medication_id(body: Json) -> str:
    """Id of the Medication that a prescription refers to, or ''."""
    referred = body.get("medicationReference")
    target = str(referred.get("reference", "")) if isinstance(referred, dict) else ""
    return target.removeprefix("Medication/") if target.startswith("Medication/") else ""
