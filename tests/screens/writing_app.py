"""The real app on the real mock, writing: what is kept on the disk, and a link that a test can cut."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import httpx
import pytest
import stamina
from textual import events

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from genesis_tui.screens.messages.inbox.screen import InboxScreen
from genesis_tui.session.acts.outbox import Outbox
from genesis_tui.session.messages.drafts import Drafts
from genesis_tui.session.messages.messaging import Messaging, opened
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from genesis_tui.store.private_files import private_folder
from genesis_tui.store.vault import FileVault, MemoryVault
from tests.screens.signed_in import DANIEL, Session
from tests.session.faulty_link import FaultyLink

Size = tuple[int, int]
Write = Callable[..., AbstractAsyncContextManager[Session]]
PDF = b"%PDF-1.4 readings"


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's files of state are; what may be asked again is, at once."""
    state = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.delenv("NO_COLOR", raising=False)
    stamina.set_testing(True, attempts=3)
    yield state
    stamina.set_testing(False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the app is started: its attach picker opens there."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def link(mock: Mock) -> FaultyLink:
    """What carries requests to the mock; a test cuts it with `down`."""
    return FaultyLink(httpx.ASGITransport(create_app(mock)))


@pytest.fixture
def write(mock: Mock, link: FaultyLink, tmp_path: Path) -> Write:
    """Runs the app at a size, on somebody's inbox or another place; `keep=False` as with `--private`."""

    @asynccontextmanager
    async def run(
        size: Size = (80, 24),
        *,
        username: str = DANIEL,
        patient: str = "you",
        place: str = "inbox",
        keep: bool = True,
    ) -> AsyncIterator[Session]:
        (tmp_path / "saved").mkdir(exist_ok=True)
        portal = Portal(ServerProfile("test", mock.issuer, secrets="memory"), transport=link, keep=keep)
        app = GenesisApp(portal, replace(Settings(), theme="dark", downloads=str(tmp_path / "saved")))
        async with app.run_test(size=size) as pilot:
            stage = Session(app, pilot)
            await stage.enter(mock, username, patient, place)
            await stage.until(lambda: place != "inbox" or isinstance(app.screen, InboxScreen))
            await stage.until(lambda: "✓" in stage.lines[0] or "Can't" in stage.text)
            app.clear_notes()
            yield stage
        await portal.close()

    return run


def form(app: Session) -> ComposeScreen:
    """The form on top."""
    screen = app.app.screen
    assert isinstance(screen, ComposeScreen), f"no form:\n{app.text}"
    return screen


def inbox(app: Session) -> InboxScreen:
    """The inbox on top."""
    screen = app.app.screen
    assert isinstance(screen, InboxScreen), f"no inbox:\n{app.text}"
    return screen


async def on_inbox(app: Session) -> None:
    """Waits until the inbox is on top, and what it shows is new."""
    await app.until(lambda: isinstance(app.app.screen, InboxScreen) and "✓" in app.lines[0])


async def new_form(app: Session, to: str = "Okafor") -> None:
    """`n`, until recipients are there; then one of them: the first, or by name, as one types it."""
    await app.press("n")
    await app.until(lambda: isinstance(app.app.screen, ComposeScreen) and bool(app.app.screen.query("Matches")))
    await app.until(lambda: form(app).query("ToField.open").__len__() == 1, "no recipients came")
    if to:
        if not first_match(app).endswith(to):
            await app.press(*to)
        await app.until(lambda: first_match(app).endswith(to), f"{to} is not found")
        await app.press("enter")
        await app.until(lambda: bool(form(app).draft.recipient_id))


def first_match(app: Session) -> str:
    """The name of the recipient under the cursor."""
    from genesis_tui.screens.messages.compose.recipients import ToField

    row = form(app).query_one(ToField).matches.current
    return row.name if row is not None else ""


async def filled(app: Session, body: str = "Is it low?", subject: str = "Iron", to: str = "Okafor") -> None:
    """A new message with everything that a message needs."""
    await new_form(app, to)
    await app.press("right", "enter", *_keys(subject), "enter", *_keys(body))
    await app.until(lambda: form(app).draft.body == body)


def _keys(text: str) -> list[str]:
    return ["space" if char == " " else char for char in text]


async def paste(app: Session, text: str) -> None:
    """What a terminal sends for pasted text, to what has the focus."""
    focused = app.app.screen.focused or app.app.screen
    focused.post_message(events.Paste(text))
    await app.pilot.pause()


async def review(app: Session) -> None:
    """`ctrl+r`, until the preview stands."""
    await app.press("ctrl+r")
    await app.until(lambda: _asks(app), "no preview came")


def _asks(app: Session) -> bool:
    return isinstance(app.app.screen, Confirm) and app.app.screen.check_action("act", ()) is True


def whole_dialog(app: Session) -> str:
    """Everything that the dialog on top says, scrolled or not."""
    from genesis_tui.widgets.page import Page

    page = app.app.screen.query_one(Page)
    return "\n".join(str(getattr(row, "text", row)) for row in page.rows)


def bodies(mock: Mock, like: str = "%") -> list[str]:
    """The texts of the messages that the server has."""
    with mock.database.begin() as conn:
        found = conn.exec_driver_sql("SELECT body FROM message WHERE body LIKE ? ORDER BY sent", (like,))
        return [str(row[0]) for row in found]


async def kept_on_disk(app: Session) -> tuple[Draft, ...]:
    """What the disk would give to the next start, if this one ended now."""
    portal = app.app.portal
    server = portal.sign_in.server()
    key = await server.drafts.vault_key()
    [place] = {path.parent for path in private_folder("writing").rglob("*.sealed")} or {None}
    if place is None:
        return ()
    with TemporaryDirectory() as copy:
        shutil.copytree(place, copy, ignore=shutil.ignore_patterns("*.new"), dirs_exist_ok=True)
        return Drafts(FileVault(Path(copy), key), server.drafts, Outbox(MemoryVault())).kept()


async def second_post(app: Session) -> Messaging:
    """Another process of the same person, on the same disk and server."""
    portal = app.app.portal
    server = portal.sign_in.server()
    assert portal.sign_in.me is not None
    return await opened(portal.profile.url, portal.sign_in.me, server, keep=True)


async def on_disk(app: Session, holds: Callable[[Draft], bool], seconds: float = 5.0) -> Draft:
    """The first draft on the disk for which `holds`; waited for at most so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = next((draft for draft in await kept_on_disk(app) if holds(draft)), None)
        if found is not None:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"it is not on the disk:\n{app.text}")


def sealed(state: Path, kind: str = "draft") -> list[Path]:
    """The files of a kind that are on the disk."""
    return [*state.rglob(f"{kind}-*.sealed")]


def api(app: Session) -> Messaging:
    """The app's own post, once it was opened."""
    return cast("Messaging", app.app.portal._messaging)


def subjects(app: Session) -> list[str]:
    """What the inbox lists."""
    return [row.subject for row in inbox(app).list.rows]


async def to(app: Session, subject: str) -> None:
    """The cursor to a conversation, by the keyboard."""
    await app.until(lambda: subject in subjects(app), f"{subject} is not there")
    await app.press("g", *["j"] * subjects(app).index(subject))
    assert inbox(app).list.current is not None
    assert inbox(app).list.current.subject == subject


async def in_folder(app: Session, id: str) -> None:
    """To a folder, by the arrows."""
    for _ in range(8):
        if inbox(app).folder == id:
            break
        await app.press("right")
    assert inbox(app).folder == id
    await app.until(lambda: "✓" in app.lines[0] and inbox(app)._loaded is not None)


async def reply(app: Session) -> ComposeScreen:
    """`r`, until the form stands."""
    await app.press("r")
    await app.until(lambda: isinstance(app.app.screen, ComposeScreen) and bool(app.app.screen.query("#text")))
    return form(app)


def form_patient(app: Session) -> str:
    """Whose record is open."""
    assert app.app.portal.record is not None
    return app.app.portal.record.patient.id
