"""FHIR that nobody here wrote, through the record's decoders: an entry or a counted reason, never an exception (R7)."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.api_client.fhir.record.entries import MAPPINGS
from genesis_tui.api_client.fhir.record.mappings.mapping import HIDDEN
from genesis_tui.api_client.fhir.record.sections import PLANS, shelf_for
from tests.api_client.record_of import page
from tests.gate.judge import SHARED

FHIR = SHARED / "data" / "fhir"
pytestmark = pytest.mark.skipif(not FHIR.is_dir(), reason="the shared FHIR files are not beside this repository")
SECTION_OF = {kind: section for section, plan in PLANS.items() for kind in plan.types if kind != "Observation"}
MEASURED = ("vitals", "social", "other")
SOURCES = sorted(p.name for p in FHIR.iterdir() if p.is_dir()) if FHIR.is_dir() else []


def resources(source: str) -> Iterator[dict[str, Any]]:
    """Every resource of a source, out of Bundles and NDJSON, zipped or not."""
    for path in sorted((FHIR / source).rglob("*")):
        if path.is_file():
            yield from _read(path)


def _read(path: Path) -> Iterator[dict[str, Any]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        found = [json.loads(raw)]
    except ValueError:
        found = [json.loads(line) for line in raw.splitlines() if line.strip().startswith(b"{")]
    for one in found:
        if isinstance(one, dict) and one.get("resourceType") == "Bundle":
            yield from (e["resource"] for e in one.get("entry", []) if isinstance(e.get("resource"), dict))
        elif isinstance(one, dict):
            yield one


def _patient(body: dict[str, Any]) -> str:
    """The id of whose it is, and the reference to them rewritten as a server would give it."""
    holders = [body.get(name) for name in ("subject", "patient", "beneficiary")]
    actors = body.get("participant")
    holders += [p.get("actor") for p in actors if isinstance(p, dict)] if isinstance(actors, list) else []
    for holder in holders:
        reference = holder.get("reference") if isinstance(holder, dict) else None
        if isinstance(reference, str) and ("Patient/" in reference or reference.startswith("urn:uuid:")):
            id = reference.replace("urn:uuid:", "Patient/").rpartition("Patient/")[2]
            holder["reference"] = f"Patient/{id}"
            return id
    return ""


def _hidden(body: dict[str, Any]) -> bool:
    text = json.dumps([body.get(n) for n in ("status", "lifecycleStatus", "docStatus", "verificationStatus")])
    return any(f'"{word}"' in text for word in (*HIDDEN, "partial", "cancelled", "unknown"))


def _is_note(body: dict[str, Any]) -> bool:
    return "clinical-note" in json.dumps(body.get("category", ""))


@pytest.mark.parametrize("source", SOURCES)
def test_every_resource_is_an_entry_or_counted(source: str) -> None:
    lost: Counter[str] = Counter()
    shown = 0
    for body in resources(source):
        kind = body.get("resourceType")
        if kind not in MAPPINGS or not (patient := _patient(body)):
            continue
        shelf = shelf_for(patient, SECTION_OF[kind])
        shelf.take(kind, page(body))
        told = shelf.entries()
        shown += len(told.rows)
        if not told.rows and not told.unreadable.count and not _hidden(body) and not _is_note(body):
            lost[kind] += 1
    assert lost == Counter()
    if source in ("clinosim-0.6.5-seed7", "synthea-2019-r4", "us-core-6.1.0-examples"):
        assert shown > 10


@pytest.mark.parametrize("source", SOURCES)
def test_every_observation_is_a_lab_or_in_one_section_or_counted(source: str) -> None:
    lost = []
    for body in resources(source):
        if body.get("resourceType") != "Observation" or not (patient := _patient(body)):
            continue
        shelves = [shelf_for(patient, section) for section in MEASURED]
        for shelf in shelves:
            shelf.take("Observation", page(body))
        told = [shelf.entries() for shelf in shelves]
        held = any(one.rows or one.unreadable.count for one in told)
        if not held and "laboratory" not in json.dumps(body.get("category", "")) and not _hidden(body):
            lost.append(body.get("id"))
    assert lost == []


def test_the_files_are_read_with_few_faults() -> None:
    faults: Counter[str] = Counter()
    shown = 0
    for source in SOURCES:
        for body in resources(source):
            kind = body.get("resourceType")
            if kind in MAPPINGS and (patient := _patient(body)):
                shelf = shelf_for(patient, SECTION_OF[kind])
                shelf.take(kind, page(body))
                shown += len(shelf.entries().rows)
                faults.update({f"{kind}: {why}": 1 for why in shelf.faults.told().reasons})
    assert shown > 3_000
    assert faults.total() < shown / 50
