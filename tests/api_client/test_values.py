"""Quantities, ranges, interpretations and dates, as a person reads them."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from genesis_tui.api_client.fhir import values
from genesis_tui.api_client.fhir.results.observations import value_of
from genesis_tui.api_client.fhir.results.ranges import Person, chosen, options_of
from genesis_tui.api_client.fhir.structs import CodeableConcept, FhirQuantity, Measured, ReferenceRange
from genesis_tui.models.base.dates import Precision, long_time, short_day
from genesis_tui.models.results.result import Flag, Range, quantity_text


def quantity(text: str) -> FhirQuantity:
    return msgspec.json.decode(text, type=FhirQuantity)


def range_of(*bodies: dict[str, object], person: Person | None = None, at: str | None = None) -> Range | None:
    """The range that prints for a person."""
    given = msgspec.json.decode(json.dumps(bodies), type=list[ReferenceRange])
    return chosen(options_of(given), person or Person(), values.moment(at))


def codes(*words: str) -> list[CodeableConcept]:
    return [CodeableConcept(coding=[values.Coding(code=word)]) for word in words]


@pytest.mark.rule("REC-3")
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"value": 148, "unit": "mg/dL"}', "148 mg/dL"),
        ('{"value": 5.40, "unit": "%"}', "5.40 %"),
        ('{"comparator": "<", "value": 5, "unit": "ng/mL"}', "<5 ng/mL"),
        ('{"comparator": ">=", "value": 1000, "code": "mL"}', ">=1000 mL"),
        ('{"value": -0.5, "unit": "mmol/L"}', "-0.5 mmol/L"),
        ('{"value": 1e3}', "1e3"),
        ('{"value": 4.5, "code": "1"}', "4.5"),
        ('{"value": 4.5, "code": "{ratio}"}', "4.5"),
        ('{"value": 7, "unit": "mg\\u001b[2J"}', "7 mg␛[2J"),
        ('{"value": 90.46141024966595, "unit": "mm[Hg]"}', "90 mmHg"),
        ('{"value": 37.123456789, "code": "Cel"}', "37.12 °C"),
        ('{"value": 0.00123456789, "unit": "g"}', "0.00123 g"),
        ('{"value": 0.123456, "unit": "g"}', "0.123456 g"),
    ],
)
def test_a_quantity_prints_comparator_value_and_unit(body: str, text: str) -> None:
    assert quantity_text(values.quantity_of(quantity(body))) == text


@pytest.mark.rule("REC-3")
@pytest.mark.parametrize(
    ("body", "text", "low", "high"),
    [
        ({"low": {"value": 70, "unit": "mg/dL"}, "high": {"value": 99, "unit": "mg/dL"}}, "70 - 99 mg/dL", 70, 99),
        ({"low": {"value": 40, "unit": "mg/dL"}}, ">= 40 mg/dL", 40, None),
        ({"high": {"value": 3.50, "unit": "x"}}, "<= 3.5 x", None, 3.5),
        ({"high": {"value": 130, "unit": "mg/dL"}, "text": "< 130"}, "< 130", None, 130),
        ({"text": "Negative"}, "Negative", None, None),
        ({"low": {"value": 1}, "high": {"value": 2}}, "1 - 2", 1, 2),
    ],
)
def test_a_range_prints_its_text_or_its_limits(
    body: dict[str, object], text: str, low: float | None, high: float | None
) -> None:
    found = range_of(body)
    assert found is not None
    assert (found.text, found.low, found.high) == (text, low, high)


@pytest.mark.rule("REC-3")
def test_the_normal_range_comes_first_and_an_empty_one_is_none() -> None:
    critical = {"type": {"coding": [{"code": "critical"}]}, "text": "> 6"}
    normal = {"type": {"coding": [{"code": "normal"}]}, "text": "3 - 5"}
    chosen = range_of(critical, normal)
    assert chosen is not None
    assert chosen.text == "3 - 5; > 6 (critical)"
    assert range_of() is None
    assert range_of({}) is None


WOMAN = Person("female", datetime(1980, 2, 3, tzinfo=UTC))
TWELVE = {"age": {"high": {"value": 12, "unit": "a"}}}


def applies(*whom: dict[str, object]) -> dict[str, object]:
    return {"appliesTo": list(whom)}


@pytest.mark.rule("REC-3")
@pytest.mark.parametrize(
    ("bodies", "text"),
    [
        ((applies({"coding": [{"code": "248153007"}]}), applies({"coding": [{"code": "248152002"}]})), "B"),
        ((applies({"text": "Pregnant"}), {}), "A (Pregnant); B"),
        ((applies({"text": "Female"}, {"text": "Pregnant"}), applies({"text": "male"})), "A (Pregnant)"),
        ((TWELVE, {"age": {"low": {"value": 216, "unit": "mo"}}}), "B"),
        ((TWELVE, applies({"text": "Male"})), "A (12 years or younger); B (male)"),
        (({"age": {"low": {"value": 3, "unit": "moons"}}}, TWELVE), "A (3 moons or older)"),
        (({"type": {"coding": [{"code": "therapeutic", "display": "Therapeutic"}]}}, {}), "B; A (Therapeutic)"),
        (({"low": {"value": 3}, "high": {"value": 5.50, "unit": "g"}},), "A (3 - 5.5 g)"),
    ],
)  # fmt: skip
def test_the_range_is_the_one_for_the_person_or_each_with_whom_it_is_for(
    bodies: tuple[dict[str, object], ...], text: str
) -> None:
    named = ({"text": name, **body} for name, body in zip("AB", bodies, strict=False))
    found = range_of(*named, person=WOMAN, at="2026-03-04T10:00:00-05:00")
    assert found is not None
    assert found.text == text


def test_a_range_of_age_is_chosen_by_the_age_at_the_time() -> None:
    child = {"text": "child", "age": {"high": {"value": 12, "unit": "a"}}}
    adult = {"text": "adult", "age": {"low": {"value": 18, "unit": "years"}}}
    told = [range_of(child, adult, person=WOMAN, at=at) for at in ("1992-12-01", "1998-02-04", "1998")]
    assert [one and one.text for one in told] == [
        *("child", "adult", "child (12 years or younger); adult (18 years or older)"),
    ]


@pytest.mark.rule("REC-4")
@pytest.mark.parametrize(
    ("code", "flag", "word"),
    [
        ("N", Flag.NORMAL, "Normal"),
        ("H", Flag.HIGH, "High"),
        ("HH", Flag.CRITICAL_HIGH, "Critical high"),
        ("L", Flag.LOW, "Low"),
        ("LL", Flag.CRITICAL_LOW, "Critical low"),
        ("A", Flag.ABNORMAL, "Abnormal"),
        ("AA", Flag.CRITICAL, "Critical"),
        ("POS", Flag.ABNORMAL, "Positive"),
        ("NEG", Flag.NORMAL, "Negative"),
        ("IND", Flag.UNKNOWN, "Indeterminate"),
        ("XQ-7", Flag.UNKNOWN, "XQ-7"),
        ("X\x1b", Flag.UNKNOWN, "X␛"),
    ],
)
def test_an_interpretation_prints_in_words(code: str, flag: Flag, word: str) -> None:
    assert values.interpretation_of(codes(code)) == (flag, word, code.replace("\x1b", "␛"))


@pytest.mark.rule("REC-4")
def test_the_gravest_interpretation_counts_and_text_will_do() -> None:
    assert values.interpretation_of(codes("N", "HH", "H")) == (Flag.CRITICAL_HIGH, "Critical high", "HH")
    assert values.interpretation_of([CodeableConcept(text="high")]) == (Flag.HIGH, "High", "H")
    assert values.interpretation_of([]) == (Flag.NORMAL, "", "")
    assert values.interpretation_of(codes("H", "U")) == (Flag.HIGH, "High, Significant change up", "H, U")


@pytest.mark.rule("REC-6")
@pytest.mark.parametrize(
    ("text", "precision", "iso"),
    [
        ("2026", Precision.YEAR, "2026-01-01T00:00:00+00:00"),
        ("2026-02", Precision.MONTH, "2026-02-01T00:00:00+00:00"),
        ("2024-02-29", Precision.DAY, "2024-02-29T00:00:00+00:00"),
        ("2026-11-20T07:40:00-05:00", Precision.TIME, "2026-11-20T07:40:00-05:00"),
        ("2026-11-20T07:40:00.123Z", Precision.TIME, "2026-11-20T07:40:00.123000+00:00"),
        ("2026-11-20T07:40:00", Precision.TIME, "2026-11-20T07:40:00+00:00"),
    ],
)
def test_a_date_is_as_precise_as_it_was_given(text: str, precision: Precision, iso: str) -> None:
    moment = values.moment(text)
    assert moment.zoned is (text[19:20] != "" or len(text) < 19)
    assert (moment.precision, moment.instant.isoformat()) == (precision, iso)


@pytest.mark.rule("REC-6")
def test_a_missing_date_comes_first() -> None:
    assert values.moment(None).precision is Precision.NONE
    assert values.moment(None) < values.moment("1900")


@pytest.mark.parametrize("text", ["2026-02-30", "last year", "20261120", "2026-11-20T25:00:00Z", "12"])
def test_what_is_no_date_is_told_as_it_is(text: str) -> None:
    found = values.moment(text)
    assert (found.precision, found.written, short_day(found)) == (Precision.NONE, text, "unclear")
    assert long_time(found) == f"{text} (can't be read as a date)"


@pytest.mark.rule("REC-6")
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "None recorded"),
        ({"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}, "Not performed"),
        ({"dataAbsentReason": {"coding": [{"code": "error", "display": "Error"}]}}, "Error"),
        ({"dataAbsentReason": {"text": "specimen clotted"}}, "Specimen clotted"),
        ({"valueQuantity": {"unit": "mg/dL"}, "dataAbsentReason": {"text": "lost"}}, "Lost"),
        ({"valueString": "Yellow, clear"}, "Yellow, clear"),
        ({"valueString": ""}, "None recorded"),
        ({"valueCodeableConcept": {"coding": [{"code": "260373001", "display": "Detected"}]}}, "Detected"),
        ({"valueInteger": 3}, "3"),
        ({"valueBoolean": False}, "No"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1:128"),
        (
            {"valueRatio": {"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 24, "unit": "h"}}},
            "5 mg : 24 h",
        ),
        ({"valueRange": {"low": {"value": 2}, "high": {"value": 5}}}, "2 - 5"),
        ({"valueRange": {"low": {"value": 5, "unit": "/HPF"}, "high": {"value": 10, "unit": "/HPF"}}}, "5 - 10 /HPF"),
        ({"valueRange": {"low": {"value": 5, "unit": "mg"}}}, ">= 5 mg"),
        ({"valueRange": {"low": {"value": 5, "unit": "mg"}, "high": {"value": 1, "unit": "g"}}}, "5 mg - 1 g"),
        ({"valuePeriod": {"start": "2026-01-01", "end": "2026-01-05"}}, "1 Jan 2026 to 5 Jan 2026"),
        (
            {"valuePeriod": {"start": "2026-01-01T08:00:00Z", "end": "2026-01-01T09:30:00Z"}},
            "Thu 1 Jan 2026 08:00 UTC to 09:30 UTC",
        ),
        ({"valuePeriod": {"start": "2026-01"}}, "since Jan 2026"),
        ({"valueDateTime": "2026-01-01T08:00:00"}, "Thu 1 Jan 2026 08:00"),
        ({"valueDateTime": "2026-01"}, "Jan 2026"),
        ({"valueSampledData": {"data": "1 2"}}, "A curve of measurements, which can't be shown here"),
        ({"valueString": "two\n  lines"}, "two lines"),
        ({"valueTime": "07:40:00"}, "07:40:00"),
        ({"valueAttachment": {"url": "Binary/9"}}, "A file, which can't be shown here"),
        ({"valueReference": {"reference": "#s", "display": "Sequence 7"}}, "Sequence 7"),
    ],
)
def test_a_value_prints_or_says_why_there_is_none(body: dict[str, object], text: str) -> None:
    assert value_of(msgspec.json.decode(json.dumps(body), type=Measured))[0] == text


@pytest.mark.parametrize(
    ("body", "text", "number"), [('"148"', "148", 148), ('"-0.50 "', "-0.50", -0.5), ('"trace"', "trace mg", None)]
)
def test_a_number_in_quotes_is_one_and_a_word_stays_a_word(body: str, text: str, number: float | None) -> None:
    found = values.measured_value(quantity(f'{{"value": {body}, "unit": "mg"}}'))
    assert (found.text, found.quantity.value if found.quantity else None) == (text, number)


def test_names_and_codes_prefer_what_people_and_loinc_say() -> None:
    concept = msgspec.json.decode(
        b'{"coding":[{"system":"urn:local","code":"X"},{"system":"http://loinc.org","code":"4548-4","display":"A1c"}]}',
        type=CodeableConcept,
    )
    assert values.code_of(concept) == "http://loinc.org|4548-4"
    assert values.name_of(concept) == "A1c"
    assert values.name_of(CodeableConcept()) == values.code_of(CodeableConcept()) == ""
