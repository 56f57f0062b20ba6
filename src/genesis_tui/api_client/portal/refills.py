"""Refills of the portal API: `patients/{id}/prescriptions` and `pharmacies`."""

from typing import Annotated, Any

from genesis_tui.api_client.fhir.values import moment
from genesis_tui.api_client.portal.client import PortalClient, of_patient
from genesis_tui.api_client.portal.decoding import PERMISSION, Decoder, PortalJson, line, lines, optional
from genesis_tui.models.refills.pharmacies import PickUp
from genesis_tui.models.refills.prescription import (
    Fill,
    Prescription,
    Prescriptions,
    RefillRequest,
    RefillStage,
    arranged,
)


def _written(value: Any) -> Any:
    """A date as precise as it was recorded (REC-6)."""
    if value is not None and not isinstance(value, str):
        return value
    return moment(line(value) or None)


PICK_UP = Decoder(PickUp, absent={"kind": ""})
"""RX-5."""
_STAGE = Decoder(RefillStage, names={"code": "stage"}, read={"note": lines})
"""RX-6."""
_REQUEST = Decoder(RefillRequest, read={"point": optional(PICK_UP), "stages": _STAGE.each})
_FILL = Decoder(Fill, absent={"stage": ""})
PRESCRIPTION = Decoder(
    Prescription,
    absent={"written": moment(None), "status": ""},
    read={
        "written": _written,
        "sig": lines,
        "fills": _FILL.each,
        "requests": _REQUEST.each,
        "can": PERMISSION.each,
    },
)


class PrescriptionsJson(PortalJson, frozen=True):
    """`GET patients/{id}/prescriptions`."""

    prescriptions: list[Any]
    unreadable: int = 0

    def model(self) -> Prescriptions:
        """As the list shows them; a broken one is counted with those that the server could not read."""
        rows = PRESCRIPTION.each(self.prescriptions)
        return Prescriptions(arranged(rows), max(0, self.unreadable) + len(self.prescriptions) - len(rows))


class PharmaciesJson(PortalJson, frozen=True):
    """`GET pharmacies`."""

    pharmacies: Annotated[tuple[PickUp, ...], PICK_UP.each]


class PortalRefills:
    """Prescriptions and pick-up points; every call may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def prescriptions(self, patient_id: str) -> Prescriptions:
        """All of a patient's, as the list shows them."""
        return (await self._client.get(PrescriptionsJson, of_patient(patient_id, "prescriptions"))).model()

    async def pick_up_points(self) -> tuple[PickUp, ...]:
        """RX-5: where a refill can be picked up."""
        return (await self._client.get(PharmaciesJson, "pharmacies")).pharmacies
