"""Starting without the network: only its own passphrase opens what is kept, and only what is still open (SESS-5)."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import keyring
import pytest
from keyring.backend import KeyringBackend

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.errors import ApiError, SignedOut, Unreachable
from genesis_tui.session.offline import copy as offline
from genesis_tui.session.offline.ages import Ages
from genesis_tui.session.offline.reading import OfflineReading
from genesis_tui.session.portal import Portal
from genesis_tui.session.sign_in.token_store import TokenStore
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.store import system_keyring
from genesis_tui.store.response_cache import ResponseCache

PASSPHRASE = "only for reading on the train"
pytestmark = pytest.mark.rule("SESS-5")


class Ring(KeyringBackend):
    """A keyring in memory that counts as one that encrypts."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.held.pop((service, username), None)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    monkeypatch.setattr(system_keyring, "REAL_KEYRINGS", frozenset({f"{Ring.__module__}.{Ring.__qualname__}"}))
    return ring


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


class Cut(httpx.AsyncBaseTransport):
    """No network."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)


@pytest.fixture
async def online(mock: Mock, transport: httpx.ASGITransport, ring: Ring, home: Path) -> AsyncIterator[Portal]:
    portal = Portal(ServerProfile("test", mock.issuer), transport=transport)
    yield portal
    await portal.close()


@pytest.fixture
async def cut(mock: Mock, home: Path) -> AsyncIterator[Portal]:
    """A later start, without the network."""
    portal = Portal(ServerProfile("test", mock.issuer), transport=Cut())
    yield portal
    await portal.close()


async def read_everything(portal: Portal, mock: Mock, username: str, password: str) -> list[str]:
    """Turn it on, sign in and read; titles of one's own results."""
    me = await portal.sign_in.by_password(username, password)
    await offline.turn_on(mock.issuer, me.id, PASSPHRASE, portal.sign_in.saved.secrets())
    await portal.close()
    await portal.sign_in.by_password(username, password)
    titles: list[str] = []
    for member in (await portal.family.load()).people:
        if member.may("results.read").allowed:
            record = await portal.open(member)
            async for page in record.results.load():
                titles = titles if member.id != me.id else [row.title for row in page.rows]
    await portal.close()
    return titles


async def test_its_own_passphrase_opens_what_was_read(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str]
) -> None:
    titles = await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    me = await cut.sign_in.by_copy(PASSPHRASE)
    people = (await cut.family.load()).people
    record = await cut.open(people[0])
    pages = [page async for page in record.results.load()]
    assert (me.name, me.method, me.ends) == ("Daniel Reyes", "offline copy", None)
    assert [row.title for row in pages[-1].rows] == titles
    assert len(titles) > 10
    assert cut.offline.since is not None


@pytest.mark.rule("REL-6")
def tells_the_ldl(model: object) -> bool:
    """Whether its value is in it; a microsecond that begins alike is not."""
    return re.search(r"\b148\b", str(model)) is not None


async def test_what_asks_first_asks_from_the_copy_too(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str]
) -> None:
    me = await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    await offline.turn_on(mock.issuer, me.id, PASSPHRASE, online.sign_in.saved.secrets())
    await online.close()
    await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    person = (await online.family.load()).people[0]
    assert tells_the_ldl(await online.home.news(person))
    record = await online.open(person)
    assert tells_the_ldl([page async for page in record.results.load()][-1])
    await online.ask_first(["labs"])
    await online.close()
    assert (await cut.sign_in.by_copy(PASSPHRASE)).ask_first == ("labs",)
    person = (await cut.family.load()).people[0]
    assert not tells_the_ldl(await cut.home.news(person))
    record = await cut.open(person)
    page = [page async for page in record.results.load()][-1]
    assert not tells_the_ldl(page)
    lipids = next(row for row in page.rows if row.title == "Lipid panel")
    assert lipids.asks
    assert tells_the_ldl(record.results.open(lipids))


