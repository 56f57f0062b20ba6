"""Inbox of the open patient."""

from genesis_tui.screens.place import Place


class InboxScreen(Place):
    """Inbox of the open patient."""

    PLACE = "inbox"
