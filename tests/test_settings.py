"""The settings file: profiles, and mistakes that name their place."""

from pathlib import Path

import pytest

from genesis_tui.app import keymap
from genesis_tui.settings import schema, settings
from genesis_tui.settings.settings import DEFAULT_URL, ServerProfile, SettingsError, load

WHOLE = """
profile = "home"
theme = "dark"
ascii = true
low_bandwidth = true

[profiles.home]
url = "https://portal.example.mil"

[profiles.test]
url = "https://test.example.org:8443"
trust_host = true
theme = "light"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(settings.CONFIG_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    monkeypatch.setenv("HOME", str(tmp_path / "nothing"))


def test_without_a_file_everything_has_a_default() -> None:
    found = load()
    assert found.profile == ServerProfile(url=DEFAULT_URL)
    assert (found.theme, found.ascii, found.low_bandwidth, found.path) == ("", None, False, None)


def test_the_file_chooses_a_profile(file: Path) -> None:
    file.write_text(WHOLE)
    found = load(file)
    assert found.profile == ServerProfile("home", "https://portal.example.mil")
    assert (found.theme, found.ascii, found.low_bandwidth, found.path) == ("dark", True, True, file)
    assert [p.name for p in found.profiles] == ["home", "test"]


def test_the_command_line_chooses_another(file: Path) -> None:
    file.write_text(WHOLE)
    found = load(file, profile="test")
    assert found.profile == ServerProfile("test", "https://test.example.org:8443", trust_host=True, theme="light")
    assert found.theme == "light"


@pytest.mark.rule("HOST-1")
def test_a_server_of_the_command_line_is_never_trusted(file: Path) -> None:
    file.write_text(WHOLE)
    found = load(file, profile="test", server="https://test.example.org:8443")
    assert not found.profile.trust_host


def test_without_a_choice_the_first_profile_counts(file: Path) -> None:
    file.write_text('[profiles.only]\nurl = "https://a.mil"\n')
    assert load(file).profile.name == "only"


def test_the_environment_names_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(WHOLE)
    monkeypatch.setenv(settings.CONFIG_VARIABLE, str(file))
    assert load().path == file
    file.unlink()
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load()


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ('theme = "dark"\nascii = maybe\n', ":2", "Not valid TOML"),
        ('theme = "pink"\n', ": theme", "there is no theme 'pink'"),
        ("ascii = 1\n", ": ascii", "boolean"),
        ("speed = 3\n", ": speed", "there is no such key"),
        ('profile = "x"\n', "", "There is no profile 'x'"),
        ("[profiles.a]\n", ": profiles.a.url", "Field required"),
        ('[profiles.a]\nurl = "u"\ntrust_host = "yes"\n', ": profiles.a.trust_host", "boolean"),
        ('[profiles.a]\nurl = "u"\ntrusted = true\n', ": profiles.a.trusted", "there is no such key"),
    ],
)
def test_a_mistake_names_its_place_and_what_to_do(file: Path, text: str, where: str, words: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert caught.value.where == f"{file}{where}"
    assert words in caught.value.title
    assert caught.value.next


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"theme = {'[' * 5000}{']' * 5000}", "too deep"),
        (f"theme = {'{a=' * 5000}1{'}' * 5000}", "too deep"),
        (f"[{'.'.join('a' * 20_000)}]", "too deep"),
        (f"theme = {'9' * 5000}", "thousands of digits"),
    ],
)
def test_what_nobody_wrote_by_hand_is_told_in_words(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    for read in (load, keymap.load):
        with pytest.raises(SettingsError, match=words) as caught:
            read(file)
        assert caught.value.where == str(file)
        assert caught.value.next


@pytest.mark.parametrize("content", [b"\xff\xfe", b"theme = '\xe4'"])
def test_a_file_that_is_no_text_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="Not UTF-8"):
        load(file)


def test_a_folder_in_the_files_place_is_named(file: Path) -> None:
    file.mkdir()
    with pytest.raises(SettingsError, match="directory"):
        load(file)


def test_the_themes_that_a_file_may_name_are_those_there_are() -> None:
    from genesis_tui.widgets.drawing.themes import NAMES

    assert schema.THEMES == NAMES
