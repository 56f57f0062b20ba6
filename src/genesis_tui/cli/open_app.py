"""Opens the terminal app. The one file of the command line that loads the terminal toolkit."""

import gc
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.settings.settings import Settings

_SECONDS_TO_TIDYING = 1.0
"""The first screen comes first."""


def open_app() -> None:
    """`genesis-tui` alone: the server and the looks that the settings file names."""
    from genesis_tui.cli.base.diagnostics import reported
    from genesis_tui.settings import settings

    with reported():
        chosen = settings.load()
    run_app(chosen, keep=True)


def run_app(settings: "Settings", *, keep: bool) -> None:
    """Run the app until it is left; its exit code is the process's. `keep`: whether sign-ins are kept.

    Collecting garbage while a few hundred modules load costs a quarter of the start, so it is off (`__main__`) until
    the first screen is whole, and what was loaded by then is never looked at again.
    """
    from genesis_tui.app.startup import prepare
    from genesis_tui.cli.base.diagnostics import needs_terminal, reported, say

    needs_terminal()
    with reported():
        keys = prepare(settings)
    from genesis_tui.app.app import GenesisApp
    from genesis_tui.session.portal import Portal

    passphrase = _passphrase() if keep and settings.profile.secrets == "passphrase" else ""
    portal = Portal(settings.profile, keep=keep, ask=lambda new: passphrase)
    app = GenesisApp(portal, settings, keys)
    gc.freeze()
    tidying = threading.Timer(_SECONDS_TO_TIDYING, _tidy)
    tidying.daemon = True
    tidying.start()
    app.run()
    if app.farewell:
        say(app.farewell)
    sys.exit(app.return_code or 0)


def _tidy() -> None:
    """Garbage, and what an app that was killed has left in folders for short-lived files."""
    from genesis_tui.store.short_lived import remove_left

    gc.enable()
    remove_left()


def _passphrase() -> str:
    """Asked for before the terminal is taken over; a new one twice, where nothing is kept yet."""
    from genesis_tui.cli.base.options import ask_passphrase
    from genesis_tui.store.passphrase_file import has_variable, is_there

    return "" if has_variable() else ask_passphrase(not is_there())
