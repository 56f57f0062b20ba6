"""Pictures of what the Record place is made of, so that no change of looks goes unseen; entries are made by hand."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from textual.app import App
from textual.containers import Horizontal
from textual.widget import Widget

from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.record import Entry, Fact, of_readings, section
from genesis_tui.models.results.result import Flag
from genesis_tui.screens.record.detail import EntrySpace, told
from genesis_tui.screens.record.panes import EntryPane
from genesis_tui.screens.record.rows import (
    Choice,
    EntryRow,
    EntryView,
    SectionHeading,
    SectionRow,
    SectionView,
    with_headings,
)
from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.virtual_list import Columns, VirtualList
from tests.screens.results_of import reading

DAY = Moment(datetime(2026, 9, 2, tzinfo=UTC), Precision.DAY)
YEAR = Moment(datetime(2006, 1, 1, tzinfo=UTC), Precision.YEAR)
IBUPROFEN = Entry(
    key="MedicationRequest/1",
    section="medications",
    title="Ibuprofen 600 mg tablet",
    at=DAY,
    state="Completed",
    tone="muted",
    summary="One tablet every 6 hours as needed.",
    group="Prescribed",
    facts=(
        Fact("How to take it", "One tablet every 6 hours as needed."),
        Fact("Written", at=DAY),
        Fact("Valid", at=DAY, until=DAY),
        Fact("Lot", "None recorded"),
        Fact("A question that is longer than any label may be wide", "Yes"),
    ),
    texts=(("Notes", "Take it with food.\nStop when the knee is well."),),
    attachments=(
        Attachment("Leaflet", "application/pdf", 84_000, "1#0"),
        Attachment("", "image/png", None, "1#1"),
    ),
    community="Lakeview Medical Group",
    imported=datetime(2026, 9, 3, tzinfo=UTC),
)
FILLED = Entry("MedicationDispense/2", "medications", "Naproxen 500 mg tablet", DAY, group="Dispensed", corrected=True)
STOPPED = Entry(
    "MedicationRequest/3", "medications", "Oxycodone", YEAR, "Not done", "abnormal", summary="never", group="Prescribed"
)
PULSE = of_readings(
    "vitals",
    (reading(text="112", flag=Flag.HIGH, word="High", id="2", at=DAY), reading(text="72", id="1", at=YEAR)),
)
ROWS: tuple[EntryRow, ...] = with_headings((IBUPROFEN, STOPPED, FILLED))
CHOICES: tuple[Choice, ...] = (
    SectionRow(section("immunizations"), 24),
    SectionRow(section("documents"), 0),
    SectionRow(section("other")),
    SectionRow(section("visits"), word="failed"),
    SectionHeading("From 12 to 17, results, notes and refills are the patient's own."),
    SectionRow(section("medications"), word="closed"),
)


class Gallery(App[None]):
    """Lists as the place shows them, without the frame."""

    CSS = (
        "Screen { background: $background; color: $foreground; } Row { height: 1; }\n"
        ".divided { border-left: solid $rule; } #sections { width: 26; } VirtualList { height: 1fr; width: 1fr; }"
    )

    def __init__(self, theme: str, widgets: Callable[[int], list[Widget]], width: int) -> None:
        super().__init__()
        self._widgets = widgets(width)
        self.register_theme(themes.theme(theme))
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint(self.theme)

    def compose(self) -> list[Widget]:
        return [Horizontal(*self._widgets)]


class Sections(VirtualList[Choice]):
    """The sections, filled as soon as there is an app."""

    def on_mount(self) -> None:
        self.show(CHOICES, SectionView())


class Rows(VirtualList[EntryRow]):
    """The entries."""

    def __init__(self, columns: Columns) -> None:
        super().__init__(EntryView(), id="rows")
        self.columns = columns

    def on_mount(self) -> None:
        self.show(ROWS, EntryView(self.columns, [row for row in ROWS if isinstance(row, Entry)]))


class Detail(EntryPane):
    """One entry."""

    def __init__(self, entry: Entry, width: int) -> None:
        super().__init__(id="detail")
        self.told = told(entry, EntrySpace(width, "1 of 3", "America/New_York"))

    def on_mount(self) -> None:
        self.rows = self.told


def three_panes(width: int) -> list[Widget]:
    return [Sections(SectionView(), id="sections"), Rows(Columns.SHORT), Detail(IBUPROFEN, 52)]


@pytest.mark.parametrize(
    ("theme", "size", "widgets"),
    [
        ("dark", (120, 24), three_panes),
        ("light", (120, 24), three_panes),
        ("contrast", (120, 24), three_panes),
        ("colour-blind", (120, 24), three_panes),
        ("ansi", (120, 24), three_panes),
        ("dark", (80, 8), lambda width: [Rows(Columns.FULL)]),
        ("dark", (45, 12), lambda width: [Rows(Columns.TWO_ROWS)]),
        ("dark", (45, 24), lambda width: [Detail(IBUPROFEN, width)]),
        ("dark", (40, 10), lambda width: [Detail(PULSE, width)]),
    ],
    ids=[
        "panes-dark-120",
        "panes-light-120",
        "panes-contrast-120",
        "panes-colour-blind-120",
        "panes-ansi-120",
        "list-dark-80",
        "list-dark-45",
        "detail-dark-45",
        "vitals-dark-40",
    ],
)
def test_it_looks_as_it_did(
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
    widgets: Callable[[int], list[Widget]],
) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(Gallery(theme, widgets, size[0]), terminal_size=size)
