"""What a shell is offered: commands, options and values; the portal's own with a kept sign-in, else nothing."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, command
from tests.cli.written import served

__all__ = ["served"]


def offered(home: Path, url: str, words: str, **variables: str) -> list[str]:
    """The values that a shell is told for the last word, which may be empty."""
    asked = {"COMP_WORDS": f"genesis-tui {words}", "COMP_CWORD": str(len(words.split(" ")))}
    done = command(home, **asked, _GENESIS_TUI_COMPLETE="bash_complete", GENESIS_TUI_SERVER=url, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("re", ["results", "record", "refills"]),
        ("inbox dr", ["draft"]),
        ("record al", ["allergies"]),
        ("record list im", ["immunizations", "imaging"]),
        ("record s", ["save", "show", "social"]),
        ("login --method d", ["ds-logon", "device"]),
        ("inbox list --folder t", ["trash"]),
        ("inbox move thread-1 --to i", ["inbox"]),
        ("schema inbox-t", ["inbox-thread"]),
        ("results --js", ["--json", "--jsonl"]),
        ("results --patient ", []),
        ("inbox send --category ", []),
    ],
)
def test_without_a_sign_in_what_is_known_is_offered(
    served: dict[str, str], home: Path, words: str, values: list[str]
) -> None:
    assert offered(home, served["url"], words) == values


@pytest.mark.usefixtures("daniel")
def test_people_categories_and_folders_come_with_the_sign_in(served: dict[str, str], home: Path, daniel: Run) -> None:
    thread = daniel("inbox", "list", "--csv").stdout.splitlines()[1].split(",")[1]
    assert daniel("inbox", "move", thread, "--to", "Knee papers", "--create").returncode == 0
    url = served["url"]
    assert offered(home, url, "results --patient ma") == ["mateo", "maya"]
    assert "maya" in offered(home, url, "record allergies --patient ")
    assert "maya" in offered(home, "http://127.0.0.1:9", f"--server {url} appointments list --patient ")
    assert offered(home, url, "inbox send --category ap") == ["appointment"]
    assert offered(home, url, "inbox list --folder K") == ["Knee papers"]


@pytest.mark.usefixtures("daniel")
@pytest.mark.parametrize("why", ["private", "unreachable", "no passphrase", "no settings"])
def test_where_the_portal_can_not_be_asked_nothing_is_offered(served: dict[str, str], home: Path, why: str) -> None:
    words = "--private results --patient " if why == "private" else "results --patient "
    url = "http://127.0.0.1:9" if why == "unreachable" else served["url"]
    if why == "no settings":
        (home / "config" / "genesis-tui").mkdir(parents=True)
        (home / "config" / "genesis-tui" / "settings.toml").write_text("theme = 7\n")
    variables = {"GENESIS_TUI_PASSPHRASE_FILE": ""} if why == "no passphrase" else {}
    assert offered(home, url, words, **variables) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(home: Path, shell: str) -> None:
    done = command(home, _GENESIS_TUI_COMPLETE=f"{shell}_source")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_GENESIS_TUI_COMPLETE={shell}_complete" in done.stdout