async def test_no_other_passphrase_opens_it_and_no_kept_sign_in_does(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str]
) -> None:
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    for wrong in ("", PASSPHRASE[:-1], PASSPHRASE + " ", passwords["daniel.reyes"]):
        with pytest.raises(ApiError) as caught:
            await cut.sign_in.by_copy(wrong)
        assert (caught.value.rule, caught.value.reason) == ("SESS-5", "wrong-passphrase")
    with pytest.raises(Unreachable):
        await cut.sign_in.resume()
    with pytest.raises(SignedOut):
        await cut.family.load()


async def test_where_it_was_never_turned_on_nothing_is_kept_and_nothing_opens(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str], home: Path
) -> None:
    await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    record = await online.open((await online.family.load()).people[0])
    assert [page async for page in record.results.load()]
    await online.close()
    assert not cut.offline.turned_on
    with pytest.raises(ApiError):
        await cut.sign_in.by_copy(PASSPHRASE)
    assert [file for file in files_in(home) if b"Lipid" in file.read_bytes()] == []


@pytest.mark.parametrize(("length", "taken"), [(11, False), (12, True), (13, True)])
async def test_a_short_passphrase_is_not_taken(mock: Mock, ring: Ring, home: Path, length: int, taken: bool) -> None:
    if taken:
        await offline.turn_on(mock.issuer, "one", "a" * length, TokenStore(mock.issuer))
    else:
        with pytest.raises(ApiError, match="SESS-5"):
            await offline.turn_on(mock.issuer, "one", "a" * length, TokenStore(mock.issuer))
    assert offline.is_on(mock.issuer) is taken


async def test_without_a_keyring_a_session_adds_nothing(
    online: Portal, mock: Mock, passwords: dict[str, str], ring: Ring
) -> None:
    me = await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    await offline.turn_on(mock.issuer, me.id, PASSPHRASE, online.sign_in.saved.secrets())
    ring.held.clear()
    await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    assert not online.offline.adds


async def test_where_no_key_can_be_kept_that_is_said_and_a_copy_stays(mock: Mock, home: Path, ring: Ring) -> None:
    await offline.turn_on(mock.issuer, "one", PASSPHRASE, TokenStore(mock.issuer))
    for choice in ("memory", "passphrase"):
        with pytest.raises(ApiError, match="not-kept"):
            await offline.turn_on(mock.issuer, "one", PASSPHRASE, TokenStore(mock.issuer, choice))
    assert offline.is_kept(mock.issuer, "one")
    assert await offline.adding(mock.issuer, "one", TokenStore(mock.issuer)) is not None


async def test_nothing_on_disk_is_in_clear_or_open_to_others(
    online: Portal, mock: Mock, passwords: dict[str, str], home: Path
) -> None:
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    files = files_in(home)
    assert len(files) >= 2
    for file in files:
        assert file.stat().st_mode & 0o077 == 0
        assert file.parent.stat().st_mode & 0o077 == 0 or file.parent == home
        content = file.read_bytes()
        assert not any(word in content for word in (b"Lipid", b"Reyes", b"12742301", b"Observation", b"daniel"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
async def test_a_file_that_others_can_read_is_not_opened(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str], home: Path, mode: int
) -> None:
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    (sealed,) = (file for file in files_in(home) if file.suffix == ".key")
    sealed.chmod(mode)
    with pytest.raises(ApiError) as caught:
        await cut.sign_in.by_copy(PASSPHRASE)
    assert caught.value.reason == "loose-mode"


@pytest.mark.rule("FAM-11")
@pytest.mark.parametrize(("days", "gone"), [(-1, False), (0, True), (1, True)])
async def test_nothing_is_readable_from_the_day_on_that_access_ends(
    online: Portal, mock: Mock, passwords: dict[str, str], days: int, gone: bool
) -> None:
    me = await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    await online.close()
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    copy = OfflineReading(mock.issuer)
    await copy.open(PASSPHRASE)
    later = Portal(ServerProfile("test", mock.issuer), transport=Cut())
    await later.sign_in.by_copy(PASSPHRASE)
    people = (await later.family.load()).people
    maya = next(one for one in people if one.given == "Maya")
    assert maya.until is not None
    assert copy._copy is not None
    assert {me.id, maya.id} <= copy._copy.answers.patients()
    start = online.sign_in.me.server_now.replace(
        year=maya.until.year, month=maya.until.month, day=maya.until.day, hour=0
    )
    copy.check(people, start - timedelta(hours=14) + timedelta(days=days))
    copy._copy._adding.submit(lambda: None).result()
    assert (maya.id not in copy._copy.answers.patients()) is gone
    copy.close()
    await later.close()


@pytest.mark.rule("FAM-11")
async def test_a_refusal_removes_what_was_kept_of_that_record(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str]
) -> None:
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    me = await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    online.offline.closed(me.id)
    await online.close()
    await cut.sign_in.by_copy(PASSPHRASE)
    record = await cut.open((await cut.family.load()).people[0])
    with pytest.raises(Unreachable):
        [page async for page in record.results.load()]


