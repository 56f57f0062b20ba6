"""Ways to look at a world that its tests share."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from genesis_tui.mock_backend.world.build import Resource, World

Row = dict[str, Any]


def person(world: World, given: str, family: str) -> Row:
    """The row of somebody by name."""
    return next(r for r in world.rows["person"] if (r["given"], r["family"]) == (given, family))


def of(world: World, given: str, family: str, kind: str) -> list[Resource]:
    """All resources of a type in somebody's record."""
    patient = person(world, given, family)["id"]
    return [r for r in world.resources if r.patient_id == patient and r.body["resourceType"] == kind]


def age(row: Row, today: date) -> int:
    """Whole years on `today`."""
    birth = date.fromisoformat(row["birth_date"])
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def series(world: World, given: str, family: str, loinc: str) -> list[tuple[datetime, float]]:
    """A test's numbers over time, oldest first."""
    found = [
        (datetime.fromisoformat(r.body["effectiveDateTime"]), r.body["valueQuantity"]["value"])
        for r in of(world, given, family, "Observation")
        if r.body["code"]["coding"][0]["code"] == loinc and "valueQuantity" in r.body
    ]
    return sorted(found)


def references(value: Any) -> Iterator[str]:
    """Every literal reference and attachment address in a body."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if (name == "reference" and isinstance(one, str)) or (
                name == "url" and isinstance(one, str) and one.startswith("Binary/")
            ):
                yield one
            else:
                yield from references(one)
