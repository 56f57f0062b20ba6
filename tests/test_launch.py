"""What happens before the terminal is taken over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from genesis_tui.app import startup
from genesis_tui.settings.settings import CONFIG_VARIABLE, Settings, SettingsError
from genesis_tui.widgets.drawing import symbols

UTF8 = {"LC_ALL": "C.UTF-8"}


@pytest.fixture(autouse=True)
def _settings_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "settings.toml").touch()
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "settings.toml"))
    yield
    symbols.use_ascii(ascii_only=False)


def test_debugging_of_the_toolkit_is_dropped() -> None:
    environment = {"TEXTUAL": "devtools", "TEXTUAL_LOG": "/tmp/x", "TEXTUAL_SCREENSHOT": "1", "TERM": "xterm"}
    startup.drop_debugging(environment)
    assert environment == {"TERM": "xterm"}


@pytest.mark.parametrize(("chosen", "ascii_only"), [(None, False), (True, True), (False, False)])
def test_symbols_follow_the_settings(chosen: bool | None, ascii_only: bool) -> None:
    startup.prepare(Settings(ascii=chosen), UTF8)
    assert symbols.ascii_only() is ascii_only


def test_symbols_follow_the_terminal_where_nothing_is_chosen() -> None:
    startup.prepare(Settings(), {"LC_ALL": "C"})
    assert symbols.ascii_only()


def test_keys_beside_the_settings_are_read(tmp_path: Path) -> None:
    assert startup.prepare(Settings(), UTF8) == {}
    (tmp_path / "keys.toml").write_text('"app.family" = "E"\n')
    assert startup.prepare(Settings(), UTF8) == {"app.family": "E"}


def test_keys_that_can_not_be_used_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('"no.such" = "F"\n')
    with pytest.raises(SettingsError, match=r"keys\.toml:1"):
        startup.prepare(Settings(), UTF8)
