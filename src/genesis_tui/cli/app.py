"""Opens the terminal app. The one file of the command line that loads the terminal toolkit."""

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.settings import Settings


def open_app() -> None:
    """`genesis-tui` alone: the server and the looks that the settings file names."""
    from genesis_tui import settings
    from genesis_tui.cli.diagnostics import reported

    with reported():
        chosen = settings.load()
    run_app(chosen)


def run_app(settings: "Settings") -> None:
    """Run the app until it is left; its exit code is the process's.

    Collecting garbage while a few hundred modules load costs a quarter of the start, so it is off until then
    (`__main__`), and what was loaded is never looked at again.
    """
    from genesis_tui.cli.diagnostics import reported
    from genesis_tui.launch import prepare

    with reported():
        keys = prepare(settings)
    from genesis_tui.app import GenesisApp
    from genesis_tui.session.portal import Portal

    app = GenesisApp(Portal(settings.profile, keep=False), settings, keys)
    gc.freeze()
    gc.enable()
    app.run()
    sys.exit(app.return_code or 0)
