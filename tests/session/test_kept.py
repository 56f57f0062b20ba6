"""A sign-in for later processes: in an encrypting keyring, or in a file that a passphrase opens; never in clear."""

import asyncio
import json
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.sign_in.token_store import TokenStore
from genesis_tui.store import system_keyring

URL = "http://127.0.0.1:8801"
PASSPHRASE = "only for these tests"
TOKENS = Tokens("canary-access", "canary-refresh", 12.5, "portal")


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory, standing for the system's."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, patience: threading.Event | None = None) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}
        self.patience = patience

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        if self.patience is not None:
            self.patience.wait()
        return self.secrets.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("GENESIS_TUI_PASSPHRASE_FILE", raising=False)
    return tmp_path


@pytest.fixture
def _none(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", Ring)


@pytest.fixture
def ring(state: Path, monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(system_keyring, "REAL_KEYRINGS", frozenset({f"{Ring.__module__}.{Ring.__qualname__}"}))
    return made


def files(state: Path) -> list[Path]:
    return [p for p in state.rglob("*") if p.is_file() and p.suffix != ".lock"]


def in_file(url: str = URL, passphrase: str = PASSPHRASE, *, scripts: bool = False) -> TokenStore:
    return TokenStore(url, "passphrase", lambda new: passphrase, scripts=scripts)


async def test_a_real_keyring_holds_it_and_no_file_does(ring: Ring, state: Path) -> None:
    assert await TokenStore(URL).save(TOKENS) == ""
    assert await TokenStore(URL + "/fhir/r4").load() == TOKENS
    assert files(state) == []
    await TokenStore(URL).forget()
    assert await TokenStore(URL).load() is None
    assert ring.secrets == {}


@pytest.mark.usefixtures("_none")
async def test_a_keyring_that_is_not_on_the_list_is_not_used(state: Path) -> None:
    kept = TokenStore("https://portal.example.mil")
    told = await kept.save(TOKENS)
    assert "ends with this process" in told
    assert 'secrets = "passphrase"' in told
    assert kept.place == "memory"
    assert files(state) == []
    assert await kept.load() is None


async def test_memory_is_memory(ring: Ring, state: Path) -> None:
    kept = TokenStore(URL, "memory")
    assert "memory" in await kept.save(TOKENS)
    assert (await kept.load(), ring.secrets, files(state)) == (None, {}, [])


@pytest.mark.usefixtures("_none")
async def test_a_passphrase_opens_a_file_of_ones_own(state: Path) -> None:
    assert await in_file().save(TOKENS) == ""
    (file,) = files(state)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"canary" not in file.read_bytes()
    assert await in_file().load() == TOKENS
    assert await in_file("http://127.0.0.1:8802").load() is None
    await in_file().forget()
    assert files(state) == []


@pytest.mark.rule("SESS-4")
@pytest.mark.usefixtures("_none")
async def test_scripts_have_a_sign_in_of_their_own(state: Path) -> None:
    theirs = Tokens("canary-scripts", "canary-long", 1.0, "portal.counts")
    await in_file().save(TOKENS)
    await in_file(scripts=True).save(theirs)
    assert (await in_file().load(), await in_file(scripts=True).load()) == (TOKENS, theirs)
    await in_file().forget()
    assert await in_file(scripts=True).load() == theirs


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("wrong", ["only for these test", "only for these tests ", "x" * 20])
async def test_another_passphrase_opens_nothing(state: Path, wrong: str) -> None:
    await in_file().save(TOKENS)
    with pytest.raises(ApiError) as caught:
        await in_file(passphrase=wrong).load()
    assert caught.value.reason == "wrong-passphrase"


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize(("length", "kept"), [(11, False), (12, True), (13, True)])
async def test_a_short_passphrase_is_not_taken(state: Path, length: int, kept: bool) -> None:
    told = await in_file(passphrase="a" * length).save(TOKENS)
    assert (told == "") is kept
    assert bool(files(state)) is kept


@pytest.mark.usefixtures("_none")
async def test_where_nobody_can_be_asked_it_is_said(state: Path) -> None:
    assert "GENESIS_TUI_PASSPHRASE_FILE" in await in_file(passphrase="").save(TOKENS)
    assert files(state) == []


@pytest.mark.usefixtures("_none")
async def test_scripts_name_a_file_with_the_passphrase(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = state / "passphrase"
    named.touch(mode=0o600)
    named.write_text(PASSPHRASE + "\n")
    monkeypatch.setenv("GENESIS_TUI_PASSPHRASE_FILE", str(named))
    assert await TokenStore(URL).save(TOKENS) == ""
    assert await in_file().load() == TOKENS
    named.chmod(0o644)
    with pytest.raises(ApiError) as caught:
        await TokenStore(URL).load()
    assert caught.value.reason == "loose-mode"


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o700, 0o644])
async def test_a_file_with_a_looser_mode_is_refused(state: Path, mode: int) -> None:
    await in_file().save(TOKENS)
    files(state)[0].chmod(mode)
    with pytest.raises(ApiError) as caught:
        await in_file().load()
    assert caught.value.reason == "loose-mode"
    await in_file().forget()
    assert await in_file().load() is None


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
async def test_a_folder_with_a_looser_mode_is_refused(state: Path, mode: int) -> None:
    await in_file().save(TOKENS)
    files(state)[0].parent.chmod(mode)
    with pytest.raises(ApiError, match="loose-mode"):
        await in_file().load()
    assert "could be read or changed by others" in await in_file().save(TOKENS)


@pytest.mark.usefixtures("_none")
async def test_a_link_in_the_files_place_is_refused(state: Path) -> None:
    await in_file().save(TOKENS)
    (file,) = files(state)
    file.rename(state / "elsewhere")
    file.symlink_to(state / "elsewhere")
    with pytest.raises(ApiError):
        await in_file().load()


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("name", ["kind", "n", "r", "p", "salt", "nonce", "content"])
async def test_a_file_that_was_changed_anywhere_opens_no_more(state: Path, name: str) -> None:
    await in_file().save(TOKENS)
    (file,) = files(state)
    tree = json.loads(file.read_text())
    tree[name] = tree[name] * 2 if isinstance(tree[name], int) else "AAAA" + tree[name][4:]
    file.write_text(json.dumps(tree))
    with pytest.raises(ApiError, match="wrong-passphrase"):
        await in_file().load()


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("content", ["", "{", "[]", '{"kind": "other"}', "\udcff", '{"kind": 1, "n": 9e99}'])
async def test_a_torn_file_is_said(state: Path, content: str) -> None:
    await in_file().save(TOKENS)
    files(state)[0].write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ApiError, match="wrong-passphrase"):
        await in_file().load()


