"""Appointments of the open patient."""

from genesis_tui.screens.place import Place


class AppointmentsScreen(Place):
    """Appointments of the open patient."""

    PLACE = "appointments"
