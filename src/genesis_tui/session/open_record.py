"""One open record. Closing it ends its loads, and nothing of it can be asked for again (FAM-9)."""

from functools import cached_property
from typing import TYPE_CHECKING

from genesis_tui.session.base.loads import Loads

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server
    from genesis_tui.models.appointments.limits import AppointmentLimits
    from genesis_tui.models.family import FamilyMember, Profile
    from genesis_tui.session.acts.outbox import Acts
    from genesis_tui.session.appointments import OpenAppointments
    from genesis_tui.session.base.cache import RecordCache
    from genesis_tui.session.messages.threads import OpenThreads
    from genesis_tui.session.record.entries import OpenEntries
    from genesis_tui.session.record.exports import OpenExports
    from genesis_tui.session.record.ledger import OpenLedger
    from genesis_tui.session.refills import OpenRefills
    from genesis_tui.session.results import OpenResults


class OpenRecord:
    """The record of one patient, from `Portal.open` to `close`. Every call on a closed one raises RecordClosed.

    Each part is loaded when it is first asked for: a command asks for one of them.
    """

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
        self._cache, self._acts, self._limits, self._copied = cache, acts, limits, copied
        self._loads = Loads(patient.id)

    @cached_property
    def results(self) -> "OpenResults":
        from genesis_tui.session.results import OpenResults

        return OpenResults(self._server, self._cache, self._loads, copied=self._copied)

    @cached_property
    def threads(self) -> "OpenThreads":
        from genesis_tui.session.messages.threads import OpenThreads

        return OpenThreads(self._server, self._loads, self._acts, copied=self._copied)

    @cached_property
    def appointments(self) -> "OpenAppointments":
        from genesis_tui.session.appointments import OpenAppointments

        return OpenAppointments(self._server, self._loads, self._acts, self._limits)

    @cached_property
    def refills(self) -> "OpenRefills":
        from genesis_tui.session.refills import OpenRefills

        return OpenRefills(self._server, self._loads)

    @cached_property
    def entries(self) -> "OpenEntries":
        from genesis_tui.session.record.entries import OpenEntries

        return OpenEntries(self.patient, self._server, self._cache, self._loads, self.results)

    @cached_property
    def exports(self) -> "OpenExports":
        from genesis_tui.session.record.exports import OpenExports

        return OpenExports(self.patient, self._server, self._loads, self.entries, self.results)

    @cached_property
    def ledger(self) -> "OpenLedger":
        from genesis_tui.session.record.ledger import OpenLedger

        return OpenLedger(self._server, self._cache, self._loads, self.entries)

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
        if "results" in vars(self):
            self.results.forget()
