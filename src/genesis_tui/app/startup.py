"""What happens before the terminal is taken over: no debugging of the toolkit, symbols that show, keys that exist."""

import os
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from genesis_tui.widgets.drawing import symbols

if TYPE_CHECKING:
    from genesis_tui.settings.settings import Settings


def drop_debugging(environment: MutableMapping[str, str]) -> None:
    """Textual's own variables can log every event, take screenshots, or listen on a port; none is for records."""
    for name in [n for n in environment if n == "TEXTUAL" or n.startswith("TEXTUAL_")]:
        del environment[name]


def prepare(settings: "Settings", environment: MutableMapping[str, str] = os.environ) -> dict[str, str]:
    """Make the process ready and give the keymap; nothing of the toolkit is loaded unless there is a keys file.

    Raises:
        SettingsError: for a keys file that can't be used.
    """
    drop_debugging(environment)
    chosen = settings.ascii
    symbols.use_ascii(ascii_only=symbols.ascii_wanted(environment) if chosen is None else chosen)
    from genesis_tui.settings.settings import config_path

    if not config_path().with_name("keys.toml").is_file():
        return {}
    from genesis_tui.app.keymap import load

    return load()
