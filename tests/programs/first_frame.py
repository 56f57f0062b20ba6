"""Prints which modules are loaded when the app has painted its first frame."""

import sys
from pathlib import Path

from genesis_tui.app import app
from genesis_tui.screens.sign_in import screen
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings


class Probe(app.GenesisApp):
    """Ends as soon as it has been seen."""

    CSS_PATH = str(Path(app.__file__).with_name("app.tcss"))

    def on_ready(self) -> None:
        """Notes what is there now: what the first request needs is loaded after this."""
        self.loaded = sorted(sys.modules)
        self.exit(0)


screen.AFTER_FIRST_FRAME = 60.0  # on a busy machine it would begin before the probe looks
probe = Probe(Portal(ServerProfile(url="http://127.0.0.1:9"), keep=False), Settings())
probe.run(headless=True, size=(120, 40))
print(*probe.loaded)
