"""`/` looks for something from wherever one is on a screen; what is typed behind it is no command."""

import pytest

from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.widgets.forms.search_field import SearchRow
from tests.screens.signed_in import Session
from tests.screens.writing_app import Write, link, own_places, write

__all__ = ["link", "own_places", "write"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_slash_in_the_detail_searches_the_list(write: Write, size: tuple[int, int]) -> None:
    async with write(size) as app:
        for place in ("inbox", "appointments", "refills", "record"):
            await app.open("you", place)
            await app.until(lambda place=place: app.app.current_mode.startswith(place))
            await searched_from_the_detail(app, place)


async def searched_from_the_detail(app: Session, place: str) -> None:
    screen = app.app.screen
    assert isinstance(screen, ListDetail)
    await app.until(lambda: "✓" in app.lines[0])
    if place == "record":
        await app.press("enter")
    await app.until(lambda: bool(screen.list.rows))
    await app.press("enter")
    await app.until(lambda: screen.in_detail)
    await app.press("slash", *"zzd")
    await app.until(lambda: screen.query_one(SearchRow).words == "zzd")
    assert not screen.in_detail
    await app.press("escape")
    assert screen.focused is screen.list
