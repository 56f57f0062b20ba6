"""A measurement as JSON, the same under results and record: all its digits, its unit, its range, its parts."""

from typing import Any

from genesis_tui.cli.base.output import moment_text
from genesis_tui.models.results.result import Reading


def reading_json(reading: Reading) -> dict[str, Any]:
    """`{"id", "code", "name", "panel", "at", "value", "number", "unit", …}`, parts nested."""
    quantity, limits = reading.quantity, reading.range
    return {
        "id": reading.id,
        "code": reading.code,
        "name": reading.name,
        "panel": reading.panel,
        "at": moment_text(reading.at),
        "until": moment_text(reading.until) if reading.until else None,
        "status": reading.status,
        "value": reading.lines or reading.text,
        "number": quantity.value if quantity else None,
        "comparator": quantity.comparator if quantity else "",
        "unit": reading.unit,
        "interpretation": reading.word,
        "modified": reading.modified,
        "range": {"text": limits.text, "low": limits.low, "high": limits.high} if limits else None,
        "note": reading.note,
        "parts": [reading_json(part) for part in reading.parts],
    }
