"""`e` in Record: what is offered, where it goes, and what is told of it, by keyboard on the real mock."""

import csv
import stat
from pathlib import Path

import httpx
import pytest
from textual.widgets import Input

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.widgets.forms.choice_list import ChoiceList
from tests.screens.signed_in import BOTH_ENDS, Session, session
from tests.screens.test_record_screen import counted, go_to


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def to(running: Session) -> Input:
    return running.app.screen.query_one("#to", Input)


@pytest.mark.rule("REC-2")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_the_immunization_record_is_saved(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with session(mock, transport, size=size, patient="you", place="record") as running:
        running.app.portal.saves_to = str(tmp_path)
        await counted(running)
        await running.press("e")
        await running.expect("Immunizatio", "24 doses", "ctrl+r save")
        assert running.app.screen.query_one(ChoiceList).words[0] == ("Clinical notes", "13"), "the cursor is there"
        day = running.app.now().date()
        await running.press("down")
        assert to(running).value == str(tmp_path / f"daniel-immunizations-{day}.pdf")
        if size[0] >= 120:
            await running.expect("24 of 24 doses go in. The file is not encrypted")
        await running.press("ctrl+r")
        await running.until(lambda: (tmp_path / f"daniel-immunizations-{day}.pdf").exists())
        await running.expect("Saved")
        await running.press("e", "down", "ctrl+r")
        await running.until(lambda: (tmp_path / f"daniel-immunizations-{day}-2.pdf").exists())
        assert {stat.S_IMODE(one.stat().st_mode) for one in files(tmp_path)} == {0o600}


@pytest.mark.rule("REC-2", "REC-8")
async def test_what_shows_is_offered_first_as_it_is_searched(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path
) -> None:
    async with session(mock, transport, size=(120, 40), patient="you", place="record") as running:
        running.app.portal.saves_to = str(tmp_path)
        await counted(running)
        await go_to(running, "Allergies")
        await running.press("slash", *"peanut", "enter")
        await running.expect("1 of ")
        await running.press("e")
        await running.expect("Allergies, with: peanut")
        await running.press("tab", "space")
        await running.until(lambda: to(running).value.endswith(".csv"))
        await running.press("ctrl+r")
        await running.expect("Saved", "Left out: ")
        (path,) = files(tmp_path)
        assert [row["title"] for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())] == ["Peanut"]


@pytest.mark.rule("FAM-3")
async def test_what_is_closed_is_named_and_not_offered(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path
) -> None:
    async with session(mock, transport, patient="Leo", place="record") as running:
        running.app.portal.saves_to = str(tmp_path)
        await counted(running)
        await running.press("e")
        await running.expect("Closed to you: ", "(rule FAM-3)")
        (choice,) = running.app.screen.query_one(ChoiceList).words
        assert choice[0].startswith("Immunizations")
        to(running).value = str(tmp_path / "none" / "a.pdf")
        await running.press("ctrl+r")
        await running.expect("No such file or directory")
        await running.press("escape")
        await running.expect("Immunizations")
        assert files(tmp_path) == []
