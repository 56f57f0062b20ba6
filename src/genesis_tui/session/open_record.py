"""One open record. Closing it ends its loads, and nothing of it can be asked for again (FAM-9)."""

from typing import TYPE_CHECKING

from genesis_tui.session.appointments import OpenAppointments
from genesis_tui.session.base.loads import Loads
from genesis_tui.session.messages.threads import OpenThreads
from genesis_tui.session.record.entries import OpenEntries
from genesis_tui.session.record.ledger import OpenLedger
from genesis_tui.session.refills import OpenRefills
from genesis_tui.session.results import OpenResults

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.appointments.limits import AppointmentLimits
    from genesis_tui.models.family import FamilyMember, Profile
    from genesis_tui.session.acts.outbox import Acts
    from genesis_tui.session.base.cache import RecordCache


class OpenRecord:
    """The record of one patient, from `Portal.open` to `close`. Every call on a closed one raises RecordClosed."""

    def __init__(
        self,
        patient: "FamilyMember",
        server: "Server",
        cache: "RecordCache",
        acts: "Acts",
        *,
        limits: "AppointmentLimits | None" = None,
        copied: bool = False,
    ) -> None:
        """Made by `Portal.open` only. `copied`: it is read from a copy, so that nothing can be told to the server."""
        self.patient = patient
        self._server = server
        self._loads = loads = Loads(patient.id)
        self.results = OpenResults(server, cache, loads, copied=copied)
        self.threads = OpenThreads(server, loads, acts, copied=copied)
        self.appointments = OpenAppointments(server, loads, acts, limits)
        self.refills = OpenRefills(server, loads)
        self.entries = OpenEntries(patient, server, cache, loads, self.results)
        self.ledger = OpenLedger(server, cache, loads, self.entries)

    @property
    def closed(self) -> bool:
        """Whether another record was opened since, or nobody is signed in any more."""
        return self._loads.closed

    async def profile(self) -> "Profile":
        """Patient Information, read only (DEERS-1, MSG-2)."""
        self._loads.check()
        return await self._loads.load(self._server.family.profile(self.patient.id))

    def close(self) -> None:
        """End every load; what they were about to bring is dropped."""
        self._loads.close()
        self._server.forget()
        self.results.forget()
