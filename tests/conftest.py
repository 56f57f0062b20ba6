"""The fixtures that the tests share are those that users of the plugin get."""

import gc

pytest_plugins = ["genesis_tui.testing.plugin"]

gc.set_threshold(20_000, 50, 100)
"""Rarer than usual: looking for cycles among all the widgets and rows of a test took a sixth of its time."""
