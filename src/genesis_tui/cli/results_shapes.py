"""Results as rows of a table, as CSV and as the JSON that `results --json` promises."""

from collections.abc import Iterator
from typing import Any

from genesis_tui.models.base.moment import Moment, Precision
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.results import result as wording
from genesis_tui.models.results.results import Reading, Result, Results

CSV_HEADS = (
    *("patient", "key", "kind", "title", "at", "status", "new", "corrected", "reviewed", "community"),
    *("test", "code", "value", "unit", "interpretation", "range", "conclusion"),
)
_LENGTHS = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}


def table_row(row: Result, known: Results) -> tuple[str, ...]:
    """Date, new, kind, title, main value, flag, marks in words."""
    marks = [
        "not reviewed" if row.reviewed is False else "",
        "corrected" if row.corrected else "",
        f"from {row.community}" if row.community else "",
    ]
    return (
        wording.short_day(row.at),
        "new" if row.key in known.new else "",
        str(row.kind),
        row.title,
        wording.main_value(row),
        f"{row.flag} {wording.result_word(row)}".strip() if wording.result_word(row) else "",
        ", ".join(m for m in marks if m),
    )


def csv_rows(person: FamilyMember, known: Results) -> Iterator[tuple[str, ...]]:
    """One line a reading; one line for a report without readings."""
    for row in known.rows:
        reviewed = "" if row.reviewed is None else _yes(row.reviewed)
        head = (person.name, row.key, str(row.kind), row.title, moment_text(row.at) or "", row.status)
        marks = (_yes(row.key in known.new), _yes(row.corrected), reviewed, row.community)
        for reading in _flat(row):
            yield (*head, *marks, *_cells(reading), row.conclusion)
        if not row.readings:
            yield (*head, *marks, "", "", "", "", "", "", row.conclusion)


def tree(person: FamilyMember, known: Results) -> dict[str, Any]:
    """The whole answer."""
    return {
        "patient": {"id": person.id, "name": person.name, "relation": person.relation},
        "fetched": known.fetched.isoformat() if known.fetched else None,
        "unreadable": {"count": known.unreadable.count, "reasons": list(known.unreadable.reasons)},
        "results": [_result(row, new=row.key in known.new) for row in known.rows],
    }


def moment_text(moment: Moment) -> str | None:
    """ISO 8601 as precise as recorded; None where nothing was (REC-6)."""
    if moment.precision is Precision.NONE:
        return None
    text = moment.instant.isoformat()
    return text[: _LENGTHS.get(moment.precision, len(text))]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _flat(row: Result) -> Iterator[Reading]:
    for reading in row.readings:
        yield from reading.parts or (reading,)


def _cells(reading: Reading) -> tuple[str, ...]:
    code = reading.code.rpartition("|")[2]
    return reading.name, code, reading.text, reading.unit, reading.word, wording.range_text(reading.range)


def _result(row: Result, *, new: bool) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": str(row.kind),
        "title": row.title,
        "at": moment_text(row.at),
        "precision": str(row.at.precision),
        "issued": row.issued.isoformat() if row.issued else None,
        "status": row.status,
        "corrected": row.corrected,
        "reviewed": row.reviewed,
        "community": row.community,
        "imported": row.imported.isoformat() if row.imported else None,
        "new": new,
        "specimen": row.specimen,
        "performer": row.performer,
        "author": row.author,
        "conclusion": row.conclusion,
        "text": row.text,
        "readings": [_reading(r) for r in row.readings],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    quantity, limits = reading.quantity, reading.range
    return {
        "id": reading.id,
        "code": reading.code,
        "name": reading.name,
        "at": moment_text(reading.at),
        "value": reading.text,
        "number": quantity.value if quantity else None,
        "comparator": quantity.comparator if quantity else "",
        "unit": reading.unit,
        "interpretation": reading.word,
        "range": {"text": limits.text, "low": limits.low, "high": limits.high} if limits else None,
        "note": reading.note,
        "parts": [_reading(part) for part in reading.parts],
    }
