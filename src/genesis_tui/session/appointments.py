"""The appointments of an open record."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.appointments.appointment import Appointments
    from genesis_tui.models.appointments.clipboards.questions import Clipboards
    from genesis_tui.session.base.loads import Loads


class OpenAppointments:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(self, server: "Server", loads: "Loads") -> None:
        self._server = server
        self._loads = loads

    async def load(self, first: "date | None" = None, last: "date | None" = None) -> "Appointments":
        """Appointments and requests from `first` to `last` (days at the clinic), from 400 days ago on without `first`.

        Raises:
            NotOffered: the server has no portal.
        """
        self._loads.check()
        return await self._loads.load(self._server.appointments.agenda(self._loads.patient_id, first, last))

    async def clipboards(self) -> "Clipboards":
        """What is filled in before the visits. Raises NotOffered: the server has no portal."""
        self._loads.check()
        return await self._loads.load(self._server.clipboards.clipboards(self._loads.patient_id))
