"""Results made by hand, for tests of what formats them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.results.result import Flag, Quantity, Range, Reading, Result, ResultKind

NOON = datetime(2026, 11, 20, 7, 40, tzinfo=ZoneInfo("America/New_York"))
AT = Moment(NOON)


def reading(
    name: str = "LDL cholesterol",
    text: str = "148",
    *,
    unit: str = "mg/dL",
    flag: Flag = Flag.NORMAL,
    word: str = "",
    span: Range | None = None,
    code: str = "http://loinc.org|13457-7",
    at: Moment = AT,
    note: str = "",
    id: str = "",
) -> Reading:
    """A test; a number where the text ends in a digit."""
    digits = text.lstrip("<>=")
    quantity = Quantity(float(digits), text, unit, text[: len(text) - len(digits)]) if text[-1:].isdigit() else None
    return Reading(id or name, code, name, at, text, quantity, flag, word, range=span, note=note)


LDL = reading(flag=Flag.HIGH, word="High", span=Range("< 130 mg/dL", None, 130.0))
TRIGLYCERIDES = reading("Triglycerides", "122", code="http://loinc.org|2571-8", span=Range("< 150 mg/dL", None, 150.0))
RATIO = reading(
    "Chol/HDL ratio",
    "5.9",
    unit="",
    flag=Flag.CRITICAL_HIGH,
    word="Critical high",
    code="x|1",
    span=Range("3.0 - 4.5", 3.0, 4.5),
)


def result(*readings: Reading, kind: ResultKind = ResultKind.LAB, title: str = "Lipid panel", **more: object) -> Result:
    """A row of Results, collected on 20 Nov 2026 at 07:40 in Virginia."""
    known: dict[str, object] = {"key": "DiagnosticReport/1", "at": AT}
    return Result(kind=kind, title=title, readings=readings, **(known | more))  # type: ignore[arg-type]


def partial(year: int, month: int = 1, *, precision: Precision) -> Moment:
    """A date of which only a part was recorded."""
    return Moment(datetime(year, month, 1, tzinfo=UTC), precision)
