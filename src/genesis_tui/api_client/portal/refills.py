"""Refills of the portal API: prescriptions, pick-up points, asking for refills and renewals (RX)."""

from collections.abc import Sequence
from datetime import time
from functools import partial
from types import GenericAlias
from typing import Annotated, Any

import msgspec

from genesis_tui.api_client.fhir.values import moment
from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.portal.acts import became_of
from genesis_tui.api_client.portal.client import PortalClient, of_patient, read
from genesis_tui.api_client.portal.decoding import PERMISSION, Decoder, PortalJson, line, lines, optional, shape
from genesis_tui.models.refills.get_more import ItemOutcome
from genesis_tui.models.refills.pharmacies import OpeningHours, OpenSpan, PickUp
from genesis_tui.models.refills.prescription import (
    Fill,
    Fills,
    Prescription,
    Prescriptions,
    RefillRequest,
    RefillStage,
    Supply,
    arranged,
)


def _written(value: Any) -> Any:
    """A date as precise as it was recorded (REC-6)."""
    if value is not None and not isinstance(value, str):
        return value
    return moment(line(value) or None)


def _clock(value: Any) -> Any:
    """`08:00`. Raises ValidationError for what no clock shows."""
    try:
        return time() if value == "24:00" else time.fromisoformat(value)
    except (TypeError, ValueError):
        raise msgspec.ValidationError("an invalid time of day") from None


def _weekday(value: Any) -> Any:
    if value not in range(7):
        raise msgspec.ValidationError("an invalid day of the week")
    return value


_CLOCK = {"opens": _clock, "closes": _clock}
_SPAN = Decoder(OpenSpan, read=_CLOCK)
_HOURS = Decoder(OpeningHours, read={**_CLOCK, "day": _weekday})


def _today(value: Any) -> Any:
    """What holds for today alone; None where the point says nothing of it."""
    return _SPAN.each(value) if isinstance(value, list) else None


PICK_UP = Decoder(PickUp, absent={"kind": ""}, read={"hours": _HOURS.each, "today": _today})
"""RX-5."""
_STAGE = Decoder(RefillStage, names={"code": "stage"}, read={"note": lines})
"""RX-6."""
_REQUEST = Decoder(RefillRequest, read={"point": optional(PICK_UP), "stages": _STAGE.each})
_FILL = Decoder(Fill, absent={"stage": ""})
_SUPPLY = Decoder(Supply)


def _supply(value: Any) -> Any:
    """RX-12; None where it can't be read either."""
    try:
        return _SUPPLY.decoded(value)
    except msgspec.ValidationError:
        return None


_PROBLEM = {"rule": "rule", "reason": "code", "title": "title", "next": "next", "from_": "from"}
_OUTCOME = Decoder(ItemOutcome, names={name: f"problem.{there}" for name, there in _PROBLEM.items()})
"""RX-8."""


_ARRAY = ord("[")


def _fills(value: Any) -> Any:
    """Read later; of an answer that was decoded whole, of what was decoded."""
    if isinstance(value, msgspec.Raw):
        return Fills(partial(_sent_fills, value)) if memoryview(value)[0] == _ARRAY else None
    return Fills(partial(_FILL.each, value)) if isinstance(value, list) else value


def _sent_fills(sent: msgspec.Raw) -> list[Fill]:
    try:
        return _FILL.each(bounds.tree(bytes(sent)))
    except msgspec.DecodeError:
        return []


PRESCRIPTION = Decoder(
    Prescription,
    absent={"written": moment(None), "status": ""},
    read={
        "written": _written,
        "sig": lines,
        "fills": _fills,
        "requests": _REQUEST.each,
        "can": PERMISSION.each,
        "supply": _supply,
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


def prescriptions_shape() -> Any:
    """The answer but for its fills, of which there may be ten times as many as rows."""
    return shape({"prescriptions": GenericAlias(list, PRESCRIPTION.shape(raw="fills")), "unreadable": Any})


class PharmaciesJson(PortalJson, frozen=True):
    """`GET pharmacies`."""

    pharmacies: Annotated[tuple[PickUp, ...], PICK_UP.each]


class OutcomesJson(PortalJson, frozen=True):
    """`POST refills`, `POST renewals`."""

    items: Annotated[tuple[ItemOutcome, ...], _OUTCOME.each]


class PortalRefills:
    """Prescriptions and pick-up points; every call may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def prescriptions(self, patient_id: str) -> Prescriptions:
        """All of a patient's, as the list shows them."""
        path = of_patient(patient_id, "prescriptions")
        return (await self._client.get(PrescriptionsJson, path, shape=prescriptions_shape())).model()

    async def pick_up_points(self) -> tuple[PickUp, ...]:
        """RX-5: where a refill can be picked up."""
        return (await self._client.get(PharmaciesJson, "pharmacies")).pharmacies

    # acts

    async def refill(
        self, patient_id: str, pick_up: str, prescriptions: Sequence[str], key: str
    ) -> tuple[ItemOutcome, ...]:
        """RX-8, RX-10: the server's word on each, in the order asked."""
        return await self._ask(
            "refills", {"patient": patient_id, "pickup": pick_up, "prescriptions": [*prescriptions]}, key
        )

    async def renew(self, patient_id: str, items: Sequence[tuple[str, str]], key: str) -> tuple[ItemOutcome, ...]:
        """The same; `items` are prescriptions with notes to whoever decides."""
        asked = [{"prescription": id, "note": note} for id, note in items]
        return await self._ask("renewals", {"patient": patient_id, "items": asked}, key)

    async def became_of(self, key: str) -> tuple[ItemOutcome, ...] | None:
        """What became of one of those under its key, as `acts.became_of`."""
        found = await became_of(self._client, key, OutcomesJson)
        return None if found is None else found.items

    async def _ask(self, path: str, body: dict[str, Any], key: str) -> tuple[ItemOutcome, ...]:
        return read(OutcomesJson, await self._client.send("POST", path, body, key=key)).items