@pytest.mark.usefixtures("_none")
async def test_costs_that_would_stop_the_computer_are_not_believed(state: Path) -> None:
    await in_file().save(TOKENS)
    (file,) = files(state)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"n": 2**40}))
    began = time.monotonic()
    with pytest.raises(ApiError):
        await in_file().load()
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("_none")
async def test_a_home_that_can_not_be_written_is_said(state: Path) -> None:
    (state / "genesis-tui").write_text("in the way")
    assert "can't be written" in await in_file().save(TOKENS)
    assert await in_file().load() is None


async def test_what_the_server_is_to_be_told_waits_as_safely(ring: Ring, state: Path) -> None:
    kept = TokenStore(URL)
    assert await kept.wait_to_revoke("canary-one")
    assert await kept.wait_to_revoke("canary-two")
    assert await TokenStore(URL).to_revoke() == ("canary-one", "canary-two")
    await kept.revoked()
    assert await TokenStore(URL).to_revoke() == ()
    assert files(state) == []


async def test_a_locked_keyring_is_waited_for_so_long_and_no_longer(
    ring: Ring, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.patience = threading.Event()
    monkeypatch.setattr(system_keyring, "PATIENCE", 0.2)
    began = time.monotonic()
    try:
        assert "ends with this process" in await TokenStore(URL).save(TOKENS)
        assert time.monotonic() - began < 2
    finally:
        ring.patience.set()
    await asyncio.sleep(0.05)
    assert os.listdir(state) == []


async def test_a_keyring_that_breaks_is_no_keyring(ring: Ring, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("locked")

    monkeypatch.setattr(ring, "set_password", broken)
    assert "No keyring" in await TokenStore(URL).save(TOKENS)


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("choice", ["passphrase", "keyring", "memory"])
@pytest.mark.parametrize("passphrase", ["another one entirely", ""])
async def test_clearing_one_sign_in_leaves_a_file_that_can_not_be_opened_now(
    state: Path, choice: str, passphrase: str
) -> None:
    urls = [f"http://127.0.0.1:880{n}" for n in range(3)]
    for url in urls:
        await in_file(url).save(TOKENS)
    assert not await TokenStore(URL, choice, lambda new: passphrase).forget()
    assert [await in_file(url).load() for url in urls] == [TOKENS] * 3


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("mode", [0o600, 0o644])
async def test_clearing_one_sign_in_takes_out_that_one_alone(state: Path, mode: int) -> None:
    other = "http://127.0.0.1:8802"
    await in_file().save(TOKENS)
    await in_file(other).save(TOKENS)
    [file] = files(state)
    file.chmod(mode)
    assert await in_file().forget()
    assert stat.S_IMODE(file.stat().st_mode) == mode, "what others could have read is still told"
    file.chmod(0o600)
    assert (await in_file().load(), await in_file(other).load()) == (None, TOKENS)


@pytest.mark.usefixtures("_none")
async def test_what_two_processes_keep_at_once_is_both_kept(state: Path) -> None:
    urls = [f"http://127.0.0.1:89{n:02}" for n in range(8)]
    await in_file().save(TOKENS)
    await asyncio.gather(*(in_file(url).save(TOKENS) for url in urls), in_file().forget())
    assert [await in_file(url).load() for url in urls] == [TOKENS] * 8
    assert await in_file().load() is None
