"""The manual page: every command and option, in roff that nothing is wrong with."""

import shutil
import subprocess

import click
import pytest

from genesis_tui.cli.main import cli
from tests.cli.conftest import Run


def _all(group: click.Command, path: str = "genesis-tui") -> dict[str, click.Command]:
    found = {path: group}
    if isinstance(group, click.Group):
        with click.Context(group) as context:
            for name in group.list_commands(context):
                command = group.get_command(context, name)
                assert command is not None
                found |= _all(command, f"{path} {name}")
    return found


def test_the_manual_names_every_command_and_option(run: Run) -> None:
    page = run("man").stdout
    text = page.replace("\\-", "-")
    for path, command in _all(cli).items():
        assert path == "genesis-tui" or f"\n.SS {path} " in text
        options = [name for param in command.params for name in param.opts if name.startswith("--")]
        assert [name for name in options if f"{name}" not in text] == []
    assert "\b" not in page
    assert "GENESIS_TUI_SERVER" in text


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff: not installed, so nothing can read the page")
def test_a_reader_of_manuals_finds_nothing_wrong(run: Run) -> None:
    page = run("man").stdout
    words = ["groff", "-man", "-Tutf8", "-ww", "-K", "utf8"]
    read = subprocess.run(words, input=page, capture_output=True, text=True, check=True)
    assert read.stderr == ""
