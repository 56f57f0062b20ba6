"""Series of a test over time: joined by code and unit, blood pressure as two numbers, changes from text digits."""

from datetime import UTC, datetime, timedelta

import pytest

from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.results.result import DIASTOLIC, SYSTOLIC, Flag, Quantity, Range, Reading, Result, ResultKind
from genesis_tui.models.results.trends import Series, by_code, change, series_of

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
CODE = "http://loinc.org|13457-7"


def quantity(text: str, unit: str = "mg/dL") -> Quantity:
    digits = text.lstrip("<>=")
    return Quantity(float(digits), text, unit, text[: len(text) - len(digits)])


def reading(number: int, text: str, unit: str = "mg/dL", *, code: str = CODE, flag: Flag = Flag.NORMAL) -> Reading:
    at = Moment(START + timedelta(days=30 * number))
    measured = quantity(text, unit) if text[-1].isdigit() else None
    return Reading(f"r{number}", code, "LDL cholesterol", at, text, measured, flag, range=Range("< 130", None, 130.0))


def result(row: Reading) -> Result:
    return Result(f"DiagnosticReport/{row.id}", ResultKind.LAB, "Lipid panel", row.at, readings=(row,), place="Belvoir")


def series(*readings: Reading, code: str = CODE) -> tuple[Series, ...]:
    return series_of(by_code(result(r) for r in readings), code)


def texts(one: Series) -> list[str]:
    return [entry.text for entry in one.entries]


def test_readings_of_one_code_and_unit_join_oldest_first() -> None:
    (one,) = series(reading(2, "141"), reading(1, "136"), reading(3, "148"), reading(4, "5", code="other"))
    assert texts(one) == ["136", "141", "148"]
    assert (one.name, one.unit, one.drawable) == ("LDL cholesterol", "mg/dL", True)
    assert one.entries[0].result == "DiagnosticReport/r1"
    assert one.entries[0].source == "Belvoir"


def test_units_are_never_joined_and_the_last_used_comes_first() -> None:
    made = series(reading(1, "3.1", "mmol/L"), reading(2, "3.3", "mmol/L"), reading(3, "128"))
    assert [(s.unit, texts(s)) for s in made] == [("mg/dL", ["128"]), ("mmol/L", ["3.1", "3.3"])]
    assert not made[0].drawable


def test_text_results_stand_in_the_table_of_the_last_unit_only() -> None:
    made = series(reading(1, "3.1", "mmol/L"), reading(2, "not measured", ""), reading(3, "128"))
    assert texts(made[0]) == ["not measured", "128"]
    assert [e.text for e in made[0].numbers] == ["128"]


def test_text_alone_is_a_series_without_numbers() -> None:
    (one,) = series(reading(1, "Positive", ""), reading(2, "Negative", ""))
    assert texts(one) == ["Positive", "Negative"]
    assert one.numbers == ()
    assert not one.drawable


def test_a_code_that_nothing_has_gives_no_series() -> None:
    assert series(reading(1, "136"), code="other") == ()
    assert series(reading(1, "136", code=""), code="") == ()


def test_the_same_reading_in_two_reports_counts_once() -> None:
    row = reading(1, "136")
    again = Result("DiagnosticReport/copy", ResultKind.LAB, "Lipids", row.at, readings=(row,))
    (one,) = series_of(by_code([result(row), again]), CODE)
    assert len(one.entries) == 1


def test_an_undated_reading_is_in_the_table_but_not_on_the_plot() -> None:
    row = reading(1, "136")
    undated = Reading("u", CODE, row.name, Moment(START, Precision.NONE), "120", quantity("120"))
    (one,) = series(row, undated)
    assert len(one.entries) == 2
    assert [e.text for e in one.numbers] == ["136"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("133", "148", "+15"), ("5.60", "5.4", "-0.20"), ("0.1", "0.3", "+0.2"), ("141", "141", "±0"), ("6", "6.0", "±0")],
)
def test_a_change_has_the_decimals_of_the_more_exact_number(old: str, new: str, told: str) -> None:
    (one,) = series(reading(1, old), reading(2, new))
    assert change(one, one.entries[1]) == (told, one.entries[0])


def test_the_first_value_has_no_change() -> None:
    (one,) = series(reading(1, "133"), reading(2, "148"))
    assert change(one, one.entries[0]) is None


@pytest.mark.parametrize(("old", "new"), [("<5", "7"), ("7", ">100")])
def test_a_comparator_leaves_the_change_unknown(old: str, new: str) -> None:
    (one,) = series(reading(1, old), reading(2, new))
    assert change(one, one.entries[1]) is None


def pressure(number: int, high: str, low: str) -> Reading:
    at = Moment(START + timedelta(days=number))
    parts = tuple(
        Reading("", code, name, at, text, quantity(text, "mmHg"), flag)
        for code, name, text, flag in (
            (SYSTOLIC, "Systolic", high, Flag.HIGH if int(high) > 130 else Flag.NORMAL),
            (DIASTOLIC, "Diastolic", low, Flag.NORMAL),
        )
    )
    return Reading(f"bp{number}", "http://loinc.org|85354-9", "Blood pressure", at, "", parts=parts)


@pytest.mark.rule("REC-5")
def test_blood_pressure_is_one_series_of_two_lines() -> None:
    (one,) = series(pressure(1, "128", "82"), pressure(2, "134", "80"), code="http://loinc.org|85354-9")
    assert one.lines == ("systolic", "diastolic")
    assert one.unit == "mmHg"
    assert texts(one) == ["128/82", "134/80"]
    assert one.entries[1].flags == (Flag.HIGH, Flag.NORMAL)
    assert one.entries[1].flag is Flag.HIGH
    assert change(one, one.entries[1]) == ("+6/-2", one.entries[0])
