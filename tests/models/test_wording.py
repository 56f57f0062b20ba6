"""How times, values and flags are written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from genesis_tui.models.base import dates
from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.results import result as wording
from genesis_tui.models.results.result import Flag, Quantity, Range, Reading, Result, ResultKind

NOON = datetime(2026, 11, 20, 12, 40, tzinfo=UTC)
EASTERN = timezone(timedelta(hours=-5))


def reading(text: str = "148", flag: Flag = Flag.NORMAL, word: str = "", code: str = "x", **more: object) -> Reading:
    quantity = Quantity(float(text), text, "mg/dL") if text[0].isdigit() else None
    return Reading("1", f"http://loinc.org|{code}", "LDL cholesterol", Moment(NOON), text, quantity, flag, word, **more)  # type: ignore[arg-type]


def result(*readings: Reading, kind: ResultKind = ResultKind.LAB, **more: object) -> Result:
    return Result("DiagnosticReport/1", kind, "Lipid panel", Moment(NOON), readings=readings, **more)  # type: ignore[arg-type]


@pytest.mark.rule("REC-6")
@pytest.mark.parametrize(
    ("precision", "short", "long"),
    [
        (Precision.TIME, " 3 Sep 26", "Thu 3 Sep 2026 07:40 UTC-05:00"),
        (Precision.DAY, " 3 Sep 26", "Thu 3 Sep 2026"),
        (Precision.MONTH, "Sep 2026", "Sep 2026"),
        (Precision.YEAR, "2026", "2026"),
        (Precision.NONE, "no date", "None recorded"),
    ],
)
def test_dates_print_as_precise_as_recorded(precision: Precision, short: str, long: str) -> None:
    moment = Moment(datetime(2026, 9, 3, 7, 40, tzinfo=EASTERN), precision)
    assert (dates.short_day(moment), dates.long_time(moment)) == (short, long)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/New_York", "Fri 20 Nov 2026 07:40 EST"),
        ("Europe/Berlin", "Fri 20 Nov 2026 13:40 CET"),
        ("Asia/Tokyo", "Fri 20 Nov 2026 21:40 JST"),
        ("Asia/Kathmandu", "Fri 20 Nov 2026 18:25 UTC+05:45"),
        ("Not/AZone", "Fri 20 Nov 2026 12:40 UTC"),
        ("../../etc/passwd", "Fri 20 Nov 2026 12:40 UTC"),
        (None, "Fri 20 Nov 2026 12:40 UTC"),
    ],
)
def test_times_name_their_zone(zone: str | None, text: str) -> None:
    assert dates.long_time(Moment(NOON), zone) == text


@pytest.mark.rule("REC-3")
def test_a_range_leaves_its_unit_to_the_column_beside_it() -> None:
    limits = Range("70 - 99 mg/dL", 70, 99)
    assert wording.range_text(limits) == "70 - 99 mg/dL"
    assert wording.range_text(limits, "mg/dL") == "70 - 99"
    assert wording.range_text(limits, "g/dL") == "70 - 99 mg/dL"
    assert wording.range_text(None) == ""


@pytest.mark.rule("REC-4")
@pytest.mark.parametrize(
    ("flag", "short", "long"),
    [
        (Flag.NORMAL, "", ""),
        (Flag.UNKNOWN, "", ""),
        (Flag.HIGH, "High", "High"),
        (Flag.LOW, "Low", "Low"),
        (Flag.ABNORMAL, "Abnormal", "Abnormal"),
        (Flag.CRITICAL_HIGH, "Critical", "Critical high"),
        (Flag.CRITICAL_LOW, "Critical", "Critical low"),
        (Flag.CRITICAL, "Critical", "Critical"),
    ],
)
def test_flags_in_words(flag: Flag, short: str, long: str) -> None:
    assert (wording.flag_word(flag, short=True), wording.flag_word(flag)) == (short, long)


@pytest.mark.rule("REC-4")
def test_beside_a_value_normal_is_silent_and_an_unknown_code_is_itself() -> None:
    assert wording.reading_word(reading(word="Normal")) == ""
    assert wording.reading_word(reading(flag=Flag.UNKNOWN, word="XQ")) == "XQ"
    assert wording.reading_word(reading(flag=Flag.HIGH)) == "High"


HIGH_LDL = reading("148", Flag.HIGH, "High", "13457-7")
HIGH_TOTAL = reading("224", Flag.HIGH, "High", "2093-3")
NORMAL = reading(word="Normal")


@pytest.mark.parametrize(
    ("row", "value", "word"),
    [
        (result(HIGH_TOTAL, HIGH_LDL, NORMAL), "LDL 148 mg/dL", "High"),
        (result(NORMAL, NORMAL), "2 normal", ""),
        (result(NORMAL, reading("ok", word="")), "2 tests", ""),
        (result(reading("5.4")), "5.4 mg/dL", ""),
        (result(reading("Positive", Flag.ABNORMAL, "Positive")), "Positive", "Positive"),
        (result(HIGH_LDL, reading("6.3", Flag.CRITICAL_HIGH, code="2823-3")), "K 6.3 mg/dL", "Critical"),
        (result(kind=ResultKind.PATHOLOGY, conclusion="Benign."), "Benign", ""),
        (result(kind=ResultKind.RADIOLOGY, conclusion="A long conclusion that has no room here"), "report", ""),
        (result(kind=ResultKind.NOTE, author="Dr. Anna Okafor"), "Dr. Okafor", ""),
        (result(kind=ResultKind.NOTE, author="Okafor, Anna, MD"), "Okafor, Anna, MD", ""),
        (result(kind=ResultKind.NOTE), "note", ""),
    ],
)
def test_the_one_value_of_a_row(row: Result, value: str, word: str) -> None:
    assert (wording.main_value(row), wording.result_word(row)) == (value, word)
