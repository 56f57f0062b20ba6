"""Rows of the list and the row of filters, cell by cell (MOCKUPS §2)."""

import pytest

from genesis_tui.models.base.dates import Precision
from genesis_tui.models.results.result import Flag, Range, ResultKind, main_value
from genesis_tui.screens.results.chips import chips_line, kind_at
from genesis_tui.screens.results.filter import FilteredResults, ResultFilter, ResultOrder
from genesis_tui.screens.results.rows import ResultView, reading_line, result_line
from genesis_tui.widgets.drawing.lines import line_width, text_of
from genesis_tui.widgets.virtual_list import Columns, columns_for
from tests.screens.results_of import LDL, RATIO, TRIGLYCERIDES, partial, reading, result

UNREVIEWED = result(LDL, TRIGLYCERIDES, reviewed=False)
NOTE = result(kind=ResultKind.NOTE, title="Family medicine visit", author="Dr. Anna Okafor", key="DocumentReference/2")
CRITICAL = result(RATIO, title="Basic metabolic panel", community="Lakeview Medical Group")
CORRECTED = result(reading(text="5.4", unit="%"), title="Hemoglobin A1c", corrected=True)


def drawn(row: object, width: int, columns: Columns, *, new: bool = False) -> str:
    key = getattr(row, "key", "")
    return text_of(ResultView(columns, frozenset({key}) if new else frozenset()).draw(row, width))  # type: ignore[arg-type]


def test_a_row_at_80_columns() -> None:
    assert drawn(UNREVIEWED, 79, Columns.FULL, new=True) == (
        "•  ▲ High      Lab  Lipid panel                LDL 148 mg/dL    ○    20 Nov 26"
    )
    assert drawn(NOTE, 79, Columns.FULL) == (
        "               Note Family medicine visit      Dr. Okafor            20 Nov 26"
    )
    assert drawn(CRITICAL, 79, Columns.FULL) == (
        "  ▲▲ Critical  Lab  Basic metabolic panel      5.9                »  20 Nov 26"
    )
    assert drawn(CORRECTED, 79, Columns.FULL) == (
        "               Lab  Hemoglobin A1c             5.4 %             Δ   20 Nov 26"
    )


def test_a_row_in_the_pane_of_44() -> None:
    assert drawn(UNREVIEWED, 43, Columns.SHORT, new=True) == "•  ▲ Lipid panel             ○   20 Nov 26"
    long = result(title="Skin biopsy, left forearm", kind=ResultKind.PATHOLOGY)
    assert drawn(long, 43, Columns.SHORT) == "     Skin biopsy, left fore…     20 Nov 26"


def test_two_rows_an_item_on_a_phone() -> None:
    assert drawn(UNREVIEWED, 44, Columns.TWO_ROWS, new=True) == (
        "•  ▲ Lipid panel                  20 Nov 26\n     LDL 148 mg/dL  High     ○ not reviewed"
    )
    assert drawn(NOTE, 44, Columns.TWO_ROWS) == ("     Family medicine visit        20 Nov 26\n     Note · Dr. Okafor")
    assert drawn(CRITICAL, 44, Columns.TWO_ROWS).endswith("     5.9  Critical              » community")


def test_a_positive_text_result_says_it_once() -> None:
    positive = result(
        reading("SARS-CoV-2", "Positive", unit="", flag=Flag.ABNORMAL, word="Positive"), community="Lakeview"
    )
    assert drawn(positive, 44, Columns.TWO_ROWS).split("\n")[1].split() == ["Positive", "»", "community"]


@pytest.mark.parametrize("columns", list(Columns))
@pytest.mark.parametrize("width", [39, 44, 59, 79, 119])
def test_no_row_is_wider_than_its_cells(columns: Columns, width: int) -> None:
    long = result(LDL, title="A title that goes on and on " * 4, reviewed=False, corrected=True, community="Somewhere")
    for row in (UNREVIEWED, NOTE, CRITICAL, long):
        for line in ResultView(columns).draw(row, width):
            assert line_width(line) <= width


@pytest.mark.rule("REC-6")
@pytest.mark.parametrize(
    ("precision", "told"),
    [(Precision.YEAR, "2026"), (Precision.MONTH, "Mar 2026"), (Precision.NONE, "no date"), (Precision.DAY, "1 Mar 26")],
)
def test_a_date_shows_as_much_as_was_recorded(precision: Precision, told: str) -> None:
    row = result(LDL, at=partial(2026, 3, precision=precision))
    assert drawn(row, 43, Columns.SHORT).endswith(f"  {told}".rjust(10))


def test_the_layout_follows_the_width() -> None:
    assert columns_for(80, two_rows=False) is Columns.FULL
    assert columns_for(44, two_rows=False) is Columns.SHORT
    assert columns_for(45, two_rows=True) is Columns.TWO_ROWS


# the row of filters


