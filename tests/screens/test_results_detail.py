"""The detail of a result: what it says, and that nothing that matters is cut."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.results.result import DIASTOLIC, SYSTOLIC, Flag, Range, Result, ResultKind
from genesis_tui.models.results.trends import by_code, series_of
from genesis_tui.screens.results.detail import ResultFacts, ResultSpace, blocks
from genesis_tui.screens.results.table import shape_of
from genesis_tui.widgets.drawing.lines import line_width, text_of
from tests.screens.results_of import AT, LDL, NOON, RATIO, TRIGLYCERIDES, partial, reading, result

HERE = ZoneInfo("America/New_York")
LIPIDS = result(
    LDL,
    TRIGLYCERIDES,
    RATIO,
    specimen="Blood",
    place="Belvoir Laboratory",
    orderer="Dr. Anna Okafor",
    issued=Moment(datetime(2026, 11, 20, 11, 52, tzinfo=HERE)),
    reviewed=False,
)


def text(row: Result, width: int = 75, *, indent: int = 0, blanks: bool = True, **more: object) -> str:
    facts = ResultFacts(row, **more)  # type: ignore[arg-type]
    return text_of(line for block in blocks(facts, ResultSpace(width, indent, blanks)) for line in block.lines)


def test_the_detail_of_the_mockup_at_120() -> None:
    assert text(LIPIDS, 74, place="1 of 20").split("\n") == [
        "Lipid panel                                                       1 of 20",
        "Lab, blood · collected Fri 20 Nov 2026 07:40 EST · final 11:52",
        "Belvoir Laboratory · ordered by Dr. Anna Okafor",
        "",
        "○ Not reviewed yet. Your care team will review this and contact you.",
        "",
        "TEST                 VALUE UNIT     IN RANGE?   REFERENCE",
        "LDL cholesterol   ▲    148 mg/dL    ────────┤◆  < 130       High",
        "Triglycerides          122 mg/dL    ──────●─┤   < 150",
        "Chol/HDL ratio   ▲▲    5.9          ├───────┤ ◆ 3.0 - 4.5   Critical high",
    ]


def test_two_rows_a_test_where_it_is_narrow() -> None:
    lines = text(LIPIDS, 44, indent=1).split("\n")
    assert lines[1] == " Blood · 20 Nov 2026 07:40 EST"
    assert " LDL cholesterol       ▲ 148 mg/dL     High" in lines
    assert "   ────────┤◆   reference < 130" in lines
    assert "   ├───────┤ ◆  reference 3.0 - 4.5" in lines


@pytest.mark.rule("REL-4")
@pytest.mark.parametrize("width", [39, 44, 75, 79])
def test_a_result_that_nobody_reviewed_says_what_happens_next(width: int) -> None:
    said = " ".join(text(LIPIDS, width).split())
    assert "○ Not reviewed yet. Your care team will review this and contact you." in said


@pytest.mark.rule("REL-4")
@pytest.mark.parametrize("reviewed", [True, None])
def test_nothing_is_said_of_review_where_the_server_says_nothing_is_missing(reviewed: bool | None) -> None:
    assert "Not reviewed" not in text(result(LDL, reviewed=reviewed))


@pytest.mark.rule("REL-3")
def test_a_corrected_result_says_so() -> None:
    row = result(LDL, corrected=True, issued=Moment(datetime(2026, 11, 18, 16, 21, tzinfo=UTC)))
    assert "Δ Corrected 18 Nov 2026, replaces the earlier version." in text(row)


def test_a_community_result_names_its_origin() -> None:
    row = result(LDL, community="Lakeview Medical Group", imported=datetime(2026, 9, 3, 12, tzinfo=UTC))
    assert "» From Lakeview Medical Group, imported 3 Sep 2026." in text(row)


@pytest.mark.rule("REC-3")
def test_values_print_comparator_value_unit_and_reference() -> None:
    low = reading("TSH", "<0.01", unit="mIU/L", flag=Flag.LOW, word="Low", span=Range("0.4 - 4.5 mIU/L", 0.4, 4.5))
    wide = text(result(low))
    assert "<0.01 mIU/L" in wide
    assert "0.4 - 4.5" in wide
    narrow = text(result(low), 44)
    assert "<0.01 mIU/L" in narrow
    assert "reference 0.4 - 4.5" in narrow


@pytest.mark.rule("REC-3")
def test_a_range_prints_its_own_text_where_it_has_one() -> None:
    said = text(result(reading("HIV", "Non-reactive", unit="", span=Range("Non-reactive; see note"))))
    assert "Non-reactive; see note" in said


@pytest.mark.rule("REC-4")
@pytest.mark.parametrize(
    ("flag", "word"), [(Flag.HIGH, "High"), (Flag.CRITICAL_LOW, "Critical low"), (Flag.UNKNOWN, "QX7")]
)
@pytest.mark.parametrize("width", [44, 75])
def test_interpretations_print_in_words_and_unknown_ones_as_they_are(flag: Flag, word: str, width: int) -> None:
    assert word in text(result(reading(flag=flag, word=word, span=Range("< 130", None, 130.0))), width)


@pytest.mark.rule("REC-6")
def test_partial_dates_and_missing_values_print_as_given() -> None:
    row = result(reading("Old test", "Specimen not received", unit=""), at=partial(2019, 3, precision=Precision.MONTH))
    said = text(row)
    assert "collected Mar 2019" in said
    assert "Specimen not received" in said
    assert "None recorded" in text(result(kind=ResultKind.RADIOLOGY))


@pytest.mark.parametrize("width", [39, 44, 60, 75, 79, 100])
def test_words_references_and_values_are_never_cut(width: int) -> None:
    long = (
        reading(
            "A test with a very long name indeed",
            "12.5",
            unit="10*3/uL",
            flag=Flag.CRITICAL_LOW,
            word="Critical low",
            span=Range("140.0 - 400.0 10*3/uL", 140.0, 400.0),
        ),
        reading(
            "Organism", "Escherichia coli, more than 100,000 colonies", unit="", flag=Flag.ABNORMAL, word="Detected"
        ),
        reading("Antibody", ">2500", unit="IU/mL", span=Range(">= 1000 IU/mL", 1000.0)),
    )
    said = " ".join(text(result(*long), width).split())
    for part in ("12.5", "10*3/uL", "Critical low", "140.0 - 400.0", "Detected", ">2500", "IU/mL", ">= 1000"):
        assert part in said, part
    assert "Escherichia coli, more than" in said
    assert "colonies" in said
    facts = ResultFacts(result(*long))
    assert all(line_width(line) <= width for block in blocks(facts, ResultSpace(width)) for line in block.lines)


def test_the_bar_goes_before_the_unit_column() -> None:
    full = shape_of((LDL,), 79)
    assert full is not None
    assert (full.unit, full.bar) == (6, 13)
    wordy = reading(
        "Test", "5", unit="mg/dL", flag=Flag.HIGH, word="Significantly high", span=Range("0.0 - 123456.0", 0, 1)
    )
    tight = shape_of((wordy,), 75)
    assert tight is not None
    assert (tight.unit, tight.bar) == (6, 0)
    assert shape_of((LDL,), 69) is None


def test_reports_wrap_at_72() -> None:
    row = result(
        kind=ResultKind.RADIOLOGY, text="FINDINGS:\n" + "no acute abnormality " * 20, conclusion="Normal study."
    )
    lines = text(row, 119, indent=1).split("\n")
    assert max(len(line) for line in lines[3:]) <= 73
    assert " CONCLUSION" in lines
    assert " Normal study." in lines


def test_a_note_that_is_on_its_way_says_so() -> None:
    assert "Loading…" in text(result(kind=ResultKind.NOTE), loading=True)


def test_comments_name_the_test_that_they_are_about() -> None:
    noted = reading(note="Calculated by the Sampson equation.")
    assert "COMMENT FROM THE LABORATORY\nLDL cholesterol: Calculated by the Sampson equation." in text(
        result(noted, TRIGLYCERIDES)
    )
    assert "LABORATORY\nCalculated by" in text(result(noted))


def test_earlier_values_stand_side_by_side_or_below_each_other() -> None:
    days = [NOON.replace(year=year) for year in (2023, 2024, 2025, 2026)]
    rows = [
        result(
            reading(
                text=str(127 + i), at=Moment(day), id=f"r{i}", flag=Flag.HIGH if i > 2 else Flag.NORMAL, word="High"
            )
        )
        for i, day in enumerate(days)
    ]
    (series,) = series_of(by_code(rows), LDL.code)
    earlier = tuple(reversed(series.entries))
    wide = text(rows[-1], 75, chosen="LDL cholesterol", earlier=earlier)
    assert "20 Nov 26 ▲ 130  20 Nov 25   129  20 Nov 24   128  20 Nov 23   127" in wide
    assert wide.split("\n")[-2].endswith("t trend")
    narrow = text(rows[-1], 44, chosen="LDL cholesterol", earlier=earlier)
    assert "20 Nov 26  ▲ 130 mg/dL  High\n20 Nov 25    129 mg/dL" in narrow
    assert "EARLIER" not in text(rows[-1], 75, chosen="LDL cholesterol", earlier=earlier[:1])


def test_the_cursor_stands_on_tests_only() -> None:
    found = blocks(ResultFacts(LIPIDS), ResultSpace(79))
    assert [block.reading for block in found if block.reading] == [LDL, TRIGLYCERIDES, RATIO]
    assert LDL.at == AT


def test_without_room_no_row_stays_empty() -> None:
    assert "" not in text(LIPIDS, 39, blanks=False).split("\n")


CULTURE = "No growth after 48 hours.\nGram stain: few\n  white cells seen, no organisms.\n" + "Call the lab. " * 20


@pytest.mark.parametrize("width", [39, 44, 75, 119])
def test_a_long_text_is_whole_with_its_lines_and_widens_no_other_row(width: int) -> None:
    """REC-3: nothing of a value is cut, and a test beside it looks as it does alone."""
    culture = reading("Wound culture", " ".join(CULTURE.split()))._replace(lines=CULTURE, quantity=None)
    long_range = reading("Ferritin", span=Range("see the table of ranges by month of pregnancy in the handbook"))
    said = text(result(LDL, TRIGLYCERIDES, culture, long_range), width).split("\n")
    alone = text(result(LDL, TRIGLYCERIDES), width).split("\n")
    assert set(alone) - {said[1]} <= set(said) | {alone[0], alone[1]}
    stripped = [line.strip() for line in said]
    assert "Gram stain: few" in stripped
    assert any(line.startswith("    white cells seen") for line in said)
    assert " ".join(" ".join(said).split()).count("Call the lab.") == 20
    assert "in the handbook" in " ".join(" ".join(said).split())


@pytest.mark.parametrize("width", [44, 75])
def test_a_long_name_goes_on_below(width: int) -> None:
    name = "Hemoglobin A1c/Hemoglobin.total in Blood by calculation"
    said = text(result(reading(name, span=Range("4.0 - 6.0", 4, 6))), width)
    assert "…" not in said
    for word in name.split():
        assert word in said


@pytest.mark.rule("REC-5")
@pytest.mark.parametrize("width", [44, 75])
def test_a_value_and_its_parts_both_show(width: int) -> None:
    parts = (reading("At rest", "88", unit="/min"), reading("After effort", "140", unit="/min", flag=Flag.HIGH))
    row = result(reading("Heart rate", "101", unit="/min")._replace(parts=parts))
    said = " ".join(text(row, width).split())
    assert "101 /min" in said
    assert "At rest 88 /min" in said
    assert "140 /min" in said
    listed = reading("Urine", "Color Amber, clear")._replace(quantity=None, joined=True, parts=parts)
    assert "Color Amber" not in text(result(listed), width)


@pytest.mark.rule("REC-5")
def test_blood_pressure_shows_in_one_row() -> None:
    parts = tuple(reading(n, "90", unit="mmHg", code=code) for n, code in (("S", SYSTOLIC), ("D", DIASTOLIC)))
    pressure = reading("Blood pressure", "154/90 mmHg")._replace(quantity=None, joined=True, parts=parts)
    assert [line for line in text(result(pressure)).split("\n") if "90" in line] == [
        line for line in text(result(pressure)).split("\n") if "154/90 mmHg" in line
    ]


def test_panels_times_and_what_is_missing_are_told() -> None:
    other = Moment(NOON.replace(hour=9))
    row = result(
        LDL,
        TRIGLYCERIDES._replace(panel="Lipids, calculated", at=other, modified=True),
        missing=("Impression: not found", "2 results can't be had"),
        modified=True,
        until=Moment(NOON.replace(hour=8)),
        performer="T. Tech",
        reader="Dr. Vale",
    )
    lines = text(row).split("\n")
    assert "! Impression: not found." in lines
    assert "! 2 results can't be had." in lines
    assert "! Says more than can be shown." in lines
    assert "Lab · collected Fri 20 Nov 2026 07:40 EST to 08:40 EST" in lines
    assert "by T. Tech · read by Dr. Vale" in lines
    assert "Lipids, calculated" in lines
    assert "Fri 20 Nov 2026 09:40 EST · Says more than can be shown" in " ".join(text(row).split())


@pytest.mark.rule("REC-9", "REL-3")
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("amended", "Δ Amended, replaces the earlier version."),
        ("corrected", "Δ Corrected, replaces the earlier version."),
        ("appended", "Δ Added to."),
        ("final", "Δ Amended: LDL cholesterol."),
    ],
)
def test_a_status_is_told_in_its_own_word(status: str, said: str) -> None:
    changed = LDL._replace(status="amended" if status == "final" else "final")
    assert said in text(result(changed, corrected=True, status=status)).split("\n")
