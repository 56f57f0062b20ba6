"""S5: where a sign-in lies in eight set-ups of a machine. Nothing of it is in clear; what is loose is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CANARIES = (b"canary-access-7d1f", b"canary-refresh-93ab")
PASSPHRASE = "only for these secrets"
KEEP = f"""
import asyncio, json, sys
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.session.sign_in.token_store import TokenStore

TOKENS = Tokens({CANARIES[0].decode()!r}, {CANARIES[1].decode()!r}, 12.5, "portal")

async def main():
    kept = TokenStore("https://portal.example.mil", sys.argv[1], lambda new: {PASSPHRASE!r})
    why = await kept.save(TOKENS)
    back = await TokenStore("https://portal.example.mil", sys.argv[1], lambda new: {PASSPHRASE!r}).load()
    print(json.dumps({{"why": why, "place": kept.place, "back": back == TOKENS}}))

asyncio.run(main())
"""
WITH_KEYRING = """
set -e
printf 'login-password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
exec "$@"
"""
LOCK = """
import secretstorage
connection = secretstorage.dbus_init()
secretstorage.get_default_collection(connection).lock()
connection.close()
"""
LOCKED_KEYRING = f"""
set -e
printf 'login-password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
{sys.executable} -c '{LOCK}'
exec "$@"
"""


def program(*names: str) -> None:
    for name in names:
        if shutil.which(name) is None:
            pytest.skip(f"{name}: not installed (gnome-keyring, dbus-x11)")


def environment(home: Path, **more: str) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    places = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return places | {"PYTHONPATH": str(Path(__file__).parent.parent.parent / "src")} | more


def kept(home: Path, choice: str = "keyring", *before: str, **more: str) -> dict[str, object]:
    """What keeping and loading came to, in a process of its own."""
    import json

    argv = [*before, sys.executable, "-c", KEEP, choice]
    ran = subprocess.run(argv, env=environment(home, **more), capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not any(canary.decode() in ran.stdout + ran.stderr for canary in CANARIES)
    told: dict[str, object] = json.loads(ran.stdout.splitlines()[-1])
    return told


def in_clear(home: Path) -> list[Path]:
    return [
        file for file in home.rglob("*") if file.is_file() and any(canary in file.read_bytes() for canary in CANARIES)
    ]


def test_a_keyring_keeps_it(tmp_path: Path) -> None:
    program("dbus-run-session", "gnome-keyring-daemon")
    told = kept(tmp_path / "home", "keyring", "dbus-run-session", "--", "bash", "-c", WITH_KEYRING, "bash")
    assert told == {"why": "", "place": "keyring", "back": True}
    assert in_clear(tmp_path) == []


def test_a_locked_keyring_is_not_waited_for(tmp_path: Path) -> None:
    program("dbus-run-session", "gnome-keyring-daemon")
    told = kept(tmp_path / "home", "keyring", "dbus-run-session", "--", "bash", "-c", LOCKED_KEYRING, "bash")
    assert (told["place"], told["back"]) == ("memory", False)
    assert "ends with this process" in str(told["why"])
    assert in_clear(tmp_path) == []


def test_without_a_keyring_it_ends_with_the_process(tmp_path: Path) -> None:
    told = kept(tmp_path / "home", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    assert (told["place"], told["back"]) == ("memory", False)
    assert in_clear(tmp_path) == []


PLAINTEXT = """
import json, os, pathlib
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 20
    def _file(self): return pathlib.Path(os.environ["HOME"]) / "plain.json"
    def _all(self): return json.loads(self._file().read_text()) if self._file().exists() else {}
    def get_password(self, service, username): return self._all().get(f"{service} {username}")
    def set_password(self, service, username, password):
        self._file().write_text(json.dumps(self._all() | {f"{service} {username}": password}))
    def delete_password(self, service, username): self._file().unlink()
"""


def _plain_backend(folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "plainly.py").write_text(PLAINTEXT)
    return f"{folder}:{Path(__file__).parent.parent.parent / 'src'}"


def test_a_plaintext_backend_that_is_installed_is_not_used(tmp_path: Path) -> None:
    path = _plain_backend(tmp_path / "lib")
    told = kept(tmp_path / "home", PYTHONPATH=path, PYTHON_KEYRING_BACKEND="plainly.Keyring")
    assert (told["place"], told["back"]) == ("memory", False)
    assert not (tmp_path / "home/plain.json").exists()
    assert in_clear(tmp_path) == []


def test_a_chainer_does_not_lead_to_a_plaintext_backend(tmp_path: Path) -> None:
    path = _plain_backend(tmp_path / "lib")
    (tmp_path / "lib/sitecustomize.py").write_text("import plainly\n")
    told = kept(tmp_path / "home", PYTHONPATH=path, PYTHON_KEYRING_BACKEND="keyring.backends.chainer.ChainerBackend")
    assert (told["place"], told["back"]) == ("memory", False)
    assert not (tmp_path / "home/plain.json").exists()
    assert in_clear(tmp_path) == []


def test_over_ssh_a_passphrase_keeps_it(tmp_path: Path) -> None:
    told = kept(tmp_path / "home", "passphrase", SSH_CONNECTION="192.0.2.1 5000 192.0.2.2 22", SSH_TTY="/dev/pts/9")
    assert told == {"why": "", "place": "passphrase", "back": True}
    assert in_clear(tmp_path) == []
    (file,) = tmp_path.rglob("*.sealed")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_after_su_the_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("root: only root can make a folder somebody else's")
    home = tmp_path / "home"
    folder = home / ".local/state/genesis-tui/sign-in"
    folder.mkdir(parents=True, mode=0o700)
    os.chown(folder, 12345, 12345)
    told = kept(home, "passphrase")
    assert (told["place"], told["back"]) == ("memory", False)
    assert "could be read or changed by others" in str(told["why"])
    assert in_clear(tmp_path) == []


def test_a_home_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".local").write_text("in the way, as a read-only file system is")
    told = kept(home, "passphrase")
    assert (told["place"], told["back"]) == ("memory", False)
    assert "can't be written" in str(told["why"])
    assert in_clear(tmp_path) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o700, 0o666])
def test_what_is_not_ones_own_alone_is_refused(tmp_path: Path, mode: int) -> None:
    home = tmp_path / "home"
    kept(home, "passphrase")
    (file,) = tmp_path.rglob("*.sealed")
    file.chmod(mode)
    told = subprocess.run(
        [sys.executable, "-c", KEEP, "passphrase"], env=environment(home), capture_output=True, text=True, check=False
    )
    assert "loose-mode" in told.stderr or "could be read or changed" in told.stdout + told.stderr
    assert in_clear(tmp_path) == []
