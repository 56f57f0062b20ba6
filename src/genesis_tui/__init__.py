"""genesis-tui: an unofficial terminal client for the MHS GENESIS patient portal."""

__version__ = "0.1.0"
