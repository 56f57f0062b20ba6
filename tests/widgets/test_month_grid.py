"""The month: what stands where at a size, what is counted, and the widget's keys."""

import re
from calendar import monthrange
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from genesis_tui.models.appointments.appointment import Appointment, AppointmentGroup
from genesis_tui.screens.appointments.calendar import by_day, marked
from genesis_tui.screens.appointments.month_grid import MonthFacts, MonthGrid, cell_width, day_at, month_lines
from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.drawing.lines import text_of
from tests.appointments_of import agenda, appointment

ROWS = agenda().rows
TODAY = date(2026, 11, 23)
SIZES = [(40, 8), (45, 46), (80, 20), (120, 36)]


def drawn(chosen: date, width: int = 80, height: int = 20, rows: tuple[Appointment, ...] = ROWS) -> list[str]:
    return text_of(month_lines(MonthFacts(chosen, TODAY, by_day(rows), marked(rows)), width, height)).split("\n")


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2026, 8, 31), date(2026, 11, 25), date(2028, 2, 29)])
def test_every_day_of_every_month_fits_every_window(width: int, height: int, month: date) -> None:
    lines = drawn(month, width, height)
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)
    rows = [line for line in lines[2:] if not re.search("[A-Za-z─]", line)]
    found = [int(number) for line in rows for number in re.findall(r"(?<![•○\d])\d+", line)]
    assert found == list(range(1, monthrange(month.year, month.month)[1] + 1))


def test_days_stand_under_their_names() -> None:
    lines = drawn(date(2026, 11, 25))
    assert lines[1].split() == ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    row = next(line for line in lines if "25" in line)
    assert lines[1].index("Wed") + 1 == row.index("25")
    assert "▌ 25•1" in row


def test_the_head_counts_the_month() -> None:
    assert drawn(date(2026, 11, 25))[0].split("  ")[-1].strip() == "1 appointment"
    assert drawn(date(2026, 12, 1))[0].endswith("2 appointments, 2 days asked for")
    assert drawn(date(2027, 3, 1))[0].endswith("no appointments")


def test_booked_comes_before_asked_for_with_the_marks_of_both() -> None:
    booked = next(row for row in ROWS if row.days and not row.off and row.group is AppointmentGroup.UPCOMING)
    asked = next(row for row in ROWS if row.group is AppointmentGroup.REQUESTED)
    day, moment = booked.days[0], booked.moments[0].replace(hour=0)
    both = (replace(asked, requested=(), start=moment, zone=booked.zone), booked)
    lines = drawn(day, rows=both)
    assert f"{day.day}•1○1" in "".join(lines)
    assert f"{day.day}•○" in "".join(drawn(day, width=45, height=46, rows=both))
    text = "\n".join(lines)
    assert text.index(booked.what) < text.index(asked.what)


def test_the_chosen_day_is_told_whole_where_it_is_narrow() -> None:
    text = " ".join("\n".join(drawn(date(2026, 11, 25), 45, 46)).split())
    assert "10:00 EST Asthma follow-up, Dr. Kim, Pediatrics" in text


def test_the_chosen_day_is_told_in_full() -> None:
    text = "\n".join(drawn(date(2026, 11, 25)))
    assert "Wednesday 25 November 2026" in text
    assert "10:00 EST  Asthma follow-up, Dr. Kim, Pediatrics" in text
    assert "Monday 23 November 2026, today" in "\n".join(drawn(TODAY))
    assert "Nothing on this day" in "\n".join(drawn(TODAY))
    assert "Cancelled" in "\n".join(drawn(date(2026, 11, 30)))


def test_what_has_no_room_is_counted() -> None:
    many = tuple(appointment(f"2026-11-25T{hour:02}:00:00-05:00", id=str(hour)) for hour in range(8, 18))
    lines = drawn(date(2026, 11, 25), 80, 20, many)
    shown = sum("Asthma follow-up" in line for line in lines)
    assert f"  and {10 - shown} more" in lines
    assert "25•10" in "\n".join(lines)


def test_a_hostile_name_stays_in_its_cells() -> None:
    rows = (appointment(what="[@click=app.quit]" * 9),)
    assert all(len(line) <= 80 for line in drawn(date(2026, 11, 25), rows=rows))


@pytest.mark.parametrize(("width", "cells"), [(10, 5), (40, 5), (45, 6), (80, 11), (300, 14)])
def test_a_day_is_as_wide_as_the_window_lets_it(width: int, cells: int) -> None:
    assert cell_width(width) == cells


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_day_under_the_pointer_is_the_one_drawn_there(width: int, height: int) -> None:
    lines = drawn(date(2026, 11, 25), width, height)
    y = next(number for number, line in enumerate(lines) if number > 1 and "17" in line)
    assert day_at(TODAY, lines[y].index("17"), y, width, height) == date(2026, 11, 17)
    assert day_at(TODAY, 2, 0, width, height) is None
    assert day_at(TODAY, width - 1, height + 3, width, height) is None


class Calendar(App[None]):
    """The month alone."""

    CSS = "MonthGrid { height: 1fr; width: 1fr; }"
    opened = ""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables("dark")

    @property
    def paint(self) -> themes.Paint:
        return themes.paint("dark")

    def compose(self) -> ComposeResult:
        yield MonthGrid(id="month")

    def on_month_grid_opened(self, event: MonthGrid.Opened) -> None:
        self.opened = event.key


@asynccontextmanager
async def running(chosen: date) -> AsyncIterator[tuple[Calendar, MonthGrid, Pilot[None]]]:
    app = Calendar()
    async with app.run_test(size=(80, 20)) as pilot:
        grid = app.query_one(MonthGrid)
        grid.show(ROWS, chosen, TODAY)
        grid.focus()
        await pilot.pause()
        yield app, grid, pilot


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        (["right"], date(2026, 12, 1)),
        (["l", "h"], date(2026, 11, 30)),
        (["down"], date(2026, 12, 7)),
        (["k"], date(2026, 11, 23)),
        (["right_square_bracket"], date(2026, 12, 30)),
        (["right_square_bracket"] * 3, date(2027, 2, 28)),
        (["left_square_bracket"] * 2, date(2026, 9, 30)),
        (["tab"], date(2026, 12, 1)),
        (["tab"] * 9, date(2026, 12, 29)),
        (["shift+tab"], date(2026, 11, 25)),
        (["down", "g"], TODAY),
    ],
)
async def test_keys_go_from_day_to_day(keys: list[str], day: date) -> None:
    async with running(date(2026, 11, 30)) as (_, grid, pilot):
        await pilot.press(*keys)
        assert grid.chosen == day


async def test_enter_opens_a_day_with_something_on_it_only() -> None:
    async with running(TODAY) as (app, _, pilot):
        await pilot.press("enter")
        assert app.opened == ""
        await pilot.press("tab", "enter")
        assert app.opened == "Appointment/1"


async def test_a_click_chooses_and_a_second_opens() -> None:
    async with running(TODAY) as (app, grid, pilot):
        row = next(y for y in range(20) if "25" in "".join(s.text for s in grid.render_line(y)) and y > 1)
        x = "".join(segment.text for segment in grid.render_line(row)).index("25")
        await pilot.click(MonthGrid, offset=(x, row))
        assert (grid.chosen, app.opened) == (date(2026, 11, 25), "")
        await pilot.click(MonthGrid, offset=(x, row))
        assert app.opened == "Appointment/1"
