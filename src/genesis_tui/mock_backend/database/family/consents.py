"""The Consent that a grant is on the FHIR side: a proxy's app finds by it whose record is open (WIRE: `actor`)."""

from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from genesis_tui.mock_backend.database.family.grants import GrantRow
from genesis_tui.mock_backend.database.record.dates import span
from genesis_tui.mock_backend.database.record.indexing import Json
from genesis_tui.mock_backend.database.record.readable import otherwise, stored_body
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, instant, put_resource
from genesis_tui.mock_backend.database.schema.record import resource, token
from genesis_tui.mock_backend.rules.policy import Policy

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_SECOND = 1_000_000


def open_consent(conn: Connection, grant: GrantRow, policy: Policy) -> None:
    """Files the Consent of a grant that was accepted (FAM-5, FAM-12)."""
    since = grant.since if grant.accepted is None else grant.accepted
    end = {} if grant.until is None else {"end": instant(grant.until)}
    body = {
        "resourceType": "Consent",
        "id": f"consent-{grant.id}",
        "status": "active",
        "scope": _concept("consentscope", "patient-privacy"),
        "category": [_concept("v3-ActCode", "IDSCL")],
        "patient": {"reference": f"Patient/{grant.giver_id}"},
        "dateTime": instant(since),
        "policyRule": _concept("v3-ActCode", "OPTIN"),
        "provision": {
            "type": "permit",
            "period": {"start": instant(since), **end},
            "actor": [_receiver(grant.receiver_id or "")],
            "code": [{"text": f"{grant.scope.capitalize()} access to the record"}],
        },
    }
    put_resource(conn, body, ResourceFacts(grant.giver_id), now=since, policy=policy)


def close_consent(conn: Connection, grant: GrantRow, *, now: int, policy: Policy) -> None:
    """Makes the Consent of a grant inactive from `now` on, as the grant itself is (FAM-5)."""
    carries = (token.c.param == "actor") & (token.c.code == f"Patient/{grant.receiver_id}")
    rows = select(resource.c.body).join(token, token.c.row == resource.c.row)
    mine = rows.where(carries, resource.c.type == "Consent", resource.c.patient_id == grant.giver_id)
    for body in map(stored_body, conn.execute(mine).scalars().all()):
        if otherwise(partial(_is_of, body, grant), absent=False):
            put_resource(conn, _closed(body, now), ResourceFacts(grant.giver_id), now=now, policy=policy)


def _is_of(body: Json, grant: GrantRow) -> bool:
    """Whether a Consent is the one of the grant, and active; others of the patient may have come from elsewhere."""
    return bool(body["status"] == "active" and abs(span(body["dateTime"])[0] - (grant.accepted or 0)) < _SECOND)


def _closed(body: Json, now: int) -> Json:
    meta = {key: value for key, value in body["meta"].items() if key not in ("versionId", "lastUpdated")}
    provision = body["provision"]
    period = {**provision.get("period", {}), "end": instant(now)}
    return {**body, "meta": meta, "status": "inactive", "provision": {**provision, "period": period}}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{_TERMINOLOGY}/{system}", "code": code}]}


def _receiver(person_id: str) -> dict[str, Any]:
    return {"role": _concept("v3-ParticipationType", "IRCP"), "reference": {"reference": f"Patient/{person_id}"}}
