"""Every resource that the coverage test looks at: of the shared files, of the shared cases, of the mock's own world."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.build import build_world
from tests.api_client.record_of import EVERY, one
from tests.api_client.test_record_foreign import FHIR, resources
from tests.gate.judge import SHARED

Body = dict[str, Any]
CASES = SHARED / "cases" / "fhir"
NO_ENTRIES = frozenset(
    {"Bundle", "Patient", "Person", "Provenance", "AuditEvent", "Group", "List", "RelatedPerson", "Medication"}
)
"""Who it is, and what stands beside the entries that it is about."""
OWNERS = ("subject", "patient", "beneficiary")
WORLD = "the mock's world"
SMALLEST = "one of each type"
SOURCES = (*sorted(p.name for p in FHIR.iterdir() if p.is_dir()), "cases") if FHIR.is_dir() else ()


@cache
def every(source: str) -> tuple[tuple[str, Body], ...]:
    """Resources of patients, each with the id of whose it is, as a server would refer to them."""
    own = {WORLD: _world, SMALLEST: _smallest, "cases": _cases}
    bodies = own[source]() if source in own else resources(source)
    found = ((_owner(body), body) for body in bodies if body.get("resourceType") not in NO_ENTRIES)
    return tuple((patient, body) for patient, body in found if patient)


def _world() -> Iterator[Body]:
    world = build_world(seed=7, start=datetime(2026, 11, 23, 14, 42, tzinfo=UTC), policy=Policy())
    return (json.loads(json.dumps(one.body)) for one in world.resources if one.patient_id)


def _smallest() -> Iterator[Body]:
    """With all that a server adds by itself."""
    meta = {
        "versionId": "917",
        "lastUpdated": "2031-05-06T07:08:09Z",
        "source": "#odd",
        "profile": ["http://a.example/p"],
    }
    for kind in EVERY:
        yield one(kind, meta=meta, language="qx-odd")


def _cases() -> Iterator[Body]:
    for path in sorted(CASES.glob("*.json")):
        found = json.loads(path.read_bytes().lstrip(b"\xef\xbb\xbf"))
        entries = found.get("entry", ()) if isinstance(found, dict) else ()
        yield from (entry["resource"] for entry in entries if isinstance(entry.get("resource"), dict))


def _owner(body: Body) -> str:
    holders = [body.get(name) for name in OWNERS]
    holders += [one.get("actor") for one in _list(body.get("participant")) if isinstance(one, dict)]
    for holder in holders:
        reference = holder.get("reference") if isinstance(holder, dict) else None
        if isinstance(reference, str) and ("Patient/" in reference or reference.startswith("urn:uuid:")):
            whose = reference.replace("urn:uuid:", "Patient/")
            holder["reference"] = whose
            return whose.rpartition("Patient/")[2].partition("/_history/")[0]
    return ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