async def test_turning_it_off_leaves_nothing(
    online: Portal, mock: Mock, passwords: dict[str, str], ring: Ring, home: Path
) -> None:
    me = await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    await offline.turn_on(mock.issuer, me.id, PASSPHRASE, online.sign_in.saved.secrets())
    await offline.turn_off(mock.issuer, me.id, online.sign_in.saved.secrets())
    assert not offline.is_on(mock.issuer)
    assert not [name for _, name in ring.held if name.startswith("offline")]
    assert [file for file in files_in(home) if file.suffix in (".db", ".key")] == []


@pytest.mark.rule("MSG-9", "MSG-12")
async def test_what_is_written_without_the_network_goes_out_once_at_the_next_sign_in(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str]
) -> None:
    me = await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    await offline.turn_on(mock.issuer, me.id, PASSPHRASE, online.sign_in.saved.secrets())
    await online.close()
    await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    assert await online.resume_messaging() is not None, "its key has to be there before the network goes"
    record = await online.open((await online.family.load()).people[0])
    row = next(row for row in (await record.threads.load()).rows if row.reply.allowed)
    await record.threads.read(row.id)
    await online.close()

    await cut.sign_in.by_copy(PASSPHRASE)
    post = await cut.messaging()
    reply = replace(post.drafts.begin(me.id, me.name), thread_id=row.id, body="From the train.")
    kept = await post.drafts.keep(reply)
    assert [one.body for one in await post.drafts.of(me.id)] == ["From the train."]
    item = await post.send(kept)
    assert (await post.outbox.settled(item.key, 0.05)).stage is ActStage.QUEUED
    await cut.close()

    await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    again = await online.resume_messaging()
    assert again is not None
    assert (await again.outbox.settled(item.key, 5)).stage is ActStage.SENT
    with mock.database.begin() as conn:
        sent = conn.exec_driver_sql("SELECT count(*) FROM message WHERE body = 'From the train.'").scalar_one()
    assert sent == 1


@pytest.mark.rule("FAM-11")
@pytest.mark.parametrize(("hours", "gone"), [(-1, False), (0, True), (1, True)])
async def test_access_that_ends_while_a_copy_is_read_ends_then(
    online: Portal, cut: Portal, mock: Mock, passwords: dict[str, str], hours: int, gone: bool
) -> None:
    """As for an app that was left open, or slept, over the day."""
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    await cut.sign_in.by_copy(PASSPHRASE)
    maya = next(one for one in (await cut.family.load()).people if one.given == "Maya")
    record = await cut.open(maya)
    assert [page async for page in record.results.load()]
    assert maya.until is not None
    begins_first = datetime(maya.until.year, maya.until.month, maya.until.day, tzinfo=UTC) - timedelta(hours=14)
    cut.offline.clock = lambda: begins_first + timedelta(hours=hours)
    assert cut.close_ended() is gone
    assert (cut.record is None) is gone
    cut.offline.clock = lambda: begins_first - timedelta(days=1)
    assert cut.offline._copy is not None
    assert (maya.id not in cut.offline._copy.answers.patients()) is gone


