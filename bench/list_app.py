"""The list of Results by itself, with as many rows as asked for: `python bench/list_app.py 100000`."""

import sys
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.screen import Screen

from bench.records import rows
from genesis_tui.app import app
from genesis_tui.models.results.result import Result
from genesis_tui.screens.results.rows import ResultView
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from genesis_tui.widgets.virtual_list import VirtualList


class ListScreen(Screen[None]):
    """Nothing but the list."""

    def compose(self) -> ComposeResult:
        yield VirtualList[Result](ResultView())

    def on_mount(self) -> None:
        """Fills it."""
        self.query_one(VirtualList).rows = rows(int(sys.argv[1]))


class ListApp(app.GenesisApp):
    """The app with its themes, opened at the list."""

    CSS_PATH = str(Path(app.__file__).with_name("app.tcss"))
    MODES: ClassVar = {"list": ListScreen}
    DEFAULT_MODE = "list"


if __name__ == "__main__":
    ListApp(Portal(ServerProfile(), keep=False), Settings()).run()
