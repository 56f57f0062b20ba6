"""Records for the benches: what the mock's richest person has, as a FHIR server sends it and as the screens show it."""

from datetime import UTC, datetime
from functools import cache
from itertools import cycle, islice
from typing import Any

import msgspec

from genesis_tui.api_client.fhir.bundles import page_of
from genesis_tui.api_client.fhir.results.patient_results import PatientResults
from genesis_tui.api_client.http.client import Response
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.build import build_world
from genesis_tui.models.results.result import Result

START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
_META = {"versionId": "1", "lastUpdated": "2026-11-20T17:05:00.000Z"}


@cache
def richest() -> tuple[str, tuple[dict[str, Any], ...]]:
    """The patient with most laboratory observations, and these, as bodies."""
    by_patient: dict[str, list[dict[str, Any]]] = {}
    for one in build_world(seed=7, start=START, policy=Policy()).resources:
        if one.body["resourceType"] == "Observation" and _is_lab(one.body) and one.body["status"] == "final":
            meta = one.body.get("meta", {}) | _META
            by_patient.setdefault(one.patient_id, []).append(one.body | {"meta": meta})
    patient = max(by_patient, key=lambda id: len(by_patient[id]))
    return patient, tuple(by_patient[patient])


def _is_lab(body: dict[str, Any]) -> bool:
    return any(c["code"] == "laboratory" for category in body.get("category", ()) for c in category["coding"])


def page(entries: int) -> Response:
    """One page of a search for labs, as it arrives."""
    bodies = islice(cycle(richest()[1]), entries)
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": body} for body in bodies]}
    headers = {"content-type": "application/fhir+json"}
    return Response(200, msgspec.json.encode(bundle), headers, "bench")


def rows(count: int) -> list[Result]:
    """`count` rows of Results, each with a key of its own."""
    patient, bodies = richest()
    chart = PatientResults(patient)
    chart.take("Observation", page_of(page(len(bodies))))
    found = chart.results().rows
    return [row._replace(key=f"Observation/{n}") for n, row in enumerate(islice(cycle(found), count))]
