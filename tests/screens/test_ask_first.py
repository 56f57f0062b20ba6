"""REL-6 on the screen: listed at once without a word of what was found, opened after one question, for one person."""

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.results.screen import ResultsScreen
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.screens.conftest import Start
from tests.screens.signed_in import SIZES, Session, password_of, session

LABS = ("LDL", "148", "High", "Low", "Critical")
"""Words of what Daniel's labs found; `Low` and `High` stand beside flags alone."""
ALL = ("labs", "notes", "pathology", "radiology")


async def choose(mock: Mock, transport: httpx.ASGITransport, username: str, *kinds: str) -> None:
    """As that person does on another computer."""
    elsewhere = Portal(ServerProfile("test", mock.issuer), transport=transport, keep=False)
    await elsewhere.sign_in.by_password(username, password_of(mock, username))
    await elsewhere.ask_first(kinds)
    await elsewhere.close()


def silent(app: Session, *words: str) -> None:
    """Nothing on the screen, in its title or among the rows behind it holds any of these words."""
    painted = f"{app.text}\n{app.app.title}\n{app.app.sub_title}"
    assert [word for word in words if word in painted] == [], painted


def results(app: Session) -> ResultsScreen:
    screen = app.app.screen
    assert isinstance(screen, ResultsScreen)
    return screen


@pytest.mark.rule("REL-6")
@pytest.mark.parametrize("size", SIZES)
async def test_no_place_shows_what_was_found_before_the_question(
    mock: Mock, transport: httpx.ASGITransport, size: tuple[int, int]
) -> None:
    await choose(mock, transport, "daniel.reyes", *ALL)
    async with session(mock, transport, size=size) as app:
        await app.until(lambda: "asks before" in app.text)
        silent(app, *LABS)
        await app.open("you")
        await app.until(lambda: "✓" in app.lines[0])
        assert "Lipid panel" in app.text
        if size != (40, 10):
            assert ("You asked to be asked" if size[0] >= 120 else "asks first") in app.text
        for key in ("j", "k", "G", "g", "o", "o", "o", "o"):
            await app.press(key)
            silent(app, *LABS)
        assert not any(row.readings or row.text or row.conclusion or row.files for row in results(app).results.rows)
        await app.press("slash", *"148")
        await app.expect("No results with")
        await app.press("escape", "v")
        await app.expect("No abnormal results")
        await app.press("v", "t")
        await app.expect("Nothing to plot here.")
        await app.press("y")
        silent(app, *LABS)
        await app.press("6")
        await app.until(lambda: "Clinical notes" in app.text)
        await app.press("j", "enter")
        await app.until(lambda: "Lipid panel" in app.text)
        silent(app, *LABS)


@pytest.mark.rule("REL-6")
async def test_one_question_opens_one_result_and_its_neighbours_ask_too(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    await choose(mock, transport, "daniel.reyes", "labs", "radiology")
    async with session(mock, transport, patient="you") as app:
        await app.expect("Lipid panel", "asks first")
        await app.press("enter")
        await app.expect("Open this result?", "DANIEL REYES  you", "Lab · Lipid panel · ", "y open", "esc not now")
        assert "You asked to be asked before labs open." in app.text
        assert "It is final; nobody" in app.text
        silent(app, *LABS)
        await app.press("enter", "escape")
        assert "asks first" in app.line("Lipid panel")
        await app.press("enter", "y")
        await app.expect("1 of ", "LDL", "148")
        assert results(app).list.current is not None
        await app.press("right_square_bracket")
        await app.expect("Open this result?", "Radiology · MRI left knee")
        silent(app, "EXAM", "TECHNIQUE", "tear", "PNG")
        await app.press("escape")
        await app.expect("2 of ", "You asked to be asked before radiology opens.")
        silent(app, "EXAM", "TECHNIQUE", "tear", "PNG")
        await app.press("enter")
        await app.expect("Open this result?")
        await app.press("escape", "left_square_bracket")
        await app.expect("1 of ", "148")
        await app.press("t")
        await app.expect("148")
        earlier = [row for row in results_behind(app) if row.asks]
        assert earlier
        await app.press("escape", "escape")
        assert "LDL 148 mg/dL" in app.line("Lipid panel")


def results_behind(app: Session) -> list[object]:
    (screen,) = (one for one in app.app.screen_stack if isinstance(one, ResultsScreen))
    return list(screen.results.rows)


@pytest.mark.rule("REL-6")
async def test_the_care_team_is_asked_without_a_value_quoted(mock: Mock, transport: httpx.ASGITransport) -> None:
    await choose(mock, transport, "daniel.reyes", "labs")
    async with session(mock, transport, patient="you") as app:
        await app.expect("Lipid panel", "asks first")
        await app.press("enter", "a")
        await app.expect("About Lipid panel", "> Lipid panel")
        silent(app, *LABS)


@pytest.mark.rule("REL-6")
async def test_a_person_chooses_in_patient_information_and_for_nobody_else(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    async with session(mock, transport, patient="Maya") as app:
        await app.press("p")
        await app.expect("MAYA", "CARE TEAM")
        assert "ask me first" not in app.keys
        await app.open("you", "patient")
        await app.expect("a ask me first")
        await app.press("a")
        await app.expect("Ask me first", "Pathology", "Notes", "ctrl+r save")
        await app.press("down", "down", "space", "ctrl+r")
        await app.expect("Saved.")
        assert app.app.portal.sign_in.me is not None
        assert app.app.portal.sign_in.me.ask_first == ("labs",)
        await app.press("G")
        await app.expect("[ ] pathology    [ ] radiology", "[x] labs         [ ] notes")
        await app.press("1")
        await app.expect("Lab: asks before it opens")
        silent(app, "148")
        await app.open("Maya")
        await app.until(lambda: "asks first" in app.text)
    async with session(mock, transport, username="elena.reyes", patient="Maya") as app:
        await app.until(lambda: "✓" in app.lines[0])
        assert "asks first" not in app.text


@pytest.mark.rule("REL-6")
async def test_what_stands_in_memory_asks_from_the_choice_on(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, patient="you") as app:
        await app.press("6")
        await app.until(lambda: "Clinical notes" in app.text)
        await app.press("j", "enter")
        await app.expect("LDL 148 mg/dL")
        await app.app.portal.ask_first(["labs"])
        await app.press("2")
        await app.expect("asks first")
        silent(app, *LABS)
        await app.press("6")
        await app.until(lambda: "asks first" in app.text)
        silent(app, *LABS)
        await app.app.portal.ask_first([])
        await app.press("2")
        await app.expect("LDL 148 mg/dL")


@pytest.mark.rule("REL-6", "SESS-2")
@pytest.mark.parametrize("on_top", ["list", "detail", "trend"])
async def test_after_a_lock_it_asks_again(
    mock: Mock, transport: httpx.ASGITransport, start: Start, on_top: str
) -> None:
    await choose(mock, transport, "daniel.reyes", "labs")
    async with start(username="daniel.reyes") as app:
        await app.press("2")
        await app.expect("Lipid panel", "asks first")
        await app.press("enter", "y")
        await app.expect("1 of ", "148")
        await app.press(*{"list": ["escape"], "detail": [], "trend": ["t"]}[on_top])
        await app.expect("148")
        await app.press("ctrl+l")
        await app.expect("LOCKED")
        await app.press("2")
        await app.expect("DANIEL REYES · your record")
        await app.until(lambda: "asks first" in app.text or "You asked to be asked" in app.text)
        silent(app, *LABS)
