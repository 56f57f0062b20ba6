"""The app with what fails and what never ends in it: `python crashing.py URL`, then ctrl+g or f12 in an open record."""

import sys
import time
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.app import app
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings


class Crashing(app.GenesisApp):
    """ctrl+g raises an error that holds record values, in its words and in its variables; f12 lets nothing else run."""

    CSS_PATH = str(Path(app.__file__).with_name("app.tcss"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "crash", "crash", priority=True, id="test.crash"),
        Binding("f12", "hang", "hang", priority=True, id="test.hang"),
    ]

    def action_crash(self) -> None:
        """Fails with a person's name at hand."""
        record = self.portal.record
        secret = f"canary-{record.patient.name if record else 'nobody'}-148"
        raise ValueError(f"can't show {secret}")

    def action_hang(self) -> None:
        """Keeps the loop for itself."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass


crashing = Crashing(Portal(ServerProfile(url=sys.argv[1]), keep=False), Settings())
crashing.run()
sys.exit(crashing.return_code or 0)
