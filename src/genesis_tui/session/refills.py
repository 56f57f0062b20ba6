"""The prescriptions of an open record, and where refills are picked up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.refills.pharmacies import PickUp
    from genesis_tui.models.refills.prescription import Prescriptions
    from genesis_tui.session.base.loads import Loads


class OpenRefills:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(self, server: "Server", loads: "Loads") -> None:
        self._server = server
        self._loads = loads

    async def load(self) -> "Prescriptions":
        """Every prescription, with what can be done with it and how its refills get on (RX).

        Raises:
            NotOffered: the server has no portal.
        """
        self._loads.check()
        return await self._loads.load(self._server.refills.prescriptions(self._loads.patient_id))


class Pharmacies:
    """Where refills can be picked up; that is the same for every record."""

    def __init__(self, server: "Callable[[], Server]") -> None:
        """`server` gives the one that somebody is signed in to."""
        self._server = server

    async def load(self) -> "tuple[PickUp, ...]":
        """Where refills can be picked up, and what is not handed out there (RX-5).

        Raises:
            NotOffered: the server has no portal.
        """
        return await self._server().refills.pick_up_points()
