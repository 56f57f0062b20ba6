"""Starting without the network: the copy is offered, its passphrase opens it, and says how old it is (SESS-5)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import keyring
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.family import Access
from genesis_tui.session.offline import copy
from genesis_tui.session.offline.download import read_all
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.store import system_keyring
from tests.screens.conftest import Start
from tests.screens.signed_in import Session
from tests.session.test_offline import PASSPHRASE, Cut, Ring

pytestmark = pytest.mark.rule("SESS-5")


@pytest.fixture
async def kept(
    mock: Mock,
    transport: httpx.ASGITransport,
    passwords: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Daniel has read everything that is open to him, with a copy turned on."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    ring = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    monkeypatch.setattr(system_keyring, "REAL_KEYRINGS", frozenset({f"{Ring.__module__}.{Ring.__qualname__}"}))
    portal = Portal(ServerProfile("test", mock.issuer), transport=transport)
    me = await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    await copy.turn_on(mock.issuer, me.id, PASSPHRASE, portal.sign_in.saved.secrets())
    await portal.close()
    await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    for person in (await portal.family.load()).people:
        if person.access is not Access.NONE:
            await read_all(
                person,
                open_record=portal.open,
                family=portal.family,
                home=portal.home,
                refills=portal.refills,
                own=person.id == me.id,
            )
    await portal.close()


@pytest.mark.rule("FAM-11")
async def test_without_the_network_the_copy_is_offered_and_opens(kept: None, start: Start) -> None:
    async with start((80, 24), carried_by=Cut()) as stage:
        await stage.expect("Offline", "passphrase")
        await stage.press("o")
        await stage.press(*"not this one", "enter")
        await stage.expect("opens nothing", "SESS-5")
        assert stage.app.portal.sign_in.me is None
        await stage.press(*PASSPHRASE, "enter")
        await stage.expect("New since", "DANIEL REYES", "offline since")
        await each_screen_says_how_old_what_it_shows_is(stage)
        await stage.press("1")
        await stage.expect("New since")
        await every_place_opens(stage)
        await a_record_leaves_the_screen_on_the_day_that_access_ends(stage)


async def each_screen_says_how_old_what_it_shows_is(stage: Session) -> None:
    copy_of = stage.app.portal.offline._copy
    assert copy_of is not None
    then = stage.app.now() - timedelta(days=20)
    copy_of.answers._file.execute("update answer set at = ? where name like '%Observation%'", (then.timestamp(),))
    await stage.press("2")
    await stage.expect("Lipid panel", f"offline since {then:%d %b}")
    await stage.press("4")
    await stage.expect("Orthopedics")
    assert f"offline since {then:%d %b}" not in stage.text
    assert "offline since" in stage.text


async def every_place_opens(stage: Session) -> None:
    await stage.press("enter")
    await stage.expect("Lipid panel", "LDL")
    await stage.press("3")
    await stage.expect("Inbox")
    await stage.press("enter")
    await stage.expect("Stay on lisinopril")
    await stage.press("4")
    await stage.expect("Orthopedics")
    await stage.press("5")
    await stage.expect("Levothyroxine")
    await stage.press("6")
    await stage.expect("Immunizations")
    await stage.press("7")
    await stage.expect("MAYA REYES")
    await stage.press("p")
    await stage.expect("Fort Belvoir Family Medicine")
    assert "can't be reached" not in stage.text


async def a_record_leaves_the_screen_on_the_day_that_access_ends(stage: Session) -> None:
    await stage.open("Maya")
    await stage.expect("MAYA REYES")
    assert stage.app.people is not None
    (maya,) = stage.app.people.find("Maya")
    assert maya.until is not None
    stage.app.portal.offline.clock = lambda: datetime(maya.until.year, maya.until.month, maya.until.day, tzinfo=UTC)
    stage.app.idle_lock.look()
    await stage.expect("has ended", "New since")
    assert "MAYA REYES ·" not in stage.text
    assert stage.app.portal.record is None


async def test_where_nothing_is_kept_nothing_is_offered(start: Start, tmp_path: Path) -> None:
    async with start((80, 24), carried_by=Cut()) as stage:
        await stage.expect("No connection")
        assert "Offline" not in stage.text
