"""Refills of the open patient."""

from genesis_tui.screens.place import Place


class RefillsScreen(Place):
    """Refills of the open patient."""

    PLACE = "refills"
