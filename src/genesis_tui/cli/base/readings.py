"""A measurement as JSON, the same under results and record: all its digits, its unit, its range, its parts."""

from typing import TypedDict

from genesis_tui.cli.base.json_parts import Recorded, recorded
from genesis_tui.models.results.result import Reading


class RangeOutput(TypedDict):
    """A reference range: what prints, and its ends where they are numbers."""

    text: str
    low: float | None
    high: float | None


class ReadingOutput(TypedDict):
    """One test. `number` has all digits, `value` the ones that print; a text keeps its line ends. `modified` is true
    where the server says more of it than can be shown."""

    id: str
    code: str
    name: str
    panel: str
    at: Recorded | None
    until: Recorded | None
    status: str
    value: str
    number: float | None
    comparator: str
    unit: str
    interpretation: str
    interpretation_code: str
    modified: bool
    range: RangeOutput | None
    note: str
    parts: "list[ReadingOutput]"


def reading_json(reading: Reading) -> ReadingOutput:
    """A measurement with its parts."""
    quantity, limits = reading.quantity, reading.range
    return {
        "id": reading.id,
        "code": reading.code,
        "name": reading.name,
        "panel": reading.panel,
        "at": recorded(reading.at),
        "until": recorded(reading.until),
        "status": reading.status,
        "value": reading.lines or reading.text,
        "number": quantity.value if quantity else None,
        "comparator": quantity.comparator if quantity else "",
        "unit": reading.unit,
        "interpretation": reading.word,
        "interpretation_code": reading.interpretation,
        "modified": reading.modified,
        "range": {"text": limits.text, "low": limits.low, "high": limits.high} if limits else None,
        "note": reading.note,
        "parts": [reading_json(part) for part in reading.parts],
    }
