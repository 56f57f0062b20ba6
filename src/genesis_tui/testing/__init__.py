"""For tests of anything that speaks to the portal: `pytest_plugins = ["genesis_tui.testing.plugin"]`."""
