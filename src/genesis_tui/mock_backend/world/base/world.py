"""What a world is made of: rows for the tables, FHIR resources with the facts of the rules, and what is due later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from genesis_tui.mock_backend.clock import to_micros

Json: TypeAlias = dict[str, Any]
"""One FHIR element or resource. Bodies share parts with each other: read them, never change them in place."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A FHIR resource as its system of record has it."""

    body: Json
    """Complete but for `meta.versionId` and `meta.lastUpdated`, which the server gives."""
    patient_id: str = ""
    """Empty for what belongs to no patient."""
    sensitive: bool = False
    final_at: datetime | None = None
    """When it became final (REL-1, REL-2); None for what is not released by that rule."""
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens by itself at `at`."""

    at: datetime
    kind: str
    """`put-resource`: a new version of a resource replaces the one before; `visit`: an appointment takes place;
    `pharmacy` and `provider`: a refill gets to its next stage, a renewal is decided on."""
    payload: Json
    """JSON-ready. Of a resource: `body`, `patient_id`, `sensitive`, `final_at` and `reviewed_at` (microseconds or
    None); of a visit: `id`, `start` and `to`; of a request: `request`, `after`, `step`, `planned`."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a fresh mock holds."""

    rows: dict[str, list[dict[str, object]]]
    """Table name -> rows. `sign_in` rows lack `password_hash`, `lockout` rows have `username` for `name_key`: who loads
    it fills both, since the hash key is the mock's own."""
    resources: list[Resource]
    due: list[Due]
    """By time."""


def due_resource(at: datetime, resource: Resource) -> Due:
    """The event that puts `resource` in place of its earlier version at `at`."""
    facts = {
        "body": resource.body,
        "patient_id": resource.patient_id,
        "sensitive": resource.sensitive,
        "final_at": None if resource.final_at is None else to_micros(resource.final_at),
        "reviewed_at": None if resource.reviewed_at is None else to_micros(resource.reviewed_at),
    }
    return Due(at, "put-resource", facts)
