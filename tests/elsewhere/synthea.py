"""What the files of the Synthea patients hold, counted without any code of ours."""

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Body = dict[str, Any]
SECTIONS = {
    "immunizations": "Immunization",
    "medications": "MedicationRequest",
    "allergies": "AllergyIntolerance",
    "conditions": "Condition",
    "procedures": "Procedure",
    "visits": "Encounter",
    "careplans": "CarePlan",
}
"""Sections of a record, and the type that all of their entries have here."""


@dataclass(frozen=True, slots=True)
class Person:
    """One patient: labs as (code, instant), rows as the instants of reports and of labs that no report names."""

    name: str
    labs: "Counter[tuple[str, datetime]]"
    rows: tuple[datetime, ...]
    types: "Counter[str]"


def bundle_of(path: Path) -> Body:
    """The Bundle in a file."""
    tree: Body = json.loads(gzip.decompress(path.read_bytes()))
    return tree


def person(bundle: Body) -> Person:
    """The one patient of a Bundle."""
    of: dict[str, list[Body]] = {}
    for entry in bundle["entry"]:
        of.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    urls = {entry["resource"]["id"]: entry["fullUrl"] for entry in bundle["entry"]}
    reports = of.get("DiagnosticReport", [])
    reported = {result["reference"] for report in reports for result in report.get("result", [])}
    labs = [o for o in of["Observation"] if _is_lab(o)]
    rows = [*reports, *(o for o in labs if urls[o["id"]] not in reported)]
    name = of["Patient"][0]["name"][0]
    return Person(
        name=f"{' '.join(name['given'])} {name['family']}",
        labs=Counter((o["code"]["coding"][0]["code"], at(o)) for o in labs),
        rows=tuple(sorted((at(row) for row in rows), reverse=True)),
        types=Counter({kind: len(found) for kind, found in of.items()}),
    )


def at(resource: Body) -> datetime:
    """When it was taken, to the second that the files give."""
    return datetime.fromisoformat(resource["effectiveDateTime"])


def _is_lab(observation: Body) -> bool:
    return any(c["code"] == "laboratory" for category in observation["category"] for c in category["coding"])
