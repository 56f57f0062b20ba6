"""Record of the open patient."""

from genesis_tui.screens.place import Place


class RecordScreen(Place):
    """Record of the open patient."""

    PLACE = "record"
