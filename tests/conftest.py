"""The fixtures that the tests share are those that users of the plugin get."""

pytest_plugins = ["genesis_tui.testing.plugin"]
