"""Pictures of the agenda, a detail and a month at every size, so that no change of looks goes unseen.

They show appointments made by hand, so that they change only with the looks.
"""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from textual.app import App
from textual.widget import Widget

from genesis_tui.models.appointments.appointment import Appointments
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.screens.appointments.detail import paras
from genesis_tui.screens.appointments.month_grid import MonthGrid
from genesis_tui.screens.appointments.rows import FULL_FROM, AgendaRow, agenda_rows, view_for
from genesis_tui.screens.base.list_detail import RowList
from genesis_tui.widgets.page import Page
from genesis_tui.widgets.virtual_list import RowView, columns_for
from tests.appointments_of import NEW_YORK, agenda
from tests.screens.gallery import Gallery

ROWS = agenda().rows
PEOPLE = (
    FamilyMember("1", 1, "Daniel Reyes", "Daniel", "Reyes", "you", 38, Access.FULL, "your own record"),
    FamilyMember("4", 4, "Leo Reyes", "Leo", "Reyes", "son", 14, Access.LIMITED, "ages 12 to 17"),
)


def here(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(NEW_YORK))


class AgendaGallery(Gallery):
    CSS = Gallery.CSS + "RowList, Page { width: 1fr; height: 1fr; }"


def show_agenda(app: App[None]) -> None:
    size = app.size
    width = size.width // 2 if size.width >= 120 else size.width
    two_rows = size.width < 60 and size.height >= 12
    found = agenda_rows(agenda(), room=size.height, tall=2 if two_rows else 1)
    rows: RowList[AgendaRow] = app.query_one(RowList)
    columns = columns_for(width - 1, two_rows=two_rows, full_from=FULL_FROM)
    rows.show(found, view_for(found, columns, here))
    rows.focus()


def show_family(app: App[None]) -> None:
    size = app.size
    width = size.width // 2 if size.width >= 120 else size.width
    whose = {row.key: PEOPLE[number % len(PEOPLE)] for number, row in enumerate(ROWS) if row.group != "past"}
    ahead = Appointments(tuple(row for row in ROWS if row.key in whose))
    two_rows = size.width < 60
    found = agenda_rows(ahead, room=size.height, tall=2 if two_rows else 1, whose=whose)
    rows: RowList[AgendaRow] = app.query_one(RowList)
    rows.show(found, view_for(found, columns_for(width - 1, two_rows=two_rows, full_from=FULL_FROM), here, whose))
    rows.focus()
    for page in app.query(Page):
        page.add_class("divided")
        show_first(app)


def show_both(app: App[None]) -> None:
    show_agenda(app)
    app.query_one(Page).add_class("divided")
    show_detail(app)


def show_detail(app: App[None]) -> None:
    row = next(row for row in ROWS if row.what == "Hearing test")
    app.query_one(Page).rows = tuple(paras(row, here(row.start) if row.start else None, NEW_YORK))


def show_first(app: App[None]) -> None:
    app.query_one(Page).rows = tuple(paras(ROWS[0], here(ROWS[0].start) if ROWS[0].start else None, NEW_YORK))


def show_month(app: App[None]) -> None:
    grid = app.query_one(MonthGrid)
    grid.show(ROWS, date(2026, 12, 2), date(2026, 11, 23))
    grid.focus()


def agenda_alone() -> list[Widget]:
    return [RowList[AgendaRow](RowView(), id="rows")]


def both() -> list[Widget]:
    return [RowList[AgendaRow](RowView(), id="rows"), Page(id="detail")]


def detail() -> list[Widget]:
    return [Page(id="detail")]


def month() -> list[Widget]:
    return [MonthGrid(id="month")]


@pytest.mark.parametrize(
    ("theme", "size", "widgets", "fill"),
    [
        ("dark", (40, 8), agenda_alone, show_agenda),
        ("dark", (45, 46), agenda_alone, show_agenda),
        ("dark", (80, 20), agenda_alone, show_agenda),
        ("dark", (120, 36), both, show_both),
        ("ansi", (120, 36), both, show_both),
        ("contrast", (80, 20), agenda_alone, show_agenda),
        ("dark", (80, 20), agenda_alone, show_family),
        ("dark", (45, 46), agenda_alone, show_family),
        ("dark", (120, 36), both, show_family),
        ("dark", (45, 46), detail, show_first),
        ("dark", (80, 20), detail, show_first),
        ("dark", (40, 8), month, show_month),
        ("dark", (45, 46), month, show_month),
        ("dark", (80, 20), month, show_month),
        ("light", (120, 36), month, show_month),
        ("ansi", (80, 20), month, show_month),
    ],
    ids=[
        "agenda-dark-40",
        "agenda-dark-45",
        "agenda-dark-80",
        "agenda-dark-120",
        "agenda-ansi-120",
        "agenda-contrast-80",
        "family-dark-80",
        "family-dark-45",
        "family-dark-120",
        "detail-dark-45",
        "detail-dark-80",
        "month-dark-40",
        "month-dark-45",
        "month-dark-80",
        "month-light-120",
        "month-ansi-80",
    ],
)
def test_it_looks_as_it_did(
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
    size: tuple[int, int],
    widgets: Callable[[], list[Widget]],
    fill: Callable[[App[None]], None],
) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert snap_compare(AgendaGallery(theme, widgets, fill), terminal_size=size)