def test_chips_at_80_and_in_the_pane() -> None:
    wide = text_of([chips_line(ResultFilter(), 80)])
    assert wide == "  All  Labs  Radiology  Pathology  Notes         ▲ abnormal only   newest first"
    assert text_of([chips_line(ResultFilter(), 44)]) == "  All  Labs  Rad  Path  Notes"
    assert text_of([chips_line(ResultFilter(abnormal=True), 44)]).endswith("▲ only")
    assert text_of([chips_line(ResultFilter(), 80, loading="40 so far")]).endswith("↻ Loading, 40 so far")


def test_the_chosen_chip_is_underlined() -> None:
    line = chips_line(ResultFilter(kind=ResultKind.PATHOLOGY), 80)
    assert ("Pathology", "bold underline") in line
    assert ("All", "muted") in line


def test_chips_go_round() -> None:
    assert kind_at(ResultFilter(), 1) is ResultKind.LAB
    assert kind_at(ResultFilter(), -1) is ResultKind.NOTE
    assert kind_at(ResultFilter(kind=ResultKind.NOTE), 1) is None


# what shows, in which order


SHELF = FilteredResults(
    [
        UNREVIEWED,
        NOTE,
        result(
            title="MRI left knee",
            kind=ResultKind.RADIOLOGY,
            text="Horizontal tear of the medial meniscus.",
            at=partial(2025, precision=Precision.DAY),
        ),
        result(RATIO, title="Basic metabolic panel", at=partial(2024, precision=Precision.DAY)),
    ]
)


def titles(choice: ResultFilter) -> list[str]:
    return [row.title for row in SHELF.chosen(choice)]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (ResultFilter(), ["Lipid panel", "Family medicine visit", "MRI left knee", "Basic metabolic panel"]),
        (ResultFilter(kind=ResultKind.RADIOLOGY), ["MRI left knee"]),
        (ResultFilter(abnormal=True), ["Lipid panel", "Basic metabolic panel"]),
        (ResultFilter(words="okafor"), ["Family medicine visit"]),
        (ResultFilter(words="TRIGLYC"), ["Lipid panel"]),
        (ResultFilter(words="148 high"), ["Lipid panel"]),
        (ResultFilter(words="meniscus"), ["MRI left knee"]),
        (ResultFilter(words="meniscus high"), []),
        (
            ResultFilter(order=ResultOrder.OLDEST),
            ["Basic metabolic panel", "MRI left knee", "Lipid panel", "Family medicine visit"],
        ),
        (
            ResultFilter(order=ResultOrder.TITLE),
            ["Basic metabolic panel", "Family medicine visit", "Lipid panel", "MRI left knee"],
        ),
        (
            ResultFilter(order=ResultOrder.GRAVEST),
            ["Basic metabolic panel", "Lipid panel", "Family medicine visit", "MRI left knee"],
        ),
    ],
)
def test_what_is_asked_for_shows_in_its_order(choice: ResultFilter, found: list[str]) -> None:
    assert titles(choice) == found


def test_orders_go_round() -> None:
    order = ResultOrder.NEWEST
    for _ in ResultOrder:
        order = order.next
    assert order is ResultOrder.NEWEST


# the clipboard


def test_copied_lines_are_plain_text() -> None:
    assert result_line(UNREVIEWED) == "20 Nov 2026  Lipid panel  LDL 148 mg/dL  High"
    assert reading_line(LDL) == "20 Nov 2026  LDL cholesterol 148 mg/dL  High  reference < 130 mg/dL"
    assert result_line(NOTE) == "20 Nov 2026  Family medicine visit  Dr. Okafor"


def test_a_row_says_what_is_missing_and_that_there_is_more() -> None:
    scan = result(kind=ResultKind.RADIOLOGY, title="Chest picture", missing=("Impression: not found",))
    assert drawn(scan, 79, Columns.FULL) == (
        "     1 missing Rad  Chest picture              report              ! 20 Nov 26"
    )
    assert drawn(scan, 44, Columns.TWO_ROWS).endswith("     Rad · report               ! 1 missing")
    modified = result(LDL, modified=True)
    assert "!" in drawn(modified, 43, Columns.SHORT)
    assert drawn(modified, 44, Columns.TWO_ROWS).endswith("! says more")


def test_a_year_that_could_be_another_century_has_four_digits() -> None:
    old = result(LDL, at=partial(1938, 7, precision=Precision.DAY))
    assert drawn(old, 79, Columns.FULL).endswith("  1 Jul 1938")
    assert len(drawn(old, 79, Columns.FULL)) == len(drawn(result(LDL), 79, Columns.FULL))


def test_normal_is_what_the_server_calls_so_or_what_lies_in_its_range() -> None:
    inside = reading("A", "5", span=Range("4 - 6", 4, 6))
    outside = reading("B", "7", span=Range("4 - 6", 4, 6))
    assert main_value(result(inside, inside)) == "2 normal"
    assert main_value(result(inside, outside)) == "2 tests"
    assert main_value(result(inside, reading("C", "7", word="Normal"))) == "2 normal"