def aged(mock: Mock, me: str, key: str, days: dict[str, float]) -> None:
    """What was kept of paths that hold these words was kept so many days ago."""
    cache = ResponseCache(offline._place(mock.issuer, me), bytes.fromhex(key))
    for words, ago in days.items():
        then = int((datetime.now(UTC) - timedelta(days=ago)).timestamp())
        cache._file.execute("update answer set at = ? where name like ?", (then, f"%{words}%"))
    cache.close()


async def test_each_answer_has_its_own_age(
    online: Portal, cut: Portal, mock: Mock, ring: Ring, passwords: dict[str, str]
) -> None:
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    me = await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    await online.close()
    [key] = [value for (_, name), value in ring.held.items() if name.startswith("offline ")]
    aged(mock, me.id, key, {"Observation": 20, "DiagnosticReport": 10, "family": 0.5})
    await cut.sign_in.by_copy(PASSPHRASE)
    people, labs = Ages(), Ages()
    with people.reading("load"):
        me_again = (await cut.family.load()).people[0]
    record = await cut.open(me_again)
    with labs.reading("load"):
        assert [page async for page in record.results.load()]
    now = datetime.now(UTC)
    assert people.oldest is not None
    assert labs.oldest is not None
    assert ((now - people.oldest).days, (now - labs.oldest).days) == (0, 20)
    assert cut.offline.since is not None
    assert (now - cut.offline.since).days == 0, "the newest of all is much newer"
    kept = cut.offline.oldest_of(me.id)
    assert (cut.offline.oldest, kept) == (labs.oldest, labs.oldest)
    with labs.reading("load"):
        """Nothing is read anew: it stands in memory, as old as it was."""
    assert (now - labs.oldest).days == 20


@pytest.mark.rule("FAM-11")
async def test_what_can_not_be_deleted_is_told_and_not_shown(
    online: Portal, mock: Mock, ring: Ring, passwords: dict[str, str]
) -> None:
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    people = (await online.family.load()).people
    told: list[ApiError] = []
    online.offline.told = told.append
    assert online.offline._copy is not None
    online.offline._copy.answers._file.execute("pragma query_only = on")
    online.offline.closed(people[0].id, wait=True)
    await asyncio.sleep(0)
    online.offline.closed(people[0].id, wait=True)
    await asyncio.sleep(0)
    assert [(one.rule, one.reason, "offline off" in one.next) for one in told] == [("FAM-11", "not-removed", True)]
    assert people[0].id in online.offline._copy.answers.patients()
    names = online.offline._copy.answers._file.execute("select name from answer where patient = ?", (people[0].id,))
    assert online.offline._find(names.fetchone()[0]) is None
    online.offline._copy.answers._file.execute("pragma query_only = off")
    online.offline.closed(people[0].id, wait=True)
    assert people[0].id not in online.offline._copy.answers.patients()


@pytest.mark.rule("FAM-11")
async def test_a_copy_that_no_key_opens_is_told_of_at_a_refusal(
    online: Portal, mock: Mock, ring: Ring, passwords: dict[str, str]
) -> None:
    await read_everything(online, mock, "daniel.reyes", passwords["daniel.reyes"])
    for name in [name for name in ring.held if name[1].startswith("offline ")]:
        del ring.held[name]
    await online.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    told: list[ApiError] = []
    online.offline.told = told.append
    online.offline.closed("12742306")
    assert [one.reason for one in told] == ["not-removed"]
