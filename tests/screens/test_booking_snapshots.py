"""Pictures of the booking form in its main states: slots beside the request, a slot that was taken, a request.

They show a clinic made by hand, so that they change only with the looks.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from textual.app import App
from textual.containers import Horizontal
from textual.widget import Widget

from genesis_tui.models.appointments.booking import Clinic, HalfDay, Slot, Slots, VisitType
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.screens.appointments.booking.choices import Choices, FormStep
from genesis_tui.screens.appointments.booking.form import Asked, FormRow, ReasonRow, value_of
from genesis_tui.screens.appointments.booking.options import Options
from genesis_tui.screens.appointments.booking.rows import OptionView, Row, days_of, near_rows, request_days, slot_rows
from tests.appointments_of import NEW_YORK
from tests.screens.gallery import Gallery

MONDAY = date(2026, 11, 30)
STEPS = (FormStep.FOR, FormStep.VISIT, FormStep.CLINIC, FormStep.WHEN)


def slot(day: int, hour: int, minute: int, clinician: str, how: str = "in person") -> Slot:
    start = datetime.fromisoformat(f"2026-12-0{day}T{hour:02}:{minute:02}:00-05:00")
    end = start + timedelta(minutes=20)
    return Slot(f"{start} {clinician}", start, end, zone=NEW_YORK, clinician=clinician, how_word=how)


FREE = (
    slot(1, 9, 0, "Dr. Grace Kim"),
    slot(2, 8, 20, "Dr. Grace Kim"),
    slot(2, 9, 20, "Capt. Luis Ortega, PA"),
    slot(2, 13, 40, "Dr. Grace Kim", "by video"),
    slot(3, 9, 40, "Dr. Grace Kim", "by video"),
)
CHOSEN = Choices(
    FamilyMember("6", 6, "Maya Reyes", "Maya", "Reyes", "daughter", 8, Access.FULL, "under 12"),
    visit=VisitType("follow-up", "Follow-up", 20, books=3),
    clinic=Clinic("1", "Fort Belvoir Pediatrics", zone=NEW_YORK, linked="PCM", way="books"),
)
HALVES = frozenset({HalfDay(date(2026, 12, 9), "am"), HalfDay(date(2026, 12, 11), "pm")})
DAYS, DAY = days_of(Slots(FREE), MONDAY), [one for one in FREE if one.day == date(2026, 12, 2)]
HALF_DAYS = request_days(date(2026, 12, 7), date(2027, 3, 30), HALVES, "am")


class BookingGallery(Gallery):
    CSS = Gallery.CSS + (
        "Screen { layout: vertical; } Options { width: 1fr; height: 1fr; } #left { width: 31; }"
        "#halves { width: 39; } .none { display: none; }"
    )


def form() -> list[Widget]:
    panes = Horizontal(*(Options(OptionView(), id=id, classes="none") for id in ("left", "right", "halves")))
    return [*(FormRow(step) for step in STEPS), ReasonRow(250), panes]


def show(app: App[None], choices: Choices, asked: Asked, panes: dict[str, list[Row]], focus: str) -> None:
    for row in app.query(FormRow):
        row.value, row.active = value_of(row.step, choices, asked), row.step is FormStep.WHEN
    app.query_one(ReasonRow).hint(needed=choices.asking, narrow=False)
    for id, rows in panes.items():
        pane = app.query_one(f"#{id}", Options)
        pane.remove_class("none")
        pane.show(rows, OptionView(NEW_YORK, days=bool(asked.taken)))
    app.query_one(f"#{focus}", Options).focus()


def show_slots(app: App[None]) -> None:
    wide = app.size.width >= 120
    panes = {"left": DAYS, "right": slot_rows(DAY, headings=True), **({"halves": HALF_DAYS} if wide else {})}
    show(app, CHOSEN, Asked(DAY[0], may_ask=True, narrow=not wide), panes, "right")


def show_taken(app: App[None]) -> None:
    near = near_rows(FREE[1:], "Wed 2 Dec 09:40")
    show(app, CHOSEN, Asked(taken="Wed 2 Dec 09:40", may_ask=True), {"left": DAYS, "right": near}, "right")


def show_request(app: App[None]) -> None:
    asking = replace(CHOSEN, asking=True, halves=HALVES)
    show(app, asking, Asked(may_ask=True, narrow=True), {"halves": HALF_DAYS}, "halves")


@pytest.mark.parametrize(
    ("theme", "size", "fill"),
    [
        ("dark", (80, 20), show_slots),
        ("dark", (120, 24), show_slots),
        ("dark", (80, 20), show_taken),
        ("ansi", (80, 20), show_request),
    ],
    ids=["slots-80", "slots-120", "taken-80", "request-ansi-80"],
)
def test_it_looks_as_it_did(
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
    fill: Callable[[App[None]], None],
) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(BookingGallery(theme, form, fill), terminal_size=size)
