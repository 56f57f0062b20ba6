"""keys.toml: what it can say, and that everything wrong with it is told with file and line."""

from pathlib import Path

import pytest

from genesis_tui.app import keymap
from genesis_tui.settings.settings import SettingsError


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def test_no_file_is_no_keymap(keys: Path) -> None:
    assert keymap.load(keys) == {}


def test_ids_get_other_keys_in_either_way_of_writing(keys: Path) -> None:
    keys.write_text('"results.sort" = "S"\n\n[app]\nfamily = "ctrl+f, ?"\nkeys = "f6"\n')
    assert keymap.load(keys) == {"results.sort": "S", "app.family": "ctrl+f,question_mark", "app.keys": "f6"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('\n"app.famly" = "x"\n', 2, "nothing called 'app.famly'"),
        ('[app]\n\nfamily = "ctrl+nope"\n', 3, "no key 'ctrl+nope'"),
        ('"app.family" = "hyperspace"\n', 1, "no key 'hyperspace'"),
        ('# mine\n"app.family" = "p"\n', 2, "app.patient would both be on p"),
        ('"results.trend" = "f"\n', 1, "app.family would both be on f"),
        ('"results.trend" = "j"\n', 1, "list.down would both be on j"),
        ('"grant.preview" = "f1"\n', 1, "app.call would both be on f1"),
        ('"app.family" = 3\n', 1, "needs a key in quotes"),
        ('"app.family" = ""\n', 1, "needs a key in quotes"),
        ('ok = 1\n"app.family" =\n', 2, "Not valid TOML"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(keys: Path, text: str, line: int, words: str) -> None:
    keys.write_text(text)
    with pytest.raises(SettingsError) as caught:
        keymap.load(keys)
    assert caught.value.where == f"{keys}:{line}"
    assert words in caught.value.title
    assert caught.value.next


def test_an_unknown_id_suggests_the_nearest(keys: Path) -> None:
    keys.write_text('"app.famly" = "x"\n')
    with pytest.raises(SettingsError) as caught:
        keymap.load(keys)
    assert caught.value.next == "Did you mean app.family?"


def test_two_may_swap_their_keys(keys: Path) -> None:
    keys.write_text('"app.family" = "p"\n"app.patient" = "f"\n')
    assert keymap.load(keys) == {"app.family": "p", "app.patient": "f"}


def test_keys_of_dialogs_do_not_clash_with_those_of_screens(keys: Path) -> None:
    keys.write_text('"confirm.act" = "f"\n')
    assert keymap.load(keys) == {"confirm.act": "f"}


def test_a_file_that_is_no_text_is_told(keys: Path) -> None:
    keys.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="can't be read"):
        keymap.load(keys)


def test_no_two_keys_clash_as_delivered() -> None:
    known = keymap.known_keys()
    allowed = {
        frozenset(pair)
        for pair in (
            ("app.back", "sign_in.back"),
            ("list.open", "home.open"),
            ("list.open", "sign_in.open"),
            ("compose.category-next", "compose.match-next"),
            ("record.export", "record.save"),
        )
    }
    clashes = {
        frozenset((one, other))
        for one, keys in known.items()
        for other, others in known.items()
        if one < other and one.partition(".")[0] == other.partition(".")[0] and keys & others
    }
    assert clashes - allowed == set()
