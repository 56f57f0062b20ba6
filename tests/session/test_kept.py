"""A sign-in for later processes: in an encrypting keyring, or in a file for invented people only."""

import asyncio
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

from genesis_tui.api_client.auth.tokens import Tokens
from genesis_tui.session import kept, token_file
from genesis_tui.session.errors import ApiError

URL = "http://127.0.0.1:8801"
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
    return tmp_path


@pytest.fixture
def _none(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", Ring)


@pytest.fixture
def ring(state: Path, monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(kept, "REAL_KEYRINGS", frozenset({f"{Ring.__module__}.{Ring.__qualname__}"}))
    return made


def files(state: Path) -> list[Path]:
    return [p for p in state.rglob("*") if p.is_file()]


async def test_a_real_keyring_holds_it_and_no_file_does(ring: Ring, state: Path) -> None:
    assert await kept.save(URL, TOKENS, invented=True) == ""
    assert await kept.load(URL + "/fhir/r4") == TOKENS
    assert files(state) == []
    await kept.forget(URL)
    assert await kept.load(URL) is None
    assert ring.secrets == {}


@pytest.mark.usefixtures("_none")
async def test_a_keyring_that_is_not_on_the_list_is_not_used(state: Path) -> None:
    told = await kept.save("https://portal.example.mil", TOKENS, invented=False)
    assert "ends with this process" in told
    assert files(state) == []
    assert await kept.load("https://portal.example.mil") is None


@pytest.mark.usefixtures("_none")
async def test_invented_people_may_be_kept_in_a_file_of_ones_own(state: Path) -> None:
    assert await kept.save(URL, TOKENS, invented=True) == ""
    (file,) = files(state)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert await kept.load(URL) == TOKENS
    assert await kept.load("http://127.0.0.1:8802") is None
    await kept.save(URL, None, invented=True)
    assert files(state) == []


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o700, 0o644])
async def test_a_file_with_a_looser_mode_is_refused(state: Path, mode: int) -> None:
    await kept.save(URL, TOKENS, invented=True)
    files(state)[0].chmod(mode)
    with pytest.raises(ApiError) as caught:
        await kept.load(URL)
    assert caught.value.reason == "loose-mode"
    await kept.forget(URL)
    assert await kept.load(URL) is None


@pytest.mark.usefixtures("_none")
@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
async def test_a_folder_with_a_looser_mode_is_refused(state: Path, mode: int) -> None:
    await kept.save(URL, TOKENS, invented=True)
    files(state)[0].parent.chmod(mode)
    with pytest.raises(ApiError, match="loose-mode"):
        await kept.load(URL)
    assert "could be read or changed by others" in await kept.save(URL, TOKENS, invented=True)


@pytest.mark.usefixtures("_none")
async def test_a_link_in_the_files_place_is_refused(state: Path) -> None:
    await kept.save(URL, TOKENS, invented=True)
    (file,) = files(state)
    file.rename(state / "elsewhere")
    file.symlink_to(state / "elsewhere")
    with pytest.raises(ApiError):
        await kept.load(URL)


@pytest.mark.usefixtures("_none")
async def test_a_torn_file_is_no_sign_in(state: Path) -> None:
    await kept.save(URL, TOKENS, invented=True)
    for content in ("", "{", "[]", '{"access": "a", "more": 1}', "\udcff"):
        files(state)[0].write_bytes(content.encode("utf-8", "surrogateescape"))
        assert await kept.load(URL) is None


@pytest.mark.usefixtures("_none")
async def test_a_home_that_can_not_be_written_is_said(state: Path) -> None:
    (state / "genesis-tui").write_text("in the way")
    assert "can't be written" in await kept.save(URL, TOKENS, invented=True)
    assert token_file.read("nobody") == ""


async def test_a_locked_keyring_is_waited_for_so_long_and_no_longer(
    ring: Ring, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.patience = threading.Event()
    monkeypatch.setattr(kept, "PATIENCE", 0.2)
    began = time.monotonic()
    try:
        assert "ends with this process" in await kept.save(URL, TOKENS, invented=False)
        assert time.monotonic() - began < 2
    finally:
        ring.patience.set()
    await asyncio.sleep(0.05)
    assert os.listdir(state) == []


async def test_a_keyring_that_breaks_is_no_keyring(ring: Ring, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("locked")

    monkeypatch.setattr(ring, "set_password", broken)
    assert "No keyring" in await kept.save(URL, TOKENS, invented=False)
